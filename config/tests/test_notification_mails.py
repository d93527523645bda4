"""Mails of notifications: at once, as digests in the reader's morning, never twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse

from courses.tests.factories import CourseFactory
from enrollments import services as enrollments
from enrollments.notices import PLACED, SUMMARY, tell_teachers_of_day
from enrollments.tests.racing import race
from notifications import delivery, services, unsubscribing
from notifications.digests import last_morning
from notifications.models import Cadence, Notification
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.models import Mail
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

FACTS = {"title": "Trees & friends", "slug": "trees"}
EVENING = datetime(2026, 3, 3, 20, 0, tzinfo=UTC)  # a Tuesday
NEXT_DAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def ada(organization):
    return UserFactory(email_verified_at=EVENING, time_zone="Europe/Berlin", language="de")


def tell(user, cadence, number=1, at=EVENING):
    services.choose_cadences(user, {PLACED.code: cadence})
    (row,) = services.notify([user.pk], PLACED, source=f"event:{number}", facts=FACTS, now=at)
    return row


def test_a_mail_at_once_speaks_the_readers_language_and_goes_out_once(ada):
    row = tell(ada, Cadence.NOW)

    assert delivery.mail_at_once(str(row.pk), now=EVENING)
    assert not delivery.mail_at_once(str(row.pk), now=EVENING)

    mail = Mail.objects.get()
    assert mail.recipient == ada.email
    assert "Trees & friends" in mail.subject
    assert "Trees &amp; friends" in mail.html
    assert "http://harbor.localhost/courses/trees/" in mail.text
    assert f"\n{mail.unsubscribe_url}\n" in mail.text
    assert f'href="{mail.unsubscribe_url}"' in mail.html


@pytest.mark.parametrize("field", [{"is_active": False}, {"email_verified_at": None}])
def test_nobody_is_mailed_who_may_not_sign_in_or_has_no_proved_address(organization, field):
    user = UserFactory(**({"email_verified_at": EVENING} | field))
    row = tell(user, Cadence.NOW)
    tell(user, Cadence.DAILY, number=2)

    assert not delivery.mail_at_once(str(row.pk), now=EVENING)
    assert delivery.send_digests(now=NEXT_DAY) == 0
    assert Mail.objects.count() == 0


def test_a_digest_comes_in_the_morning_of_the_reader_and_once(ada):
    tell(ada, Cadence.DAILY, number=1)
    tell(ada, Cadence.DAILY, number=2)

    before_seven = datetime(2026, 3, 4, 5, 59, tzinfo=UTC)  # 6:59 in Berlin
    after_seven = datetime(2026, 3, 4, 6, 5, tzinfo=UTC)
    assert delivery.send_digests(now=before_seven) == 0
    assert delivery.send_digests(now=after_seven) == 1
    assert delivery.send_digests(now=after_seven) == 0

    mail = Mail.objects.get()
    assert mail.text.count("Trees & friends") == 2
    assert "21:00" in mail.text  # of the evening, by the clock in Berlin


def test_what_was_read_on_the_site_is_left_out(ada):
    tell(ada, Cadence.DAILY)
    services.mark_read(ada, now=EVENING)

    assert delivery.send_digests(now=NEXT_DAY) == 0
    assert Notification.objects.get().mailed_at == NEXT_DAY


def test_a_weekly_digest_waits_for_monday(ada):
    tell(ada, Cadence.WEEKLY)

    assert delivery.send_digests(now=NEXT_DAY) == 0
    assert delivery.send_digests(now=datetime(2026, 3, 9, 6, 5, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("now", "cadence", "expected"),
    [
        (datetime(2026, 3, 4, 12, tzinfo=UTC), "daily", datetime(2026, 3, 4, 6, tzinfo=UTC)),
        (datetime(2026, 3, 4, 5, tzinfo=UTC), "daily", datetime(2026, 3, 3, 6, tzinfo=UTC)),
        (datetime(2026, 3, 4, 12, tzinfo=UTC), "weekly", datetime(2026, 3, 2, 6, tzinfo=UTC)),
        (datetime(2026, 3, 2, 5, tzinfo=UTC), "weekly", datetime(2026, 2, 23, 6, tzinfo=UTC)),
        (datetime(2026, 3, 30, 12, tzinfo=UTC), "daily", datetime(2026, 3, 30, 5, tzinfo=UTC)),
    ],
)
def test_mornings_follow_the_readers_clock(now, cadence, expected):
    assert last_morning(now, ZoneInfo("Europe/Berlin"), cadence) == expected


def test_placing_suspending_and_removing_is_told_to_the_student_and_joining_is_not(organization):
    course, student, teacher = CourseFactory(published=True), UserFactory(), UserFactory()
    with_reason = {"by": teacher, "reason": "Fees"}

    own = enrollments.enroll(course.pk, student, by=student, now=EVENING)
    assert Notification.objects.count() == 0

    enrollments.suspend(own.pk, now=EVENING, **with_reason)
    enrollments.lift(own.pk, now=EVENING + timedelta(1), by=teacher)
    enrollments.withdraw(own.pk, now=EVENING + timedelta(2), **with_reason)
    enrollments.place(course.pk, UserFactory(), by=teacher, now=EVENING)

    told = list(Notification.objects.filter(user=student).order_by("happened_at"))
    assert [row.kind for row in told] == [
        "enrollment.suspended",
        "enrollment.placed",
        "enrollment.removed",
    ]
    assert told[0].facts["reason"] == "Fees"
    assert Notification.objects.exclude(user=student).get().kind == "enrollment.placed"


def test_teachers_read_one_summary_a_day_and_course(organization):
    teacher = UserFactory(role="instructor")
    course = CourseFactory(published=True, owner=teacher)
    for student in UserFactory.create_batch(3):
        enrollments.enroll(course.pk, student, by=student, now=EVENING)

    assert tell_teachers_of_day(EVENING.date(), now=NEXT_DAY) == 1
    tell_teachers_of_day(EVENING.date(), now=NEXT_DAY)
    assert tell_teachers_of_day(NEXT_DAY.date(), now=NEXT_DAY) == 0

    row = Notification.objects.get(user=teacher)
    assert row.kind == SUMMARY.code
    assert (row.facts["joined"], row.facts["completed"]) == (3, 0)


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_one_digest():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        tell(UserFactory(email_verified_at=EVENING), Cadence.DAILY)

    sent = race(school, [lambda: delivery.send_digests(now=NEXT_DAY)] * 4)

    assert sorted(sent) == [0, 0, 0, 1]
    with organization_context(school):
        assert Mail.objects.count() == 1


def test_one_click_ends_mails_without_signing_in_and_stays(ada, client):
    row = tell(ada, Cadence.NOW)
    delivery.mail_at_once(str(row.pk), now=EVENING)
    url = Mail.objects.get().unsubscribe_url.partition("harbor.localhost")[2]

    assert client.get(url).status_code == 200
    assert services.cadences_of(ada)[PLACED.code] == Cadence.NOW  # looking changes nothing
    answer = client.post(url, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert services.cadences_of(ada)[PLACED.code] == Cadence.NEVER
    (later,) = services.notify([ada.pk], PLACED, source="later", facts=FACTS, now=NEXT_DAY)
    assert later.cadence == Cadence.NEVER


def test_a_link_for_digests_leaves_what_comes_at_once(ada, client):
    services.choose_cadences(ada, {PLACED.code: Cadence.NOW, "course.completed": Cadence.DAILY})
    client.post(unsubscribing.url_for(ada, unsubscribing.DIGESTS))

    wished = services.cadences_of(ada)
    assert (wished[PLACED.code], wished["course.completed"]) == (Cadence.NOW, Cadence.NEVER)


def test_a_changed_link_is_none(ada, client):
    url = reverse("notifications:unsubscribe", args=[f"{ada.pk}:enrollment.placed:forged"])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_the_job_is_told_the_organization(ada):
    row = tell(ada, Cadence.NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'organization_id' FROM procrastinate_jobs WHERE args ->> 'notification_id' = %s",
            [str(row.pk)],
        )
        assert cursor.fetchall() == [(str(ada.organization_id),)]
