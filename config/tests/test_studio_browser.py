"""Writing an outline in Chromium: with the pointer, with the keyboard alone, and without JavaScript."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from content.models import Lesson, LessonDraft, Module
from content.services import outline
from courses.tests.factories import CourseFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

START = [("Ground", ["Tools", "Stones", "Frame"]), ("Walls", ["Footing"])]


@pytest.fixture
def course(school):
    with organization_context(school):
        course = CourseFactory(
            title="Dry walls", slug="walls", owner=UserFactory(instructor=True, first_name="Ada")
        )
        who = {"by": course.owner, "now": timezone.now()}
        for title, lessons in START:
            module = outline.add_module(course, title=title, **who)
            for lesson in lessons:
                outline.add_lesson(module, title=lesson, **who)
    return course


def shape(course):
    """What is stored: titles of modules, each with those of its lessons, in order."""
    with organization_context(course.organization_id):
        modules = Module.objects.live().filter(course=course).order_by("position")
        return [
            (
                module.title,
                [lesson.title for lesson in module.lessons.live().order_by("position")],
            )
            for module in modules
        ]


def wait_for(page, course, expected):
    """Until the server has it so; a page sends what was done after showing it."""
    for _try in range(40):
        if shape(course) == expected:
            return
        page.wait_for_timeout(100)
    assert shape(course) == expected


@pytest.fixture
def open_page(browser, address, course):
    """Opens an address as somebody in a browser of their own."""
    contexts = []

    def opened(path, person=None, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        client = Client(SERVER_NAME="harbor.localhost")
        with organization_context(course.organization_id):
            client.force_login(person or course.owner)
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "domain": "harbor.localhost", "path": "/"}
                for name, morsel in client.cookies.items()
            ]
        )
        page = context.new_page()
        page.goto(f"{address}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


OUTLINE = "/studio/courses/walls/outline/"


def row(page, title):
    return page.locator(".part-row", has=page.get_by_role("link", name=title, exact=True))


def grip(page, title):
    return row(page, title).locator("[data-grip]")


def drag(page, handle, target, *, below):
    handle.hover()
    page.mouse.down()
    box = target.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] / 2, steps=6)
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] * (0.8 if below else 0.2), steps=6)
    page.mouse.up()


def test_lessons_and_modules_are_dragged_to_their_place(open_page, course):
    page = open_page(OUTLINE)
    expect(grip(page, "Tools")).to_be_visible()

    drag(page, grip(page, "Tools"), row(page, "Footing"), below=True)
    moved = [("Ground", ["Stones", "Frame"]), ("Walls", ["Footing", "Tools"])]
    wait_for(page, course, moved)
    expect(page.locator("#messages")).to_contain_text("is at place 2 of “Walls” now")

    walls = page.locator(".part-module").nth(1)
    drag(page, walls.locator("> [data-grip]"), page.locator(".part-module").nth(0), below=False)
    wait_for(page, course, moved[::-1])


def test_keyboard_moves_a_lesson_and_tells_where_it_is(open_page, course):
    page = open_page(OUTLINE)
    handle = grip(page, "Frame")
    handle.focus()

    page.keyboard.press("Space")
    expect(page.locator("[data-announce]")).to_contain_text("Grabbed.")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-announce]")).to_have_text("Place 1 of 2 in Walls.")
    expect(handle).to_be_focused()
    page.keyboard.press("Space")
    wait_for(page, course, [("Ground", ["Tools", "Stones"]), ("Walls", ["Frame", "Footing"])])
    expect(page.locator("#messages")).to_contain_text("is at place 1 of “Walls” now")
    expect(grip(page, "Frame")).to_be_focused()


def test_escape_puts_back_what_was_grabbed(open_page, course):
    page = open_page(OUTLINE)
    grip(page, "Tools").focus()

    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")

    expect(page.locator(".part-row").first).to_contain_text("Tools")
    assert shape(course) == START


def test_lessons_are_written_one_after_the_other_without_leaving_the_field(open_page, course):
    page = open_page(OUTLINE)
    field = page.locator(".part-add input[name=title]").nth(1)
    field.focus()

    for title in ("Coping", "Gates"):
        page.keyboard.type(title)
        page.keyboard.press("Enter")
        expect(row(page, title)).to_be_visible()
        expect(page.locator(".part-add input[name=title]").nth(1)).to_be_focused()

    wait_for(page, course, [START[0], ("Walls", ["Footing", "Coping", "Gates"])])


def test_what_is_typed_folded_and_ticked_elsewhere_stays(open_page, course):
    page = open_page(OUTLINE)
    page.locator(".part-add-module input[name=title]").fill("Not sent yet")
    page.locator(".part-module summary").nth(1).click()
    row(page, "Stones").locator("input").check()

    row(page, "Tools").get_by_role("button", name="Move down").click()
    wait_for(page, course, [("Ground", ["Stones", "Tools", "Frame"]), START[1]])

    expect(page.locator(".part-add-module input[name=title]")).to_have_value("Not sent yet")
    expect(row(page, "Footing")).to_be_hidden()
    expect(row(page, "Stones").locator("input")).to_be_checked()
    expect(row(page, "Tools").get_by_role("button", name="Move down")).to_be_focused()


def test_a_lesson_is_renamed_in_the_dialog_and_undo_is_offered(open_page, course):
    page = open_page(OUTLINE)

    row(page, "Tools").get_by_role("link", name="More for Tools").click()
    page.get_by_role("dialog").get_by_label("Title").fill("Tools and gloves")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(row(page, "Tools and gloves")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    row(page, "Stones").get_by_role("link", name="More for Stones").click()
    page.get_by_role("dialog").get_by_role("button", name="To the trash").click()
    expect(row(page, "Stones")).to_have_count(0)
    page.locator("#messages").get_by_role("link", name="Undo").click()
    page.locator("main form button[type=submit]").first.click()
    wait_for(page, course, [("Ground", ["Tools", "Stones", "Frame"]), START[1]])


def test_many_are_moved_at_once(open_page, course):
    page = open_page(OUTLINE)

    row(page, "Tools").locator("input").check()
    row(page, "Frame").locator("input").check()
    page.get_by_label("Move to module").select_option(label="2 Walls")
    page.locator(".bulk-bar").get_by_role("button", name="Move").click()

    wait_for(page, course, [("Ground", ["Stones"]), ("Walls", ["Footing", "Tools", "Frame"])])
    expect(page.locator(".bulk-bar")).to_be_hidden()


def test_everything_goes_without_javascript(open_page, course):
    page = open_page(OUTLINE, java_script_enabled=False)

    page.locator(".part-add input[name=title]").nth(1).fill("Coping")
    page.get_by_role("button", name="Add lesson").nth(1).click()
    row(page, "Coping").get_by_role("button", name="Move up").click()
    row(page, "Coping").get_by_role("link", name="More for Coping").click()
    page.get_by_role("button", name="Duplicate").click()
    row(page, "Tools").locator("input").check()
    page.locator(".bulk-bar").get_by_role("button", name="To the trash").click()

    expected = ["Coping", "Coping (copy)", "Footing"]
    assert shape(course) == [("Ground", ["Stones", "Frame"]), ("Walls", expected)]
    page.locator(".part-trash summary").click()
    page.get_by_role("button", name="Restore Tools").click()
    assert shape(course) == [START[0], ("Walls", expected)]


def test_without_a_network_a_move_is_put_back_and_said(open_page, course):
    page = open_page(OUTLINE)
    expect(grip(page, "Tools")).to_be_visible()
    page.context.set_offline(True)
    grip(page, "Tools").focus()

    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")

    expect(page.locator("[data-save-state]")).to_contain_text("Not saved")
    expect(page.locator(".part-row").first).to_contain_text("Tools")
    assert shape(course) == START


def test_two_people_see_each_other(open_page, course):
    with organization_context(course.organization_id):
        admin = UserFactory(admin=True, first_name="Tomas", last_name="")
    open_page(OUTLINE, admin)

    page = open_page(OUTLINE)

    expect(page.locator(".presence")).to_have_text("Tomas is editing this too.")


def lesson_page(course, title="Tools"):
    with organization_context(course.organization_id):
        return f"/studio/courses/walls/lessons/{Lesson.objects.get(title=title).pk}/"


def drafted(course):
    with organization_context(course.organization_id):
        draft = LessonDraft.objects.first()
        return draft and draft.changes


def test_words_of_a_lesson_are_saved_while_one_types(open_page, course):
    page = open_page(lesson_page(course))

    page.get_by_label("Summary").press_sequentially("Gloves first.")

    expect(page.locator("[data-save-state]")).to_contain_text("Saved ")
    assert drafted(course) == {"summary": "Gloves first."}
    page.get_by_label("Summary").press_sequentially(" Then a hammer.")
    expect(page.locator("[data-save-state]")).to_have_text("Not saved yet")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved ")
    page.reload()
    expect(page.get_by_label("Summary")).to_have_value("Gloves first. Then a hammer.")


def test_words_typed_without_a_network_are_saved_when_it_is_back(open_page, course):
    page = open_page(lesson_page(course))
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)

    page.get_by_label("Summary").fill("Gloves first.")
    expect(page.locator("[data-save-state]")).to_contain_text("cannot be reached")
    page.context.set_offline(False)

    expect(page.locator("[data-save-state]")).to_contain_text("Saved ", timeout=15_000)
    assert drafted(course) == {"summary": "Gloves first."}


def test_the_second_of_two_people_sees_the_difference_and_decides(open_page, course):
    with organization_context(course.organization_id):
        admin = UserFactory(admin=True, first_name="Tomas", last_name="")
    mine, theirs = open_page(lesson_page(course)), open_page(lesson_page(course), admin)
    theirs.get_by_label("Title").fill("Tools and gloves")
    expect(theirs.locator("[data-save-state]")).to_contain_text("Saved ")

    mine.get_by_label("Title").fill("Hammers")
    expect(mine.get_by_role("alert")).to_contain_text("Tomas saved another text meanwhile.")
    assert drafted(course) == {"title": "Tools and gloves"}

    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.locator("#messages")).to_contain_text("Saved.")
    assert drafted(course) == {"title": "Hammers"}
