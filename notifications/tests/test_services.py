"""Who is told what, once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications import services
from notifications.kinds import Kind, Message, message_of
from notifications.models import Cadence, Notification, Preference
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NEWS = Kind("test.news", "News", lambda facts: Message(f"News of {facts['what']}", url="/x/"))
URGENT = Kind("test.urgent", "Urgent", lambda facts: Message("Now"), Cadence.NOW)


def tell(users, kind=NEWS, source="event:1", **facts):
    return services.notify(
        [user.pk for user in users], kind, source=source, facts=facts, now=timezone.now()
    )


def jobs_of(organization):
    statement = """SELECT args ->> 'notification_id' FROM procrastinate_jobs
    WHERE args ->> 'organization_id' = %s AND args ? 'notification_id'"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [str(organization.pk)])
        return [notification_id for (notification_id,) in cursor.fetchall()]


def test_everybody_is_told_once_of_an_event(organization):
    ada, noor = UserFactory.create_batch(2)

    first = tell([ada, ada, noor])
    again = tell([ada, noor])
    other = tell([ada], source="event:2")

    assert {row.user_id for row in first} == {ada.pk, noor.pk}
    assert (again, len(other)) == ([], 1)
    assert Notification.objects.count() == 3


def test_what_the_person_wished_goes_before_the_kinds_own_cadence(organization):
    ada, noor = UserFactory.create_batch(2)
    Preference.objects.create(user=ada, kind=NEWS.code, cadence=Cadence.NEVER)

    told = {row.user_id: row.cadence for row in tell([ada, noor])}

    assert told == {ada.pk: Cadence.NEVER, noor.pk: Cadence.DAILY}


def test_only_what_is_urgent_is_handed_to_the_worker(organization):
    ada = UserFactory()

    tell([ada])
    (urgent,) = tell([ada], URGENT)
    tell([ada], URGENT)

    assert jobs_of(organization) == [str(urgent.pk)]


def test_a_student_may_cause_what_somebody_else_is_told(organization):
    student, teacher = UserFactory.create_batch(2)

    with organization_context(organization, actor=student, using_private_rows_of=student):
        tell([teacher])
        assert Notification.objects.count() == 0  # it is not theirs to read

    assert Notification.objects.get().user == teacher


def test_reading_concerns_ones_own_alone_and_keeps_the_first_time(organization):
    ada, noor = UserFactory.create_batch(2)
    (mine,), (theirs,) = tell([ada]), tell([noor])
    now = timezone.now()

    assert services.mark_read(ada, notification_ids=[mine.pk, theirs.pk], now=now) == 1
    assert services.mark_read(ada, now=now + timedelta(hours=1)) == 0

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.read_at, theirs.read_at) == (now, None)


def test_a_fact_or_kind_that_is_gone_is_still_told_in_words(organization):
    (row,) = tell([UserFactory()])

    assert message_of(row).title  # the kind was never declared to the site
    assert message_of(Notification(kind="enrollment.placed", facts={})).title


def test_a_new_wish_holds_for_what_waits(organization):
    ada = UserFactory()
    (row,) = tell([ada])

    services.choose_cadences(ada, {NEWS.code: Cadence.WEEKLY})
    row.refresh_from_db()
    assert row.cadence == Cadence.WEEKLY

    services.choose_cadences(ada, {NEWS.code: Cadence.NEVER})
    row.refresh_from_db()
    assert row.cadence == Cadence.NEVER
    assert Preference.objects.get().cadence == Cadence.NEVER
