"""Model fields for rows that belong to an organization."""

from django.db import models


class CompositeKey:
    """What both fields share: Django makes no constraint, and migrations need not say so."""

    def __init__(self, to, on_delete, **options):
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        options.pop("db_constraint", None)
        return name, path, args, options


class TenantForeignKey(CompositeKey, models.ForeignKey):
    """A foreign key between two tables of one organization.

    The constraint in the database is composite, `(organization_id, this) → (organization_id, id)`, so a
    child cannot hang under another organization's parent. `tenancy.operations.TenantTable` creates it;
    the single-column constraint, which would let that in, is never made.
    """


class TenantOneToOneField(CompositeKey, models.OneToOneField):
    """A `TenantForeignKey` that at most one row may hold."""
