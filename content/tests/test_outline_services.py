"""Modules and lessons keep their order, whoever moves what."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from content.models import Lesson, Module
from content.services import outline as services
from content.services.outline import OutlineRefused
from content.tests.factories import LessonFactory, ModuleFactory
from courses.models import Course
from courses.tests.factories import CourseFactory
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


@pytest.fixture
def course(organization):
    return CourseFactory()


def add_modules(course, *titles):
    return [services.add_module(course, title=title, **WHO) for title in titles]


def add_lessons(module, *titles):
    return [services.add_lesson(module, title=title, **WHO) for title in titles]


def modules_of(course):
    rows = Module.objects.live().filter(course=course).order_by("position")
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.title for row in rows]


def lessons_of(module):
    rows = Lesson.objects.live().filter(module=module).order_by("position")
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.title for row in rows]


def test_modules_are_added_at_the_end_or_at_a_position(course):
    add_modules(course, "A", "B")
    services.add_module(course, title="First", position=1, **WHO)
    services.add_module(course, title="Last", position=99, **WHO)
    assert modules_of(course) == ["First", "A", "B", "Last"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [(1, "CABD"), (2, "ACBD"), (3, "ABCD"), (4, "ABDC"), (9, "ABDC"), (-5, "CABD")],
)
def test_module_moves(course, position, expected):
    modules = add_modules(course, *"ABCD")
    services.move_module(modules[2], position=position, **WHO)
    assert modules_of(course) == list(expected)


def test_lesson_moves_inside_its_module_and_to_another(course):
    one, two = add_modules(course, "One", "Two")
    lessons = add_lessons(one, *"ABC")
    add_lessons(two, *"XY")

    services.move_lesson(lessons[0], position=3, **WHO)
    assert lessons_of(one) == list("BCA")
    services.move_lesson(lessons[2], position=2, to_module=two, **WHO)
    assert (lessons_of(one), lessons_of(two)) == (list("BA"), list("XCY"))


def test_lesson_cannot_move_to_another_course_or_into_the_trash(course):
    one, two = add_modules(course, "One", "Two")
    [lesson] = add_lessons(one, "A")
    with pytest.raises(OutlineRefused, match="another course"):
        services.move_lesson(lesson, position=1, to_module=ModuleFactory(), **WHO)
    services.trash_part(two, **WHO)
    with pytest.raises(OutlineRefused, match="in the trash"):
        services.move_lesson(Lesson.objects.get(pk=lesson.pk), position=1, to_module=two, **WHO)


def test_trash_closes_the_gap_and_restore_puts_back_to_the_place(course):
    modules = add_modules(course, *"ABC")
    lessons = add_lessons(modules[0], *"xyz")

    services.trash_part(lessons[0], **WHO)
    services.trash_part(lessons[0], **WHO)
    assert lessons_of(modules[0]) == list("yz")
    services.restore_part(lessons[0], **WHO)
    services.restore_part(lessons[0], **WHO)
    assert lessons_of(modules[0]) == list("xyz")


def test_module_takes_its_lessons_to_the_trash_and_back(course):
    modules = add_modules(course, *"AB")
    lessons = add_lessons(modules[0], *"xyz")
    earlier = NOW - timezone.timedelta(days=1)
    services.trash_part(lessons[1], by=None, now=earlier)

    services.trash_part(modules[0], **WHO)
    assert (modules_of(course), lessons_of(modules[0])) == (["B"], [])
    with pytest.raises(OutlineRefused, match="Restore the module first"):
        services.restore_part(lessons[0], **WHO)
    services.restore_part(modules[0], **WHO)
    assert (modules_of(course), lessons_of(modules[0])) == (["A", "B"], ["x", "z"])


def test_order_takes_the_named_first_and_ignores_strangers(course):
    modules = add_modules(course, *"ABCD")
    services.order_modules(course, [modules[3].pk, ModuleFactory().pk, modules[1].pk], **WHO)
    assert modules_of(course) == list("DBAC")
    lessons = add_lessons(modules[0], *"xyz")
    services.order_lessons(modules[0], [lessons[2].pk], **WHO)
    assert lessons_of(modules[0]) == list("zxy")
    services.order_lessons(modules[0], [lessons[1].pk, lessons[1].pk], **WHO)
    assert lessons_of(modules[0]) == list("yzx")


def test_slugs_are_unique_in_the_course_and_stay(course):
    one, two = add_modules(course, "One", "Two")
    [first] = add_lessons(one, "Same title")
    [second] = add_lessons(two, "Same title")
    assert (first.slug, second.slug) == ("same-title", "same-title-2")
    services.trash_part(first, **WHO)
    [third] = add_lessons(two, "Same title")
    assert third.slug == "same-title-3"
    services.update_lesson(second, title="Another title", **WHO)
    second.refresh_from_db()
    assert (second.title, second.slug) == ("Another title", "same-title-2")


def test_update_without_a_change_writes_nothing(course):
    [module] = add_modules(course, "One")
    [lesson] = add_lessons(module, "A")
    before = Course.objects.get(pk=course.pk).outline_version

    services.update_module(module, title="One", description="", **WHO)
    services.update_lesson(lesson, title="A", summary="", is_preview=False, **WHO)
    assert Course.objects.get(pk=course.pk).outline_version == before
    services.update_lesson(lesson, is_preview=True, **WHO)
    assert Course.objects.get(pk=course.pk).outline_version > before


@pytest.mark.parametrize("title", ["", "   ", "x" * 256])
def test_titles_are_needed_and_bounded(course, title):
    [module] = add_modules(course, "One")
    with pytest.raises(OutlineRefused):
        services.add_module(course, title=title, **WHO)
    with pytest.raises(OutlineRefused):
        services.add_lesson(module, title=title, **WHO)
    with pytest.raises(OutlineRefused):
        services.update_module(module, title=title, **WHO)


def test_timed_lesson_needs_its_time(course):
    [module] = add_modules(course, "One")
    with pytest.raises(OutlineRefused, match="seconds"):
        services.add_lesson(module, title="A", completion="time", **WHO)
    lesson = services.add_lesson(module, title="A", completion="time", completion_seconds=60, **WHO)
    with pytest.raises(OutlineRefused, match="seconds"):
        services.update_lesson(lesson, completion_seconds=None, **WHO)


def test_unknown_field_is_a_mistake_of_the_caller(course):
    [module] = add_modules(course, "One")
    with pytest.raises(TypeError, match="course_id"):
        services.add_lesson(module, title="A", course_id=None, **WHO)


def test_database_refuses_two_lessons_at_one_position(course):
    lesson = LessonFactory(module__course=course, position=1)
    with (
        pytest.raises(IntegrityError, match="content_lesson_position_once"),
        transaction.atomic(),
    ):
        LessonFactory(module=lesson.module, position=1)
    LessonFactory(module=lesson.module, position=1, deleted_at=NOW)


def test_lessons_trashed_at_the_very_same_time_come_back_without_a_gap_or_double(course):
    [module] = add_modules(course, "A")
    first, _second, _third = add_lessons(module, "a1", "a2", "a3")
    services.trash_part(first, **WHO)
    services.trash_part(module, **WHO)

    services.restore_part(module, **WHO)

    assert sorted(lessons_of(module)) == ["a1", "a2", "a3"]


@pytest.mark.django_db(transaction=True)
def test_people_who_move_lessons_at_once_leave_no_gap():
    organization = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(organization):
        first, second = add_modules(CourseFactory(), "A", "B")
        lessons = [*add_lessons(first, "a1", "a2", "a3"), *add_lessons(second, "b1", "b2")]
    barrier, errors = threading.Barrier(len(lessons)), []

    def move(lesson, to):
        try:
            barrier.wait()
            for position in (1, 2, None):
                with organization_context(organization):
                    services.move_lesson(lesson, position=position, to_module=to, **WHO)
        except Exception as error:  # noqa: BLE001 -- shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    targets = [second, second, first, first, first]
    threads = [
        threading.Thread(target=move, args=pair) for pair in zip(lessons, targets, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with organization_context(organization):
        assert sorted(lessons_of(first)) == ["a3", "b1", "b2"]
        assert sorted(lessons_of(second)) == ["a1", "a2"]


@pytest.mark.django_db(transaction=True)
def test_two_people_adding_at_once_leave_no_gap():
    organization = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(organization):
        course = CourseFactory()
    barrier, errors = threading.Barrier(4), []

    def add(number):
        try:
            barrier.wait()
            with organization_context(organization):
                services.add_module(course, title=f"M{number}", position=1, **WHO)
        except Exception as error:  # noqa: BLE001 -- shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with organization_context(organization):
        assert sorted(modules_of(course)) == ["M0", "M1", "M2", "M3"]
