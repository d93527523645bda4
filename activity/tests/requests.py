"""Requests for tests: what happens inside one is kept together by the audit log."""

from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from lib.ids import uuid7
from tenancy.context import organization_context, require_organization_id


@contextmanager
def request_by(user):
    """Run a block as a request of `user`; gives the request's id."""
    request_id = uuid7()
    with organization_context(require_organization_id(), actor=user):
        _name(request_id)
        yield request_id
        _name("")


def _name(request_id: UUID | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.request_id', %s, true)", [str(request_id)])
