"""How a lesson becomes complete: one rule per value of `Lesson.completion`.

Higher floors add theirs in `ready()`, for what is decided by their own facts, such as a score.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from content.models import Lesson
from lib import jinja

MINUTE = 60  # seconds


class Completable(Protocol):
    """A lesson, as a model or as the outline knows it."""

    completion: str
    completion_seconds: int | None


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """One way to complete a lesson.

    `sentence(lesson)` tells it to a person, `short(lesson)` in a word or two, "" for the usual one.
    `by_hand`: the student's mark completes it. `by_visit(lesson, seconds)`: whether a visit does, after so many
    seconds on its page in all; a rule that leaves both out is met by facts of the app that registers it.
    """

    name: str
    sentence: Callable[[Completable], str]
    short: Callable[[Completable], str]
    by_hand: bool = False
    by_visit: Callable[[Completable, int], bool] = lambda lesson, seconds: False


_rules: dict[str, CompletionRule] = {}


def register(rule: CompletionRule) -> None:
    """Add a rule. ValueError if another one has the name."""
    if _rules.get(rule.name, rule) != rule:
        raise ValueError(f"There is another completion rule {rule.name!r}.")
    _rules[rule.name] = rule


def unregister(name: str) -> None:
    """Forget a rule; for tests."""
    _rules.pop(name, None)


def rule_of(lesson: Completable) -> CompletionRule:
    """KeyError where no app knows the lesson's rule."""
    return _rules[lesson.completion]


def completes(lesson: Completable, *, seconds: int, by_hand: bool = False) -> bool:
    """Whether a visit completes the lesson, after `seconds` on its page in all and by the student's mark or not."""
    rule = rule_of(lesson)
    return (by_hand and rule.by_hand) or rule.by_visit(lesson, seconds)


def _time(lesson):
    """ "2.5 min", exact to a hundredth of a minute."""
    seconds = lesson.completion_seconds or 0
    if seconds < MINUTE:
        return jinja.duration(seconds)
    minutes = (Decimal(seconds) / MINUTE).quantize(Decimal("0.01")).normalize()
    return _("%(minutes)s min") % {"minutes": jinja.number(minutes)}


register(
    CompletionRule(
        Lesson.Completion.MANUAL,
        sentence=lambda lesson: _("Students mark it complete."),
        short=lambda lesson: "",
        by_hand=True,
    )
)
register(
    CompletionRule(
        Lesson.Completion.VIEWED,
        sentence=lambda lesson: _("Complete once opened."),
        short=lambda lesson: _("complete once opened"),
        by_visit=lambda lesson, seconds: True,
    )
)
register(
    CompletionRule(
        Lesson.Completion.TIME,
        sentence=lambda lesson: _("Complete after %(time)s on its page.") % {"time": _time(lesson)},
        short=lambda lesson: _("complete after %(time)s") % {"time": _time(lesson)},
        by_visit=lambda lesson, seconds: seconds >= (lesson.completion_seconds or 0),
    )
)
