"""Putting a course tree into an organization: what is there is updated in place, by the paths it came from."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from content.importing.contents import ContentsImporter
from content.importing.outlines import OutlineImporter
from content.importing.report import CREATED, UNCHANGED, UPDATED, Report
from content.importing.tree import CourseTree, ImportRefused, LeftOut, Why
from content.services.outline import OutlineRefused
from courses import pictures
from courses.errors import CourseRefused
from courses.models import Course, Subject
from courses.permissions import can_create_course, can_edit_course
from courses.services import create_course, update_course
from lib.files import FileRefused
from lib.text import slug_from
from users.models import User

Progress = Callable[[int, int, str], None]

DEFAULT_SUBJECT = "General"


@transaction.atomic
def apply_tree(
    tree: CourseTree,
    *,
    owner: User,
    by: User | None = None,
    now: datetime,
    subject: str = "",
    title: str = "",
    course: Course | None = None,
    progress: Progress | None = None,
) -> Report:
    """Create the course of a tree in the current organization, or update the one it made before.

    All or nothing, in one transaction; a second time with the same tree writes nothing. `subject` and
    `title` go before what the tree says; `course` names the course to update. Lessons that are no longer
    in the tree go to the trash; what people added by hand stays. `progress(done, total, what)` is told of
    each step. Raises ImportRefused.
    """
    by = by or owner
    try:
        course, happened = _save_course(tree, owner, by, now, subject, title, course)
        report = Report(course, left_out=list(tree.left_out))
        report.note("course", happened)
        outline = OutlineImporter(tree, course, report, by=by, now=now)
        outline.run()
        contents = ContentsImporter(tree, course, report, by=by, now=now, progress=progress)
        contents.run(outline.lessons)
    except (CourseRefused, OutlineRefused) as error:
        raise ImportRefused(str(error)) from error
    except ValidationError as error:
        raise ImportRefused(" ".join(error.messages)) from error
    course.refresh_from_db()
    return report


def _save_course(tree, owner, by, now, subject, title, course):
    if course is None:
        rows = Course.objects.filter(source=tree.source)
        course = rows.order_by(F("deleted_at").asc(nulls_first=True)).first()
    values = dict(tree.values)
    values["title"] = title or tree.title
    name = subject or tree.subject
    if course is None:
        if not can_create_course(owner):
            raise ImportRefused(
                _("%(name)s is neither instructor nor admin, so cannot own a course.")
                % {"name": owner}
            )
        values["subject"] = _subject(name or DEFAULT_SUBJECT)
        values["source"] = tree.source
        course = create_course(by=by, owner=owner, now=now, **values)
        _set_thumbnail(tree, course, by, now)
        return course, CREATED
    if course.deleted_at is not None:
        raise ImportRefused(
            _("“%(title)s” is in the trash. Restore it there, or purge it, and import again.")
            % {"title": course}
        )
    if not can_edit_course(by, course):
        raise ImportRefused(_("“%(title)s” belongs to somebody else.") % {"title": course})
    values.pop("slug", None)  # an address that is in use stays
    if name:
        values["subject"] = _subject(name)
    changed = any(getattr(course, field) != value for field, value in values.items())
    if changed:
        course = update_course(course.pk, by=by, now=now, **values)
    changed = _set_thumbnail(tree, course, by, now) or changed
    return course, UPDATED if changed else UNCHANGED


def _subject(name):
    """The subject of this title or short name; made if there is none."""
    slug = slug_from(name)
    known = Subject.objects.filter(title__iexact=name).first()
    known = known or Subject.objects.filter(slug__in={slug, name}).first()
    return known or Subject.objects.create(title=name[:255], slug=slug)


def _set_thumbnail(tree, course, by, now):
    """Whether the picture was new. One that cannot be used is named in the report."""
    if not tree.thumbnail:
        return False
    try:
        data = tree.files.read(tree.thumbnail)
        name, _content = pictures.prepare(BytesIO(data))
        digest = name.rpartition(".")[0]
        if digest in course.thumbnail.name:
            return False
        update_course(course.pk, thumbnail=BytesIO(data), by=by, now=now)
    except (FileRefused, ValidationError, ValueError) as problem:
        tree.left_out.append(LeftOut(tree.thumbnail, Why.BROKEN, str(problem)))
        return False
    return True
