"""Who may do what with a course."""

from courses.models import Course, CourseStaff


def can_create_course(user) -> bool:
    """Instructors and admins."""
    return user.is_authenticated and (user.is_admin or user.is_instructor)


def can_view_course(user, course: Course) -> bool:
    """Everyone for what is published to all; otherwise as `Course.objects.visible_to` has it."""
    if course.is_listed:
        return True
    return Course.objects.visible_to(user).filter(pk=course.pk).exists()


def can_edit_course(user, course: Course) -> bool:
    """The owner, co-instructors and admins. One query for an instructor who is not the owner."""
    if owns_or_runs(user, course):
        return True
    if not user.is_authenticated or not user.is_instructor:
        return False
    return CourseStaff.objects.filter(course=course, user=user).exists()


def can_publish_course(user, course: Course) -> bool:
    """Who edits it also publishes, unpublishes and archives it."""
    return can_edit_course(user, course)


def can_manage_staff(user, course: Course) -> bool:
    """The owner and admins: a co-instructor neither invites others nor gives the course away."""
    return owns_or_runs(user, course)


def can_trash_course(user, course: Course) -> bool:
    """The owner and admins; the same people take it out again."""
    return owns_or_runs(user, course)


def can_purge_course(user, course: Course) -> bool:
    """Admins alone, since nothing brings it back."""
    return user.is_authenticated and user.is_admin


def can_edit_subjects(user) -> bool:
    """Admins: subjects belong to the whole organization."""
    return user.is_authenticated and user.is_admin


def owns_or_runs(user, course: Course) -> bool:
    """Whether this is an admin, or the owner as long as their role lets them teach."""
    if not user.is_authenticated:
        return False
    return user.is_admin or (user.is_instructor and course.owner_id == user.pk)
