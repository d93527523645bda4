"""Changes to accounts and profiles."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from lib.images import Variant
from tenancy import security
from users import pictures
from users.models import InstructorProfile, Profile, StudentProfile, User
from users.outbox import queue_mail, send_mail
from users.signals import user_registered

__all__ = [
    "add_account",
    "change_email",
    "change_profile",
    "create_account",
    "is_username_taken",
    "queue_mail",
    "record_verified_email",
    "register",
    "replace_picture",
    "send_mail",
    "set_language",
]


def is_username_taken(username: str) -> bool:
    """Whether somebody of the organization has this username, in whatever case."""
    return User.objects.filter(username=username.lower()).exists()


@transaction.atomic
def register(user: User) -> User:
    """Store a new account with its profile. Announces `user_registered`.

    Raises IntegrityError naming `users_user_username_once` or `users_user_email_once`.
    """
    user.save(force_insert=True)
    Profile.objects.create(user=user)
    user_registered.send(sender=User, user=user)
    return user


@transaction.atomic
def create_account(
    *,
    username: str,
    email: str,
    password: str | None = None,
    role: str = User.Role.STUDENT,
    now: datetime,
    **fields,
) -> User:
    """Create an account whose e-mail its maker vouches for. Without a password, a reset sets the first one.

    Raises ValidationError for values that no account may have. Announces `user_registered`.
    """
    user = User(username=username.lower(), email=email.lower(), role=role, **fields)
    user.set_password(password)
    user.is_staff = role in User.STAFF_ROLES
    user.full_clean()
    return add_account(user, now=now)


@transaction.atomic
def add_account(user: User, *, now: datetime) -> User:
    """Store an account that somebody else has made and vouches for. Announces `user_registered`."""
    user.email_verified_at = now
    register(user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def change_email(user: User, *, email: str, now: datetime) -> None:
    """Give an account another e-mail that an admin vouches for; former and pending ones are dropped."""
    EmailAddress.objects.filter(user=user).delete()
    user.email, user.email_verified_at = email.lower(), now
    user.save(update_fields=["email", "email_verified_at"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    security.record(security.Kind.EMAIL_CHANGED, user_id=user.pk)


def record_verified_email(user: User, *, email: str, now: datetime) -> None:
    """Note that a person proved to read this address, which is the account's from now on."""
    user.email, user.email_verified_at = email.lower(), now
    user.save(update_fields=["email", "email_verified_at"])


def set_language(user: User, *, language: str) -> None:
    """Store the language in which the person reads pages and mails; "" for that of the browser."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def change_profile(
    user: User,
    *,
    account: dict,
    person: dict,
    student: dict | None = None,
    instructor: dict | None = None,
    picture: tuple[Variant, ...] = (),
    remove_picture: bool = False,
) -> Profile:
    """Store what a person tells about themselves.

    `account` are fields of User, `person` of Profile, `student` and `instructor` of the profiles of these
    names; `picture` comes from `users.pictures.prepare`. Raises ValidationError, by field, for values that
    none may hold.
    """
    profile, _created = Profile.objects.select_for_update().get_or_create(user=user)
    for name, value in account.items():
        setattr(user, name, value)
    user.save(update_fields=list(account))
    if picture or remove_picture:
        replace_picture(profile, picture)
    _store(profile, person)
    for model, values in ((StudentProfile, student), (InstructorProfile, instructor)):
        if values is not None:
            _store(model.objects.filter(user=user).first() or model(user=user), values)
    return profile


def _store(row, values):
    for name, value in values.items():
        setattr(row, name, value)
    row.clean_fields(exclude=[field.name for field in row._meta.fields if field.name not in values])
    row.save()


def replace_picture(profile: Profile, picture: tuple[Variant, ...]) -> None:
    """Store a picture for the profile, or none; the caller saves the row.

    The former picture's files are removed once the change is committed.
    """
    storage, former = profile.avatar.storage, profile.avatar.name
    profile.avatar = ""
    if picture:
        pictures.store(profile.avatar, picture)
    if former:
        transaction.on_commit(lambda: storage.delete(former))
