"""What the pages of learning paths show: their steps as a visitor may read them."""

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from content.models import LearningPath, PathStep
from courses.cache import COURSE_SECONDS, catalogue_version, part_key
from courses.models import Course
from courses.pictures import version_of

MAX_PATHS = 5  # that the page of a course names


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as one visitor sees it. A course that is not for their eyes has no title and no address."""

    id: UUID
    number: int
    course_id: UUID
    is_required: bool
    title: str
    summary: str
    slug: str
    minutes: int | None
    is_open: bool  #: whether the course takes people

    @property
    def anchor(self) -> str:
        return f"step-{self.number}"


def read_steps(path: LearningPath, user) -> list[ShownStep]:
    """The steps in order. Two queries."""
    steps = list(PathStep.objects.filter(path=path).select_related("course").order_by("position"))
    courses = Course.objects.filter(pk__in=[step.course_id for step in steps])
    visible = set(courses.visible_to(user).values_list("pk", flat=True))
    return [_shown(step, step.course_id in visible) for step in steps]


def _shown(step, is_visible):
    course = step.course
    return ShownStep(
        id=step.pk,
        number=step.position,
        course_id=step.course_id,
        is_required=step.is_required,
        title=course.title if is_visible else "",
        summary=course.summary if is_visible else "",
        slug=course.slug if is_visible else "",
        minutes=course.duration_minutes if is_visible else None,
        is_open=is_visible and course.is_published,
    )


def with_size(paths: QuerySet) -> QuerySet:
    """Adds `step_count` and `minutes`, NULL where no course says how long it takes."""
    live = Q(steps__course__deleted_at__isnull=True)
    return paths.annotate(
        step_count=Count("steps"), minutes=Sum("steps__course__duration_minutes", filter=live)
    )


def picture_url(path: LearningPath) -> str:
    """Address of the path's picture, "" where there is none."""
    if not path.thumbnail:
        return ""
    return reverse("content:path_picture", args=[path.pk, version_of(path.thumbnail.name)])


def paths_with(course: Course) -> list[tuple[str, str]]:
    """For templates: title and short name of the published paths that a course is a step of.

    Kept until a path changes; one query when they are looked up.
    """
    key = part_key(catalogue_version(), "paths", course.pk)
    kept = cache.get(key)
    if kept is None:
        paths = LearningPath.objects.listed().filter(steps__course=course).order_by("title", "id")
        kept = list(paths.values_list("title", "slug")[:MAX_PATHS])
        cache.set(key, kept, COURSE_SECONDS)
    return kept
