"""From no course at all to a published one, by somebody who has never seen the studio: in Chromium, without JavaScript, by keys."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from courses.models import Course
from courses.tests.factories import SubjectFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = "A wall stands by its own weight."


#: Whether the focus can be seen, on the element itself or on a box around it.
HAS_RING = """() => {
    for (let e = document.activeElement; e; e = e.parentElement) {
        if (getComputedStyle(e).outlineStyle !== "none") return true;
    }
    return false;
}"""


def tab_until(page, matches, limit=90):
    for _step in range(limit):
        if page.evaluate(f"(e => {matches})(document.activeElement)"):
            assert page.evaluate(HAS_RING)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {matches}.")


@pytest.fixture
def author(school):
    with organization_context(school):
        SubjectFactory(title="Crafts")
        return UserFactory(instructor=True)


def sign_in(context, person):
    client = Client(SERVER_NAME="harbor.localhost")
    with organization_context(person.organization_id):
        client.force_login(person)
    context.add_cookies(
        [
            {"name": name, "value": morsel.value, "domain": "harbor.localhost", "path": "/"}
            for name, morsel in client.cookies.items()
        ]
    )


def assert_published(page, author, address):
    with organization_context(author.organization_id):
        course = Course.objects.get()
        assert (course.title, course.status) == ("Dry stone walls", "published")
        lesson = course.lessons.get()
    page.goto(f"{address}/courses/{course.slug}/lessons/{lesson.slug}/")
    expect(page.locator("main")).to_contain_text(TEXT)


@pytest.mark.parametrize(
    "options", [{}, {"java_script_enabled": False}], ids=["desk", "no javascript"]
)
def test_author_makes_a_course_from_nothing(author, address, browser, options):
    context = browser.new_context(**options)
    sign_in(context, author)
    page = context.new_page()
    page.goto(address)

    page.get_by_role("link", name="Studio", exact=True).click()
    page.locator("main").get_by_role("link", name="New course").last.click()
    page.get_by_label("What is it called?").fill("Dry stone walls")
    page.get_by_label("What is it about?").select_option(label="Crafts")
    page.get_by_role("button", name="Create and write the outline").click()

    page.get_by_label("Title of a new module").fill("Ground")
    page.get_by_role("button", name="Add module").click()
    page.get_by_label("Title of a new lesson in “Ground”").fill("Weight")
    page.get_by_role("button", name="Add lesson").click()
    page.get_by_role("link", name="Weight", exact=True).click()
    page.get_by_role("button", name="Text", exact=True).click()

    page.locator("textarea[name=body]").fill(TEXT)
    page.get_by_role("button", name="Publish this item").click()
    expect(page.locator("#messages")).to_contain_text("Published.")
    page.get_by_role("navigation", name="Sections of the course").get_by_role(
        "link", name="Publish"
    ).click()
    page.get_by_role("button", name="Publish the course").click()

    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert_published(page, author, address)
    context.close()


def test_author_makes_a_course_with_the_keyboard_alone(author, address, browser):
    context = browser.new_context()
    sign_in(context, author)
    page = context.new_page()
    page.goto(f"{address}/studio/new/")

    def go_to(matches):
        tab_until(page, matches)

    def leave_by(matches, key="Enter"):
        go_to(matches)
        with page.expect_navigation():
            page.keyboard.press(key)
        page.wait_for_load_state("networkidle")

    go_to("e.name === 'title'")
    page.keyboard.type("Dry stone walls")
    go_to("e.name === 'subject'")
    page.keyboard.type("Crafts")
    leave_by("e.type === 'submit' && /Create/.test(e.textContent)")

    go_to("e.id === 'add-module'")
    page.keyboard.type("Ground")
    page.keyboard.press("Enter")
    expect(page.locator(".part-name")).to_have_text("Ground")
    page.reload()
    go_to("/new lesson/.test(e.ariaLabel)")
    page.keyboard.type("Weight")
    page.keyboard.press("Enter")
    expect(page.locator(".part-row")).to_have_count(1)
    page.reload()
    leave_by("e.matches('.part-title a')")
    leave_by("e.value === 'text' && e.name === 'kind'")
    go_to("e.name === 'body'")
    page.keyboard.type(TEXT)
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    page.reload()
    leave_by("e.value === 'publish'")
    page.reload()
    leave_by("e.matches('.studio-sections a') && /Publish/.test(e.textContent)")
    leave_by("e.type === 'submit' && /Publish the course/.test(e.textContent)")

    assert_published(page, author, address)
    context.close()
