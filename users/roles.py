"""Roles that an organization makes: what they are, and who may make and hand them out.

Nobody hands out more than they hold, and nobody but an admin touches their own roles.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lib.decisions import Decision, Reason, allow, refuse
from tenancy import security
from users.models import Permission, Role, User
from users.permissions import can_manage_roles, grants_of, lacks


class RoleRefused(Exception):
    """This person may not make, give or take the role; `decision` says why."""

    def __init__(self, decision: Decision):
        super().__init__(decision.message)
        self.decision = decision


def decide_saving(by: User, role: Role | None, permissions: Iterable[str]) -> Decision:
    """Whether `by` may make this role be one with `permissions`; `role` is None for a new one.

    Both what it grants now and what it is to grant must be theirs: to take away is to decide, too.
    """
    if by.is_admin:
        return allow()
    if not can_manage_roles(by):
        return refuse(not_a_manager())
    if role is not None and role.pk in grants_of(by).role_ids:
        return refuse(own_role())
    touched = {*permissions, *(role.permissions if role is not None else ())}
    missing = lacks(by, touched)
    return refuse(more_than_held(missing)) if missing else allow()


@transaction.atomic
def save_role(
    role: Role | None,
    *,
    name: str,
    description: str,
    permissions: Iterable[str],
    by: User | None,
    now: datetime,
) -> Role:
    """Make a role, or change one; whoever holds it may do what it says from their next request on.

    Locks the role. `by` is None for the system. Raises RoleRefused with the reason, and IntegrityError naming
    `users_role_name_once`. Written into the security log when what it grants changed.
    """
    role = _lock(role) if role is not None else Role(permissions=[])
    wanted = [permission for permission in Permission.values if permission in set(permissions)]
    if by is not None:
        require(decide_saving(by, None if role._state.adding else role, wanted))
    before, role.permissions = role.permissions, wanted
    role.name, role.description = name, description
    role.save()
    if set(before) != set(wanted):
        _record(role, added=set(wanted) - set(before), removed=set(before) - set(wanted))
    return role


@transaction.atomic
def delete_role(role: Role, *, by: User | None, now: datetime) -> None:
    """Take a role from all who hold it, for good. Locks it. Raises RoleRefused with the reason."""
    role = _lock(role)
    if by is not None:
        require(decide_saving(by, role, ()))
    _record(role, added=set(), removed=set(role.permissions))
    role.delete()


def require(decision: Decision) -> None:
    """Raise RoleRefused for a refusal."""
    if not decision:
        raise RoleRefused(decision)


def not_a_manager() -> Reason:
    return Reason("not_a_manager", _("Only those who may manage roles can do that."))


def own_role() -> Reason:
    return Reason("own_role", _("Nobody changes their own roles. Ask somebody else who may."))


def more_than_held(missing: Iterable[str]) -> Reason:
    """The reason against handing on what one does not hold."""
    named = ", ".join(str(Permission(value).label) for value in sorted(missing))
    return Reason(
        "more_than_held",
        _("You do not hold this yourself: %(permissions)s.") % {"permissions": named},
    )


def _lock(role):
    return Role.objects.select_for_update(of=("self",), no_key=True).get(pk=role.pk)


def _record(role, *, added, removed):
    security.record(
        security.Kind.ROLE_CHANGED, role=role.name, added=sorted(added), removed=sorted(removed)
    )
