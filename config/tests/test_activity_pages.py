"""The pages of the feeds: who sees them, what they say, what they cost."""

import csv
import io

import pytest
from django.urls import reverse

from activity.asked import AskedActivity
from activity.feed import EVERYTHING, page_of
from activity.names import Names
from activity.registry import kinds
from activity.tests.requests import request_by
from activity.words import tell
from config.seeding.canary import seed_canary
from content.tests.factories import LessonFactory
from courses.models import Course
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from enrollments.tests.factories import EnrollmentFactory
from tenancy import security
from tenancy.context import organization_context
from tenancy.models import SecurityEvent
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SAVEPOINTS = 2  # of the test, where a request has its transaction
BY_UNDO = 6  # whether the changes on the page can be undone


def address_of(row, name="activity:of"):
    return reverse(name, args=[row._meta.model_name, row.pk])


def page_for(client, user, address):
    client.force_login(user)
    response = client.get(address)
    return response.status_code, response.content.decode()


def rename(lesson, by, title):
    with request_by(by) as request_id:
        lesson.title = title
        lesson.save()
    return request_id


@pytest.mark.parametrize(
    ("who", "status"),
    [("admin", 200), ("owner", 200), ("co", 200), ("other", 404), ("student", 404)],
)
def test_course_feed_opens_for_who_looks_after_the_course(client, organization, who, status):
    course = CourseFactory(published=True)
    people = {
        "admin": UserFactory(admin=True),
        "owner": course.owner,
        "co": CourseStaffFactory(course=course).user,
        "other": CourseFactory().owner,
        "student": EnrollmentFactory(course=course).student,
    }
    lesson = LessonFactory(module__course=course)
    for address in (
        address_of(course),
        address_of(lesson),
        address_of(course, "activity:export_of"),
    ):
        client.force_login(people[who])
        assert client.get(address).status_code == status, address


@pytest.mark.parametrize(
    "name", ["activity:feed", "activity:export", "activity:security", "activity:export_security"]
)
def test_whole_organization_is_for_admins(client, organization, name):
    for user, status in (
        (UserFactory(admin=True), 200),
        (UserFactory(instructor=True), 404),
        (UserFactory(), 404),
    ):
        client.force_login(user)
        assert client.get(reverse(name)).status_code == status


def test_feeds_of_people_and_unknown_things_are_closed_to_instructors(client, organization):
    enrollment = EnrollmentFactory()
    client.force_login(enrollment.course.owner)
    for address in (
        address_of(enrollment.student),
        f"/activity/nonsense/{enrollment.pk}/",
        f"/activity/course/{enrollment.pk}/",
    ):
        assert client.get(address).status_code == 404, address


def test_unknown_row_is_not_there_for_admins_either(client, organization):
    client.force_login(UserFactory(admin=True))
    assert client.get(f"/activity/course/{organization.pk}/").status_code == 404


def test_change_is_told_in_a_sentence_with_both_values(client, organization):
    ines = UserFactory(instructor=True, first_name="Ines", last_name="Duarte")
    lesson = LessonFactory(title="Why notes", module__course__owner=ines)
    rename(lesson, ines, "Why notes <fade>")

    status, page = page_for(client, ines, address_of(lesson))

    assert status == 200
    assert "Ines Duarte changed the title of the lesson “Why notes &lt;fade&gt;”" in page
    assert "<del>Why notes</del> → <ins>Why notes &lt;fade&gt;</ins>" in page
    assert "<fade>" not in page


def test_keys_choices_and_long_texts_are_readable(client, organization):
    admin = UserFactory(admin=True)
    old, new = SubjectFactory(title="Biology"), SubjectFactory(title="History")
    text = "One two three four five. " * 10
    course = CourseFactory(subject=old, description=f"{text}Last old words.")
    with request_by(admin):
        Course.objects.filter(pk=course.pk).update(
            subject=new, difficulty_level="advanced", description=f"{text}Last new words."
        )
    _status, page = page_for(client, admin, address_of(course))
    assert "<del>Biology</del> → <ins>History</ins>" in page
    assert "Advanced</ins>" in page
    assert "<del>old </del><ins>new </ins>" in page
    assert str(new.pk) not in page


def test_trash_and_publishing_have_their_own_words(client, organization):
    admin = UserFactory(admin=True, first_name="Ada", last_name="Stone")
    course = CourseFactory(title="Notes")
    for change in (
        {"status": "published", "published_at": course.created_at},
        {"deleted_at": course.created_at},
        {"deleted_at": None},
    ):
        with request_by(admin):
            Course.objects.filter(pk=course.pk).update(**change)
    _status, page = page_for(client, admin, address_of(course))
    for words in ("published", "put", "took"):
        assert f"Ada Stone {words} the course “Notes”" in page
    assert "the course “Notes” in the trash" in page


def test_rows_that_are_gone_keep_their_names(client, organization):
    admin = UserFactory(admin=True)
    staff = CourseStaffFactory(
        user__first_name="Béla", user__last_name="Kun", course__title="Notes"
    )
    course = staff.course
    with request_by(admin):
        staff.delete()
    _status, page = page_for(client, admin, address_of(course))
    assert "deleted the teacher Béla Kun · Notes" in page

    address = address_of(staff) if staff.pk else None
    assert address is None or page_for(client, admin, address)[0] == 200


def test_secret_columns_never_appear(client, organization):
    admin = UserFactory(admin=True)
    with request_by(admin):
        person = UserFactory()
        person.set_password("a new secret that is long")
        person.save()
    _status, page = page_for(client, admin, address_of(person))
    assert "argon2" not in page
    assert "password" not in page.lower()


@pytest.mark.parametrize("count", [1, 3])
def test_feed_query_count_is_constant(client, organization, django_assert_num_queries, count):
    course = CourseFactory()
    for number in range(count):
        rename(LessonFactory(module__course=course), course.owner, f"New {number}")
        EnrollmentFactory(course=course)
    client.force_login(course.owner)
    client.get(address_of(course))
    with django_assert_num_queries(6 + BY_UNDO + SAVEPOINTS):
        client.get(address_of(course))


def test_looking_at_a_students_activity_is_written_down_once(client, organization):
    admin, student = UserFactory(admin=True), UserFactory()
    for _time in range(2):
        assert page_for(client, admin, address_of(student))[0] == 200
    (event,) = SecurityEvent.objects.filter(kind="record_disclosed")
    assert (event.user_id, event.actor_id) == (student.pk, admin.pk)


def rows_of(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_export_holds_what_is_filtered_disarmed_and_is_recorded(client, organization):
    admin = UserFactory(admin=True)
    with request_by(admin):
        SubjectFactory(title="=1+1")
        SubjectFactory(title="Safe")
    course = CourseFactory()
    client.force_login(admin)
    head, *rows = rows_of(client.get("/activity/export/?kind=subject&action=INSERT"))
    assert head[0] == "When"
    assert {row[5] for row in rows} == {"'=1+1", "Safe", course.subject.title}
    (event,) = SecurityEvent.objects.filter(kind="exported")
    assert event.actor_id == admin.pk
    assert event.details["filters"] == {"kind": "subject", "action": "INSERT"}


def test_export_says_where_it_was_cut(client, organization, monkeypatch):
    monkeypatch.setattr("activity.exporting.MAX_ENTRIES", 2)
    monkeypatch.setattr("activity.exporting.BATCH", 1)
    SubjectFactory.create_batch(3)
    client.force_login(UserFactory(admin=True))
    rows = rows_of(client.get("/activity/export/?kind=subject"))
    assert len(rows) == 4
    assert "2" in rows[-1][0]


HOSTILE = ["%00", "%ED%A0%80", "x" * 2000, "1e999", "%F0%9F%92%A3", "-1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nonsense_in_the_address_is_left_out(client, organization, text):
    client.force_login(UserFactory(admin=True))
    for path in ("/activity/", "/activity/security/"):
        for name in ("who", "kind", "action", "since", "until", "cursor"):
            assert client.get(f"{path}?{name}={text}").status_code == 200, (path, name)


def test_security_log_tells_and_filters(client, organization):
    admin = UserFactory(admin=True)
    student = UserFactory(first_name="Grace", last_name="Hopper")
    with request_by(admin):
        security.record(security.Kind.SUSPENDED, user_id=student.pk, reason="<b>rude</b>")
        security.record(security.Kind.ROLE_CHANGED, user_id=admin.pk, role="Helper")
    client.force_login(admin)
    page = client.get("/activity/security/").content.decode()
    assert "Grace Hopper" in page
    assert "reason: &lt;b&gt;rude&lt;/b&gt;" in page
    assert "role: Helper" not in client.get("/activity/security/?kind=suspended").content.decode()
    assert "role: Helper" not in client.get("/activity/security/?who=grace").content.decode()
    rows = rows_of(client.get("/activity/security/export/?kind=suspended"))
    assert [row[2] for row in rows[1:]] == ["Grace Hopper"]


@pytest.mark.parametrize("count", [1, 3])
def test_security_log_query_count_is_constant(
    client, organization, django_assert_num_queries, count
):
    admin = UserFactory(admin=True)
    for person in UserFactory.create_batch(count):
        security.record(security.Kind.SIGNED_IN, user_id=person.pk)
    client.force_login(admin)
    client.get("/activity/security/")
    with django_assert_num_queries(4 + SAVEPOINTS):
        client.get("/activity/security/")


def test_person_who_is_gone_is_still_named(client, organization):
    admin = UserFactory(admin=True)
    person = UserFactory(first_name="Grace", last_name="Hopper")
    key = person.pk
    with request_by(admin):
        User.objects.filter(pk=key).delete()
    _status, page = page_for(client, admin, "/activity/?kind=user&action=DELETE")
    assert "deleted the account of Grace Hopper" in page


def test_every_kind_of_row_can_be_told(client, organization):
    """A feed over everything that the seed of all tables wrote: no kind is left without words."""
    canary = seed_canary()
    with organization_context(canary.organization):
        admin = User.objects.get(pk=canary.accounts["admin"]["id"])
        page = page_of(EVERYTHING, AskedActivity(), size=400)
        told = tell(page.items, Names(page), {})
        written = {entry.table_name for item in page for entry in item.entries}
    assert len(told) == len(page.items)
    assert all("%(" not in item.sentence for item in told)
    assert written <= set(kinds())
    assert len(written) > 15
    client.defaults["SERVER_NAME"] = canary.host
    with organization_context(canary.organization):
        client.force_login(admin)
        student = canary.accounts["student"]["id"]
    assert client.get(f"/activity/user/{student}/").status_code == 200
    assert client.get("/activity/").status_code == 200
