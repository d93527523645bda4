"""Sign-in by username or e-mail, and who a session's user is at every request."""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from lib.rows import fetch_row
from tenancy.context import EVERYONE
from users import api, arrivals
from users.models import User
from users.sessions import device_of_request

_COLUMNS = [field.column for field in User._meta.concrete_fields]
_FIELDS = [field.attname for field in User._meta.concrete_fields]
_along: dict[str, str] = {}  # what apps above read together with the person: attribute and SQL

#: Whether the organization asks this person for a second factor and there is none.
LACKS_FACTOR = """(
    (person.is_staff OR person.sees_private_rows)
    AND (SELECT staff_needs_second_factor FROM tenancy_organization WHERE id = person.organization_id)
    AND NOT EXISTS (
        SELECT FROM mfa_authenticator factor
        WHERE factor.user_id = person.id AND factor.type IN ('totp', 'webauthn')
    )
)"""

# Reading the row also tells the database, for the rest of the transaction, that this user acts. A student's
# private rows are all that a student sees of such tables; staff see everybody's. Both come from the row
# itself, so a suspension or a changed role holds from the next request on; so does the end of a session, whose
# device is then gone.
_READ = f"""
SELECT device.id AS device_id, session.session_data, profile.display_name AS called, profile.avatar AS picture,
    set_config('app.actor_id', person.id::text, true) AS actor,
    set_config('app.private_to', CASE WHEN person.role = ANY(%(staff)s) OR person.sees_private_rows THEN %(everyone)s ELSE person.id::text END, true) AS private_to,
    {LACKS_FACTOR} AS lacks_factor,
    {", ".join(f"person.{column}" for column in _COLUMNS)} {{along}}
FROM usersessions_usersession device
JOIN users_user person ON person.id = device.user_id
LEFT JOIN users_profile profile ON profile.user_id = person.id
LEFT JOIN django_session session ON session.session_key = device.session_key AND session.expire_date > now()
WHERE person.is_active AND {{who}}
"""
_BY_SESSION = "device.session_key = %(session)s"
_BY_NUMBER = "person.id = %(user)s AND device.id = %(device)s"
_RULES = {"staff": [role.value for role in User.STAFF_ROLES], "everyone": EVERYONE}


def read_along(name: str, sql: str) -> None:
    """Let each request's person carry `name`: the value of an SQL expression over `person`. For `ready()`.

    It is paid on every page, so an index must answer it.
    """
    _along[name] = sql
    read_statement.cache_clear()


@cache
def read_statement(who: str) -> str:
    return _READ.format(who=who, along="".join(f", {sql}" for sql in _along.values()))


def ask_who_comes(request) -> tuple[str, dict] | None:
    """The statement that reads a session and its person while the request enters the organization."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not (key.isascii() and key.isalnum()) or request.path.startswith(api.PREFIX):
        return None
    return read_statement(_BY_SESSION), _RULES | {"session": key}


def receive_who_comes(request, row) -> None:
    arrivals.begin(request.COOKIES.get(settings.SESSION_COOKIE_NAME), row)


class AccountBackend(AuthenticationBackend):
    """The account library's checks; the user is read together with telling the database who acts."""

    def _authenticate_by_username(self, username, password):
        """A name has no @, so that one query is enough, found or not."""
        return None if "@" in username else super()._authenticate_by_username(username, password)

    def _authenticate_by_email(self, email, password):
        """The e-mail stands with the account: one query, like that for a name, found or not."""
        if "@" not in email:
            return None
        return self._check_password(User.objects.filter(email=email.lower()).first(), password)

    def get_user(self, user_id):
        # The organization's row security lets a session of another organization find nobody.
        device_id = device_of_request.get()
        row = arrivals.take_person(user_id, device_id)
        if row is None:
            values = _RULES | {"user": user_id, "device": device_id}
            row = fetch_row(read_statement(_BY_NUMBER), values)
        return row and _as_user(row)


def _as_user(row):
    _device, _session, called, picture, _actor, _private_to, lacks_factor, *values = row
    user = User.from_db("default", _FIELDS, values[: len(_FIELDS)])
    user._called, user._picture = called, picture
    user.lacks_factor = lacks_factor
    user.__dict__.update(zip(_along, values[len(_FIELDS) :], strict=True))
    return user
