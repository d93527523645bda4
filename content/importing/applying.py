"""Putting a course tree into an organization: what is there is updated in place, by the paths it came from."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from content.importing.contents import ContentsImporter
from content.importing.merging import Merge, Prefer
from content.importing.outlines import OutlineImporter
from content.importing.report import CREATED, UNCHANGED, UPDATED, Report
from content.importing.seals import is_sealed, opened
from content.importing.tree import CourseTree, ImportRefused, LeftOut, Why
from content.services.outline import OutlineRefused
from courses import pictures
from courses.errors import CourseRefused
from courses.models import Course, CourseDraft, Subject
from courses.permissions import can_create_course, can_edit_course
from courses.services import create_course, update_course
from courses.services.drafts import edit_course
from courses.services.editing import MAX_SLUG, is_slug_taken
from courses.services.locking import lock_course
from courses.snapshots import WORDS
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
    is_new: bool = False,
    prefer: Prefer | None = None,
    choices: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Create the course of a tree in the current organization, or update the one it made before.

    All or nothing, in one transaction; a second time with the same tree writes nothing. `subject` and
    `title` go before what the tree says; `course` names the course to update; `is_new` makes another one, whatever was imported
    before. Lessons that are no longer
    in the tree go to the trash; what people added by hand stays. `progress(done, total, what)` is told of
    each step.

    What only one face of the course changed since the last time, its text or its forms, stays changed. What both
    changed is left as it is and named in the report, unless `prefer` or `choices` (by the keys of conflicts) say whose counts. Words that students
    of a published course would see wait in drafts. Raises ImportRefused.
    """
    by = by or owner
    try:
        if course is None and not is_new:
            course = _course_from(tree)
        merge = Merge.of(course, prefer=prefer, choices=choices or {})
        course, happened = _save_course(tree, owner, by, now, subject, title, course, is_new, merge)
        report = Report(course, left_out=list(tree.left_out))
        report.note("course", happened)
        outline = OutlineImporter(tree, course, report, by=by, now=now, merge=merge)
        outline.run()
        contents = ContentsImporter(
            tree, course, report, by=by, now=now, merge=merge, progress=progress
        )
        contents.run(outline.lessons)
        report.conflicts = merge.conflicts
        merge.remember(course, now=now)
    except (CourseRefused, OutlineRefused) as error:
        raise ImportRefused(str(error)) from error
    except ValidationError as error:
        raise ImportRefused(" ".join(error.messages)) from error
    course.refresh_from_db()
    return report


def _course_from(tree):
    """The course that the text made before, rather one that is not in the trash; None without one."""
    rows = Course.objects.filter(_comes_from(tree.source))
    return rows.order_by(F("deleted_at").asc(nulls_first=True)).first()


def _save_course(tree, owner, by, now, subject, title, course, is_new, merge):
    values = dict(tree.values)
    values["title"] = title or tree.title
    name = subject or tree.subject
    if course is None:
        if not can_create_course(owner):
            raise ImportRefused(
                _("%(name)s is neither instructor nor admin, so cannot own a course.")
                % {"name": owner}
            )
        merge.note("course", values | {"subject": name})
        values["subject"] = _subject(name or DEFAULT_SUBJECT)
        values["source"] = tree.source
        if is_new:
            _make_room(values)
        course = create_course(by=by, owner=owner, now=now, **values)
        _set_thumbnail(tree, course, by, now)
        return course, CREATED
    course = lock_course(course.pk, from_trash=True)
    if course.deleted_at is not None:
        raise ImportRefused(
            _("“%(title)s” is in the trash. Restore it there, or purge it, and import again.")
            % {"title": course}
        )
    if not can_edit_course(by, course):
        raise ImportRefused(_("“%(title)s” belongs to somebody else.") % {"title": course})
    values.pop("slug", None)  # an address that is in use stays
    changed = _change_course(course, values, name, by, now, merge)
    changed = _set_thumbnail(tree, course, by, now) or changed
    course.refresh_from_db()
    return course, UPDATED if changed else UNCHANGED


def _change_course(course, values, subject, by, now, merge):
    """Write what the text changed: words of a published course wait in its draft. Whether anything did."""
    draft = CourseDraft.objects.filter(course=course).first()
    form = {name: getattr(course, name) for name in values} | (draft.changes if draft else {})
    changes = merge.changes("course", values, form, where=course.title)
    if subject:
        former = course.subject.title
        is_same = subject.casefold() in (former.casefold(), course.subject.slug)
        wanted = former if is_same else subject
        if merge.takes("course/subject", wanted, former, where=course.title, name="subject"):
            changes["subject"] = _subject(subject)
    words = {name: changes.pop(name) for name in WORDS if name in changes}
    for name, other in (("access_ends_at", "access_days"), ("access_days", "access_ends_at")):
        if changes.get(name) is not None:
            changes[other] = None  # one end of access takes the place of the other
    if changes:
        update_course(course.pk, by=by, now=now, **changes)
    if words:
        edit_course(course.pk, revision=draft.revision if draft else 0, by=by, now=now, **words)
    return bool(changes or words)


def _make_room(values):
    """Another course beside one with the same short name, or from the same text, has neither."""
    if Course.objects.filter(_comes_from(values["source"])).exists():
        values["source"] = ""
    if is_slug_taken(values.get("slug", "")):
        values["slug"] = slug_from(values["slug"], MAX_SLUG, is_taken=is_slug_taken)


def _comes_from(source):
    """Courses that came from here, or that an export names by their id because they were made here."""
    condition = Q(source=source)
    with suppress(ValueError):
        condition |= Q(pk=UUID(source), source="")
    return condition


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
        about = tree.about_files.get(tree.thumbnail)
        seal = about.get("seal") if isinstance(about, dict) else None
        is_ours = is_sealed(sha256(data).hexdigest(), origin="", seal=seal)
        name, _content = pictures.prepare(opened(data, is_ours=is_ours))
        digest = name.rpartition(".")[0]
        if digest in course.thumbnail.name:
            return False
        update_course(course.pk, thumbnail=opened(data, is_ours=is_ours), by=by, now=now)
    except (FileRefused, ValidationError, ValueError) as problem:
        tree.left_out.append(LeftOut(tree.thumbnail, Why.BROKEN, str(problem)))
        return False
    return True
