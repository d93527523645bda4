"""What the database refuses, said to the person who filled in the form."""

import functools

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError
from django.utils.translation import gettext as _

RAISED_BY_A_TRIGGER = "P0001"
ROW_SECURITY = "42501"


def explain_refusal(error: Exception, refusals: tuple = ()) -> str | None:
    """The reason in words, None for an error that is nobody's input (those are raised on).

    `refusals` are the named errors of an app's services, whose text is meant for people.
    """
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, refusals):
        return str(error)
    if not isinstance(error, DatabaseError):
        return None
    cause = error.__cause__
    if isinstance(error, IntegrityError):
        return _explain_constraint(cause)
    if isinstance(error, DataError):
        return _("A value is too long, too large or not of the right kind.")
    state = getattr(cause, "sqlstate", None)
    if state == RAISED_BY_A_TRIGGER:
        return cause.diag.message_primary
    if state == ROW_SECURITY:
        return _("This belongs to somebody else.")
    return None


def _explain_constraint(cause):
    diagnosis = getattr(cause, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name in _messages():
        return str(_messages()[name])
    kind = type(cause).__name__
    if kind == "ForeignKeyViolation":
        return _("Something else still refers to it, or what it refers to is gone.")
    if kind == "UniqueViolation":
        return _("Something with these values exists already.")
    if kind == "CheckViolation" and not name:
        return diagnosis.message_primary
    return _("These values do not go together (%(rule)s).") % {"rule": name or kind}


@functools.cache
def _messages():
    """The sentence of each constraint that has one of its own."""
    return {
        constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
