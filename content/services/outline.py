"""Modules and lessons: add, change, move, put in the trash and take out again.

Positions count from 1 without gaps or doubles among what is not in the trash. Every service locks the
course first, so two people who sort at once cannot mix up the order.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from content.models import Lesson, Module
from content.services.ordering import arrange, next_position, place
from content.services.titles import clean_title
from courses.models import Course
from lib.text import clean_text, slug_from
from users.models import User

MODULE_RULES = frozenset(("lesson_order", "opens_at", "opens_after_days"))
LESSON_FIELDS = frozenset(
    [
        *("title", "summary", "duration_minutes", "is_preview"),
        *("completion", "completion_seconds", "opens_at", "opens_after_days"),
    ]
)

Part = Module | Lesson  #: of a course's outline


class OutlineRefused(ValueError):
    """This change of the outline cannot be made; the message says why, in a person's words."""


@transaction.atomic
def add_module(
    course: Course,
    *,
    title: str,
    description: str = "",
    position: int | None = None,
    source: str = "",
    is_draft: bool = False,
    by: User | None,
    now: datetime,
    **rules,
) -> Module:
    """A new module at `position`, counted from 1, or at the end; `rules` are those of MODULE_RULES.

    Students do not see a draft until one of its lessons is published. Raises OutlineRefused.
    """
    _lock(course.pk)
    live = _modules_of(course.pk)
    module = Module.objects.create(
        course=course,
        title=_title(title),
        description=clean_text(description),
        position=next_position(live),
        source=source,
        is_draft=is_draft,
        **_clean_rules(rules),
    )
    if position is not None:
        place(live, module, position)
    return module


@transaction.atomic
def update_module(
    module: Module, *, title: str | None = None, description: str | None = None, by, now, **rules
) -> Module:
    """Change what is given, `rules` of MODULE_RULES; nothing is written when nothing changes.

    Raises OutlineRefused.
    """
    changes = _clean_rules(rules)
    if title is not None:
        changes["title"] = _title(title)
    if description is not None:
        changes["description"] = clean_text(description)
    return _save_changes(module, changes)


@transaction.atomic
def move_module(module: Module, *, position: int, by, now) -> Module:
    """Put a module at `position` of its course, counted from 1; beyond the end means the end."""
    _lock(module.course_id)
    module.refresh_from_db()
    _refuse_trashed(module)
    place(_siblings(module), module, position)
    return module


@transaction.atomic
def add_lesson(
    module: Module,
    *,
    title: str,
    slug: str = "",
    position: int | None = None,
    source: str = "",
    is_draft: bool = False,
    by: User | None,
    now: datetime,
    **fields,
) -> Lesson:
    """A new lesson at `position` of the module, counted from 1, or at the end.

    Students do not see a draft until it is published. Its short name comes from `slug` or the title, with a number if the course has that one already; the
    trash counts too. `fields` are those of LESSON_FIELDS. Raises OutlineRefused.
    """
    _lock(module.course_id)
    module.refresh_from_db(fields=["deleted_at"])
    _refuse_trashed(module)
    taken = set(Lesson.objects.filter(course=module.course_id).values_list("slug", flat=True))
    live = _lessons_of(module.pk)
    lesson = Lesson(
        course_id=module.course_id,
        module=module,
        title=_title(title),
        slug=slug_from(slug or title, is_taken=taken.__contains__),
        position=next_position(live),
        source=source,
        is_draft=is_draft,
        **clean_lesson_fields(fields),
    )
    _check_rules(lesson)
    lesson.save(force_insert=True)
    if position is not None:
        place(live, lesson, position)
    return lesson


@transaction.atomic
def update_lesson(lesson: Lesson, *, by, now, **fields) -> Lesson:
    """Change what is given, of LESSON_FIELDS. The address of a lesson stays when its title changes.

    Nothing is written when nothing changes. Raises OutlineRefused.
    """
    return _save_changes(lesson, clean_lesson_fields(fields))


@transaction.atomic
def move_lesson(
    lesson: Lesson, *, position: int | None, to_module: Module | None = None, by, now
) -> Lesson:
    """Put a lesson at `position`, counted from 1, of its own or another module of the same course.

    None, or beyond the end, means the end. Raises OutlineRefused.
    """
    _lock(lesson.course_id)
    lesson.refresh_from_db()
    _refuse_trashed(lesson)
    old_module_id = lesson.module_id
    if to_module is not None and to_module.pk != old_module_id:
        if to_module.course_id != lesson.course_id:
            raise OutlineRefused(_("A lesson cannot move to another course."))
        to_module.refresh_from_db(fields=["deleted_at"])
        _refuse_trashed(to_module)
        lesson.module = to_module
        lesson.position = next_position(_siblings(lesson))
        lesson.save(update_fields=["module", "position", "updated_at"])
        arrange(_lessons_of(old_module_id))
    place(_siblings(lesson), lesson, position)
    return lesson


@transaction.atomic
def trash_part(part: Part, *, by, now: datetime) -> Part:
    """Put a lesson, or a module with its lessons, in the trash; addresses stay taken. Harmless to repeat."""
    _lock(part.course_id)
    part.refresh_from_db()
    if part.deleted_at is None:
        if isinstance(part, Module):
            _lessons_of(part.pk).update(deleted_at=now)
        part.deleted_at = now
        part.save(update_fields=["deleted_at", "updated_at"])
        arrange(_siblings(part))
    return part


@transaction.atomic
def restore_part(part: Part, *, by, now) -> Part:
    """Take a lesson or a module out of the trash, back to the place that it had. Harmless to repeat.

    A module brings the lessons that went there with it. Raises OutlineRefused for a lesson whose module is
    in the trash.
    """
    _lock(part.course_id)
    part.refresh_from_db()
    if part.deleted_at is None:
        return part
    if isinstance(part, Lesson) and part.module.deleted_at is not None:
        raise OutlineRefused(_("Its module is in the trash. Restore the module first."))
    trashed_at, former_position = part.deleted_at, part.position
    part.position = next_position(_siblings(part))
    part.deleted_at = None
    part.save(update_fields=["position", "deleted_at", "updated_at"])
    place(_siblings(part), part, former_position)
    if isinstance(part, Module):
        _restore_lessons(part, trashed_at)
    return part


def _restore_lessons(module, trashed_at):
    """Those that went to the trash at the same time; one of them may have gone before the others were counted anew."""
    lessons = Lesson.objects.filter(module=module, deleted_at=trashed_at)
    back = list(lessons.order_by("position", "id"))
    for position, lesson in enumerate(back, next_position(_lessons_of(module.pk))):
        lesson.position, lesson.deleted_at = position, None
    Lesson.objects.bulk_update(back, ["position", "deleted_at"])


@transaction.atomic
def order_modules(course: Course, ids: list[UUID], *, by, now) -> None:
    """Sort modules: those named first, in this order, then the others as they were."""
    _lock(course.pk)
    arrange(_modules_of(course.pk), ids)


@transaction.atomic
def order_lessons(module: Module, ids: list[UUID], *, by, now) -> None:
    """Sort the lessons of a module: those named first, in this order, then the others as they were."""
    _lock(module.course_id)
    arrange(_lessons_of(module.pk), ids)


def _lock(course_id):
    Course.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=course_id)


def _modules_of(course_id):
    return Module.objects.live().filter(course=course_id)


def _lessons_of(module_id):
    return Lesson.objects.live().filter(module=module_id)


def _siblings(part):
    """What a module or lesson is sorted among, itself too unless it is in the trash."""
    if isinstance(part, Module):
        return _modules_of(part.course_id)
    return _lessons_of(part.module_id)


def _title(value):
    return clean_title(value, refusal=OutlineRefused)


def outline_snapshot(course: Course) -> list[dict]:
    """The modules of a course and their lessons as students see them, in order: ids, titles, descriptions."""
    lessons = Lesson.objects.published().filter(course=course).order_by("position")
    of_module: dict[UUID, list[dict]] = {}
    for lesson_id, module_id, title in lessons.values_list("id", "module_id", "title"):
        of_module.setdefault(module_id, []).append({"id": str(lesson_id), "title": title})
    modules = Module.objects.published().filter(course=course).order_by("position")
    return [
        {
            "id": str(module_id),
            "title": title,
            "description": description,
            "lessons": of_module.get(module_id, []),
        }
        for module_id, title, description in modules.values_list("id", "title", "description")
    ]


def lock_course_of(part: Part) -> None:
    """Hold the course of a part: every change of its outline takes its turn."""
    _lock(part.course_id)


def locked_part(part: Part) -> Part:
    """A part as it is now, its course held. Raises OutlineRefused for one in the trash."""
    _lock(part.course_id)
    part = type(part).objects.select_related("course").get(pk=part.pk)
    _refuse_trashed(part)
    return part


def _clean_rules(rules):
    if unknown := set(rules) - MODULE_RULES:
        raise TypeError(f"A module has no {', '.join(sorted(unknown))} to change here.")
    return rules


def clean_lesson_fields(fields: dict) -> dict:
    """Values of LESSON_FIELDS as they are stored. Raises OutlineRefused for an empty title."""
    if unknown := set(fields) - LESSON_FIELDS:
        raise TypeError(f"A lesson has no {', '.join(sorted(unknown))} to change here.")
    fields = dict(fields)
    if "title" in fields:
        fields["title"] = _title(fields["title"])
    if "summary" in fields:
        fields["summary"] = clean_text(fields["summary"]).strip()[:500]
    return fields


def _check_rules(part):
    if part.opens_at is not None and part.opens_after_days is not None:
        raise OutlineRefused(_("Choose a date or a number of days, not both."))
    is_timed = isinstance(part, Lesson) and part.completion == Lesson.Completion.TIME
    if is_timed and not part.completion_seconds:
        raise OutlineRefused(_("Say after how many seconds the lesson is complete."))


def _save_changes(row, changes):
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    _check_rules(row)
    if changed:
        row.save(update_fields=[*changed, "updated_at"])
    return row


def _refuse_trashed(row):
    if row.deleted_at is not None:
        raise OutlineRefused(_("“%(title)s” is in the trash. Restore it first.") % {"title": row})
