"""Which lessons are open, and what is said on the door of the others."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from content.outline import Outline, OutlineLesson, OutlineModule
from progress.unlocking import Barrier, Pace, barriers_of, next_lesson, states_of
from progress.viewing import lesson_to_go_on_with

NOW = datetime(2026, 1, 4, 12, tzinfo=UTC)  # a Sunday
TOMORROW = datetime(2026, 1, 5, 9, tzinfo=UTC)
ENROLLED_AT = datetime(2026, 1, 1, 22, 30, tzinfo=UTC)


def lesson(number, module=1, **release):
    return OutlineLesson(
        id=UUID(int=number),
        number=f"{module}.{number}",
        slug=f"lesson-{number}",
        title=f"Lesson {number}",
        duration_minutes=None,
        is_preview=False,
        completion="manual",
        completion_seconds=None,
        module_id=UUID(int=100 + module),
        label="",
        **release,
    )


def module(number, *lessons, **rules):
    return OutlineModule(UUID(int=100 + number), number, "Module", "", lessons, "", **rules)


def outline_of(*modules):
    return Outline(UUID(int=200), 1, modules)


ONE, TWO, THREE = (lesson(number) for number in (1, 2, 3))
OUTLINE = outline_of(module(1, ONE, TWO, THREE))
FOUR, FIVE = (lesson(number, module=2) for number in (4, 5))


def barriers(outline, completed=(), is_sequential=True, enrolled_at=ENROLLED_AT, now=NOW):
    pace = Pace(is_sequential, enrolled_at, now)
    return barriers_of(outline, completed={one.id for one in completed}, pace=pace)


def closed(outline, completed=(), **options):
    """The closed lessons by their number, with the number of the one to finish first and the time."""
    found = barriers(outline, completed, **options)
    return {
        key.int: (found[key].finish_first and found[key].finish_first.id.int, found[key].opens_at)
        for key in found
    }


def states(outline=OUTLINE, completed=(), begun=(), **options):
    return states_of(
        outline,
        completed={one.id for one in completed},
        begun={one.id for one in begun},
        barriers=barriers(outline, completed, **options),
    )


def shapes(*options, **more):
    return [state.shape for state in states(OUTLINE, *options, **more).values()]


def test_sequential_course_opens_one_lesson_after_the_other():
    assert shapes() == ["open", "locked", "locked"]
    assert shapes([ONE]) == ["done", "open", "locked"]
    assert shapes([ONE, TWO, THREE]) == ["done", "done", "done"]


def test_begun_lesson_is_shown_as_active():
    assert shapes([ONE], [ONE, TWO]) == ["done", "active", "locked"]


def test_other_courses_lock_nothing():
    assert shapes(is_sequential=False) == ["open", "open", "open"]


def test_done_lesson_stays_open_behind_a_new_one_and_before_its_date():
    assert shapes([ONE, THREE]) == ["done", "open", "done"]
    late = lesson(3, opens_at=TOMORROW)
    assert closed(outline_of(module(1, ONE, TWO, late)), [ONE, late]) == {}


def test_locked_lesson_names_the_one_to_finish():
    found = states(completed=[ONE])
    assert (found[THREE.id].reason, found[THREE.id].is_linked) == ("Finish 1.2 first", False)
    assert closed(OUTLINE, [ONE]) == {3: (2, None)}
    assert closed(OUTLINE, is_sequential=False) == {}


@pytest.mark.parametrize(
    ("order", "is_sequential", "expected"),
    [
        ("course", True, {2: (1, None), 4: (1, None), 5: (1, None)}),
        ("course", False, {}),
        ("sequential", True, {2: (1, None), 4: (1, None), 5: (1, None)}),
        ("sequential", False, {2: (1, None)}),
        ("free", True, {4: (1, None), 5: (1, None)}),
        ("free", False, {}),
    ],
)
def test_module_may_have_an_order_of_its_own(order, is_sequential, expected):
    outline = outline_of(
        module(1, ONE, TWO, lesson_order=order), module(2, FOUR, FIVE, lesson_order="free")
    )
    assert closed(outline, is_sequential=is_sequential) == expected


def test_free_module_of_a_sequential_course_keeps_the_next_closed_until_all_of_it_is_done():
    outline = outline_of(module(1, ONE, TWO, lesson_order="free"), module(2, FOUR))
    assert closed(outline, [TWO]) == {4: (1, None)}
    assert closed(outline, [ONE, TWO]) == {}


def test_lesson_opens_at_its_time():
    outline = outline_of(module(1, ONE, lesson(2, opens_at=TOMORROW)))
    assert closed(outline, is_sequential=False) == {2: (None, TOMORROW)}
    assert closed(outline, is_sequential=False, now=TOMORROW) == {}


def test_module_closes_its_lessons_and_the_later_time_holds():
    later = TOMORROW + timedelta(days=1)
    outline = outline_of(
        module(1, ONE, lesson(2, opens_at=later), opens_at=TOMORROW), module(2, FOUR)
    )
    assert closed(outline, is_sequential=False) == {1: (None, TOMORROW), 2: (None, later)}


def test_date_and_order_close_together():
    outline = outline_of(module(1, lesson(1, opens_at=TOMORROW), TWO, lesson(3, opens_at=TOMORROW)))
    assert closed(outline) == {1: (None, TOMORROW), 2: (1, None), 3: (1, TOMORROW)}


@pytest.mark.parametrize(
    ("zone", "days", "opens_at"),
    [
        ("UTC", 0, None),
        ("UTC", 3, None),
        ("UTC", 4, datetime(2026, 1, 5, tzinfo=UTC)),
        ("Asia/Tokyo", 3, datetime(2026, 1, 4, 15, tzinfo=UTC)),
        ("America/New_York", 3, None),
    ],
)
def test_days_are_counted_from_the_enrollment_by_the_readers_calendar(zone, days, opens_at):
    outline = outline_of(module(1, lesson(1, opens_after_days=days)))
    with timezone.override(ZoneInfo(zone)):
        found = closed(outline, is_sequential=False)
    assert found == ({} if opens_at is None else {1: (None, opens_at)})


def test_days_across_a_change_of_the_clock_end_at_midnight():
    enrolled_at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    outline = outline_of(module(1, lesson(1, opens_after_days=4)))
    with timezone.override(ZoneInfo("Europe/Berlin")):
        found = closed(outline, enrolled_at=enrolled_at, now=enrolled_at)
    assert found == {1: (None, datetime(2026, 3, 30, 22, tzinfo=UTC))}


def test_without_an_enrollment_only_dates_count():
    outline = outline_of(module(1, lesson(1, opens_after_days=4)))
    assert closed(outline, enrolled_at=None) == {}


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("en", "UTC", "Opens on Monday, Jan. 5, 2026 at 9 a.m."),
        ("en", "Asia/Tokyo", "Opens on Monday, Jan. 5, 2026 at 6 p.m."),
        ("en", "Pacific/Fiji", "Opens on Monday, Jan. 5, 2026 at 9 p.m."),
        ("en", "Pacific/Pitcairn", "Opens on Monday, Jan. 5, 2026 at 1 a.m."),
    ],
)
def test_door_tells_the_time_in_the_readers_words_and_zone(language, zone, text):
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        assert Barrier(None, TOMORROW).text == text


def test_midnight_goes_without_saying():
    assert Barrier(ONE, datetime(2026, 1, 5, tzinfo=UTC)).text == "Opens on Monday, Jan. 5, 2026"


def test_next_lesson_is_the_first_that_is_not_done():
    assert next_lesson(OUTLINE, completed={ONE.id, THREE.id}) == TWO
    assert next_lesson(OUTLINE, completed={ONE.id, TWO.id, THREE.id}) is None


def go_on(completed, last, outline=OUTLINE, **options):
    return lesson_to_go_on_with(
        outline,
        completed={one.id for one in completed},
        barriers=barriers(outline, completed, **options),
        last_lesson_id=last and last.id,
    )


def test_going_on_leads_to_the_last_lesson_or_the_next_open_one():
    assert go_on([], None) == ONE
    assert go_on([], TWO, is_sequential=False) == TWO
    assert go_on([], TWO) == ONE
    assert go_on([ONE], ONE) == TWO
    assert go_on([ONE, TWO, THREE], THREE) == THREE
    assert go_on([ONE, TWO, THREE], None) == ONE


def test_going_on_passes_over_what_is_not_open_yet():
    late = lesson(1, opens_at=TOMORROW)
    outline = outline_of(module(1, late, TWO))
    assert go_on([], late, outline, is_sequential=False) == TWO
    assert go_on([TWO], late, outline, is_sequential=False) is None
    assert go_on([], None, outline) is None
