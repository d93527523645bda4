"""From finding a course to 100 %, as people do it: in Chromium, without JavaScript, on a phone, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from config.seeding.demo import seed_school
from config.tests.conftest import last_mail_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "three flat stones"  # noqa: S105 -- of a person who lives for one test
PHONE = {"width": 360, "height": 740}
COURSE = "Git Without Fear"


@pytest.fixture
def living_school(school):
    seed_school(school, people=3)
    return school


def find_course(page, address):
    page.goto(address)
    page.goto(f"{address}/courses/?q=git without feer")
    page.get_by_role("link", name=re.compile(COURSE)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(COURSE)


def sign_up(page, username):
    page.fill("input[name=username]", username)
    page.fill("input[name=email]", f"{username}@example.org")
    page.fill("input[name=password1]", PASSWORD)
    page.locator("main button[type=submit]").first.click()


def verify(page, username):
    message = last_mail_to(f"{username}@example.org")
    assert message.alternatives, "the mail has an HTML part as well"
    page.goto(re.search(r"http\S+/confirm-email/\S+", message.body).group())
    page.locator("main button[type=submit]").first.click()


def enroll(page, address):
    page.goto(f"{address}/courses/git-without-fear/")
    page.get_by_role("button", name="Enroll").first.click()


def learn_to_the_end(page, address):
    """Open the first lesson and go on until the course says that it is done."""
    page.goto(f"{address}/courses/git-without-fear/lessons/three-places/")
    for _lesson in range(20):
        page.locator("[data-key=c]").first.click()
        page.wait_for_load_state()
        if page.locator("text=100").count() and "lessons" not in page.url:
            break


def assert_done(page, address):
    page.goto(f"{address}/courses/git-without-fear/progress/")
    expect(page.locator("main")).to_contain_text("100")


@pytest.mark.parametrize(
    "options",
    [{}, {"java_script_enabled": False}, {"viewport": PHONE, "has_touch": True}],
    ids=["desk", "no javascript", "phone"],
)
def test_visitor_finds_signs_up_enrolls_and_learns_to_the_end(
    living_school, address, browser, options
):
    context = browser.new_context(**options)
    page = context.new_page()

    find_course(page, address)
    page.get_by_role("link", name=re.compile("Sign in to enroll|Sign up|Enroll")).first.click()
    page.goto(f"{address}/accounts/signup/")
    sign_up(page, "wanda")
    verify(page, "wanda")
    enroll(page, address)
    learn_to_the_end(page, address)

    assert_done(page, address)
    context.close()
