"""The pages: what each shows, whom they let in, what they change."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from privacy import services
from privacy.models import DataExport, ErasureRequest
from privacy.tests.factories import DataExportFactory, ErasureRequestFactory
from tenancy.models import SecurityEvent
from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

OVERVIEW = "/settings/data/"
DOWNLOAD = "/settings/data/download/"
ERASE = "/settings/data/erase/"
QUEUE = "/erasures/"


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True)


@pytest.fixture
def person(organization):
    return UserFactory(username="ada_stone")


@pytest.fixture
def signed_in(client, person):
    """The person, who has just given their password."""
    prove(client, person)
    return client


def prove(client, user):
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def page_of(response):
    return response.content.decode()


def test_a_copy_is_asked_for_with_the_password(client, person):
    client.force_login(person)
    answer = client.post(DOWNLOAD)
    assert (answer.status_code, DataExport.objects.count()) == (302, 0)
    assert reverse("account_reauthenticate") in answer["Location"]

    prove(client, person)
    assert "Make the archive" in page_of(client.get(DOWNLOAD))
    assert client.post(DOWNLOAD)["Location"] == OVERVIEW
    assert DataExport.objects.get().person == person


def test_progress_is_shown_and_asks_for_itself(signed_in, person):
    export = DataExportFactory(person=person, step_count=20, done_count=5)
    page = page_of(signed_in.get(OVERVIEW))
    assert 'value="25"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "Look again" in page

    DataExport.objects.filter(pk=export.pk).update(status="failed")
    page = page_of(signed_in.get(OVERVIEW))
    assert "could not be made" in page
    assert "hx-trigger" not in page.partition('id="export"')[2].partition("</section>")[0]


def test_a_ready_copy_is_downloaded_and_noted(signed_in, person):
    export = DataExportFactory(person=person, ready=True)
    assert reverse("privacy:download", args=[export.pk]) in page_of(signed_in.get(OVERVIEW))

    answer = signed_in.get(reverse("privacy:download", args=[export.pk]))

    assert b"".join(answer.streaming_content) == b"an archive"
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in answer["Cache-Control"]
    assert SecurityEvent.objects.get(kind="exported").user_id == person.pk


def test_a_copy_is_for_its_person_alone_and_for_seven_days(client, person, admin):
    mine = DataExportFactory(person=person, ready=True, requested_by=admin)
    a_moment_ago = timezone.now() - timedelta(minutes=1)
    over = DataExportFactory(person=person, ready=True, expires_at=a_moment_ago)
    client.force_login(admin)
    assert client.get(reverse("privacy:download", args=[mine.pk])).status_code == 404
    client.force_login(UserFactory())
    assert client.get(reverse("privacy:download", args=[mine.pk])).status_code == 404
    client.force_login(person)
    assert client.get(reverse("privacy:download", args=[over.pk])).status_code == 404


def test_asking_for_erasure_needs_the_password_and_a_tick(client, person, admin):
    client.force_login(person)
    assert reverse("account_reauthenticate") in client.post(ERASE, {"understood": "on"})["Location"]
    prove(client, person)

    assert "Tick this to go on." in page_of(client.post(ERASE, {"reason": "I am leaving."}))
    assert not ErasureRequest.objects.exists()
    client.post(ERASE, {"reason": "I am leaving.", "understood": "on"})

    asked = ErasureRequest.objects.get()
    assert (asked.person, asked.reason) == (person, "I am leaving.")
    assert "You asked on" in page_of(client.get(OVERVIEW))
    assert client.get(ERASE)["Location"] == OVERVIEW


def test_the_page_says_what_stands_in_the_way(client, admin):
    prove(client, admin)
    page = page_of(client.get(ERASE))
    assert "Nobody else runs the organization" in page
    assert "understood" not in page
    client.post(ERASE, {"understood": "on"})
    assert not ErasureRequest.objects.exists()


def test_a_wish_is_taken_back_by_its_person_alone(client, person, admin):
    asked = ErasureRequestFactory(person=person)
    client.force_login(UserFactory())
    client.post(reverse("privacy:withdraw"))
    asked.refresh_from_db()
    assert asked.status == ErasureRequest.Status.PENDING
    client.force_login(person)
    client.post(reverse("privacy:withdraw"))
    asked.refresh_from_db()
    assert asked.status == ErasureRequest.Status.WITHDRAWN


def test_a_rejected_wish_shows_why_and_can_be_repeated(signed_in, person, admin):
    asked = ErasureRequestFactory(person=person)
    services.reject_erasure(
        asked.pk, answer="You owe <b>us</b> a book.", by=admin, now=timezone.now()
    )
    page = page_of(signed_in.get(OVERVIEW))
    assert "You owe &lt;b&gt;us&lt;/b&gt; a book." in page
    assert f'href="{ERASE}"' in page


@pytest.mark.parametrize("role", ["student", "instructor", "guest"])
def test_deciding_does_not_exist_for_others(client, organization, role):
    asked = ErasureRequestFactory()
    done = ErasureRequestFactory(status="done", decided_at=timezone.now(), done_at=timezone.now())
    client.force_login(UserFactory(role=role))
    nowhere = client.get("/nowhere-at-all/").status_code
    for address in (
        QUEUE,
        reverse("privacy:erasure", args=[asked.pk]),
        reverse("privacy:proof", args=[done.pk]),
    ):
        assert client.get(address).status_code == nowhere == 404


def test_the_queue_shows_who_waits_oldest_first(client, admin):
    early, late = ErasureRequestFactory(), ErasureRequestFactory()
    ErasureRequestFactory(status="withdrawn", person__last_name="Elsewhere")
    client.force_login(admin)

    page = page_of(client.get(QUEUE))

    assert page.index(early.person.email) < page.index(late.person.email)
    assert "Elsewhere" not in page
    assert "Elsewhere" in page_of(client.get(QUEUE, {"status": ""}))
    found = page_of(client.get(QUEUE, {"q": late.person.username}))
    assert (late.person.email in found, early.person.email in found) == (True, False)


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "\ud800"},
        {"q": "x" * 100_000},
        {"status": "nonsense"},
        {"sort": "nonsense"},
        {"cursor": "nonsense"},
    ],
)
def test_the_queue_bears_nonsense(client, admin, query):
    ErasureRequestFactory()
    client.force_login(admin)
    query = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
    assert client.get(QUEUE, query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_number_of_questions(
    client, admin, count, django_assert_max_num_queries
):
    asked = [ErasureRequestFactory() for _ in range(count)]
    client.force_login(admin)
    client.get(QUEUE)
    with django_assert_max_num_queries(5):  # organization, session, person, bell, rows
        page = page_of(client.get(QUEUE))
    assert all(each.person.email in page for each in asked)


def test_the_own_page_asks_few_questions(signed_in, person, django_assert_max_num_queries):
    DataExportFactory(person=person, ready=True)
    ErasureRequestFactory(person=person)
    signed_in.get(OVERVIEW)
    with django_assert_max_num_queries(6):  # organization, session, person, bell, copy, wish
        signed_in.get(OVERVIEW)


def test_approving_needs_the_username(client, person, admin):
    asked = ErasureRequestFactory(person=person, reason="I am leaving.")
    address = reverse("privacy:erasure", args=[asked.pk])
    client.force_login(admin)
    assert "I am leaving." in page_of(client.get(address))

    wrong = page_of(client.post(address, {"decision": "approve", "username": "somebody"}))
    assert "not the person" in wrong
    asked.refresh_from_db()
    assert asked.status == ErasureRequest.Status.PENDING

    client.post(address, {"decision": "approve", "username": "Ada_Stone"})
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == (ErasureRequest.Status.APPROVED, admin)


def test_rejecting_needs_a_reason(client, person, admin):
    asked = ErasureRequestFactory(person=person)
    address = reverse("privacy:erasure", args=[asked.pk])
    client.force_login(admin)
    assert "Say why, in a sentence." in page_of(client.post(address, {"decision": "reject"}))
    client.post(address, {"decision": "reject", "answer": "Not yet."})
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == (ErasureRequest.Status.REJECTED, "Not yet.")


def test_the_proof_is_shown_and_handed_out(client, person, admin):
    now = timezone.now()
    asked = services.request_erasure(person, by=person, now=now)
    services.approve_erasure(asked.pk, by=admin, now=now)
    done = services.carry_out_erasure(asked.pk, now=now)
    client.force_login(admin)

    page = page_of(client.get(reverse("privacy:erasure", args=[done.pk])))
    file = client.get(reverse("privacy:proof", args=[done.pk]))

    assert done.proof_hash in page
    assert "An account without a name stays" in page
    assert done.proof_hash in page_of(file)
    assert file["Content-Disposition"] == f'attachment; filename="erasure-{done.pk}.txt"'
    assert "ada_stone" not in page + page_of(file)


def test_staff_make_a_copy_that_only_the_person_can_fetch(client, person, admin):
    address = reverse("privacy:export_for", args=[person.pk])
    client.force_login(person)
    assert client.get(address).status_code == 404
    prove(client, admin)

    client.post(address)

    export = DataExport.objects.get()
    assert (export.person, export.requested_by) == (person, admin)
    noted = SecurityEvent.objects.get(kind="exported")
    assert (noted.user_id, noted.actor_id) == (person.pk, admin.pk)
    assert "Waiting" in page_of(client.get(address))
