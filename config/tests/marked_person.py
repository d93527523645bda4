"""A person with a mark of their own in every personal column of every model, and the search for marks."""

import io
import itertools
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, models

from config.seeding.canary import Canary
from lib.ids import uuid7
from tenancy.models import IdempotencyKey, MissedEvent
from tenancy.personal import PersonalData, about_people
from users.lockout import target_of
from users.models import FailedSignIn, User

OLD = date(1911, 1, 1)  # before anything that the site itself writes

TABLES = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace
AND NOT relispartition ORDER BY relname
"""


@dataclass
class MarkedPerson:
    """Somebody, with the mark that each column got: `{"users.User.email": "q3fa9001", …}`."""

    user: User
    token: str
    marks: dict[str, str] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    _numbers: itertools.count = field(default_factory=itertools.count)

    def text_mark(self):
        return f"q{self.token}{next(self._numbers):03d}"

    def note(self, data, name, mark):
        self.marks[f"{data.label}.{name}"] = mark
        if name in data.withheld:
            self.withheld.add(mark)
        return mark


def mark_person(canary: Canary) -> MarkedPerson:
    """Give the canary's student a row in every model about people, and mark all that is personal in it.

    Raises LookupError for a model of which no row could be found or made.
    """
    user = User.objects.get(pk=canary.accounts["student"]["id"])
    person = MarkedPerson(user, token=canary.token[:4].replace("0", "d"))
    build_library_rows(person, canary)
    for data in about_people():
        if data.label in BUILT_WITH_MARKS or not data.erased_columns:
            continue
        mark_row(person, data, row_about(person, data, canary))
    user.refresh_from_db()
    return person


def row_about(person, data: PersonalData, canary):
    """A row about the person: their own, or the canary's of this model, which becomes theirs."""
    row = data.rows_of(person.user.pk).first()
    if row is None and data.label in canary.rows and "__" not in data.person:
        data.model._default_manager.filter(pk=canary.rows[data.label].pk).update(
            **{data.person: person.user.pk}
        )
        row = data.rows_of(person.user.pk).first()
    if row is None:
        raise LookupError(f"{data.label} has no row about the person; build one here.")
    return row


def mark_row(person, data, row):
    values = {name: mark_for(person, data, row, name) for name in data.erased_columns}
    data.model._default_manager.filter(pk=row.pk).update(**values)


def mark_for(person, data, row, name):
    """A value for the column that holds a mark of its own, which is noted."""
    column, mark = data.field(name), person.text_mark()
    if isinstance(column, models.DateTimeField | models.DateField):
        day = OLD + timedelta(days=len(person.marks))
        person.note(data, name, day.isoformat())
        return (
            datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc)  # noqa: UP017 -- the class
            if isinstance(column, models.DateTimeField)
            else day
        )
    if isinstance(column, models.GenericIPAddressField):
        return person.note(data, name, f"2001:db8::{person.token}:{len(person.marks) + 100}")
    person.note(data, name, mark)
    if isinstance(column, models.FileField):
        return column.storage.save(f"marked/{mark}.bin", ContentFile(f"content {mark}".encode()))
    if isinstance(column, models.JSONField):
        return {"mark": mark}
    if isinstance(column, ArrayField):
        return [mark]
    if isinstance(column, models.EmailField):
        return f"{mark}@example.org"
    if isinstance(column, models.URLField):
        return f"https://example.org/{mark}"
    return mark


def build_library_rows(person, canary):
    """Rows of the libraries, and of what is found by more than a key."""
    user, now = person.user, canary.organization.created_at
    address = EmailAddress.objects.get(user=user)
    EmailConfirmation.objects.create(email_address=address, key=person.text_mark(), sent=now)
    Authenticator.objects.create(user=user, type="totp", data={})
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key="k", user_agent="a")
    provider = SocialApp.objects.create(provider="openid_connect", name="School", client_id="c")
    account = SocialAccount.objects.create(user=user, provider="school", uid="u")
    SocialToken.objects.create(app=provider, account=account, token="t")  # noqa: S106 -- no secret
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=str(user),
        action_flag=CHANGE,
    )
    built = {data.label: data for data in about_people()}
    failed, login_hash = built["users.FailedSignIn"], target_of(user).login_hash
    FailedSignIn.objects.create(
        login_hash=person.note(failed, "login_hash", login_hash),
        door=FailedSignIn.Door.SIGN_IN,
        client_ip=person.note(failed, "client_ip", f"2001:db8::{person.token}:99"),
    )
    mark = person.note(built["sessions.Session"], "session_key", person.text_mark())
    Session.objects.create(
        session_key=mark,
        session_data=SessionStore().encode({"_auth_user_id": str(user.pk)}),
        expire_date=now + timedelta(days=1),
    )
    cache.set(f"django.contrib.sessions.cached_db{mark}", {"mark": mark})
    scope, location = person.text_mark(), person.text_mark()
    IdempotencyKey.objects.create(key=user.pk, scope=f"{user.pk}:{scope}", location=f"/{location}/")
    person.note(built["tenancy.IdempotencyKey"], "scope", scope)
    person.note(built["tenancy.IdempotencyKey"], "location", location)
    facts, error = person.text_mark(), person.text_mark()
    MissedEvent.objects.create(
        listener="some.listener", facts={"user": str(user.pk), "mark": facts}, error=error
    )
    person.note(built["tenancy.MissedEvent"], "facts", facts)
    person.note(built["tenancy.MissedEvent"], "error", error)
    build_certificate(person, built["certificates.Certificate"])


def build_certificate(person, data):
    """Another one beside the canary's, for the database lets nobody change what a certificate says."""
    certificate = data.rows_of(person.user.pk).get()
    certificate.pk, certificate._state.adding = uuid7(), True
    certificate.completed_at += timedelta(days=1)
    certificate.code_hash = "another"
    for name in data.personal:
        setattr(certificate, name, mark_for(person, data, certificate, name))
    certificate.save()


BUILT_WITH_MARKS = {
    "sessions.Session",
    "users.FailedSignIn",
    "tenancy.IdempotencyKey",
    "tenancy.MissedEvent",
    "certificates.Certificate",
}


def marks_in_tables(marks) -> dict[str, set[str]]:
    """Which marks stand in which tables: each row as one text, with every column whatever its type."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE cairn_owner")
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT mark FROM unnest(%s::text[]) mark WHERE EXISTS (SELECT FROM "{table}" t '
                "WHERE position(mark IN t::text) > 0)",
                [list(marks)],
            )
            if here := {mark for (mark,) in cursor.fetchall()}:
                found[table] = here
        cursor.execute("SET LOCAL ROLE cairn_app")
    return found


def marks_in_files(marks) -> set[str]:
    """Marks in names and contents of stored files; in archives in their entries as well."""
    found = set()
    for path in settings.MEDIA_ROOT.rglob("*"):
        if path.is_file():
            found |= marks_in(path.name.encode() + _content(path), marks)
    return found


def marks_in_cache(marks) -> set[str]:
    return {mark for value in cache._cache.values() for mark in marks_in(value, marks)} | {
        mark for key in cache._cache for mark in marks_in(key.encode(), marks)
    }


def marks_in(content: bytes, marks) -> set[str]:
    return {mark for mark in marks if mark.encode() in content}


def _content(path):
    content = path.read_bytes()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    except (RuntimeError, NotImplementedError, OSError, zipfile.BadZipFile):
        return content  # an archive of another test that nobody can open
