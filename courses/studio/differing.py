"""What differs between two states of a thing, field by field, as a person reads it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activity.differences import difference
from activity.words import Change
from courses.models import Course
from courses.snapshots import WORDS
from lib import jinja

SHORT = 60  # characters; two such texts are told as before and after


def differing(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    labels: Iterable[tuple[str, str]],
    tell: Callable[[str, Any], str],
) -> list[Change]:
    """The fields whose values differ, in the order of `labels` (name and label); `tell(name, value)` puts a value into words."""
    told = (
        (label, tell(name, before.get(name)), tell(name, after.get(name)))
        for name, label in labels
        if before.get(name) != after.get(name)
    )
    return [change_of(label, old, new) for label, old, new in told if old != new]


def change_of(label: str, before: str, after: str) -> Change:
    """Two texts: short ones side by side, long ones word by word."""
    if max(len(before), len(after)) <= SHORT and "\n" not in before + after:
        return Change(label, before, after)
    return Change(label, pieces=tuple(difference(before, after)))


def words_of(course: Course) -> dict:
    """The words of a course as students read them."""
    return {name: getattr(course, name) for name in WORDS}


def differing_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Where two states of a course's words differ."""
    labels = [(name, capfirst(Course._meta.get_field(name).verbose_name)) for name in WORDS]
    return differing(before, after, labels, _tell_word)


def _tell_word(name, value):
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return (", " if name == "tags" else "\n").join(value)
    if name == "difficulty_level":
        return str(dict(Course.Difficulty.choices).get(value, value))
    if name == "duration_minutes":
        return jinja.minutes(value)
    return str(value)


def yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")
