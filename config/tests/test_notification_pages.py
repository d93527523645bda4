"""The list, the bell, and the settings of mails."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollments.notices import PLACED, REMOVED
from notifications import services
from notifications.models import Cadence, Notification
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/notifications/"


@pytest.fixture
def ada(organization, client):
    user = UserFactory()
    client.force_login(user)
    return user


def tell(user, count=1, kind=PLACED, reason=""):
    begin = Notification.objects.count()
    for number in range(begin, begin + count):
        services.notify(
            [user.pk],
            kind,
            source=f"event:{number}",
            facts={"title": f"Course {number}", "slug": f"course-{number}", "reason": reason},
            now=timezone.now() + timedelta(seconds=number),
        )


def test_list_shows_ones_own_newest_first_and_pages(ada, client):
    tell(ada, 25)
    tell(UserFactory())

    first = client.get(LIST).content.decode()
    second = client.get(
        LIST + first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    ).content.decode()

    assert first.index("Course 24") < first.index("Course 5")
    assert first.count("notice-row") == 20
    assert second.count("notice-row") == 5
    assert "Course 25" not in first + second


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_one_and_three(ada, client, count, django_assert_num_queries):
    tell(ada, count)
    client.get(LIST)
    with django_assert_num_queries(5):  # entry, person, page, and the savepoint of a test
        page = client.get(LIST).content.decode()
    assert page.count("notice-row") == count


def test_list_is_filtered_by_kind_and_by_what_is_new(ada, client):
    tell(ada)
    services.mark_read(ada, now=timezone.now())
    tell(ada, kind=REMOVED, reason="Fees")

    assert "Course 0" not in client.get(f"{LIST}?show=unread").content.decode()
    assert "Course 1" in client.get(f"{LIST}?show=unread").content.decode()
    assert "Course 1" not in client.get(f"{LIST}?kind={PLACED.code}").content.decode()
    assert "Fees" in client.get(f"{LIST}?kind=nonsense&cursor=%00").content.decode()


def test_bell_tells_how_many_are_new(ada, client):
    assert "new" not in client.get(LIST).content.decode().partition("topbar")[2][:200]
    tell(ada, 2)
    assert 'aria-label="Notifications, 2 new"' in client.get(LIST).content.decode()
    client.post(f"{LIST}read/")
    assert 'aria-label="Notifications"' in client.get(LIST).content.decode()


def test_bell_counts_to_ninety_nine(ada, client):
    Notification.objects.bulk_create(
        Notification(
            user=ada,
            kind=PLACED.code,
            source=str(number),
            happened_at=timezone.now(),
            cadence=Cadence.NEVER,
        )
        for number in range(120)
    )
    assert 'aria-label="Notifications, 99+ new"' in client.get(LIST).content.decode()


def test_opening_marks_as_read_and_leads_on(ada, client):
    tell(ada, 2)
    row = Notification.objects.latest("happened_at")

    looked = client.get(reverse("notifications:open", args=[row.pk]))
    row.refresh_from_db()
    assert (looked.status_code, row.read_at) == (405, None)

    answer = client.post(reverse("notifications:open", args=[row.pk]))
    row.refresh_from_db()
    assert answer["Location"] == "/courses/course-1/"
    assert row.read_at is not None
    assert Notification.objects.filter(read_at=None).count() == 1


def test_nobody_opens_what_is_somebody_elses(ada, client):
    noor = UserFactory()
    tell(noor)
    row = Notification.objects.get()

    assert client.post(reverse("notifications:open", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_settings_keep_a_choice_for_each_kind(ada, client):
    url = reverse("notifications:settings")
    page = client.get(url).content.decode()
    assert "teaching.summary" not in page  # only for those who teach

    wished = services.cadences_of(ada) | {PLACED.code: "never"}
    assert client.post(url, wished).status_code == 302
    assert services.cadences_of(ada)[PLACED.code] == Cadence.NEVER

    refused = client.post(url, wished | {PLACED.code: "hourly"})
    assert refused.status_code == 200
    assert services.cadences_of(ada)[PLACED.code] == Cadence.NEVER
