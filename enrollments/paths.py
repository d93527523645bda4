"""Joining and leaving learning paths."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import LearningPath, PathPrerequisite, PathStep
from enrollments.models import Enrollment, PathEnrollment
from enrollments.signals import path_joined
from lib.decisions import Decision, Reason, allow, refuse
from users.models import Permission, User
from users.permissions import holds


class PathRefused(Exception):
    """This person may not join the path now; `decision` says why."""

    def __init__(self, decision: Decision):
        super().__init__(decision.message)
        self.decision = decision


def decide_joining(user, path: LearningPath) -> Decision:
    """Whether somebody (anonymous or not) may follow a path. One query for who is signed in."""
    if path.deleted_at is not None or path.status == LearningPath.Status.DRAFT:
        return refuse(Reason("not_published", _("This path is not published yet.")))
    if path.status == LearningPath.Status.ARCHIVED:
        text = _("This path is archived and takes nobody new.")
        return refuse(Reason("archived", text, reverse("content:paths"), _("Find another path")))
    if not user.is_authenticated:
        here = reverse("content:path", args=[path.slug])
        address = f"{reverse('account_login')}?next={here}"
        return refuse(Reason("sign_in", _("Sign in to join."), address, _("Sign in to join")))
    if not holds(user, Permission.COURSE_ENROLL):
        text = _("Your account may look around but not join. Ask an admin for a student account.")
        return refuse(Reason("guest_account", text))
    missing = [_complete_first(needed) for needed in missing_paths(user, path)]
    return refuse(*missing) if missing else allow()


def missing_paths(user: User, path: LearningPath) -> list[LearningPath]:
    """The paths that must be completed before this one, and are not. One query."""
    completed = PathEnrollment.objects.filter(student=user, completed_at__isnull=False)
    links = PathPrerequisite.objects.filter(path=path).exclude(
        required_path__in=completed.values("path")
    )
    links = links.filter(required_path__deleted_at__isnull=True).select_related("required_path")
    return [link.required_path for link in links.order_by("created_at", "id")]


def _complete_first(needed):
    is_open = needed.status != LearningPath.Status.DRAFT
    return Reason(
        "prerequisites",
        _("Complete the path “%(title)s” first.") % {"title": needed.title},
        needed.get_absolute_url() if is_open else "",
        _("Go there") if is_open else "",
    )


@transaction.atomic
def join_path(path_id: UUID, student: User, *, now: datetime) -> PathEnrollment:
    """Follow a path, or follow it again; what was completed before counts. Repeating it is harmless.

    Holds the path's steps and the student's places on its courses, so that no completion is missed.
    Raises PathRefused; announces `path_joined`.
    """
    path = LearningPath.objects.select_for_update(of=("self",), no_key=True).get(pk=path_id)
    found = PathEnrollment.objects.filter(path=path, student=student).first()
    if found is not None and found.left_at is None:
        return found
    decision = decide_joining(student, path)
    if not decision:
        raise PathRefused(decision)
    _hold_places(path, student)
    joined, is_new = PathEnrollment.objects.get_or_create(
        path=path, student=student, defaults={"joined_at": now}
    )
    if not is_new:
        joined.left_at = None
        joined.save(update_fields=["left_at"])
    path_joined.send(sender=PathEnrollment, path_enrollment=joined, at=now)
    return joined


def _hold_places(path, student):
    courses = PathStep.objects.filter(path=path).values("course")
    places = Enrollment.objects.filter(student=student, course__in=courses).order_by("pk")
    list(places.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


@transaction.atomic
def leave_path(path_id: UUID, student: User, *, now: datetime) -> None:
    """Stop following a path; places on its courses and what was done there stay. A repeat changes nothing."""
    places = PathEnrollment.objects.staying().filter(path=path_id, student=student)
    for place in places.select_for_update(of=("self",), no_key=True):
        place.left_at = now
        place.save(update_fields=["left_at"])
