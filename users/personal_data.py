"""What is personal in accounts, in what guards the doors, and in the libraries behind them."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.personal import Replacement, Rows, about_people, declare, nothing_personal
from users.erased import PATTERN, erased_address, erased_name
from users.lockout import target_of
from users.models import (
    ApiToken,
    FailedSignIn,
    InstructorProfile,
    Lockout,
    Mail,
    Profile,
    Role,
    StudentProfile,
    User,
)

KEY = _("It opens the account.")


def sessions_of(user_id):
    """The stored sessions in which this person is signed in; each has to be opened to see it."""
    keys = [
        session.session_key
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(user_id)
    ]
    return Session.objects.filter(pk__in=keys)


def failures_of(user_id):
    """Failures counted against the account, which is known there by a hash alone."""
    return FailedSignIn.objects.filter(login_hash=target_of(User(pk=user_id)).login_hash)


def back_office_entries(user_id):
    """Entries by the person, and those about the person's rows, which name them."""
    rows = [
        str(key)
        for data in about_people()
        if data.model is not LogEntry and data.rows == Rows.STAY
        for key in data.rows_of(user_id).values_list("pk", flat=True)
    ]
    return LogEntry.objects.filter(Q(user=user_id) | Q(object_id__in=rows))


declare(
    User,
    heading=_("Account"),
    person="pk",
    reason=_("An account without a name stays, so that what is kept has an owner."),
    facts=["role", "is_active", "created_at"],
    replaced={
        "username": Replacement(erased_name, f"^{PATTERN}$"),
        "email": Replacement(erased_address, rf"^{PATTERN}@erased\.invalid$"),
        "password": Replacement(lambda: make_password(None), r"^!"),
    },
    personal=[
        "first_name",
        "last_name",
        "suspension_reason",
        "last_login",
        "last_login_ip",
        "external_id",
        "email_verified_at",
        "language",
        "time_zone",
    ],
    withheld={"password": KEY},
)
declare(
    Profile,
    heading=_("Profile"),
    person="user_id",
    rows=Rows.GO,
    facts=["visibility"],
    personal=[
        "display_name",
        "bio",
        "avatar",
        "phone",
        "birth_date",
        "job_title",
        "company",
        "location",
        "website",
    ],
)
declare(
    StudentProfile,
    heading=_("As a student"),
    person="user_id",
    rows=Rows.GO,
    personal=["student_number", "program", "goals"],
)
declare(
    InstructorProfile,
    heading=_("As a teacher"),
    person="user_id",
    rows=Rows.GO,
    personal=["bio", "expertise", "office_hours"],
)
declare(
    EmailConfirmation,
    heading=_("Addresses to be confirmed"),
    person="email_address__user_id",
    rows=Rows.GO,
    facts=["created", "sent"],
    personal=["key"],
    withheld={"key": KEY},
)
declare(
    EmailAddress,
    heading=_("E-mail addresses"),
    person="user_id",
    rows=Rows.GO,
    facts=["verified", "primary"],
    personal=["email"],
)
declare(
    Mail,
    heading=_("Mails"),
    person="user_id",
    rows=Rows.GO,
    facts=["created_at", "sent_at"],
    personal=["recipient", "subject", "text", "html", "unsubscribe_url"],
    withheld={"unsubscribe_url": _("It changes settings without signing in.")},
)
declare(
    ApiToken,
    heading=_("Tokens"),
    person="user_id",
    rows=Rows.GO,
    facts=["scopes", "created_at", "last_used_at", "expires_at", "revoked_at"],
    personal=["name", "prefix", "token_hash"],
    withheld={"token_hash": KEY},
)
declare(
    Lockout,
    heading=_("Lockouts"),
    person="user_id",
    rows=Rows.GO,
    facts=["created_at", "until", "released_at"],
    personal=["login_hash", "release_hash"],
    withheld={"login_hash": KEY, "release_hash": KEY},
)
declare(
    Session,
    heading=_("Sessions"),
    find=sessions_of,
    rows=Rows.GO,
    facts=["expire_date"],
    personal=["session_key", "session_data"],
    withheld={"session_key": KEY, "session_data": KEY},
)
declare(
    UserSession,
    heading=_("Devices"),
    person="user_id",
    rows=Rows.GO,
    facts=["created_at", "last_seen_at"],
    personal=["ip", "user_agent", "session_key", "data"],
    withheld={"session_key": KEY},
)
declare(
    Authenticator,
    heading=_("Second factors"),
    person="user_id",
    rows=Rows.GO,
    facts=["type", "created_at", "last_used_at"],
    personal=["data"],
    withheld={"data": KEY},
)
declare(
    SocialToken,
    heading=_("Keys at sign-in providers"),
    person="account__user_id",
    rows=Rows.GO,
    facts=["expires_at"],
    personal=["token", "token_secret"],
    withheld={"token": KEY, "token_secret": KEY},
)
declare(
    SocialAccount,
    heading=_("Sign-in providers"),
    person="user_id",
    rows=Rows.GO,
    facts=["date_joined", "last_login"],
    personal=["provider", "uid", "extra_data"],
)
declare(
    LogEntry,
    heading=_("Work in the back office"),
    find=back_office_entries,
    reason=_("That something was done stays on record; the names in it go."),
    facts=["action_time", "action_flag"],
    personal=["object_repr", "change_message"],
    withheld={
        "object_repr": _("It may name others."),
        "change_message": _("It may name others."),
    },
    impersonal=["object_id"],
)
nothing_personal(
    SocialApp,
    "provider",
    "provider_id",
    "name",
    "client_id",
    "secret",
    "key",
    "settings",
    reason=_("It tells about a sign-in provider of the organization."),
)
declare(
    FailedSignIn,
    heading=_("Failed sign-ins"),
    find=failures_of,
    rows=Rows.GO,
    facts=["door", "created_at"],
    personal=["login_hash", "client_ip"],
    withheld={"login_hash": KEY, "client_ip": _("It may be the address of somebody else.")},
)
nothing_personal(
    Role, "name", "description", reason=_("It tells about the work the organization gives.")
)
