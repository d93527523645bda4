"""Sign-in by username or e-mail, and who a session's user is at every request."""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend

from lib.rows import fetch_row
from tenancy.context import EVERYONE
from users.models import User
from users.sessions import device_of_request

_COLUMNS = [field.column for field in User._meta.concrete_fields]
_FIELDS = [field.attname for field in User._meta.concrete_fields]
_along: dict[str, str] = {}  # what apps above read together with the person: attribute and SQL
_STAFF = [role.value for role in User.STAFF_ROLES]

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
SELECT profile.display_name AS called, profile.avatar AS picture,
    set_config('app.actor_id', person.id::text, true) AS actor,
    set_config('app.private_to', CASE WHEN person.role = ANY(%s) OR person.sees_private_rows THEN %s ELSE person.id::text END, true) AS private_to,
    {LACKS_FACTOR} AS lacks_factor,
    {", ".join(f"person.{column}" for column in _COLUMNS)} {{along}}
FROM users_user person LEFT JOIN users_profile profile ON profile.user_id = person.id
WHERE person.is_active AND person.id = %s
    AND EXISTS (SELECT FROM usersessions_usersession device WHERE device.id = %s AND device.user_id = person.id)
"""


def read_along(name: str, sql: str) -> None:
    """Let each request's person carry `name`: the value of an SQL expression over `person`. For `ready()`.

    It is paid on every page, so an index must answer it.
    """
    _along[name] = sql
    read_statement.cache_clear()


@cache
def read_statement() -> str:
    return _READ.format(along="".join(f", {sql}" for sql in _along.values()))


class AccountBackend(AuthenticationBackend):
    """The account library's checks; the user is read together with telling the database who acts."""

    def _authenticate_by_email(self, email, password):
        """The e-mail stands with the account: one query, like that for a name, found or not."""
        return self._check_password(User.objects.filter(email=email.lower()).first(), password)

    def get_user(self, user_id):
        # The organization's row security lets a session of another organization find nobody.
        row = fetch_row(read_statement(), [_STAFF, EVERYONE, user_id, device_of_request.get()])
        if row is None:
            return None
        called, picture, _actor, _private_to, lacks_factor, *values = row
        user = User.from_db("default", _FIELDS, values[: len(_FIELDS)])
        user._called, user._picture = called, picture
        user.lacks_factor = lacks_factor
        user.__dict__.update(zip(_along, values[len(_FIELDS) :], strict=True))
        return user
