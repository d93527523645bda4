"""What one can do in the outline editor: each action by its name, as the page's buttons send it.

A button sends `do`, the name of an action, with the id of the part that it is about behind a colon. Actions
on lessons without an id are about the lessons that are ticked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import Lesson, Module
from content.services import copying, outline, publishing
from content.services.items import ContentRefused
from content.services.outline import OutlineRefused
from courses import permissions
from courses.models import Course
from courses.services.drafting import DraftChanged
from lib.text import TextRefused

#: What an action may raise that is for the person to read.
REFUSALS = (OutlineRefused, ContentRefused, DraftChanged, TextRefused)


@dataclass(frozen=True)
class Asked:
    """One press of a button: who asks, of which course, with what fields."""

    request: HttpRequest
    course: Course

    @property
    def action(self) -> "Action | None":
        return ACTIONS.get(self.request.POST.get("do", "").partition(":")[0])

    @cached_property
    def target(self) -> UUID | None:
        """The id behind the action's name."""
        return uuid_or_none(self.request.POST.get("do", "").partition(":")[2])

    @property
    def who(self) -> dict:
        return {"by": self.request.user, "now": self.request.now}

    def field(self, name: str) -> str:
        return self.request.POST.get(name, "")

    def number(self, name: str) -> int | None:
        """A place counted from 1; None for what is none."""
        text = self.field(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    def module(self, module_id: UUID | None = None) -> Module:
        """The module that it is about, also one in the trash. Raises OutlineRefused where there is none."""
        return self._one(Module.objects.all(), module_id or self.target)

    def lesson(self) -> Lesson:
        """The lesson that it is about, also one in the trash. Raises OutlineRefused where there is none."""
        return self._one(Lesson.objects.select_related("module"), self.target)

    def lessons(self) -> list[Lesson]:
        """The lesson behind the action's name, or those that are ticked, in order. Raises OutlineRefused for none."""
        ticked = map(uuid_or_none, self.request.POST.getlist("lesson"))
        ids = [self.target] if self.target else [pk for pk in ticked if pk]
        rows = Lesson.objects.live().filter(course=self.course, pk__in=ids)
        found = list(rows.select_related("module").order_by("module__position", "position"))
        if not found:
            raise OutlineRefused(_("Choose at least one lesson."))
        return found

    def to_module(self) -> Module | None:
        """Where to move lessons; None where no module was chosen."""
        module_id = uuid_or_none(self.field("to"))
        return None if module_id is None else self.module(module_id)

    def require_right_to_publish(self) -> None:
        if not permissions.can_publish_course(self.request.user, self.course):
            raise PermissionDenied

    def _one(self, rows, row_id):
        found = rows.filter(course=self.course, pk=row_id).first() if row_id else None
        if found is None:
            raise OutlineRefused(_("This is not there any more."))
        return found


@dataclass(frozen=True, slots=True)
class Action:
    """Does what was asked and says so. `is_felt`: on a published course people may feel it, so it is shown first."""

    run: Callable[[Asked], str]
    is_felt: bool = False


ACTIONS: dict[str, Action] = {}


def _action(name, *, is_felt=False):
    def register(run):
        ACTIONS[name] = Action(run, is_felt)
        return run

    return register


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@_action("add_module")
def add_module(asked):
    module = outline.add_module(
        asked.course, title=asked.field("title"), is_draft=True, **asked.who
    )
    return _("The module “%(title)s” was added.") % {"title": module}


@_action("add_lesson")
def add_lesson(asked):
    lesson = outline.add_lesson(
        asked.module(), title=asked.field("title"), is_draft=True, **asked.who
    )
    return _("The lesson “%(title)s” was added.") % {"title": lesson}


@_action("rename")
def rename(asked):
    lesson, revision = asked.lesson(), asked.number("revision") or 0
    publishing.edit_lesson(lesson, revision=revision, title=asked.field("title"), **asked.who)
    return _("The lesson is called “%(title)s” now.") % {"title": asked.field("title").strip()}


@_action("rename_module")
def rename_module(asked):
    words = {name: asked.field(name) for name in ("title", "description")}
    module = outline.update_module(asked.module(), **words, **asked.who)
    return _("The module “%(title)s” was changed.") % {"title": module}


@_action("up", is_felt=True)
def up(asked):
    lesson = asked.lesson()
    if lesson.position > 1:
        outline.move_lesson(lesson, position=lesson.position - 1, **asked.who)
    else:
        above = _neighbors(lesson).filter(position__lt=lesson.module.position)
        _move_to(asked, lesson, above.order_by("-position").first(), position=None)
    return _moved(lesson)


@_action("down", is_felt=True)
def down(asked):
    lesson = asked.lesson()
    if Lesson.objects.live().filter(module=lesson.module, position__gt=lesson.position).exists():
        outline.move_lesson(lesson, position=lesson.position + 1, **asked.who)
    else:
        below = _neighbors(lesson).filter(position__gt=lesson.module.position)
        _move_to(asked, lesson, below.order_by("position").first(), position=1)
    return _moved(lesson)


@_action("move", is_felt=True)
def move(asked):
    lessons, module = asked.lessons(), asked.to_module()
    if module is None:
        raise OutlineRefused(_("Choose the module that it moves to."))
    position = asked.number("position") if asked.target else None
    for lesson in lessons:
        outline.move_lesson(lesson, position=position, to_module=module, **asked.who)
    if asked.target:
        return _moved(lessons[0])
    text = ngettext(
        "%(num)d lesson moved to “%(module)s”.",
        "%(num)d lessons moved to “%(module)s”.",
        len(lessons),
    )
    return text % {"num": len(lessons), "module": module}


@_action("module_up", is_felt=True)
def module_up(asked):
    module = asked.module()
    return _move_module(asked, module, module.position - 1)


@_action("module_down", is_felt=True)
def module_down(asked):
    module = asked.module()
    return _move_module(asked, module, module.position + 1)


@_action("move_module", is_felt=True)
def move_module(asked):
    module = asked.module()
    return _move_module(asked, module, asked.number("position") or module.position)


@_action("copy")
def copy(asked):
    lesson = copying.copy_lesson(asked.lesson(), **asked.who)
    return _("“%(title)s” was added behind it.") % {"title": lesson}


@_action("copy_module")
def copy_module(asked):
    module = copying.copy_module(asked.module(), **asked.who)
    return _("“%(title)s” was added behind it.") % {"title": module}


@_action("publish", is_felt=True)
def publish(asked):
    asked.require_right_to_publish()
    return _publish(asked, asked.lessons())


@_action("publish_module", is_felt=True)
def publish_module(asked):
    asked.require_right_to_publish()
    return _publish(asked, list(asked.module().lessons.live().order_by("position")))


@_action("hide", is_felt=True)
def hide(asked):
    asked.require_right_to_publish()
    lessons = asked.lessons()
    for lesson in lessons:
        publishing.withdraw_part(lesson, **asked.who)
    text = ngettext(
        "Students do not see %(num)d lesson any more.",
        "Students do not see %(num)d lessons any more.",
        len(lessons),
    )
    return text % {"num": len(lessons)}


@_action("hide_module", is_felt=True)
def hide_module(asked):
    asked.require_right_to_publish()
    module = publishing.withdraw_part(asked.module(), **asked.who)
    return _("Students do not see “%(title)s” any more.") % {"title": module}


@_action("trash", is_felt=True)
def trash(asked):
    lessons = asked.lessons()
    for lesson in lessons:
        outline.trash_part(lesson, **asked.who)
    if len(lessons) == 1:
        return _("“%(title)s” is in the trash.") % {"title": lessons[0]}
    return _("%(num)d lessons are in the trash.") % {"num": len(lessons)}


@_action("trash_module", is_felt=True)
def trash_module(asked):
    module = outline.trash_part(asked.module(), **asked.who)
    return _("“%(title)s” is in the trash with its lessons.") % {"title": module}


@_action("restore", is_felt=True)
def restore(asked):
    lesson = outline.restore_part(asked.lesson(), **asked.who)
    return _("“%(title)s” is back at its place.") % {"title": lesson}


@_action("restore_module", is_felt=True)
def restore_module(asked):
    module = outline.restore_part(asked.module(), **asked.who)
    return _("“%(title)s” is back at its place.") % {"title": module}


@_action("completion", is_felt=True)
def completion(asked):
    """A rule without a number of its own; the time of lessons that complete after some is set on their pages."""
    rule = asked.field("completion")
    if rule not in (Lesson.Completion.MANUAL, Lesson.Completion.VIEWED):
        raise OutlineRefused(_("Choose when the lessons are complete."))
    lessons = asked.lessons()
    for lesson in lessons:
        outline.update_lesson(lesson, completion=rule, completion_seconds=None, **asked.who)
    text = ngettext("%(num)d lesson: %(rule)s.", "%(num)d lessons: %(rule)s.", len(lessons))
    return text % {"num": len(lessons), "rule": Lesson.Completion(rule).label}


def _publish(asked, lessons):
    for lesson in lessons:
        publishing.publish_lesson(lesson, **asked.who)
    text = ngettext("%(num)d lesson is published.", "%(num)d lessons are published.", len(lessons))
    return text % {"num": len(lessons)}


def _neighbors(lesson):
    return Module.objects.live().filter(course=lesson.course_id)


def _move_to(asked, lesson, module, *, position):
    if module is not None:
        outline.move_lesson(lesson, position=position, to_module=module, **asked.who)


def _move_module(asked, module, position):
    outline.move_module(module, position=position, **asked.who)
    return _("“%(title)s” is module %(place)d now.") % {"title": module, "place": module.position}


def _moved(lesson):
    values = {"title": lesson, "place": lesson.position, "module": lesson.module}
    return _("“%(title)s” is at place %(place)d of “%(module)s” now.") % values
