"""What one can do with a lesson and its items on the lesson's page, by the names that its buttons send."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import ContentItem, Lesson, LessonItem
from content.services import copying, items, outline, publishing
from content.services.items import ContentRefused
from content.studio.outline_actions import uuid_or_none
from courses import permissions
from courses.models import Course


@dataclass(frozen=True)
class AskedOfLesson:
    """One press of a button: `do` names the action, with the id of the entry that it is about behind a colon."""

    request: HttpRequest
    course: Course
    lesson: Lesson

    @property
    def action(self) -> "LessonAction | None":
        return ACTIONS.get(self.request.POST.get("do", "").partition(":")[0])

    @property
    def who(self) -> dict:
        return {"by": self.request.user, "now": self.request.now}

    @cached_property
    def here(self) -> str:
        return reverse("content:studio_lesson", args=[self.course.slug, self.lesson.pk])

    def field(self, name: str) -> str:
        return self.request.POST.get(name, "")

    def number(self, name: str) -> int | None:
        text = self.field(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    def entry(self) -> LessonItem:
        """The place of an item that it is about. Raises ContentRefused where there is none."""
        entry_id = uuid_or_none(self.field("do").partition(":")[2])
        entries = self.lesson.items.select_related("lesson", "item__current_version")
        found = entries.filter(pk=entry_id).first() if entry_id else None
        if found is None:
            raise ContentRefused(_("This is not there any more."))
        return found

    def require_right_to_publish(self) -> None:
        if not permissions.can_publish_course(self.request.user, self.course):
            raise PermissionDenied


@dataclass(frozen=True, slots=True)
class LessonAction:
    """Does what was asked; gives what to say, and where to go on if not here.

    `is_felt`: on a published course people may feel it, so it is shown first.
    """

    run: Callable[[AskedOfLesson], tuple[str, str]]
    is_felt: bool = False


ACTIONS: dict[str, LessonAction] = {}


def _action(name, *, is_felt=False):
    def register(run):
        ACTIONS[name] = LessonAction(run, is_felt)
        return run

    return register


@_action("add")
def add(asked):
    """A new item, which is written on its own page at once."""
    kind = asked.field("kind")
    if kind not in ContentItem.Kind.values:
        raise ContentRefused(_("Choose what to add."))
    title = str(ContentItem.Kind(kind).label)
    item = items.add_item(kind=kind, title=title, **asked.who)
    items.put_in_lesson(asked.lesson, item, **asked.who)
    url = reverse("content:studio_item", args=[asked.course.slug, asked.lesson.pk, item.pk])
    return _("“%(title)s” was added.") % {"title": item}, url


@_action("up")
def up(asked):
    entry = asked.entry()
    return _place(asked, entry, entry.position - 1)


@_action("down")
def down(asked):
    entry = asked.entry()
    return _place(asked, entry, entry.position + 1)


@_action("move_item")
def move(asked):
    entry = asked.entry()
    return _place(asked, entry, asked.number("position") or entry.position)


@_action("copy")
def copy(asked):
    copied = copying.copy_entry(asked.entry(), **asked.who)
    return _("“%(title)s” was added behind it.") % {"title": copied.item}, asked.here


@_action("take_out")
def take_out(asked):
    entry = asked.entry()
    items.take_from_lesson(entry, **asked.who)
    text = _("“%(title)s” was taken out. It stays in the library.")
    return text % {"title": entry.item}, asked.here


@_action("pin")
def pin(asked):
    entry, number = asked.entry(), asked.number("version")
    version = entry.item.versions.filter(number=number).first() if number else None
    if number and version is None:
        raise ContentRefused(_("There is no such version."))
    items.pin_version(entry, version, **asked.who)
    if version is None:
        return _("The lesson shows the newest version."), asked.here
    return _("The lesson shows version %(num)d whatever comes.") % {"num": number}, asked.here


@_action("publish", is_felt=True)
def publish(asked):
    asked.require_right_to_publish()
    lesson = publishing.publish_lesson(asked.lesson, **asked.who)
    return _("“%(title)s” is published.") % {"title": lesson}, asked.here


@_action("hide", is_felt=True)
def hide(asked):
    asked.require_right_to_publish()
    lesson = publishing.withdraw_part(asked.lesson, **asked.who)
    return _("Students do not see “%(title)s” any more.") % {"title": lesson}, asked.here


@_action("discard")
def discard(asked):
    revision = asked.number("revision") or 0
    publishing.discard_lesson_draft(asked.lesson, revision=revision, **asked.who)
    return _("The changed words are thrown away."), asked.here


@_action("trash", is_felt=True)
def trash(asked):
    lesson = outline.trash_part(asked.lesson, **asked.who)
    url = reverse("content:studio_outline", args=[asked.course.slug])
    return _("“%(title)s” is in the trash.") % {"title": lesson}, url


def _place(asked, entry, position):
    ids = list(asked.lesson.items.order_by("position").values_list("pk", flat=True))
    ids.remove(entry.pk)
    ids.insert(max(position, 1) - 1, entry.pk)
    items.order_items(asked.lesson, ids, **asked.who)
    values = {"title": entry.item, "place": ids.index(entry.pk) + 1}
    return _("“%(title)s” is at place %(place)d now.") % values, asked.here
