"""Founding organizations, and walking over them."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from lib.ids import uuid7
from tenancy.context import organization_context
from tenancy.models import Domain, Organization


def found_organization(*, name: str, slug: str, hosts: list[str], **fields) -> Organization:
    """Create an organization that answers on these host names, the first of which is its primary one."""
    organization_id = uuid7()
    with organization_context(organization_id):
        organization = Organization.objects.create(
            id=organization_id, name=name, slug=slug, **fields
        )
        for number, host in enumerate(hosts):
            Domain.objects.create(host=host, is_primary=number == 0)
    return organization


def organization_ids() -> Iterator[tuple[UUID, str]]:
    """Id and short name of every organization, for commands and jobs that visit them one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, slug FROM tenancy_organizations()")
        yield from cursor.fetchall()


def find_organization(slug: str) -> UUID:
    """Id of the organization with this short name. Raises Organization.DoesNotExist."""
    for organization_id, name in organization_ids():
        if name == slug:
            return organization_id
    raise Organization.DoesNotExist(f"There is no organization {slug!r}.")
