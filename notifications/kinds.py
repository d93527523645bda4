"""Kinds of events that people are told of: the apps that raise them declare them here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.models import Cadence


@dataclass(frozen=True, slots=True)
class Message:
    """A notification in words: one sentence, perhaps a second, and where it leads (a path of this site).

    `mail_links` are up to two pairs of a label and a path for which the mail has buttons instead.
    """

    title: str
    text: str = ""
    url: str = ""
    mail_links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event.

    `label` is what the settings call it. `describe(facts)` tells it in the active language; facts are plain
    values. `cadence` holds until a person wishes otherwise. `is_for(user)` says to whose settings it belongs.
    """

    code: str
    label: str
    describe: Callable[[dict], Message]
    cadence: Cadence = Cadence.DAILY
    is_for: Callable[[object], bool] = lambda user: True


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Make a kind known. ValueError if another has its code."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"There is another kind {kind.code!r}.")
    return kind


def kind_named(code: str) -> Kind | None:
    """The kind with this code; None where its app is gone."""
    return _kinds.get(code)


def kinds_for(user) -> Iterable[Kind]:
    """The kinds whose mails a person may wish for, in the order of their declaration."""
    return [kind for kind in _kinds.values() if kind.is_for(user)]


def message_of(notification) -> Message:
    """A notification in words, in the active language; also where its kind or a fact is gone."""
    kind = kind_named(notification.kind)
    if kind is None:
        return Message(_("Something happened that this site no longer knows how to tell."))
    try:
        return kind.describe(notification.facts)
    except LookupError:
        return Message(kind.label)
