"""Giving the organization's roles to people, and taking them back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Course, RoleAssignment
from courses.permissions import can_manage_staff, held_on
from courses.services.locking import lock_course
from courses.signals import duty_given
from courses.teaching import CO_INSTRUCTOR_MAY, FOR_ONE_COURSE
from lib.decisions import Decision, Reason, allow, refuse
from tenancy import security
from users.models import Permission, Role, User
from users.permissions import ORDINARY, can_manage_roles, forget_grants, held_by
from users.roles import more_than_held, not_a_manager, own_role, require


def decide_giving(by: User, role: Role, *, user: User, course: Course | None) -> Decision:
    """Whether `by` may give this role to `user`: for `course`, or for the organization where it is None."""
    if course is not None and FOR_ONE_COURSE.isdisjoint(role.permissions):
        return refuse(Reason("not_for_a_course", _("This role grants nothing on a single course.")))
    return decide_role(by, role, user=user, course=course)


def decide_taking(by: User, assignment: RoleAssignment) -> Decision:
    """Whether `by` may take it; who could not have given a role cannot take it either."""
    return decide_role(by, assignment.role, user=assignment.user, course=assignment.course)


def decide_role(by: User, role: Role, *, user: User, course: Course | None) -> Decision:
    """Whether this role of `user`, on `course` or in the organization, is for `by` to give and to take."""
    return _decide(by, role.permissions, user=user, course=course)


def decide_co_instructor(by: User, *, user: User, course: Course) -> Decision:
    """Whether it is for `by` to let `user` teach the course beside its owner, or to end that."""
    return _decide(by, CO_INSTRUCTOR_MAY, user=user, course=course)


def _decide(by, permissions, *, user, course):
    if by.is_admin:
        return allow()
    if not (can_manage_roles(by) or (course is not None and can_manage_staff(by, course))):
        return refuse(not_a_manager())
    if user == by:
        return refuse(own_role())
    held = held_by(by) if course is None else held_on(by, course)
    missing = frozenset(permissions) - ORDINARY - held
    return refuse(more_than_held(missing)) if missing else allow()


def roles_to_give(by: User, course: Course) -> list[Role]:
    """The roles that mean something on the course and that `by` may give for it. Three queries at most."""
    held = Permission.values if by.is_admin else held_on(by, course) | ORDINARY
    return list(
        Role.objects.filter(
            permissions__overlap=list(FOR_ONE_COURSE), permissions__contained_by=list(held)
        )
    )


@transaction.atomic
def give_role(
    role: Role, *, user: User, course_id: UUID | None = None, by: User | None, now: datetime
) -> RoleAssignment:
    """Let somebody hold a role, for the organization or for one course, from their next request on.

    Locks the course and the role; repeating it changes nothing. `by` is None for the system. Raises RoleRefused
    with the reason, and InTheTrash. Written into the security log; announces `duty_given`.
    """
    course = lock_course(course_id) if course_id is not None else None
    role = _lock(role)
    if by is not None:
        require(decide_giving(by, role, user=user, course=course))
    assignment, is_new = RoleAssignment.objects.get_or_create(
        user=user, role=role, course=course, defaults={"given_by": by}
    )
    if is_new:
        _record(assignment, "given")
        duty_given.send(sender=RoleAssignment, user=user, course=course, duty=role.name, at=now)
    forget_grants(user)
    return assignment


@transaction.atomic
def take_role(assignment_id: UUID, *, by: User | None, now: datetime) -> None:
    """Take a role out of somebody's hands; nothing happens if they no longer hold it.

    Locks the assignment. Raises RoleRefused with the reason. Written into the security log.
    """
    held = RoleAssignment.objects.select_for_update(of=("self",))
    assignment = held.select_related("user", "role", "course").filter(pk=assignment_id).first()
    if assignment is None:
        return
    if by is not None:
        require(decide_taking(by, assignment))
    _record(assignment, "taken")
    assignment.delete()
    forget_grants(assignment.user)


def _lock(role):
    return Role.objects.select_for_update(of=("self",), no_key=True).get(pk=role.pk)


def _record(assignment, change):
    course = assignment.course
    security.record(
        security.Kind.ROLE_CHANGED,
        user_id=assignment.user_id,
        role=assignment.role.name,
        change=change,
        course=course.title if course else None,
    )
