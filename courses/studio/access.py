"""Finding a course in the studio: for who may not work on it, there is none."""

from django.shortcuts import get_object_or_404

from courses.models import Course
from users.models import Permission


def course_to_edit(user, slug: str, *permissions: Permission) -> Course:
    """The course by its short name, where the person has one of the permissions (to edit it, if none is named).

    Raises Http404 for everybody else, as for a course that does not exist or is in the trash.
    """
    wanted = permissions or (Permission.COURSE_EDIT,)
    return get_object_or_404(Course.objects.live().permitted_to(user, *wanted), slug=slug)
