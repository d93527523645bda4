"""The page of an agenda: day by day in the reader's zone, narrowed, a page at a time."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agenda import pages
from agenda.dates import Date
from agenda.pages import by_day
from agenda.tests.conftest import TALK, WALK
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

HERE = "/agenda/"
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ada(client, organization):
    ada = UserFactory(language="en", time_zone="Europe/Berlin")
    client.force_login(ada)
    return ada


def date_of(person, at, name="Loops", kind=TALK, course="python"):
    return Date(
        person_id=person.pk,
        kind=kind.code,
        uid=f"{kind.code}.{name}",
        source=f"{kind.code}:{name}",
        at=at,
        name=name,
        course=course.title(),
        slug=course,
        url=f"/courses/{course}/",
        changed_at=at,
    )


def titles(response):
    return re.findall(r'<a class="rows-title"[^>]*>([^<]*)</a>', response.content.decode())


def test_dates_ahead_are_listed_the_next_first(client, ada, held, now):
    held += [date_of(ada, now + 2 * DAY, "Later"), date_of(ada, now + DAY, "Sooner")]
    held += [date_of(ada, now - DAY, "Over"), date_of(UserFactory(), now + DAY, "Not mine")]

    assert titles(client.get(HERE)) == ["Sooner", "Later"]
    assert titles(client.get(HERE, {"show": "past"})) == ["Over"]


def test_it_is_narrowed_by_course_and_kind(client, ada, held, now):
    held += [
        date_of(ada, now + DAY, "Loops"),
        date_of(ada, now + DAY, "Sorting", course="algorithms"),
        date_of(ada, now + DAY, "the sea", kind=WALK),
    ]

    assert titles(client.get(HERE, {"course": "algorithms"})) == ["Sorting"]
    assert titles(client.get(HERE, {"kind": WALK.code})) == ["A walk to the sea"]
    assert titles(client.get(HERE, {"kind": WALK.code, "course": "algorithms"})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "unknown"},
        {"kind": "\0"},
        {"course": "\0"},
        {"course": "\ud800".encode("utf-8", "surrogatepass")},
        {"course": "x" * 1_000_000},
        {"cursor": "x"},
        {"cursor": "W10"},
        {"show": "x"},
    ],
)
def test_addresses_without_sense_show_a_page(client, ada, held, now, query):
    held.append(date_of(ada, now + DAY))

    response = client.get(HERE, query)

    assert response.status_code == 200
    assert titles(response) == ([] if "course" in query else ["Loops"])


@pytest.mark.parametrize("show", ["", "past"])
def test_long_agenda_is_paged_without_gap_or_repeat(client, ada, held, now, show, monkeypatch):
    monkeypatch.setattr(pages, "PER_PAGE", 3)
    step = -DAY if show else DAY
    held += [date_of(ada, now + step * (1 + number // 3), f"{number:02}") for number in range(8)]
    wanted = sorted((one.at, one.name) for one in held)
    if show:
        wanted.reverse()

    found, url, counts = [], f"{HERE}?show={show}", []
    while url:
        response = client.get(url)
        counts.append(len(titles(response)))
        found += titles(response)
        link = re.search(r'rel="next" href="([^"]*)"', response.content.decode())
        url = HERE + link[1].replace("&amp;", "&") if link else None

    assert counts == [3, 3, 2]
    assert found == [name for _at, name in wanted]
    back = re.search(r'rel="prev" href="([^"]*)"', response.content.decode())[1]
    assert titles(client.get(HERE + back.replace("&amp;", "&"))) == found[3:6]


def test_days_are_those_of_the_readers_zone(ada):
    """In the night in which the clocks of Berlin go forward, 23:30 UTC is half past midnight of the next day."""
    before, after = (
        datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
    )
    late = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    dates = [date_of(ada, at, str(number)) for number, at in enumerate((before, after, late))]

    with timezone.override("Europe/Berlin"):
        days = by_day(dates, now=datetime(2026, 3, 28, 12, tzinfo=UTC))

    assert [(title, [one.name for one in rows]) for _day, title, rows in days] == [
        ("Today", ["0"]),
        ("Tomorrow", ["1", "2"]),
    ]


def test_hours_are_those_of_the_readers_zone(client, ada, held):
    held.append(date_of(ada, datetime(2099, 3, 28, 7, 15, tzinfo=UTC), "Winter"))
    held.append(date_of(ada, datetime(2099, 3, 29, 7, 15, tzinfo=UTC), "Summer"))

    page = client.get(HERE).content.decode()

    assert re.findall(r"([0-9:]+ a.m.)</time>", page) == ["8:15 a.m.", "9:15 a.m."]
    assert "Sunday, March 29, 2099" in page


def test_empty_agenda_says_so(client, ada):
    assert "No dates ahead" in client.get(HERE).content.decode()
    assert "Nothing yet" in client.get(HERE, {"show": "past"}).content.decode()


def test_next_dates_are_few_and_near(client, ada, held, now):
    held += [date_of(ada, now + DAY * number, f"{number:02}") for number in (1, 2, 3, 4, 5)]

    assert titles(client.get(reverse("agenda:next"))) == ["01", "02", "03", "04"]

    held[:] = [date_of(ada, now + 60 * DAY)]
    assert client.get(reverse("agenda:next")).content.strip() == b""


@pytest.mark.parametrize("address", ["list", "next"])
@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(
    client, ada, held, now, count, address, django_assert_max_num_queries
):
    held += [date_of(ada, now + DAY * (1 + number), f"{number}") for number in range(count)]
    url = reverse(f"agenda:{address}")
    client.get(url)

    with django_assert_max_num_queries(6):
        response = client.get(url)

    assert len(titles(response)) == count
