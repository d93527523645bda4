"""What is wrong or doubtful about a learning path."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import LearningPath, PathPrerequisite, PathStep
from courses.models import Course
from courses.preflight import Finding, Level


def find_problems(path: LearningPath) -> list[Finding]:
    """All findings, errors first. Two queries."""
    found = [*_check_steps(path), *_check_prerequisites(path), *_check_words(path)]
    return sorted(found, key=lambda finding: not finding.is_error)


def blocking(problems: list[Finding]) -> list[Finding]:
    """Those with which a path cannot be published."""
    return [problem for problem in problems if problem.is_error]


def _check_steps(path) -> Iterator[Finding]:
    here = reverse("content:studio_path", args=[path.pk])
    steps = list(PathStep.objects.filter(path=path).select_related("course").order_by("position"))
    if not any(step.is_required for step in steps):
        text = _("A path needs a step that is required.")
        yield Finding(Level.ERROR, "no_step", text, here)
    for step in steps:
        if text := _closed(step.course):
            level = Level.ERROR if step.is_required else Level.WARNING
            yield Finding(level, "closed_course", text % {"title": step.course.title}, here)


def _closed(course):
    """Why people cannot take a course by themselves, "" if they can."""
    if course.deleted_at is not None:
        return _("“%(title)s” is in the trash.")
    if course.status == Course.Status.DRAFT:
        return _("“%(title)s” is not published.")
    if course.status == Course.Status.ARCHIVED:
        return _("“%(title)s” is archived and takes nobody new.")
    if course.visibility == Course.Visibility.PRIVATE:
        return _("“%(title)s” is private.")
    return ""


def _check_prerequisites(path) -> Iterator[Finding]:
    here = reverse("content:studio_path_details", args=[path.pk])
    links = PathPrerequisite.objects.filter(path=path, required_path__deleted_at__isnull=True)
    closed = links.exclude(required_path__status=LearningPath.Status.PUBLISHED)
    for link in closed.select_related("required_path"):
        text = _("Nobody can complete “%(title)s” first: that path is not published.")
        text %= {"title": link.required_path.title}
        yield Finding(Level.ERROR, "closed_path", text, here)


def _check_words(path) -> Iterator[Finding]:
    if not path.summary:
        here = reverse("content:studio_path_details", args=[path.pk])
        yield Finding(
            Level.WARNING,
            "no_summary",
            _("It has no summary: the list shows its title alone."),
            here,
        )
