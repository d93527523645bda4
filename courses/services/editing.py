"""Creating a course and changing what it says."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from courses import pictures
from courses.cache import bump_catalogue_version
from courses.errors import SlugTaken
from courses.models import Course, FormerSlug
from courses.services.locking import lock_course, require_teacher
from courses.services.prerequisites import set_prerequisites
from courses.signals import course_changed
from lib import markdown
from lib.text import retagged, slug_from
from users.models import User

MAX_SLUG = 80
MAX_TAGS = 20

#: What `create_course` and `update_course` may set; the rest has services of its own.
EDITABLE = frozenset(
    [
        "title",
        "slug",
        "summary",
        "description",
        "objectives",
        "requirements",
        "tags",
        "language",
        "subject",
        "visibility",
        "enrollment_type",
        "max_capacity",
        "waitlist_enabled",
        "offer_hours",
        "enrollment_closes_at",
        "access_ends_at",
        "access_days",
        "difficulty_level",
        "duration_minutes",
        "is_sequential",
        "certificate_enabled",
        "price",
        "currency",
        "source",
    ]
)


@transaction.atomic
def create_course(
    *,
    by: User | None,
    now: datetime,
    owner: User | None = None,
    thumbnail=None,
    prerequisites=(),
    **fields,
) -> Course:
    """Begin a course, as a draft.

    The owner is who creates it, if not told otherwise, and must be instructor or admin (else CannotTeach).
    Without `slug` one is made from the title. `fields` are those of `EDITABLE`; `thumbnail` is an
    uploaded file; `prerequisites` are ids of courses.
    Raises ValidationError for values that no course can have, SlugTaken for a slug in use.
    """
    _require_editable(fields)
    owner = owner or by
    require_teacher(owner)
    course = Course(owner=owner, **fields)
    if not course.slug:
        course.slug = slug_from(course.title, MAX_SLUG, is_taken=is_slug_taken)
    elif is_slug_taken(course.slug):
        raise _slug_taken(course.slug)
    _render(course)
    _check(course)
    course.save(force_insert=True)
    if thumbnail:
        pictures.replace_thumbnail(course, thumbnail)
    if prerequisites:
        set_prerequisites(course.pk, required_ids=prerequisites, by=by, now=now)
    bump_catalogue_version()
    return course


@transaction.atomic
def update_course(
    course_id: UUID, *, by: User | None, now: datetime, thumbnail=None, **changes
) -> Course:
    """Change what a course says; only what differs is written, and repeating it changes nothing.

    A new `slug` keeps the old one, whose addresses then lead to the new. `thumbnail` is an uploaded file,
    or False to take the picture away. Locks the course; announces `course_changed`.
    Raises InTheTrash, SlugTaken, and ValidationError for values that no course can have.
    """
    _require_editable(changes)
    course = lock_course(course_id)
    changed = [name for name, value in changes.items() if getattr(course, name) != value]
    former = course.slug
    for name in changed:
        setattr(course, name, changes[name])
    if "slug" in changed:
        _keep_former_slug(course, former)
    if "description" in changed:
        _render(course)
        changed.append("description_html")
    if changed:
        _check(course)
        course.save(update_fields=changed)
        course_changed.send(sender=Course, course=course, at=now)
    if thumbnail is not None:
        pictures.replace_thumbnail(course, thumbnail)
    if changed or thumbnail is not None:
        bump_catalogue_version()
    return course


@transaction.atomic
def tag_course(
    course_id: UUID,
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    by: User | None,
    now: datetime,
) -> Course:
    """Give a course tags, or take some away, whatever their letters' case; the others stay. Locks the course.

    Raises InTheTrash, and ValidationError for more than MAX_TAGS.
    """
    tags = retagged(lock_course(course_id).tags, add=add, remove=remove)
    if len(tags) > MAX_TAGS:
        raise ValidationError(_("A course has at most %(num)d tags.") % {"num": MAX_TAGS})
    return update_course(course_id, tags=tags, by=by, now=now)


def is_slug_taken(slug: str) -> bool:
    """Whether a course of the organization has or had this short name."""
    if Course.objects.filter(slug=slug).exists():
        return True
    return FormerSlug.objects.filter(slug=slug).exists()


def _keep_former_slug(course, former):
    """The old slug leads to the new one; coming back to an old slug takes it out of the former ones."""
    if not course.slug:
        course.slug = slug_from(course.title, MAX_SLUG, is_taken=is_slug_taken)
    if Course.objects.filter(slug=course.slug).exclude(pk=course.pk).exists():
        raise _slug_taken(course.slug)
    if FormerSlug.objects.filter(slug=course.slug).exclude(course=course).exists():
        raise _slug_taken(course.slug)
    FormerSlug.objects.filter(slug=course.slug).delete()
    FormerSlug.objects.get_or_create(slug=former, defaults={"course": course})


def _slug_taken(slug):
    return SlugTaken(
        _("The short name “%(slug)s” belongs, or once belonged, to another course.")
        % {"slug": slug}
    )


def _render(course):
    course.description_html = markdown.render(course.description).html if course.description else ""


def _check(course):
    course.clean_fields()
    if course.access_ends_at is not None and course.access_days is not None:
        raise ValidationError({"access_days": _("Access ends on a day or after days, not both.")})


def _require_editable(fields):
    for name in fields:
        if name not in EDITABLE:
            raise FieldDoesNotExist(f"{name} is not set by this service.")
