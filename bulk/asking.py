"""What the validation of a row asks the database, asked in fewer questions: tables have thousands of rows."""

from functools import reduce
from operator import and_

from django.db.models import CheckConstraint, Model


def ask_checks_at_once(instance: Model) -> None:
    """Let the validation of this instance ask its checks together, and one by one only where that fails."""
    model = type(instance)

    def validate_constraints(exclude=None):
        checks = _checks_without(model, set(exclude or ()))
        if checks and _hold_together(checks, instance, exclude):
            rest = [
                each for each in model._meta.constraints if not isinstance(each, CheckConstraint)
            ]
            instance.get_constraints = lambda: [(model, rest)]
        model.validate_constraints(instance, exclude=exclude)

    instance.validate_constraints = validate_constraints


def leave_to_the_database(instance: Model) -> None:
    """Let the validation of this instance not ask its constraints: it is stored at once, and they are held then."""
    instance.validate_constraints = lambda exclude=None: None


def trust_references(instance: Model) -> None:
    """Let the validation of this instance not look for what it refers to: its form has found that, or set it itself."""
    references = {field.name for field in instance._meta.fields if field.remote_field}
    clean_fields = instance.clean_fields

    def clean_others(exclude=None):
        clean_fields(exclude={*(exclude or ()), *references})

    instance.clean_fields = clean_others


def _checks_without(model, excluded):
    """The checks that ask about none of these fields; Django leaves the others out."""
    return [
        each
        for each in model._meta.constraints
        if isinstance(each, CheckConstraint)
        and excluded.isdisjoint(each.condition.referenced_base_fields)
    ]


def _hold_together(checks, instance, exclude):
    values = instance._get_field_expression_map(meta=instance._meta, exclude=exclude)
    return reduce(and_, (check.condition for check in checks)).check(values)
