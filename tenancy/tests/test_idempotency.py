import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from tenancy.context import organization_context
from tenancy.models import IdempotencyKey
from tenancy.tests import site
from tenancy.tests.factories import found_organization

pytestmark = pytest.mark.urls("tenancy.tests.site")


@pytest.fixture(autouse=True)
def _fresh():
    site.done.clear()
    site.slow.clear()


def post(browser, key, path="/act/", **values):
    return browser.post(path, {"idempotency_key": str(key)} | values)


@pytest.mark.django_db
def test_a_repeat_is_answered_as_the_first_and_does_nothing(client, organization):
    key = uuid.uuid4()
    answers = [post(client, key, n="1")["Location"] for _ in range(3)]
    assert answers == ["/done/1/"] * 3
    assert site.done == ["1"]


@pytest.mark.django_db
def test_another_key_another_page_or_no_key_acts_again(client, organization):
    post(client, uuid.uuid4())
    post(client, uuid.uuid4())
    client.post("/act/")
    client.post("/act/", {"idempotency_key": "nonsense\x00"})
    assert len(site.done) == 4


@pytest.mark.django_db
def test_a_form_with_an_error_is_not_remembered(client, organization):
    key = uuid.uuid4()
    assert post(client, key, bad="1").status_code == 200
    assert post(client, key)["Location"] == "/done/1/"


@pytest.mark.django_db
def test_two_people_with_the_same_key_both_act(client, organization):
    key = uuid.uuid4()
    other = Client(SERVER_NAME="harbor.localhost")
    client.cookies["csrf"], other.cookies["csrf"] = "a" * 32, "b" * 32
    assert post(client, key)["Location"] == "/done/1/"
    assert post(other, key)["Location"] == "/done/2/"


@pytest.mark.django_db
def test_two_organizations_with_the_same_key_both_act(client, organization, other_organization):
    key = uuid.uuid4()
    post(client, key)
    client.defaults["SERVER_NAME"] = "summit.localhost"
    assert post(client, key)["Location"] == "/done/2/"


@pytest.mark.django_db(transaction=True)
def test_a_failed_request_frees_its_key():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    browser = Client(SERVER_NAME="harbor.localhost", raise_request_exception=False)
    key = uuid.uuid4()
    assert post(browser, key, path="/fail/").status_code == 500
    with organization_context(school):
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_posts_at_once_one_acts():
    found_organization("Harbor School", "harbor", host="harbor.localhost")
    site.slow.set()
    key, answers, start = uuid.uuid4(), [], threading.Barrier(4)

    def send():
        start.wait()
        try:
            answers.append(post(Client(SERVER_NAME="harbor.localhost"), key, n="1")["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.done == ["1"]
    assert answers == ["/done/1/"] * 4
