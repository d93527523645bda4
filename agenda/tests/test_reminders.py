"""Being reminded in time: once, of what is still ahead, as soon as the person wishes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from agenda import dates, tasks
from agenda.dates import Date, Kind
from agenda.notices import DEADLINE, OPENING
from agenda.reminders import remind
from notifications.kinds import message_of
from notifications.models import Cadence, Notification, Preference
from users.models import Mail
from users.tests.factories import UserFactory
from users.time_zones import as_read_by

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

END = Kind("test.end", "Ends", "lock", lambda name: f"“{name}” ends", DEADLINE)
START = Kind("test.start", "Starts", "book", lambda name: f"“{name}” starts", OPENING)
SOON = Kind("test.soon", "Soon", "book", lambda name: name, DEADLINE, lead=2 * HOUR)
QUIET = Kind("test.quiet", "Quiet", "book", lambda name: name)


@pytest.fixture(autouse=True)
def kinds(held):
    for kind in (END, START, SOON, QUIET):
        dates.declare(kind)
    yield
    for kind in (END, START, SOON, QUIET):
        del dates._kinds[kind.code]


def date_of(person, at, kind=END, name="Loops"):
    return Date(
        person_id=person.pk,
        kind=kind.code,
        uid=f"{kind.code}.{name}",
        source=f"{kind.code}:{name}",
        at=at,
        name=name,
        course="Python",
        slug="python",
        url="/courses/python/",
        changed_at=NOW,
    )


def told(person):
    return list(Notification.objects.filter(user=person).order_by("happened_at", "source"))


def test_reminder_comes_a_day_before(organization, held):
    ada = UserFactory()
    held.append(date_of(ada, NOW + DAY))

    assert remind(now=NOW - timedelta(seconds=1)) == 0
    assert remind(now=NOW + timedelta(seconds=1)) == 1

    (notice,) = told(ada)
    assert (notice.kind, notice.cadence) == (DEADLINE.code, Cadence.NOW)


def test_kind_may_wish_to_be_told_later(organization, held):
    ada = UserFactory()
    held.append(date_of(ada, NOW + 3 * HOUR, SOON))

    assert remind(now=NOW) == 0
    assert remind(now=NOW + HOUR) == 1


def test_repeat_reminds_of_nothing(organization, held):
    ada = UserFactory()
    held.append(date_of(ada, NOW + HOUR))

    assert [remind(now=NOW + minute * timedelta(minutes=15)) for minute in range(4)] == [1, 0, 0, 0]
    assert len(told(ada)) == 1


def test_after_a_pause_it_is_told_as_long_as_it_lies_ahead(organization, held):
    ada = UserFactory()
    held += [date_of(ada, NOW + HOUR), date_of(ada, NOW - HOUR, name="Branches")]

    remind(now=NOW)

    assert [notice.facts["name"] for notice in told(ada)] == ["Loops"]


def test_what_moved_is_told_again_with_its_new_time(organization, held):
    ada = UserFactory()
    held[:] = [date_of(ada, NOW + HOUR)]
    remind(now=NOW)
    held[:] = [date_of(ada, NOW + 5 * HOUR)]
    remind(now=NOW + HOUR)
    remind(now=NOW + 2 * HOUR)

    assert [notice.facts["at"] for notice in told(ada)] == [
        (NOW + HOUR).isoformat(),
        (NOW + 5 * HOUR).isoformat(),
    ]


def test_what_is_gone_or_needs_no_reminder_is_not_told(organization, held):
    ada = UserFactory()
    held.append(date_of(ada, NOW + HOUR, QUIET))

    assert remind(now=NOW) == 0


def test_everybody_whom_it_concerns_is_told(organization, held):
    people = UserFactory.create_batch(3)
    held += [date_of(person, NOW + HOUR) for person in people]
    remind(now=NOW)
    late = UserFactory()
    held.append(date_of(late, NOW + HOUR))

    assert remind(now=NOW) == 1
    assert [len(told(person)) for person in (*people, late)] == [1, 1, 1, 1]


def test_weekly_digest_still_tells_of_it_before(organization, held):
    ada, noor = UserFactory.create_batch(2)
    Preference.objects.create(user=ada, kind=DEADLINE.code, cadence=Cadence.WEEKLY)
    held += [date_of(person, NOW + 7 * DAY) for person in (ada, noor)]
    held.append(date_of(ada, NOW + 7 * DAY, START))

    remind(now=NOW)

    assert [notice.kind for notice in told(ada)] == [DEADLINE.code]
    assert told(noor) == []


def test_who_wishes_for_no_mail_finds_it_in_the_list(organization, held):
    ada = UserFactory()
    Preference.objects.create(user=ada, kind=DEADLINE.code, cadence=Cadence.NEVER)
    held.append(date_of(ada, NOW + HOUR))

    remind(now=NOW)

    assert [notice.cadence for notice in told(ada)] == [Cadence.NEVER]
    assert not Mail.objects.exists()


def test_it_is_told_in_the_readers_language_and_zone(organization, held):
    """Clocks go forward between the reminder and the date."""
    ada = UserFactory(language="en", time_zone="Europe/Berlin")
    held.append(date_of(ada, datetime(2026, 3, 29, 10, tzinfo=UTC)))
    remind(now=datetime(2026, 3, 28, 12, tzinfo=UTC))
    (notice,) = told(ada)

    with as_read_by(ada):
        message = message_of(notice)

    assert message.title == "“Loops” ends"
    assert message.text == "March 29, 2026, noon CEST · Python"
    assert message.url == "/courses/python/"


def test_it_is_told_when_its_kind_is_gone(organization, held):
    ada = UserFactory()
    held.append(date_of(ada, NOW + HOUR))
    remind(now=NOW)
    (notice,) = told(ada)
    notice.facts["kind"] = "test.gone"

    with translation.override("en"):
        assert message_of(notice).title == "Python"


def test_job_reminds_every_organization(organization, other_organization, held):
    ada = UserFactory()
    held.append(date_of(ada, NOW + HOUR))

    with time_machine.travel(NOW):
        tasks.remind_of_dates(0)
        tasks.remind_of_dates(0)

    assert len(told(ada)) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_looking_again_costs_the_same(organization, held, count, django_assert_max_num_queries):
    """One query for each of the two sources, one for wishes, one for who was told."""
    ada = UserFactory()
    held += [date_of(ada, NOW + HOUR, name=f"Talk {number}") for number in range(count)]
    remind(now=NOW)

    with django_assert_max_num_queries(4):
        assert remind(now=NOW) == 0
