"""What belongs to a feed, in which order, and page by page."""

import pytest
from django.db import connection
from django.http import QueryDict

from activity import registry
from activity.asked import AskedActivity
from activity.feed import EVERYTHING, page_of, scope_of
from activity.tests.requests import request_by
from content.tests.factories import LessonFactory, LessonItemFactory, ModuleFactory
from courses.models import Course
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from enrollments.tests.factories import EnrollmentFactory
from progress.tests.factories import LessonProgressFactory
from tenancy.context import organization_context
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOTHING = AskedActivity()


def feed_of(row, asked=NOTHING, **options):
    kind = registry.by_table(row._meta.db_table)
    return page_of(scope_of(kind, row.pk), asked, **options)


def rows_in(page):
    return {(entry.table_name, entry.row_id) for item in page for entry in item.entries}


def of(*rows):
    return {(row._meta.db_table, row.pk) for row in rows}


def test_audited_tables_all_have_a_kind(organization):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_row' AND NOT tgisinternal"
        )
        audited = {table for (table,) in cursor.fetchall()}
    assert audited - set(registry.kinds()) == set()


def test_kinds_name_rows_by_columns_that_exist():
    wrong = [
        (kind.slug, column)
        for kind in registry.kinds().values()
        for column in (*kind.columns, *kind.hidden)
        if column not in kind.fields
    ]
    assert wrong == []


def test_course_feed_holds_all_that_belongs_to_the_course_and_nothing_else(organization):
    course, other = CourseFactory(), CourseFactory()
    module = ModuleFactory(course=course)
    lesson = LessonFactory(module=module)
    shown = LessonItemFactory(lesson=lesson)
    staff = CourseStaffFactory(course=course)
    enrollment = EnrollmentFactory(course=course)
    elsewhere = LessonItemFactory(lesson=LessonFactory(module=ModuleFactory(course=other)))
    EnrollmentFactory(course=other)

    found = rows_in(feed_of(course, size=100))

    version = shown.item.current_version
    assert found == of(course, module, lesson, shown, shown.item, version, staff, enrollment)
    assert not found & of(other, elsewhere, elsewhere.item)


def test_course_feed_holds_progress_that_staff_changed_and_not_what_students_do(organization):
    lesson = LessonFactory()
    enrollment = EnrollmentFactory(course=lesson.course)
    with request_by(enrollment.student):
        progress = LessonProgressFactory(enrollment=enrollment, lesson=lesson)
    assert not rows_in(feed_of(lesson.course, size=100)) & of(progress)

    with request_by(lesson.course.owner):
        progress.completed_at = progress.started_at
        progress.completion_method = "manual"
        progress.save()

    assert rows_in(feed_of(lesson.course, size=100)) >= of(progress)


def test_person_feed_holds_what_they_did_and_what_was_done_to_them(organization):
    person, admin = UserFactory(instructor=True), UserFactory(admin=True)
    with request_by(person):
        subject = SubjectFactory()
    with request_by(admin):
        User.objects.filter(pk=person.pk).update(first_name="Ines")
        staff = CourseStaffFactory(user=person)
        other = SubjectFactory()

    found = rows_in(feed_of(person, size=100))

    assert found >= of(person, subject, staff)
    assert not found & of(other)


def test_lesson_feed_holds_its_items(organization):
    shown = LessonItemFactory()
    found = rows_in(feed_of(shown.lesson, size=100))
    assert found == of(shown.lesson, shown, shown.item, shown.item.current_version)


def test_changes_of_one_request_are_one_item(organization):
    admin = UserFactory(admin=True)
    with request_by(admin) as request_id:
        first, second = SubjectFactory(), SubjectFactory()
    with request_by(admin):
        third = SubjectFactory()

    page = page_of(EVERYTHING, AskedActivity(kind="subject"))

    assert [item.total for item in page] == [1, 2]
    assert rows_in(page.items[:1]) == of(third)
    assert [entry.row_id for entry in page.items[1].entries] == [first.pk, second.pk]
    assert (page.items[1].request_id, page.items[1].actor_id) == (request_id, admin.pk)


def test_long_request_is_shown_in_part_and_counted(organization):
    with request_by(UserFactory(admin=True)):
        SubjectFactory.create_batch(5)
    (item,) = page_of(EVERYTHING, AskedActivity(kind="subject"), entries=3)
    assert (len(item.entries), item.total) == (3, 5)


def test_changes_of_a_request_that_belong_elsewhere_stay_out(organization):
    mine, other = CourseFactory(), CourseFactory()
    with request_by(UserFactory(admin=True)):
        Course.objects.filter(pk=mine.pk).update(title="Mine")
        Course.objects.filter(pk=other.pk).update(title="Other")
    newest = feed_of(mine).items[0]
    assert rows_in([newest]) == of(mine)
    assert newest.total == 1


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_lead_through_all_items_once_and_back(organization, size):
    admin = UserFactory(admin=True)
    for _number in range(5):
        with request_by(admin):
            SubjectFactory.create_batch(2)
    asked = AskedActivity(kind="subject")
    whole = [item.id for item in page_of(EVERYTHING, asked, size=50)]

    seen, cursor, pages = [], None, []
    while True:
        page = page_of(EVERYTHING, asked, cursor=cursor, size=size)
        pages.append([item.id for item in page])
        seen += pages[-1]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    back = page_of(EVERYTHING, asked, cursor=page.previous_cursor, size=size)

    assert seen == whole
    assert len(seen) == 5
    assert [item.id for item in back] == pages[-2]


def test_filters_narrow_by_kind_action_person_and_day(organization):
    ines, bela = (
        UserFactory(admin=True, first_name="Ines"),
        UserFactory(admin=True, first_name="Béla"),
    )
    with request_by(ines):
        subject = SubjectFactory()
    with request_by(bela):
        subject.title = "New"
        subject.save()

    def total(query):
        return len(page_of(EVERYTHING, AskedActivity.of(QueryDict(query))))

    assert total("kind=subject") == 2
    assert total("kind=subject&action=UPDATE") == 1
    assert total("kind=subject&who=Ines") == 1
    assert total("who=ines") == 1
    assert total("who=nobody") == 0
    assert total("kind=subject&since=2020-01-01&until=2020-12-31") == 0
    assert total("kind=subject&since=2020-01-01") == 2
    assert total("kind=subject&until=2020-12-31") == 0
    assert total("kind=subject&action=nonsense&since=never&until=9999-99-99") == 2


def test_other_organizations_stay_out(organization, other_organization):
    with organization_context(other_organization):
        subject = SubjectFactory()
    assert not rows_in(page_of(EVERYTHING, NOTHING, size=200)) & of(subject)
    assert not rows_in(feed_of(subject))
