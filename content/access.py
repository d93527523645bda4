"""Who may open a file of the media library.

Content knows staff; who is on a course is known above it, by what registers here.
"""

import hashlib
from collections.abc import Callable, Iterable
from uuid import UUID

from django.core.cache import cache

from content.cache import VIEWER_SECONDS, viewer_key
from content.models import MediaAsset
from courses.models import Course
from users.models import Permission

ViewerCheck = Callable[[object, list[UUID]], bool]
_checks: list[ViewerCheck] = []


def register_viewer_check(check: ViewerCheck) -> None:
    """Let people of a course open its files: `check(user, course_ids)` says whether they are on one of them.

    It is asked for signed-in people only, and makes one query at most.
    """
    if check not in _checks:
        _checks.append(check)


def unregister_viewer_check(check: ViewerCheck) -> None:
    """Forget a check; for tests."""
    _checks.remove(check)


def can_open_media(
    user, *, access: str, owner_id: UUID | None, course_ids: Iterable[UUID], is_in_preview: bool
) -> bool:
    """Whether this person, or a guest, may open a file with these facts; two queries at most.

    A yes for people of a course is remembered for a minute, so that a lesson with many images asks once.
    """
    if access == MediaAsset.Access.PUBLIC:
        return True
    is_for_course = access == MediaAsset.Access.COURSE
    if is_for_course and is_in_preview:
        return True
    if not user.is_authenticated:
        return False
    if user.is_admin or user.pk == owner_id:
        return True
    if not is_for_course:
        return user.is_staff
    return _is_of_course(user, sorted(course_ids))


def _is_of_course(user, course_ids):
    if not course_ids:
        return False
    digest = hashlib.sha256("".join(map(str, course_ids)).encode()).hexdigest()[:32]
    key = viewer_key(user.pk, digest)
    if cache.get(key):
        return True
    may = _edits(user, course_ids) or any(check(user, course_ids) for check in _checks)
    if may:
        cache.set(key, True, VIEWER_SECONDS)
    return may


def _edits(user, course_ids):
    courses = Course.objects.filter(pk__in=course_ids)
    return courses.permitted_to(user, Permission.COURSE_EDIT).exists()
