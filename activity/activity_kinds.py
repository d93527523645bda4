"""What the feeds say about the rows of the floors below: people, their accounts, the organization, its host names
and sign-in providers."""

from allauth.socialaccount.models import SocialApp
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activity.models import Undo
from activity.registry import Kind, register
from tenancy.models import Domain, Organization
from users.erased import is_erased
from users.models import (
    ApiToken,
    InstructorProfile,
    Lockout,
    Profile,
    Role,
    StudentProfile,
    User,
)

SUSPENDED = _("%(who)s suspended %(thing)s")
NEW_SECRET = _("%(who)s gave %(thing)s another client secret")
LET_IN_AGAIN = _("%(who)s lifted the suspension of %(thing)s")


def full_name(parts: list[str]) -> str:
    first, last, username = parts
    if is_erased(username):
        return gettext("somebody who was erased")
    return f"{first} {last}".strip() or username


def named_at_door(parts: list[str]) -> str:
    """Names that nobody has are guessed at, too."""
    return parts[0] or gettext("a name that nobody has")


def tell_provider(before: dict | None, after: dict | None) -> str | None:
    """A new client secret leaves no trace of itself but that something changed."""
    if before is None or after is None or before != after:
        return None
    return NEW_SECRET


def tell_account(before: dict | None, after: dict | None) -> str | None:
    if before is None or after is None or "is_active" not in after:
        return None
    return LET_IN_AGAIN if after["is_active"] else SUSPENDED


register(
    Kind(
        User,
        _("the account of %(name)s"),
        columns=("first_name", "last_name", "username"),
        name=full_name,
        tells=tell_account,
        hidden=frozenset({"is_staff", "sees_private_rows", "last_login", "last_login_ip"}),
        weight=7,
    ),
    Kind(
        Profile,
        _("the profile of %(name)s"),
        columns=("user_id",),
        hidden=frozenset({"phone", "birth_date"}),  # their owner's alone, until they say otherwise
    ),
    Kind(StudentProfile, _("the student profile of %(name)s"), columns=("user_id",)),
    Kind(InstructorProfile, _("the instructor profile of %(name)s"), columns=("user_id",)),
    Kind(Role, _("the role “%(name)s”"), columns=("name",), weight=7),
    Kind(ApiToken, _("the token “%(name)s”"), columns=("name",), hidden=frozenset({"prefix"})),
    Kind(
        Lockout,
        _("the lockout of %(name)s"),
        columns=("user_id",),
        name=named_at_door,
        hidden=frozenset({"login_hash"}),
        weight=4,
    ),
    Kind(
        SocialApp,
        _("the sign-in provider “%(name)s”"),
        columns=("name",),
        tells=tell_provider,
        hidden=frozenset({"provider"}),
        weight=7,
    ),
    Kind(Organization, _("the organization “%(name)s”"), columns=("name",), weight=8),
    Kind(Domain, _("the host name %(name)s"), columns=("host",)),
    Kind(Undo, _("an undone change"), columns=(), weight=0),
)
