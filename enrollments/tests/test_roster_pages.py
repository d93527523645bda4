"""Many people of a course at once: found, written to, given more time, taken away as a file."""

import csv
import io
import json
import re
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from courses.models import Course
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment
from enrollments.notices import MESSAGE
from enrollments.services import messages
from enrollments.tests.factories import EnrollmentFactory
from lib.ids import uuid7
from lib.rows import fetch_rows
from notifications.kinds import message_of
from notifications.models import Notification
from tenancy.models import SecurityEvent
from users.tests.factories import UserFactory

NOW = timezone.now()
DAY = timedelta(days=1)
Status = Enrollment.Status


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, title="Tea")


@pytest.fixture
def teacher(client, course):
    client.force_login(course.owner)
    return client


def add(course, name, **fields):
    """Somebody who joined a month ago and was there today, but for what `fields` say."""
    student = UserFactory(first_name=name, last_name="")
    values = {"enrolled_at": NOW - 30 * DAY, "last_accessed_at": NOW} | fields
    return EnrollmentFactory(course=course, student=student, **values)


def address(course, ending=""):
    return f"/courses/{course.slug}/people/{ending}"


def page(client, course, ending="", **query):
    answer = client.get(address(course, ending), query)
    assert answer.status_code == 200
    return answer.content.decode()


# Found


@pytest.fixture
def people(course):
    quiet = add(course, "Quiet", last_accessed_at=NOW - 20 * DAY, percent=60)
    late = add(course, "Late", expires_at=NOW + 5 * DAY, percent=20)
    soon = add(course, "Soon", expires_at=NOW + 5 * DAY, percent=80)
    new = add(course, "New", last_accessed_at=None, enrolled_at=NOW)
    left = add(course, "Left", last_accessed_at=NOW - 20 * DAY, status=Status.WITHDRAWN)
    return {"Quiet": quiet, "Late": late, "Soon": soon, "New": new, "Left": left}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"risk": "true"}, {"Quiet", "Late"}),
        ({"seen": "14"}, {"Quiet", "Left"}),
        ({"seen": "never"}, {"New"}),
        ({"seen": "30", "status": "active"}, set()),
        ({"least": "50"}, {"Quiet", "Soon"}),
        ({"least": "20", "most": "60"}, {"Quiet", "Late"}),
        ({"status": "withdrawn"}, {"Left"}),
    ],
)
def test_people_are_found_by_what_staff_ask(teacher, course, people, query, names):
    html = page(teacher, course, **query)
    assert {name for name in people if f">{name}</a>" in html} == names


def test_list_says_why_somebody_is_at_risk(teacher, course, people):
    html = page(teacher, course, risk="true")
    assert "Not seen for 20 days" in html
    assert "Access ends in" in html
    assert html.count("people-risk") == 2


@pytest.mark.parametrize(
    "query",
    [
        {"seen": "x\x00"},
        {"least": "1e999", "most": "NaN"},
        {"least": "9" * 400},
        {"risk": "\x00"},
        {"status": "nothing", "cursor": "bad"},
    ],
)
def test_unreadable_filters_are_no_fault_of_the_server(teacher, course, query):
    add(course, "Ada")
    assert teacher.get(address(course), query).status_code == 200
    assert "Nobody is chosen" in page(teacher, course, "write/", id="no-id")


@pytest.mark.parametrize("count", [1, 3])
def test_narrowed_list_takes_as_many_queries_for_one_as_for_three(
    teacher, course, count, django_assert_max_num_queries
):
    for number in range(count):
        add(course, f"Ada{number}", last_accessed_at=NOW - 20 * DAY)
    page(teacher, course, risk="true")
    with django_assert_max_num_queries(7):
        assert page(teacher, course, risk="true").count("people-risk") == count


# Written to


def jobs():
    statement = "SELECT args FROM procrastinate_jobs WHERE task_name LIKE %s ORDER BY id"
    return [json.loads(row.args) for row in fetch_rows(statement, ["%deliver_message"])]


def run_jobs():
    for args in jobs():
        messages.deliver(args["students"], facts=args["facts"], key=args["key"], now=NOW)


def test_message_reaches_the_chosen_once_in_words_of_their_own(teacher, course, people):
    chosen = [people["Late"], people["Left"]]
    query = "&".join(f"id={enrollment.pk}" for enrollment in chosen)
    url = f"{address(course, 'write/')}?{query}"
    fields = {"subject": "Hello", "text": "First.\n\nSecond.", "idempotency_key": str(uuid7())}

    shown = teacher.post(url, fields | {"preview": "1"}).content.decode()
    assert "Write to 1 person" in shown
    assert "1 who left" in shown
    assert "Second." in shown
    assert jobs() == []

    assert teacher.post(url, fields).status_code == 302
    run_jobs()
    run_jobs()

    (notification,) = Notification.objects.filter(kind=MESSAGE.code)
    assert notification.user_id == people["Late"].student_id
    told = message_of(notification)
    assert (told.title, told.url) == ("Hello", f"/courses/{course.slug}/")
    assert told.text.endswith("writes to you about “Tea”:\n\nFirst.\n\nSecond.")


def test_message_goes_to_all_that_fit_in_parts(teacher, course, people, monkeypatch):
    monkeypatch.setattr(messages, "CHUNK", 2)
    fields = {"subject": "Hello", "text": "You."}
    assert teacher.post(f"{address(course, 'write/')}?all=1&status=active", fields)
    assert [len(args["students"]) for args in jobs()] == [2, 2]


@pytest.mark.parametrize(
    "fields",
    [{"subject": "", "text": "x"}, {"subject": "x", "text": "\x00"}, {"subject": "x" * 200}],
)
def test_message_that_cannot_be_sent_is_refused_beside_its_field(teacher, course, fields):
    add(course, "Ada")
    answer = teacher.post(f"{address(course, 'write/')}?all=1", fields)
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode()
    assert jobs() == []


# Given more time


def test_end_of_access_is_shown_before_it_is_moved(teacher, course, people):
    url = f"{address(course, 'access/')}?all=1"
    wanted = {"ends_at": "2090-05-03T12:00", "reason": "Snow."}

    asked = teacher.post(url, wanted).content.decode()
    assert "Access of 4 people will end on" in asked
    assert "1 stays as they are" in asked
    assert not Enrollment.objects.filter(expires_at__year=2090).exists()

    shown = re.search(r'name="confirmed" value="([^"]+)"', asked).group(1)
    later = {"ends_at": "2091-05-03T12:00", "confirmed": shown}  # changed since it was shown
    assert teacher.post(url, wanted | later).status_code == 200
    assert teacher.post(url, wanted | {"confirmed": shown}).status_code == 302
    assert not Enrollment.objects.filter(expires_at__year=2091).exists()
    assert Enrollment.objects.filter(expires_at__year=2090).count() == 4
    change = people["Late"].changes.get()
    assert (change.by, change.reason[-5:]) == (course.owner, "Snow.")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Say when access ends"),
        ({"ends_at": "2020-01-01T00:00"}, "time to come"),
        ({"ends_at": "2090-01-01T00:00", "is_open": "on"}, "not both"),
        ({"ends_at": "9999-12-31T23:59"}, "too far away"),
        ({"ends_at": "0001-01-01T00:00"}, "time to come"),
        ({"ends_at": "soon"}, "valid date"),
    ],
)
def test_end_that_makes_no_sense_is_refused(teacher, course, fields, said):
    add(course, "Ada")
    url = f"{address(course, 'access/')}?all=1"
    html = teacher.post(url, fields | {"confirmed": fields.get("ends_at", "")}).content.decode()
    assert said in html
    assert not Enrollment.objects.filter(expires_at__isnull=False).exists()


def test_people_of_other_courses_are_never_chosen(teacher, course):
    other = add(CourseFactory(published=True), "Other")
    assert "Nobody is chosen" in page(teacher, course, "access/", id=str(other.pk))


@pytest.mark.parametrize("ending", ["write/", "access/"])
def test_only_who_looks_after_the_people_may_act_on_them(client, course, ending):
    place = add(course, "Ada")
    client.force_login(place.student)
    assert client.get(address(course, ending), {"all": "1"}).status_code == 403
    assert client.post(f"{address(course, ending)}?all=1", {}).status_code == 403


# Taken away


def test_export_has_those_that_fit_and_disarms_formulas(teacher, course, people):
    people["Late"].student.last_name = "=HYPERLINK(1)"
    people["Late"].student.save(update_fields=["last_name"])
    answer = teacher.get(address(course, "export.csv"), {"all": "1", "risk": "true"})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Quiet", "Late"]
    assert rows[2][1] == "'=HYPERLINK(1)"
    assert rows[1][-1] == "Not seen for 20 days"
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.EXPORTED)
    assert event.details["rows"] == 2
    assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.RECORD_DISCLOSED).count() == 2


def test_export_as_workbook(teacher, course, people):
    answer = teacher.get(address(course, "export.xlsx"), {"all": "1"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active.max_row == 6


# One person


def test_page_of_a_person_tells_all_about_the_place(teacher, course, people):
    Course.objects.filter(pk=course.pk).update(access_days=30)
    late = people["Late"]
    html = page(teacher, course, f"{late.pk}/")
    assert "Access ends" in html
    assert f"/people/access/?id={late.pk}" in html
    assert f"/people/access/?id={people['Left'].pk}" not in page(
        teacher, course, f"{people['Left'].pk}/"
    )
