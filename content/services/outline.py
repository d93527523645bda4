"""Modules and lessons: add, change, move, put in the trash and take out again.

Positions count from 1 without gaps or doubles among what is not in the trash. Every service locks the
course first, so two people who sort at once cannot mix up the order.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Max, Value, When
from django.utils.translation import gettext as _

from content.models import Lesson, Module
from courses.models import Course
from lib.text import clean_text, slug_from
from users.models import User

PARKED = 1_000_000  # positions above this are those of rows that are just being moved
LESSON_FIELDS = frozenset(
    ("title", "summary", "duration_minutes", "completion", "completion_seconds", "is_preview")
)


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
    by: User | None,
    now: datetime,
) -> Module:
    """A new module at `position`, counted from 1, or at the end. Raises OutlineRefused."""
    _lock(course.pk)
    live = Module.objects.live().filter(course=course)
    module = Module.objects.create(
        course=course,
        title=_title(title),
        description=clean_text(description),
        position=_next_position(live),
        source=source,
    )
    if position is not None:
        _place(live, module, position)
    return module


@transaction.atomic
def update_module(
    module: Module, *, title: str | None = None, description: str | None = None, by, now
) -> Module:
    """Change what is given; nothing is written when nothing changes. Raises OutlineRefused."""
    changes = {}
    if title is not None:
        changes["title"] = _title(title)
    if description is not None:
        changes["description"] = clean_text(description)
    return _save_changes(module, changes)


def rename_module(module: Module, *, title: str, by, now) -> Module:
    return update_module(module, title=title, by=by, now=now)


@transaction.atomic
def move_module(module: Module, *, position: int, by, now) -> Module:
    """Put a module at `position` of its course, counted from 1; beyond the end means the end."""
    _lock(module.course_id)
    module.refresh_from_db()
    _refuse_trashed(module)
    _place(Module.objects.live().filter(course=module.course_id), module, position)
    return module


@transaction.atomic
def trash_module(module: Module, *, by, now: datetime) -> Module:
    """Put a module and its lessons in the trash; harmless to repeat."""
    _lock(module.course_id)
    module.refresh_from_db()
    if module.deleted_at is None:
        Lesson.objects.live().filter(module=module).update(deleted_at=now)
        module.deleted_at = now
        module.save(update_fields=["deleted_at", "updated_at"])
        _close_gaps(Module.objects.live().filter(course=module.course_id))
    return module


@transaction.atomic
def restore_module(module: Module, *, by, now) -> Module:
    """Take a module out of the trash, with the lessons that went there with it, to the end of the course."""
    _lock(module.course_id)
    module.refresh_from_db()
    if module.deleted_at is None:
        return module
    went_along = module.deleted_at
    module.position = _next_position(Module.objects.live().filter(course=module.course_id))
    module.deleted_at = None
    module.save(update_fields=["position", "deleted_at", "updated_at"])
    Lesson.objects.filter(module=module, deleted_at=went_along).update(deleted_at=None)
    return module


@transaction.atomic
def add_lesson(
    module: Module,
    *,
    title: str,
    slug: str = "",
    position: int | None = None,
    source: str = "",
    by: User | None,
    now: datetime,
    **fields,
) -> Lesson:
    """A new lesson at `position` of the module, counted from 1, or at the end.

    Its short name comes from `slug` or the title, with a number if the course has that one already; the
    trash counts too. `fields` are those of LESSON_FIELDS. Raises OutlineRefused.
    """
    _lock(module.course_id)
    module.refresh_from_db(fields=["deleted_at"])
    _refuse_trashed(module)
    taken = set(Lesson.objects.filter(course=module.course_id).values_list("slug", flat=True))
    live = Lesson.objects.live().filter(module=module)
    lesson = Lesson(
        course_id=module.course_id,
        module=module,
        title=_title(title),
        slug=slug_from(slug or title, is_taken=taken.__contains__),
        position=_next_position(live),
        source=source,
        **_clean_fields(fields),
    )
    _check_completion(lesson)
    lesson.save(force_insert=True)
    if position is not None:
        _place(live, lesson, position)
    return lesson


@transaction.atomic
def update_lesson(lesson: Lesson, *, by, now, **fields) -> Lesson:
    """Change what is given, of LESSON_FIELDS. The address of a lesson stays when its title changes.

    Nothing is written when nothing changes. Raises OutlineRefused.
    """
    return _save_changes(lesson, _clean_fields(fields))


def rename_lesson(lesson: Lesson, *, title: str, by, now) -> Lesson:
    return update_lesson(lesson, title=title, by=by, now=now)


@transaction.atomic
def move_lesson(
    lesson: Lesson, *, position: int, to_module: Module | None = None, by, now
) -> Lesson:
    """Put a lesson at `position`, counted from 1, of its own or another module of the same course."""
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
        lesson.position = _next_position(Lesson.objects.live().filter(module=to_module))
        lesson.save(update_fields=["module", "position", "updated_at"])
        _close_gaps(Lesson.objects.live().filter(module=old_module_id))
    _place(Lesson.objects.live().filter(module=lesson.module_id), lesson, position)
    return lesson


@transaction.atomic
def trash_lesson(lesson: Lesson, *, by, now: datetime) -> Lesson:
    """Put a lesson in the trash; its address stays taken. Harmless to repeat."""
    _lock(lesson.course_id)
    lesson.refresh_from_db()
    if lesson.deleted_at is None:
        lesson.deleted_at = now
        lesson.save(update_fields=["deleted_at", "updated_at"])
        _close_gaps(Lesson.objects.live().filter(module=lesson.module_id))
    return lesson


@transaction.atomic
def restore_lesson(lesson: Lesson, *, by, now) -> Lesson:
    """Take a lesson out of the trash, to the end of its module. Refused while the module is in the trash."""
    _lock(lesson.course_id)
    lesson.refresh_from_db()
    if lesson.deleted_at is None:
        return lesson
    if lesson.module.deleted_at is not None:
        raise OutlineRefused(_("Its module is in the trash. Restore the module first."))
    lesson.position = _next_position(Lesson.objects.live().filter(module=lesson.module_id))
    lesson.deleted_at = None
    lesson.save(update_fields=["position", "deleted_at", "updated_at"])
    return lesson


@transaction.atomic
def order_modules(course: Course, ids: list[UUID], *, by, now) -> None:
    """Sort modules: those named first, in this order, then the others as they were."""
    _lock(course.pk)
    _arrange(Module.objects.live().filter(course=course), ids)


@transaction.atomic
def order_lessons(module: Module, ids: list[UUID], *, by, now) -> None:
    """Sort the lessons of a module: those named first, in this order, then the others as they were."""
    _lock(module.course_id)
    _arrange(Lesson.objects.live().filter(module=module), ids)


def _lock(course_id):
    Course.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=course_id)


def _next_position(live):
    return (live.aggregate(last=Max("position"))["last"] or 0) + 1


def _place(live, row, position):
    ids = list(live.exclude(pk=row.pk).order_by("position").values_list("pk", flat=True))
    ids.insert(max(position, 1) - 1, row.pk)
    _arrange(live, ids)
    row.position = ids.index(row.pk) + 1


def _close_gaps(live):
    _arrange(live, [])


def _arrange(live, first):
    """Number the rows from 1, those in `first` before the others; rows that stay are not written.

    In two steps, because the database checks after each row that no position is there twice.
    """
    now_at = dict(live.order_by("position").values_list("pk", "position"))
    wanted = [pk for pk in first if pk in now_at]
    wanted += [pk for pk in now_at if pk not in set(wanted)]
    moves = {pk: place for place, pk in enumerate(wanted, 1) if now_at[pk] != place}
    if moves:
        moving = live.filter(pk__in=moves)
        moving.update(position=F("position") + PARKED)
        moving.update(
            position=Case(*(When(pk=pk, then=Value(place)) for pk, place in moves.items()))
        )


def _title(value):
    title = clean_text(value).strip()
    if not title:
        raise OutlineRefused(_("A title is needed."))
    if len(title) > 255:
        raise OutlineRefused(_("This title is longer than 255 characters."))
    return title


def _clean_fields(fields):
    if unknown := set(fields) - LESSON_FIELDS:
        raise TypeError(f"A lesson has no {', '.join(sorted(unknown))} to change here.")
    fields = dict(fields)
    if "title" in fields:
        fields["title"] = _title(fields["title"])
    if "summary" in fields:
        fields["summary"] = clean_text(fields["summary"]).strip()[:500]
    return fields


def _check_completion(lesson):
    is_timed = lesson.completion == Lesson.Completion.TIME
    if is_timed and not lesson.completion_seconds:
        raise OutlineRefused(_("Say after how many seconds the lesson is complete."))


def _save_changes(row, changes):
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    if isinstance(row, Lesson):
        _check_completion(row)
    if changed:
        row.save(update_fields=[*changed, "updated_at"])
    return row


def _refuse_trashed(row):
    if row.deleted_at is not None:
        raise OutlineRefused(_("“%(title)s” is in the trash. Restore it first.") % {"title": row})
