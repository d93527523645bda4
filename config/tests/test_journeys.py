"""From finding a course to 100 %, as people do it: in Chromium, without JavaScript, on a phone, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from config.invariants import differences
from config.seeding.demo import PASSWORD as DEMO_PASSWORD
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
    page.get_by_role("link", name=COURSE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(COURSE)


def submit(page):
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]").first.click()


def sign_up(page, username):
    page.get_by_role("link", name=re.compile("Sign in")).last.click()
    page.locator("main").get_by_role("link", name=re.compile("account|Sign up", re.I)).first.click()
    page.fill("input[name=username]", username)
    page.fill("input[name=email]", f"{username}@example.org")
    page.fill("input[name=password1]", PASSWORD)
    submit(page)


def verify(page, username):
    message = last_mail_to(f"{username}@example.org")
    assert message.alternatives, "the mail has an HTML part as well"
    page.goto(re.search(r"http\S+/confirm-email/\S+", message.body).group())
    submit(page)


def enroll(page, address):
    page.goto(f"{address}/courses/git-without-fear/")
    with page.expect_navigation():
        page.get_by_role("button", name="Enroll").click()
    page.goto(f"{address}/courses/git-without-fear/continue/")


def learn_to_the_end(page):
    """Go on from lesson to lesson until there is no lesson left; returns their titles."""
    seen = []
    while "/lessons/" in page.url:
        seen.append(page.get_by_role("heading", level=1).inner_text())
        assert len(seen) < 20
        with page.expect_navigation():
            page.locator("[data-key=c]").click()
    return seen


def assert_done(page, address):
    page.goto(f"{address}/courses/git-without-fear/progress/")
    expect(page.locator("main")).to_contain_text("7 / 7 = 100.00")
    page.goto(address)
    expect(page.locator("main")).to_contain_text(COURSE)


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
    sign_up(page, "wanda")
    verify(page, "wanda")
    enroll(page, address)
    lessons = learn_to_the_end(page)

    assert len(lessons) == 7
    assert_done(page, address)
    assert list(differences()) == []
    context.close()


def press_until(page, matches, limit=60):
    """Move the focus with Tab until it stands on what is looked for."""
    for _step in range(limit):
        if page.evaluate(f"(e => {matches})(document.activeElement)"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {matches}.")


def test_keyboard_alone_leads_from_sign_in_to_the_end(living_school, address, browser):
    context = browser.new_context()
    page = context.new_page()

    page.goto(f"{address}/accounts/login/?next=/courses/git-without-fear/")
    press_until(page, "e.name === 'login'")
    page.keyboard.type("noor")
    press_until(page, "e.name === 'password'")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r":\d+/courses/git-without-fear/$"))
    press_until(
        page, "/continue/.test(e.href) || (e.type === 'submit' && /Enroll/.test(e.textContent))"
    )
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/lessons/" in page.url
    while "/lessons/" in page.url:
        page.wait_for_load_state("networkidle")  # the keys' script comes after the page
        with page.expect_navigation():
            page.keyboard.press("c")

    assert_done(page, address)
    context.close()
