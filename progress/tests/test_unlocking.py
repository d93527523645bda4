"""Which lessons are open, and what is said on the door of the others."""

from uuid import UUID

from content.outline import Outline, OutlineLesson, OutlineModule
from progress.unlocking import blocking_lesson, next_lesson, states_of
from progress.viewing import lesson_to_go_on_with


def lesson(number, module=1):
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
    )


ONE, TWO, THREE = (lesson(number) for number in (1, 2, 3))
OUTLINE = Outline(
    UUID(int=200), 1, (OutlineModule(UUID(int=101), 1, "Module", "", (ONE, TWO, THREE), ""),)
)


def shapes(completed=(), begun=(), is_sequential=True):
    states = states_of(
        OUTLINE,
        completed={one.id for one in completed},
        begun={one.id for one in begun},
        is_sequential=is_sequential,
    )
    return [states[one.id].shape for one in OUTLINE.lessons]


def test_sequential_course_opens_one_lesson_after_the_other():
    assert shapes() == ["open", "locked", "locked"]
    assert shapes([ONE]) == ["done", "open", "locked"]
    assert shapes([ONE, TWO, THREE]) == ["done", "done", "done"]


def test_begun_lesson_is_shown_as_active():
    assert shapes([ONE], [ONE, TWO]) == ["done", "active", "locked"]


def test_other_courses_lock_nothing():
    assert shapes(is_sequential=False) == ["open", "open", "open"]


def test_done_lesson_stays_open_behind_a_new_one():
    assert shapes([ONE, THREE]) == ["done", "open", "done"]
    done = {ONE.id, THREE.id}
    assert blocking_lesson(OUTLINE, THREE.id, completed=done, is_sequential=True) is None


def test_locked_lesson_names_the_one_to_finish():
    states = states_of(OUTLINE, completed={ONE.id}, begun=set(), is_sequential=True)
    assert (states[THREE.id].reason, states[THREE.id].is_linked) == ("Finish 1.2 first", False)
    assert blocking_lesson(OUTLINE, THREE.id, completed={ONE.id}, is_sequential=True) == TWO
    assert blocking_lesson(OUTLINE, TWO.id, completed={ONE.id}, is_sequential=True) is None
    assert blocking_lesson(OUTLINE, THREE.id, completed=set(), is_sequential=False) is None


def test_next_lesson_is_the_first_that_is_not_done():
    assert next_lesson(OUTLINE, completed={ONE.id, THREE.id}) == TWO
    assert next_lesson(OUTLINE, completed={ONE.id, TWO.id, THREE.id}) is None


def test_going_on_leads_to_the_last_lesson_or_the_next_open_one():
    def go_on(completed, last):
        return lesson_to_go_on_with(
            OUTLINE, completed={one.id for one in completed}, last_lesson_id=last and last.id
        )

    assert go_on([], None) == ONE
    assert go_on([], TWO) == TWO
    assert go_on([ONE], ONE) == TWO
    assert go_on([ONE, TWO, THREE], THREE) == THREE
    assert go_on([ONE, TWO, THREE], None) == ONE
