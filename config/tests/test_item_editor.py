"""Writing in a real browser: nothing typed is lost, by reload, without a network, with two at work, without JavaScript."""

import base64
import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from content.models import ContentItem, ItemDraft, LessonItem, MediaAsset
from content.services import items, publishing
from content.tests.factories import LessonFactory
from courses.tests.factories import CourseFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = timezone.now()
BODY = "textarea[name=body]"
SAVED = re.compile(r"^Saved \d")

PASTE = """([kind, value]) => {
    const area = document.querySelector('textarea[name=body]');
    area.focus();
    const data = new DataTransfer();
    if (kind === 'file') {
        const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], 'stone.png', {type: 'image/png'}));
    } else data.setData('text/plain', value);
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    if (area.dispatchEvent(event) && kind === 'text') document.execCommand('insertText', false, value);
}"""


def png():
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "PNG")
    return out.getvalue()


class Room:
    """A course with one text, its instructor, and their browsers."""

    def __init__(self, school, browser, address):
        self.school, self.browser, self.address = school, browser, address
        with organization_context(school):
            self.owner = UserFactory(instructor=True)
            course = CourseFactory(owner=self.owner)
            lesson = LessonFactory(module__course=course)
            self.item = items.add_item(kind="text", title="Stones", by=self.owner, now=NOW)
            items.save_version(self.item, body="As it was.", by=self.owner, now=NOW)
            LessonItem.objects.create(lesson=lesson, item=self.item, position=1)
            names = [course.slug, lesson.pk, self.item.pk]
            self.url = address + reverse("content:studio_item", args=names)

    def page(self, **options):
        context = self.browser.new_context(**options)
        client = Client(SERVER_NAME="harbor.localhost")
        with organization_context(self.school):
            client.force_login(self.owner)
        context.add_cookies(
            [
                {"name": name, "value": cookie.value, "url": self.address}
                for name, cookie in client.cookies.items()
            ]
        )
        page = context.new_page()
        page.goto(self.url)
        if options.get("java_script_enabled", True):
            page.locator("[data-tool][tabindex='0']").wait_for()
        return page

    def draft(self):
        with organization_context(self.school):
            return ItemDraft.objects.filter(item=self.item).first()

    def published(self):
        with organization_context(self.school):
            return ContentItem.objects.get(pk=self.item.pk).current_version.body


@pytest.fixture
def room(school, browser, address):
    room = Room(school, browser, address)
    yield room
    for context in browser.contexts:
        context.close()


def state(page):
    return page.locator("[data-save-state]")


def test_typed_text_is_saved_and_there_after_a_reload(room):
    page = room.page()
    page.fill(BODY, "Half a sen")
    expect(page.locator("[data-preview]")).to_contain_text("Half a sen")
    expect(state(page)).to_have_text(SAVED)
    assert room.draft().body == "Half a sen"

    page.reload()
    expect(page.locator(BODY)).to_have_value("Half a sen")
    page.locator(BODY).press("End")
    page.keyboard.type("tence")
    expect(state(page)).to_have_text(SAVED)
    page.goto("about:blank")
    page.go_back()
    expect(page.locator(BODY)).to_have_value("Half a sentence")
    assert room.published() == "As it was."


def test_text_outlives_a_network_that_is_gone(room):
    page = room.page()
    page.context.set_offline(True)
    page.fill(BODY, "Written in a tunnel.")
    expect(state(page)).to_contain_text("No connection")
    assert room.draft() is None

    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED, timeout=15_000)
    assert room.draft().body == "Written in a tunnel."


def test_text_that_never_reached_the_server_is_on_the_device(room):
    page = room.page()
    page.route("**/draft/", lambda route: route.abort())
    page.fill(BODY, "Only here.")
    expect(state(page)).to_contain_text("No connection")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.unroute("**/draft/")
    page.goto(room.url)

    expect(page.locator(BODY)).to_have_value("Only here.")
    expect(state(page)).to_have_text(SAVED)
    assert room.draft().body == "Only here."


def test_leaving_asks_only_while_something_is_not_saved(room):
    asked = []
    page = room.page()
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(BODY).press_sequentially("x")
    expect(state(page)).to_have_text(SAVED)
    page.goto("about:blank")
    assert asked == []

    page.goto(room.url)
    page.context.set_offline(True)
    page.locator(BODY).press_sequentially("y")
    page.evaluate("() => { location.href = 'about:blank' }")
    page.wait_for_url("about:blank")
    assert asked == ["beforeunload"]


def test_second_of_two_browsers_sees_what_the_first_wrote(room):
    first, second = room.page(), room.page()
    first.fill(BODY, "A cairn is tall.")
    expect(state(first)).to_have_text(SAVED)
    second.fill(BODY, "A cairn is small.")
    expect(second.locator("[data-notes]")).to_contain_text("Somebody else changed this")
    with second.expect_navigation():
        second.get_by_role("button", name="Save draft").click()

    expect(second.locator(".difference mark")).to_have_text(["tall", "small"])
    expect(second.locator(BODY)).to_have_value("A cairn is small.")
    assert room.draft().body == "A cairn is tall."

    second.fill(BODY, "A cairn is both.")
    with second.expect_navigation():
        second.get_by_role("button", name="Save what stands here").click()
    assert room.draft().body == "A cairn is both."


def test_taking_theirs_drops_ones_own(room):
    page = room.page()
    with organization_context(room.school):
        who = {"by": room.owner, "now": NOW}
        publishing.save_item_draft(room.item, revision=0, body="Theirs.", **who)
    page.fill(BODY, "Mine.")
    expect(page.locator("[data-notes]")).to_contain_text("Somebody else changed this")
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Take theirs").click()

    expect(page.locator(BODY)).to_have_value("Theirs.")
    assert room.draft().body == "Theirs."


def test_keyboard_alone_formats_and_publishes(room):
    page = room.page()
    area = page.locator(BODY)
    area.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Stone")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+B")
    expect(area).to_have_value("**Stone**")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(area).to_have_value("## **Stone**")
    page.keyboard.press("Control+Z")
    expect(area).to_have_value("**Stone**")

    page.get_by_role("button", name="Publish this item").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert room.published() == "**Stone**"
    assert room.draft() is None


def test_without_javascript_a_button_saves_and_shows(room):
    page = room.page(java_script_enabled=False)
    page.fill(BODY, "By *hand*.")
    page.get_by_role("button", name="Save draft").click()

    expect(page.locator("[data-preview] em")).to_have_text("hand")
    assert room.draft().body == "By *hand*."
    page.get_by_role("link", name="Discard draft").click()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.locator(BODY)).to_have_value("As it was.")


def test_pasted_picture_is_uploaded_and_asked_about(room):
    page = room.page()
    page.evaluate(PASTE, ["file", base64.b64encode(png()).decode()])
    page.get_by_label("What does the picture show?").fill("A stone [grey]")
    page.get_by_role("button", name="Insert").click()

    expect(page.locator(BODY)).to_have_value(re.compile(r"!\[A stone \\\[grey\\\]\]\(/media/"))
    expect(page.locator("[data-preview] img")).to_have_attribute("alt", "A stone [grey]")
    expect(state(page)).to_have_text(SAVED)
    with organization_context(room.school):
        assert MediaAsset.objects.get().alt == "A stone [grey]"


def test_chosen_file_is_uploaded_at_once_and_saved(room):
    with organization_context(room.school):
        ContentItem.objects.filter(pk=room.item.pk).update(kind="image", current_version=None)
    page = room.page()
    file = {"name": "stone.png", "mimeType": "image/png", "buffer": png()}
    page.set_input_files("input[name=upload]", file)
    page.get_by_label("What does the picture show?").fill("A stone")
    page.get_by_role("button", name="Insert").click()

    expect(page.locator("select[name=media] option:checked")).to_have_text("stone.png")
    expect(page.locator("input[name=alt]")).to_have_value("A stone")
    expect(page.locator("[data-preview] img")).to_have_attribute("alt", "A stone")
    expect(state(page)).to_have_text(SAVED)
    with organization_context(room.school):
        assert room.draft().media == MediaAsset.objects.get()


def test_pasted_address_of_a_video_is_offered_as_a_player(room):
    page = room.page()
    page.evaluate(PASTE, ["text", "https://youtu.be/abcdefghijk"])
    page.get_by_role("button", name="Embed it").click()

    expect(page.locator(BODY)).to_have_value(re.compile(r"\[!\[Video\]\(https://youtu"))
    expect(page.locator("[data-preview] .facade")).to_be_visible()


def test_nothing_that_was_typed_or_pasted_is_executed(room):
    """Also where the policy of the page would not stop it."""
    page = room.page(bypass_csp=True)
    page.evaluate("() => { window.ran = []; window.alert = (text) => window.ran.push(text); }")
    hostile = "\n\n".join(
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(2)>",
            "[a](javascript:alert(3))",
            '![a](x"onerror=alert(4))',
            "<svg onload=alert(5)>",
            '[![x](https://vimeo.com/1234567)](https://vimeo.com/1234567"onclick=alert(6))',
            "\ue000icon:x\ue001",
        ]
    )
    page.fill(BODY, hostile)
    expect(state(page)).to_have_text(SAVED)
    for link in page.locator("[data-preview] a").all():
        link.dispatch_event("click")
    page.reload()
    page.wait_for_timeout(500)

    assert page.evaluate("() => window.ran ?? []") == []
