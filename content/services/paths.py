"""Learning paths: what they say, their steps, what must be completed before, and publication.

Positions count from 1 without gaps. Every service that changes steps locks the path first.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.utils.translation import gettext as _

from content.models import LearningPath, PathPrerequisite, PathStep
from content.path_checks import blocking, find_problems
from content.path_refusals import NotReady, PathRefused
from content.services.ordering import arrange, next_position, place
from content.services.titles import clean_title
from content.signals import path_steps_changed
from courses import pictures
from courses.cache import bump_catalogue_version
from courses.models import Course
from courses.prerequisites import cycle_through
from lib import markdown
from lib.text import clean_text, slug_from
from tenancy.context import require_organization_id
from users.models import User

Status = LearningPath.Status

MAX_SLUG = 80
MAX_STEPS = 100
WORDS = frozenset(("title", "summary", "description", "is_sequential"))


@transaction.atomic
def create_path(*, title: str, by: User | None, now: datetime, **words) -> LearningPath:
    """Begin a path, as a draft of whoever begins it; its short name comes from the title.

    `words` are those of WORDS. Raises PathRefused, and ValidationError for values that no path can have.
    """
    path = LearningPath(author=by, title=clean_title(title, refusal=PathRefused))
    path.slug = slug_from(path.title, MAX_SLUG, is_taken=_is_slug_taken)
    _set_words(path, words)
    path.save(force_insert=True)
    return path


@transaction.atomic
def update_path(
    path_id: UUID, *, by: User | None, now: datetime, thumbnail=None, **words
) -> LearningPath:
    """Change what a path says, and whether its steps come in order; only what differs is written.

    `thumbnail` is an uploaded file, or False to take the picture away. Raises PathRefused, and
    ValidationError for values that no path can have.
    """
    path = lock_path(path_id)
    changed = _set_words(path, words)
    if changed:
        path.save(update_fields=changed)
    if thumbnail is not None:
        pictures.replace_thumbnail(path, thumbnail)
    if changed or thumbnail is not None:
        bump_catalogue_version()
    return path


@transaction.atomic
def add_step(
    path_id: UUID, course: Course, *, is_required: bool = True, by: User | None, now: datetime
) -> PathStep:
    """Put a course at the end of a path. Raises PathRefused for one that is a step already."""
    path = lock_path(path_id)
    steps = PathStep.objects.filter(path=path)
    if steps.filter(course=course).exists():
        raise PathRefused(
            _("“%(course)s” is a step of this path already.") % {"course": course.title}
        )
    if steps.count() >= MAX_STEPS:
        raise PathRefused(_("A path has %(num)d steps at most.") % {"num": MAX_STEPS})
    step = PathStep.objects.create(
        path=path, course=course, position=next_position(steps), is_required=is_required
    )
    _tell(path, now)
    return step


@transaction.atomic
def move_step(step: PathStep, *, position: int, by: User | None, now: datetime) -> PathStep:
    """Put a step at `position`, counted from 1; beyond the end means the end."""
    lock_path(step.path_id)
    place(PathStep.objects.filter(path=step.path_id), step, position)
    bump_catalogue_version()
    return step


@transaction.atomic
def require_step(step: PathStep, is_required: bool, *, by: User | None, now: datetime) -> PathStep:
    """Say whether a path is complete without this step."""
    path = lock_path(step.path_id)
    step.refresh_from_db(fields=["is_required"])
    if step.is_required != is_required:
        step.is_required = is_required
        step.save(update_fields=["is_required"])
        _tell(path, now)
    return step


@transaction.atomic
def remove_step(step: PathStep, *, by: User | None, now: datetime) -> None:
    """Take a course out of a path; the course and the places on it stay."""
    path = lock_path(step.path_id)
    PathStep.objects.filter(pk=step.pk).delete()
    arrange(PathStep.objects.filter(path=path))
    _tell(path, now)


@transaction.atomic
def set_path_prerequisites(
    path_id: UUID, *, required_ids: Iterable[UUID], by: User | None, now: datetime
) -> LearningPath:
    """Say which paths must be completed before this one, in place of those said before.

    One organization's are changed one at a time, since two changes that are harmless by themselves can
    close a circle. Raises PathRefused, naming the circle, or for a path that is not there.
    """
    path = lock_path(path_id)
    one_at_a_time()
    wanted = set(required_ids)
    check_path_prerequisites(path.pk, wanted)
    links = PathPrerequisite.objects.filter(path=path)
    present = set(links.values_list("required_path", flat=True))
    links.filter(required_path__in=present - wanted).delete()
    for required_id in sorted(wanted - present):
        PathPrerequisite.objects.create(path=path, required_path_id=required_id)
    if wanted != present:
        bump_catalogue_version()
    return path


def check_path_prerequisites(path_id: UUID, required_ids: set[UUID]) -> None:
    """Raise as `set_path_prerequisites` would, without changing anything. Three queries at most."""
    live = LearningPath.objects.live()
    if live.filter(pk__in=required_ids).count() != len(required_ids):
        raise PathRefused(_("A path that was named is not there any more."))
    others = PathPrerequisite.objects.exclude(path=path_id)
    links = [*others.values_list("path", "required_path")]
    links += [(path_id, required_id) for required_id in required_ids]
    circle = cycle_through(path_id, links)
    if circle:
        titles = dict(LearningPath.objects.filter(pk__in=circle).values_list("pk", "title"))
        text = _("These paths would wait for each other: %(path)s. Nobody could ever begin.")
        raise PathRefused(text % {"path": " → ".join(titles[step] for step in circle)})


def one_at_a_time() -> None:
    """Let nobody else of the organization change prerequisites of paths to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"content:path-prerequisites:{require_organization_id()}"],
        )


@transaction.atomic
def publish_path(path_id: UUID, *, by: User | None, now: datetime) -> LearningPath:
    """Show a path to everybody. Raises NotReady with what stands in the way; a repeat changes nothing."""
    path = lock_path(path_id)
    if path.status != Status.PUBLISHED:
        if problems := blocking(find_problems(path)):
            raise NotReady(problems)
        path.published_at = path.published_at or now
        _move(path, Status.PUBLISHED)
    return path


@transaction.atomic
def unpublish_path(path_id: UUID, *, by: User | None, now: datetime) -> LearningPath:
    """Make a path a draft again; those who follow it keep their place."""
    path = lock_path(path_id)
    if path.status != Status.DRAFT:
        _move(path, Status.DRAFT)
    return path


@transaction.atomic
def archive_path(path_id: UUID, *, by: User | None, now: datetime) -> LearningPath:
    """Take a path out of the list; those who follow it go on. Raises PathRefused for one that was never published."""
    path = lock_path(path_id)
    if path.published_at is None:
        text = _("“%(title)s” was never published. Put it into the trash instead.")
        raise PathRefused(text % {"title": path.title})
    if path.status != Status.ARCHIVED:
        _move(path, Status.ARCHIVED)
    return path


@transaction.atomic
def trash_path(path: LearningPath, *, by: User | None, now: datetime) -> None:
    """Hide a path from everybody; `restore_path` brings it back. A repeat keeps the first time."""
    locked = lock_path(path.pk, from_trash=True)
    if locked.deleted_at is None:
        locked.deleted_at = now
        locked.save(update_fields=["deleted_at"])
        bump_catalogue_version()


@transaction.atomic
def restore_path(path: LearningPath, *, by: User | None, now: datetime) -> None:
    """Take a path out of the trash, in the state it had. A repeat changes nothing."""
    locked = lock_path(path.pk, from_trash=True)
    if locked.deleted_at is not None:
        locked.deleted_at = None
        locked.save(update_fields=["deleted_at"])
        bump_catalogue_version()


def lock_path(path_id: UUID, *, from_trash: bool = False) -> LearningPath:
    """The path, locked to the end of the transaction. Raises DoesNotExist, and PathRefused in the trash."""
    path = LearningPath.objects.select_for_update(of=("self",), no_key=True).get(pk=path_id)
    if path.deleted_at is not None and not from_trash:
        text = _("“%(title)s” is in the trash. Restore it first.")
        raise PathRefused(text % {"title": path.title})
    return path


def render_description(path: LearningPath) -> None:
    """Make the HTML of a path's description anew, without saving."""
    path.description_html = markdown.render(path.description).html if path.description else ""


def _set_words(path, words):
    """Set what differs and return the names of the columns to save."""
    if unknown := set(words) - WORDS:
        raise FieldDoesNotExist(f"{min(unknown)} is not set by this service.")
    if "title" in words:
        words["title"] = clean_title(words["title"], refusal=PathRefused)
    for name in {"summary", "description"} & set(words):
        words[name] = clean_text(words[name])
    changed = [name for name, value in words.items() if getattr(path, name) != value]
    for name in changed:
        setattr(path, name, words[name])
    if "description" in changed:
        render_description(path)
        changed.append("description_html")
    path.clean_fields(exclude=["organization", "author", "description_html"])
    return changed


def _is_slug_taken(slug):
    return LearningPath.objects.filter(slug=slug).exists()


def _move(path, status):
    path.status = status
    path.save(update_fields=["status", "published_at"])
    bump_catalogue_version()


def _tell(path, now):
    bump_catalogue_version()
    path_steps_changed.send(sender=LearningPath, path=path, at=now)
