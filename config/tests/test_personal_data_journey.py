"""A copy of one's data and being forgotten, as people do it: in Chromium, with the real worker, with and without JavaScript."""

import json
import zipfile

import pytest
from django.core import mail
from playwright.sync_api import expect

from config.tests.conftest import run_jobs
from tenancy.context import organization_context
from users.models import User
from users.tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def people(school):
    with organization_context(school):
        admin = UserFactory(admin=True, username="grace")
        person = UserFactory(username="ada", first_name="Adalind")
        for user in (admin, person):
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return admin, person


def signed_in(browser, address, user, **options):
    page = browser.new_context(**options).new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    submit(page)
    return page


def submit(page):
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]").first.click()


def give_password_if_asked(page):
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        submit(page)


@pytest.mark.parametrize("has_javascript", [True, False], ids=["JavaScript", "no JavaScript"])
def test_a_person_takes_their_data_and_is_forgotten(
    browser, address, people, school, tmp_path, has_javascript
):
    admin, person = people
    page = signed_in(browser, address, person, java_script_enabled=has_javascript)
    page.goto(f"{address}/settings/data/download/")
    give_password_if_asked(page)
    submit(page)
    expect(page.locator("#export")).to_contain_text("Your archive is being made")

    run_jobs()
    if not has_javascript:
        page.get_by_role("link", name="Look again").click()
    link = page.locator("#export").get_by_role("link", name="Download")
    expect(link).to_be_visible()
    with page.expect_download() as arriving:
        link.click()
    arriving.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        data = json.loads(archive.read("data.json"))
    account = next(part for part in data["sections"] if part["table"] == "users.User")
    assert account["rows"][0]["first_name"] == "Adalind"

    page.goto(f"{address}/settings/data/erase/")
    give_password_if_asked(page)
    page.check("input[name=understood]")
    submit(page)
    expect(page.locator("main")).to_contain_text("Waiting for a decision")

    desk = signed_in(browser, address, admin, java_script_enabled=has_javascript)
    desk.goto(f"{address}/erasures/")
    desk.get_by_role("link", name="Adalind").click()
    desk.check("input[value=approve]")
    desk.fill("input[name=username]", "ada")
    submit(desk)
    expect(desk.locator("main")).to_contain_text("The erasure is under way.")
    run_jobs()
    if not has_javascript:
        desk.get_by_role("link", name="Look again").click()
    expect(desk.locator("#erasure")).to_contain_text("Checksum")

    assert mail.outbox[-1].attachments[0][0] == "proof.txt"
    with organization_context(school):
        assert User.objects.get(pk=person.pk).username.startswith("erased_")
    page.goto(f"{address}/settings/data/")
    expect(page.locator("input[name=login]")).to_be_visible()
