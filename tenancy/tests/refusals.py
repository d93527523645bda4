"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction


def refused_by(name, action):
    """The database refuses what `action` does, by the constraint of this name."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        action()
    assert caught.value.__cause__.diag.constraint_name == name


def copy_of(row, **fields):
    """Another row that says the same, but for `fields`."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del facts[row._meta.pk.attname]
    return type(row).objects.create(**facts | fields)
