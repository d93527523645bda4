"""Staff see the site as a student sees it, and change nothing."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activity import view_as
from courses.tests.factories import CourseFactory, RoleAssignmentFactory
from enrollments.models import Enrollment
from enrollments.notices import PLACED
from enrollments.tests.factories import EnrollmentFactory
from notifications import services
from notifications.models import Notification
from progress.models import LessonProgress
from progress.tests.factories import course_with
from tenancy.models import SecurityEvent
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BAR = "You see the site as Grace Hopper"
LOOKING_ONLY = "You are looking only"


@pytest.fixture
def student(organization):
    return UserFactory(first_name="Grace", last_name="Hopper")


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True, first_name="Ada", last_name="Stone")


def begin(client, user, student, **data):
    client.force_login(user)
    return client.post(reverse("activity:view_as", args=[student.pk]), data)


def events(kind):
    return list(
        SecurityEvent.objects.filter(kind=kind).order_by("at").values_list("user_id", "actor_id")
    )


def test_pages_are_the_students_own(client, admin, student):
    course, _lessons = course_with(2, title="Why we forget")
    EnrollmentFactory(course=course, student=student)

    response = begin(client, admin, student, reason="cannot find the course")
    home = client.get("/").content.decode()

    assert response["Location"] == "/"
    assert BAR in home
    assert "Why we forget" in home
    assert "Back office" not in home
    assert events("view_as_started") == [(student.pk, admin.pk)]
    details = SecurityEvent.objects.get(kind="view_as_started").details
    assert details == {"reason": "cannot find the course"}


def test_every_page_is_marked_also_of_errors_and_lessons(client, admin, student):
    course, (lesson,) = course_with(1)
    EnrollmentFactory(course=course, student=student)
    begin(client, admin, student)
    for path in (
        "/",
        "/courses/",
        f"/courses/{course.slug}/",
        lesson.get_absolute_url(),
        "/nothing/",
    ):
        response = client.get(path)
        assert BAR in response.content.decode(), path
        assert response["Cache-Control"] == "no-store"


def test_database_knows_the_student_and_who_is_there(client, admin, student, monkeypatch):
    seen = []

    def look(user, limit):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('app.private_to'), current_setting('app.actor_id'), "
                "current_setting('transaction_read_only')"
            )
            seen.append((user.pk, *cursor.fetchone()))
        raise RuntimeError("seen")

    begin(client, admin, student)
    monkeypatch.setattr("progress.views.first_courses", look)
    with pytest.raises(RuntimeError, match="seen"):
        client.get("/")
    assert seen == [(student.pk, str(student.pk), str(admin.pk), "on")]


def test_other_students_rows_are_out_of_sight(client, admin, student, monkeypatch):
    other = EnrollmentFactory(course__published=True)
    EnrollmentFactory(course=other.course, student=student)
    counted = []
    begin(client, admin, student)
    monkeypatch.setattr(
        "progress.views.first_courses",
        lambda user, limit: counted.append(Enrollment.objects.count()) or [],
    )
    client.get("/")
    assert counted == [1]


@pytest.mark.parametrize(
    ("language", "zone", "shown_language", "hour"),
    [("de", "Asia/Tokyo", "de", "19:30"), ("", "", "en", "10:30")],
)
def test_pages_are_in_the_students_language_and_time_zone(
    client, admin, organization, language, zone, shown_language, hour
):
    User.objects.filter(pk=admin.pk).update(language="en", time_zone="America/New_York")
    student = UserFactory(language=language, time_zone=zone)
    tell(student, at=datetime(2026, 3, 2, 10, 30, tzinfo=UTC))

    begin(client, admin, student)
    response = client.get("/notifications/")
    page = response.content.decode()

    assert f'<html lang="{shown_language}"' in page
    assert response["Content-Language"] == shown_language
    assert hour in page
    client.post(reverse("activity:view_as_stop"))
    own = client.get("/notifications/")
    assert '<html lang="en"' in own.content.decode()


def test_notifications_are_the_students_and_stay_unread(client, admin, student):
    tell(student, title="Why we forget")
    tell(admin, title="For the office alone")

    begin(client, admin, student)
    page = client.get("/notifications/").content.decode()
    notification = Notification.objects.get(user=student)
    answers = [
        client.post(reverse("notifications:open", args=[notification.pk])),
        client.post(reverse("notifications:read_all")),
    ]

    assert "Why we forget" in page
    assert "For the office alone" not in page
    assert "is-new" in page
    assert "Notifications, 1 new" in page
    assert [answer.status_code for answer in answers] == [403, 403]
    notification.refresh_from_db()
    assert notification.read_at is None
    assert client.get(reverse("notifications:settings")).status_code == 403


def tell(user, *, title="Why we forget", at=None):
    facts = {"title": title, "slug": "a-course", "reason": ""}
    services.notify([user.pk], PLACED, source=title, facts=facts, now=at or timezone.now())


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_sending_anything_is_refused(client, admin, student, method):
    course, (lesson,) = course_with(1)
    EnrollmentFactory(course=course, student=student)
    begin(client, admin, student)
    response = getattr(client, method)(
        reverse("progress:complete", args=[course.slug, lesson.slug])
    )
    assert response.status_code == 403
    assert LOOKING_ONLY in response.content.decode()
    assert not LessonProgress.objects.exists()


def test_database_refuses_what_a_page_would_write(client, admin, student, monkeypatch):
    def write(user, limit):
        User.objects.filter(pk=user.pk).update(first_name="Changed")

    begin(client, admin, student)
    monkeypatch.setattr("progress.views.first_courses", write)
    response = client.get("/")
    assert response.status_code == 403
    assert LOOKING_ONLY in response.content.decode()
    assert BAR in response.content.decode()
    student.refresh_from_db()
    assert student.first_name == "Grace"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/settings/profile/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/activity/",
        "/accounts/logout/",
    ],
)
def test_account_and_back_office_are_not_shown(client, admin, student, path):
    begin(client, admin, student)
    response = client.get(path)
    assert response.status_code == 403
    assert LOOKING_ONLY in response.content.decode()


def test_pages_shown_are_named_one_by_one(settings):
    learning = {"home", "tenancy", "courses", "content", "enrollments", "progress"}
    single = {"users:profile", "users:avatar", "notifications:list", "agenda:list", "agenda:next"}
    assert settings.VIEW_AS_PAGES - learning == single


def test_stop_leads_back_and_is_written_down(client, admin, student):
    begin(client, admin, student, next=f"/people/{student.pk}/?a=1")
    response = client.post(reverse("activity:view_as_stop"))
    assert response["Location"] == f"/people/{student.pk}/?a=1"
    page = client.get("/").content.decode()
    assert BAR not in page
    assert "Back office" in page
    assert events("view_as_ended") == [(student.pk, admin.pk)]


def test_stop_without_a_beginning_does_nothing(client, admin):
    client.force_login(admin)
    assert client.post(reverse("activity:view_as_stop"))["Location"] == "/"
    assert events("view_as_ended") == []


def test_other_sites_are_no_way_back(client, admin, student):
    begin(client, admin, student, next="https://evil.example/")
    assert client.post(reverse("activity:view_as_stop"))["Location"] == f"/people/{student.pk}/"


def test_it_ends_by_itself_after_an_hour(client, admin, student):
    begin(client, admin, student)
    session = client.session
    kept = session[view_as.SESSION_KEY]
    kept["started_at"] = (timezone.now() - timedelta(minutes=61)).isoformat()
    session[view_as.SESSION_KEY] = kept
    session.save()

    response = client.get("/courses/")

    assert response["Location"] == f"/people/{student.pk}/"
    assert BAR not in client.get("/courses/").content.decode()
    assert events("view_as_ended") == [(student.pk, admin.pk)]


def test_it_ends_when_the_right_or_the_student_is_gone(client, student):
    enrollment = EnrollmentFactory(student=student)
    teacher = enrollment.course.owner
    begin(client, teacher, student)
    assert BAR in client.get("/").content.decode()
    Enrollment.objects.filter(pk=enrollment.pk).update(status="withdrawn")
    assert client.get("/").status_code == 302
    assert BAR not in client.get("/courses/").content.decode()


def test_sign_out_ends_it_and_signs_the_viewer_out(client, admin, student):
    begin(client, admin, student)
    client.post("/accounts/logout/")
    assert events("view_as_ended") == [(student.pk, admin.pk)]
    assert "_auth_user_id" not in client.session
    assert BAR not in client.get("/courses/").content.decode()


def test_it_cannot_be_nested(client, admin, student):
    other = UserFactory()
    begin(client, admin, student)
    response = client.post(reverse("activity:view_as", args=[other.pk]))
    assert response.status_code == 403
    assert BAR in client.get("/").content.decode()
    assert events("view_as_started") == [(student.pk, admin.pk)]


def test_who_may_begin(client, organization, student):
    enrollment = EnrollmentFactory(student=student)
    stranger = CourseFactory().owner
    may = {"admin": UserFactory(admin=True), "teacher": enrollment.course.owner}
    may_not = {"other instructor": stranger, "student": UserFactory(), "self": student}
    for name, user in may.items():
        assert begin(client, user, student).status_code == 302, name
    for name, user in may_not.items():
        assert begin(client, user, student).status_code == 404, name


def test_staff_accounts_are_never_looked_through(client, admin):
    instructor = UserFactory(instructor=True)
    helper = RoleAssignmentFactory().user
    for person in (
        instructor,
        UserFactory(admin=True),
        helper,
        admin,
        UserFactory(is_active=False),
    ):
        assert begin(client, admin, person).status_code == 404


def test_begin_asks_for_a_form(client, admin, student):
    client.force_login(admin)
    assert client.get(reverse("activity:view_as", args=[student.pk])).status_code == 405


def test_nonsense_as_reason_begins_nothing(client, admin, student):
    response = begin(client, admin, student, reason="a\x00b")
    assert response["Location"] == f"/people/{student.pk}/"
    assert events("view_as_started") == []


def test_session_and_form_guard_go_on(admin, student):
    client = Client(enforce_csrf_checks=True, SERVER_NAME="harbor.localhost")
    client.force_login(admin)
    client.get("/settings/profile/")
    token = client.cookies["csrf"].value
    data = {"csrfmiddlewaretoken": token}
    assert client.post(reverse("activity:view_as", args=[student.pk]), {}).status_code == 403
    assert client.post(reverse("activity:view_as", args=[student.pk]), data).status_code == 302
    assert client.post(reverse("activity:view_as_stop"), {}).status_code == 403
    assert client.post(reverse("activity:view_as_stop"), data).status_code == 302


def test_guests_never_get_a_page_with_the_bar(client, admin, student):
    begin(client, admin, student)
    assert BAR in client.get("/courses/").content.decode()
    guest = Client(SERVER_NAME="harbor.localhost")
    for _time in range(2):
        assert BAR not in guest.get("/courses/").content.decode()


def test_ordinary_requests_pay_nothing(client, admin, django_assert_num_queries, settings):
    client.force_login(admin)
    client.get("/preferences/")
    with django_assert_num_queries(4):
        client.get("/preferences/")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "ViewAs" not in name]
    with django_assert_num_queries(4):
        client.get("/preferences/")


def test_buttons_stand_where_they_may_be_used(client, admin, student):
    enrollment = EnrollmentFactory(student=student)
    place = reverse("enrollments:person", args=[enrollment.course.slug, enrollment.pk])
    profile = f"/people/{student.pk}/"
    for user, path, expected in (
        (admin, profile, True),
        (admin, place, True),
        (enrollment.course.owner, place, True),
        (enrollment.course.owner, profile, True),
        (CourseFactory().owner, profile, False),
        (UserFactory(), profile, False),
    ):
        client.force_login(user)
        assert ("view-as/" in client.get(path).content.decode()) is expected


def test_cache_in_the_database_can_be_asked_while_looking(organization, settings):
    settings.CACHES = {
        "default": settings.CACHES["default"],
        "stored": {
            "BACKEND": "lib.cache.LenientDatabaseCache",
            "LOCATION": "tenancy_cache",
            "KEY_FUNCTION": "tenancy.caching.make_key",
        },
    }
    stored = caches["stored"]
    stored.set("older", 1, timeout=0.1)
    time.sleep(0.2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('transaction_read_only', 'on', true)")
        assert stored.get("older") is None
        assert stored.set("new", 1) is None
        transaction.set_rollback(True)


def test_page_that_a_view_does_not_find_is_told_as_to_the_student(client, admin, student):
    begin(client, admin, student)
    response = client.get("/courses/nothing/")
    assert response.status_code == 404
    assert BAR in response.content.decode()
