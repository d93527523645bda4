"""The session and the person of the running request, which were read together on entering the organization.

Each is handed out once, to those who would have read it themselves otherwise: what changed since is read anew.
"""

from contextvars import ContextVar
from uuid import UUID

from tenancy.context import NOBODY, set_actor


class _Arrival:
    """A row of `users.backends`, and the key of the session that it was found by."""

    def __init__(self, session_key: str, row):
        self.session_key, self.session_data, self.person = session_key, row.session_data, row


_arrival: ContextVar[_Arrival | None] = ContextVar("arrival", default=None)


def begin(session_key: str | None, row) -> None:
    """Keep what was read for the request that begins, None where nothing was found."""
    _arrival.set(None if row is None else _Arrival(session_key, row))


def take_session(session_key: str | None) -> str | None:
    """What the session of this key holds, as the database keeps it; None where it was not read."""
    arrival = _arrival.get()
    if arrival is None or arrival.session_key != session_key:
        return None
    data, arrival.session_data = arrival.session_data, None
    return data


def take_person(user_id: UUID, device_id: int | None):
    """The row of the person, if it is this one on this device."""
    arrival = _arrival.get()
    row = arrival and arrival.person
    if row is None or (row.id, row.device_id) != (user_id, device_id):
        return None
    arrival.person = None
    return row


def turn_away() -> None:
    """Take back that the person acts, where the session turns out not to be theirs."""
    arrival = _arrival.get()
    if arrival is not None:
        set_actor("", NOBODY)
        _arrival.set(None)
