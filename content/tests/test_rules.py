"""Each rule reads as a sentence, in the reader's language, and in short."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from content import completion
from content.completion import CompletionRule, completes
from content.models import Lesson, Module
from content.rules import lesson_note, lesson_sentence, module_note, module_sentence

OPENS_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rules", "sentence", "note"),
    [
        ({}, "Students mark it complete.", ""),
        ({"completion": "viewed"}, "Complete once opened.", "complete once opened"),
        (
            {"completion": "time", "completion_seconds": 300},
            "Complete after 5 min on its page.",
            "complete after 5 min",
        ),
        (
            {"completion": "time", "completion_seconds": 150},
            "Complete after 2.5 min on its page.",
            "complete after 2.5 min",
        ),
        (
            {"completion": "time", "completion_seconds": 3600},
            "Complete after 60 min on its page.",
            "complete after 60 min",
        ),
        (
            {"completion": "time", "completion_seconds": 45},
            "Complete after 45 s on its page.",
            "complete after 45 s",
        ),
        (
            {"completion": "viewed", "opens_at": OPENS_AT},
            "Complete once opened. Opens on Monday, Jan. 5, 2026 at 9 a.m.",
            "complete once opened · Opens on Monday, Jan. 5, 2026 at 9 a.m.",
        ),
        (
            {"opens_after_days": 0},
            "Students mark it complete. Opens on the day of enrolling.",
            "Opens on the day of enrolling",
        ),
        (
            {"opens_after_days": 1},
            "Students mark it complete. Opens 1 day after enrolling.",
            "Opens 1 day after enrolling",
        ),
        (
            {"opens_after_days": 3},
            "Students mark it complete. Opens 3 days after enrolling.",
            "Opens 3 days after enrolling",
        ),
    ],
)
def test_rules_of_a_lesson_read_as_sentences(rules, sentence, note):
    lesson = Lesson(**rules)
    assert (lesson_sentence(lesson), lesson_note(lesson)) == (sentence, note)


@pytest.mark.parametrize(
    ("rules", "is_sequential", "sentence", "note"),
    [
        ({}, True, "Its lessons open one after the other, as in the whole course.", ""),
        ({}, False, "Its lessons open in any order, as in the whole course.", ""),
        ({"lesson_order": "free"}, True, "Its lessons open in any order.", "in any order"),
        (
            {"lesson_order": "sequential", "opens_after_days": 7},
            False,
            "Its lessons open one after the other. Opens 7 days after enrolling.",
            "one after the other · Opens 7 days after enrolling",
        ),
    ],
)
def test_rules_of_a_module_read_as_sentences(rules, is_sequential, sentence, note):
    module = Module(**rules)
    assert module_sentence(module, is_sequential=is_sequential) == sentence
    assert module_note(module) == note


@pytest.mark.parametrize(
    ("rules", "by_hand", "seconds", "expected"),
    [
        ({"completion": "manual"}, False, 10_000, False),
        ({"completion": "manual"}, True, 0, True),
        ({"completion": "viewed"}, False, 0, True),
        ({"completion": "time", "completion_seconds": 60}, False, 59, False),
        ({"completion": "time", "completion_seconds": 60}, False, 60, True),
        ({"completion": "time", "completion_seconds": 60}, True, 59, False),
    ],
)
def test_what_completes_a_lesson(rules, by_hand, seconds, expected):
    assert completes(Lesson(**rules), seconds=seconds, by_hand=by_hand) is expected


def test_every_choice_has_its_rule():
    for name in Lesson.Completion.values:
        assert lesson_sentence(Lesson(completion=name, completion_seconds=60)).endswith(".")


def test_other_floors_add_rules_that_no_visit_meets():
    rule = CompletionRule(
        "score",
        sentence=lambda lesson: "Complete with 80 %.",
        short=lambda lesson: "complete with 80 %",
    )
    lesson = SimpleNamespace(
        completion="score", completion_seconds=None, opens_at=None, opens_after_days=None
    )
    completion.register(rule)
    try:
        completion.register(rule)
        assert lesson_sentence(lesson) == "Complete with 80 %."
        assert not completes(lesson, seconds=10_000, by_hand=True)
        with pytest.raises(ValueError, match="another completion rule"):
            completion.register(CompletionRule("score", rule.sentence, rule.sentence))
    finally:
        completion.unregister("score")
    with pytest.raises(KeyError):
        completes(lesson, seconds=0)
