"""Which organization, and on whose behalf, the current work is done.

The database reads both from settings that last for one transaction. A copy in a context variable serves
what Python needs to know: the default of every `organization` field and the prefix of every cache key.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

EVERYONE = (
    "*"  #: `app.private_to` of staff and of the system: private rows are not narrowed further.
)
NOBODY = ""  #: `app.private_to` of a guest: no private row is visible.

_organization_id: ContextVar[UUID | None] = ContextVar("organization_id", default=None)


class NoOrganization(RuntimeError):
    """Work on an organization's rows was begun without saying which organization."""


def current_organization_id() -> UUID | None:
    """The organization that the running request, job or command works for; None outside of one."""
    return _organization_id.get()


def require_organization_id() -> UUID:
    """Like `current_organization_id`, for callers that cannot do without. Raises NoOrganization."""
    organization_id = _organization_id.get()
    if organization_id is None:
        raise NoOrganization(
            "Name the organization first: with organization_context(organization): …"
        )
    return organization_id


def now_working_for(organization_id: UUID) -> None:
    """Set Python's copy inside a `remember_organization` block, which forgets it at its end."""
    _organization_id.set(organization_id)


@contextmanager
def remember_organization(organization_id: UUID | None):
    """Set Python's copy alone, for code that has told the database already."""
    token = _organization_id.set(organization_id)
    try:
        yield
    finally:
        _organization_id.reset(token)


@contextmanager
def organization_context(organization, *, actor=None, using_private_rows_of=None):
    """Run a block for one organization, in one transaction.

    `organization` is an Organization or its id. `actor` is the user on whose behalf the block runs
    (None: the system itself) and is what the audit log names. `using_private_rows_of` narrows private
    rows to one person, as a student's request does; without it the block sees everybody's.
    Nested blocks restore what the outer one had set.
    """
    organization_id = getattr(organization, "pk", organization)
    wanted = {
        "app.organization_id": str(organization_id),
        "app.actor_id": str(actor.pk) if actor is not None else "",
        "app.private_to": str(using_private_rows_of.pk) if using_private_rows_of else EVERYONE,
    }
    # Python's copy outlives the transaction by a moment, for what waits for the commit.
    with remember_organization(organization_id), transaction.atomic(), _settings(wanted):
        yield


@contextmanager
def acting_for_everyone():
    """Lift the narrowing to one person's private rows for a step that must touch others' rows.

    For instance: a student's withdrawal frees a seat that is then offered to somebody else.
    """
    with transaction.atomic(), _settings({"app.private_to": EVERYONE}):
        yield


def set_actor(user_id: str, private_to: str) -> None:
    """Tell the database who acts from here to the end of the transaction."""
    _write({"app.actor_id": user_id, "app.private_to": private_to})


@contextmanager
def _settings(wanted: dict[str, str]):
    # A setting made in a savepoint outlives the savepoint's release, so the old value is put back by hand.
    # After an error the rollback to the savepoint has done so already.
    before = _read(wanted)
    _write(wanted)
    yield
    _write(before)


def _read(names) -> dict[str, str]:
    columns = ", ".join("current_setting(%s, true)" for _ in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", list(names))
        return dict(zip(names, (value or "" for value in cursor.fetchone()), strict=True))


def _write(values: dict[str, str]) -> None:
    columns = ", ".join("set_config(%s, %s, true)" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [part for pair in values.items() for part in pair])
