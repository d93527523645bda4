"""Every order of the list of people leads through all of them, forward and back, as the ORM would."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.tests.factories import CourseFactory
from enrollments import roster
from enrollments.filters import SORTS
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FIRST = {"sort": "newest", "cursor": None, "now": NOW}


@pytest.fixture
def course(organization, monkeypatch):
    monkeypatch.setattr(roster, "PER_PAGE", 2)
    course, now = CourseFactory(published=True), timezone.now()
    for number in range(5):
        row = EnrollmentFactory(course=course, percent=Decimal(number % 3 * 10))
        if number % 2:
            row.last_accessed_at = now + timedelta(hours=10 - number)
            row.save(update_fields=["last_accessed_at"])
    EnrollmentFactory()  # of another course
    return course


def walk(course, sort):
    """The ids of each page, forward; then those seen on the way back to the first."""
    pages, cursor = [], None
    while True:
        page = roster.page_of_people(course.pk, {}, sort=sort, cursor=cursor, now=NOW)
        pages.append([row.id for row in page])
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    back = []
    while page.previous_cursor is not None:
        page = roster.page_of_people(course.pk, {}, sort=sort, cursor=page.previous_cursor, now=NOW)
        back.append([row.id for row in page])
    return pages, back


@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_the_order_without_gap_or_repeat(course, sort):
    rows = Enrollment.objects.filter(course=course).annotate(
        seen_at=Coalesce("last_accessed_at", "created_at")
    )
    expected = list(rows.order_by(*SORTS[sort]).values_list("pk", flat=True))

    pages, back = walk(course, sort)

    assert [row_id for page in pages for row_id in page] == expected
    assert back == [pages[1], pages[0]]


def test_a_search_gives_rows_of_the_same_shape(course):
    plain = list(roster.page_of_people(course.pk, {}, **FIRST))
    found = list(roster.page_of_people(course.pk, {"status": "active"}, **FIRST))

    assert {*plain[0]._fields} == {*found[0]._fields}
    assert [row.id for row in found] == [row.id for row in plain]
