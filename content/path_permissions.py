"""Who may make and change learning paths, and of which courses."""

from django.db.models import Q, QuerySet

from content.models import LearningPath
from courses.models import Course
from courses.permissions import can_create_course


def can_create_path(user) -> bool:
    """Those who may make courses."""
    return can_create_course(user)


def can_edit_path(user, path: LearningPath) -> bool:
    """Change, publish and throw away a path: its author as long as they may teach, and admins."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_admin or (user.is_instructor and path.author_id == user.pk)


def courses_for_paths(user) -> QuerySet:
    """The courses that somebody may make steps: what is published to all, and what they may change."""
    edited = Course.objects.editable_by(user).values("pk")
    return Course.objects.live().filter(
        Q(pk__in=Course.objects.listed().values("pk")) | Q(pk__in=edited)
    )
