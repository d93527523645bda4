"""What stands in the way of an erasure: a registry that higher floors fill in `ready()`."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from lib.decisions import Decision, Reason, allow, refuse
from users.models import User

_checks: list[Callable[[User], list[Reason]]] = []


def register(check: Callable[[User], list[Reason]]) -> None:
    """Let an app object: `check(user)` gives the reasons against erasing this person, none if there are none."""
    if check not in _checks:
        _checks.append(check)


def may_be_erased(user: User) -> Decision:
    """Whether nothing stands in the way, and else what, with where to settle it."""
    reasons = [reason for check in _checks for reason in check(user)]
    return refuse(*reasons) if reasons else allow()


def is_last_admin(user: User) -> list[Reason]:
    """An organization is never left without anybody to run it."""
    admins = User.objects.active().filter(role=User.Role.ADMIN)
    if not user.is_admin or admins.exclude(pk=user.pk).exists():
        return []
    text = _("Nobody else runs the organization. Make somebody else an admin first.")
    return [Reason("last_admin", text)]
