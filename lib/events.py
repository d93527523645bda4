"""Domain events: a lower floor announces a fact, higher floors listen, and the fact always stands.

An app declares its facts in `signals.py` as plain `django.dispatch.Signal` objects and sends them
inside the transaction that stores the fact. Listeners live in `receivers.py` of the apps above.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.dispatch import Signal
from django.utils.dateparse import parse_date, parse_datetime, parse_duration, parse_time
from django.utils.duration import duration_iso_string

logger = logging.getLogger(__name__)


class FactGone(LookupError):
    """What a failure refers to can no longer be found, so it cannot be told again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A listener that failed, with all that is needed to tell it the same fact again.

    `listener` is its dotted path, `sender` the label of the sending model (or ""), `facts` the
    signal's arguments as JSON; rows are kept as model and id, not as copies.
    """

    listener: str
    sender: str
    facts: dict[str, Any]
    error: str


_listeners: dict[str, Callable] = {}
_recorder: Callable[[Failure], None] | None = None


def listens_to(signal: Signal):
    """Connect a listener that runs in the transaction of the fact it hears, in a savepoint of its own.

    A listener that fails is rolled back alone and logged; the fact stands, and `replay_events` tells it again.
    So a listener must be repeatable: hearing the same fact twice changes nothing.
    """

    def connect(listener):
        path = f"{listener.__module__}.{listener.__qualname__}"

        @functools.wraps(listener)
        def hear(sender, **facts):
            facts.pop("signal", None)
            try:
                with transaction.atomic():
                    return listener(sender, **facts)
            except Exception as error:  # whatever a listener does, the fact stands
                _note_failure(path, sender, facts, error)
                return None

        _listeners[path] = listener
        signal.connect(hear, weak=False, dispatch_uid=path)
        return listener

    return connect


def record_failures_with(recorder: Callable[[Failure], None] | None):
    """Let `recorder(failure)` keep what failed, in the transaction of the fact. Returns the one before."""
    global _recorder
    previous, _recorder = _recorder, recorder
    return previous


def replay(failure: Failure) -> None:
    """Tell a listener the fact it failed on, again in a savepoint of its own.

    Raises what the listener raises, and FactGone when the listener or a row of the fact is no more.
    """
    listener = _listeners.get(failure.listener)
    if listener is None:
        raise FactGone(f"There is no listener {failure.listener} any more.")
    sender = _sender_named(failure.sender)
    facts = {name: unpack(value) for name, value in failure.facts.items()}
    with transaction.atomic():
        listener(sender, **facts)


def _note_failure(path, sender, facts, error):
    described = " ".join(f"{name}={_describe(value)}" for name, value in facts.items())
    logger.error("Listener %s failed on %s", path, described, exc_info=error)
    if _recorder is None:
        return
    try:
        packed = {name: pack(value) for name, value in facts.items()}
        message = f"{type(error).__name__}: {error}"
        with transaction.atomic():
            _recorder(Failure(path, _label_of(sender), packed, message))
    except Exception:
        logger.exception("The failure of %s on %s could not be recorded", path, described)


def _describe(value):
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    return repr(value)[:100]


def _label_of(sender):
    return sender._meta.label if hasattr(sender, "_meta") else ""


def _sender_named(label):
    try:
        return apps.get_model(label) if label else None
    except LookupError as error:
        raise FactGone(str(error)) from error


_PACKED_AS_TEXT = {
    "uuid": (UUID, str, UUID),
    "decimal": (Decimal, str, Decimal),
    "datetime": (datetime, datetime.isoformat, parse_datetime),
    "date": (date, date.isoformat, parse_date),
    "time": (time, time.isoformat, parse_time),
    "timedelta": (timedelta, duration_iso_string, parse_duration),
}


def pack(value: Any) -> Any:
    """A signal's argument as JSON. Rows become model and id. TypeError for what cannot be packed."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, models.Model):
        return {"~": "row", "model": value._meta.label, "pk": str(value.pk)}
    if isinstance(value, str):  # a member of TextChoices
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [pack(item) for item in value]
    if isinstance(value, dict):
        return {"~": "dict", "items": {str(key): pack(item) for key, item in value.items()}}
    for name, (kind, to_text, _from_text) in _PACKED_AS_TEXT.items():
        if isinstance(value, kind):
            return {"~": name, "value": to_text(value)}
    raise TypeError(f"A fact cannot hold {type(value).__name__}; pass its id or its values.")


def unpack(value: Any) -> Any:
    """What `pack` made, back again; rows are read afresh. Raises FactGone when a row is no more."""
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value["~"] == "dict":
        return {key: unpack(item) for key, item in value["items"].items()}
    if value["~"] == "row":
        model = _sender_named(value["model"])
        try:
            return model._base_manager.get(pk=value["pk"])
        except model.DoesNotExist as error:
            raise FactGone(f"{value['model']} {value['pk']} is no more.") from error
    return _PACKED_AS_TEXT[value["~"]][2](value["value"])
