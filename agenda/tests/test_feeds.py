"""The secret address of a person's calendar: who reads what under it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from icalendar import Calendar

from agenda import feeds
from agenda.dates import Date
from agenda.models import CalendarFeed
from agenda.tests.conftest import TALK
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from tenancy.tests.refusals import copy_of, refused_by
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def talk(person, name="Loops", at=None):
    at = at or datetime.now(UTC) + timedelta(days=1)
    return Date(
        person_id=person.pk,
        kind=TALK.code,
        uid=f"talk.{name}",
        source=f"talk:{name}",
        at=at,
        name=name,
        course="Python",
        slug="python",
        url="/courses/python/",
        changed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def address_of(person):
    feeds.renew_feed(person)
    return reverse("agenda:feed", args=[feeds.secret_of(person)])


def summaries(response):
    return [str(event["summary"]) for event in Calendar.from_ical(response.content).walk("VEVENT")]


def test_program_without_session_reads_the_owners_dates(client, organization, held):
    ada, noor = UserFactory.create_batch(2)
    held += [talk(ada), talk(noor, "Branches")]

    response = client.get(address_of(ada))

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert summaries(response) == ["Loops"]
    assert not response.cookies


def test_somebody_else_who_is_signed_in_still_reads_the_owners(client, organization, held):
    ada, noor = UserFactory.create_batch(2)
    held += [talk(ada), talk(noor, "Branches")]
    client.force_login(noor)

    assert summaries(client.get(address_of(ada))) == ["Loops"]


def test_address_is_nobodys_once_it_is_renewed_or_ended(client, organization):
    ada = UserFactory()
    first = address_of(ada)
    second = address_of(ada)

    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200

    feeds.end_feed(ada)
    assert client.get(second).status_code == 404


@pytest.mark.parametrize("secret", ["x" * 40, "x", "a b", "%00", "é" * 40, "x" * 5000])
def test_wrong_address_is_not_found(client, organization, secret):
    UserFactory()
    assert client.get(f"/agenda/calendar/{secret}.ics").status_code == 404


def test_who_may_not_sign_in_is_not_read(client, organization):
    ada = UserFactory()
    address = address_of(ada)
    ada.is_active = False
    ada.save(update_fields=["is_active"])

    assert client.get(address).status_code == 404


def test_address_of_another_organization_is_not_found(client, organization, other_organization):
    with organization_context(other_organization):
        address = address_of(UserFactory())

    assert client.get(address).status_code == 404


def test_secret_is_stored_neither_plain_nor_in_the_log(organization):
    ada = UserFactory()
    feeds.renew_feed(ada)
    secret = feeds.secret_of(ada)

    with connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM agenda_calendarfeed f")
        stored = str(cursor.fetchall())
    logged = str(list(AuditEntry.objects.filter(table_name="agenda_calendarfeed").values()))

    assert len(secret) == 40
    assert secret not in stored
    assert secret not in logged
    assert CalendarFeed.objects.get().secret_hash not in logged


def test_secret_of_a_lost_key_is_asked_for_anew(organization, settings):
    ada = UserFactory()
    feeds.renew_feed(ada)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key" * 5, []

    assert feeds.secret_of(ada) == ""


def test_what_did_not_change_is_not_sent_again(client, organization, held):
    ada = UserFactory()
    held.append(talk(ada))
    address = address_of(ada)
    etag = client.get(address)["ETag"]

    again = client.get(address, headers={"If-None-Match": etag})
    held[:] = [talk(ada, "Branches")]
    changed = client.get(address, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    assert summaries(changed) == ["Branches"]


def test_answer_is_kept_out_of_indexes_and_shared_caches(client, organization):
    response = client.get(address_of(UserFactory()))

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Referrer-Policy"] == "no-referrer"


def test_program_that_asks_all_the_time_is_told_to_wait(client, organization, monkeypatch):
    monkeypatch.setattr(feeds, "FETCHES", 2)
    cache.clear()
    address, other = address_of(UserFactory()), address_of(UserFactory())

    codes = [client.get(address).status_code for _ in range(3)]
    refused = client.get(address)

    assert codes == [200, 200, 429]
    assert refused["Retry-After"] == "3600"
    assert client.get(other).status_code == 200


def test_texts_are_in_the_owners_language(client, organization, held):
    ada = UserFactory(language="de", time_zone="Europe/Berlin")
    held.append(talk(ada))

    response = client.get(address_of(ada))

    assert response["Content-Language"] == "de"
    assert Calendar.from_ical(response.content)["X-WR-TIMEZONE"] == "Europe/Berlin"


@pytest.mark.parametrize("count", [1, 30])
def test_query_count_is_constant(client, organization, held, count, django_assert_max_num_queries):
    ada = UserFactory()
    held += [talk(ada, f"Talk {number}") for number in range(count)]
    address = address_of(ada)
    client.get(address)

    with django_assert_max_num_queries(8):
        response = client.get(address)

    assert len(summaries(response)) == count


def test_page_shows_the_address_again_until_it_is_switched_off(client, organization):
    ada = UserFactory()
    client.force_login(ada)
    page = reverse("agenda:calendar")

    assert ".ics" not in client.get(page).content.decode()

    client.post(reverse("agenda:calendar_renew"))
    address = reverse("agenda:feed", args=[feeds.secret_of(ada)])
    assert f"http://harbor.localhost{address}" in client.get(page).content.decode()
    assert address in client.get(page).content.decode()

    client.post(reverse("agenda:calendar_end"))
    assert ".ics" not in client.get(page).content.decode()
    assert not CalendarFeed.objects.exists()


def test_asking_for_the_page_of_a_change_changes_nothing(client, organization):
    ada = UserFactory()
    feeds.renew_feed(ada)
    secret = feeds.secret_of(ada)
    client.force_login(ada)

    client.get(reverse("agenda:calendar_renew"))
    client.get(reverse("agenda:calendar_end"))

    assert feeds.secret_of(ada) == secret


def test_person_has_one_address_and_no_two_the_same(organization):
    feed = CalendarFeed.objects.create(user=UserFactory(), secret_hash="a", sealed_secret="x")
    refused_by("agenda_calendarfeed_one_each", lambda: copy_of(feed, secret_hash="b"))
    other = UserFactory()
    refused_by("agenda_calendarfeed_hash_once", lambda: copy_of(feed, user_id=other.pk))
