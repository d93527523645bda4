"""The catalogue's page: who sees what, filters with counts, paging, and whatever an address may hold."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses import services, visibility
from courses.models import Course
from courses.tests.counting import statements
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

URL = "/courses/"


def page_of(client, **query):
    response = client.get(f"{URL}?{urlencode(query, doseq=True)}")
    assert response.status_code == 200
    return response.content.decode()


def titles(page):
    found = re.findall(r'class="course-title"[^>]*><a [^>]*>(.*?)</a>', page)
    return [unescape(re.sub("<[^>]+>", "", title)) for title in found]


def counts(page, name):
    """Values of a filter and the numbers beside them."""
    rows = re.findall(rf'name="{name}" value="([^"]*)".*?class="count">([^<]*)<', page)
    return dict(rows)


@pytest.fixture
def courses(organization):
    art, maths = (
        SubjectFactory(title="Art", slug="art"),
        SubjectFactory(title="Maths", slug="maths"),
    )
    drawing = CourseFactory(
        title="Drawing", subject=art, published=True, difficulty_level="beginner", tags=["pens"]
    )
    CourseFactory(
        title="Painting",
        subject=art,
        published=True,
        difficulty_level="advanced",
        duration_minutes=90,
        max_capacity=5,
    )
    CourseFactory(
        title="Numbers",
        subject=maths,
        published=True,
        difficulty_level="beginner",
        duration_minutes=3000,
        enrollment_type="approval",
        tags=["counting", "pens"],
        language="de",
    )
    return drawing


def test_catalogue_shows_published_public_courses_to_guests(client, courses):
    CourseFactory(title="A draft")
    CourseFactory(title="Hidden", published=True, visibility="private")
    CourseFactory(title="Old", published=True, status="archived")
    CourseFactory(title="Thrown away", published=True, deleted_at=timezone.now())

    page = page_of(client)

    assert titles(page) == ["Numbers", "Painting", "Drawing"]
    assert "3 courses" in page
    assert "csrfmiddlewaretoken" not in page


def test_catalogue_shows_private_courses_to_those_on_them(client, courses):
    hidden = CourseFactory(title="Hidden", published=True, visibility="private")
    student, stranger, admin = UserFactory(), UserFactory(), UserFactory(admin=True)
    helper = CourseStaffFactory(course=hidden).user

    def enrolled(user):
        return Course.objects.filter(pk=hidden.pk if user == student else None).values("pk")

    visibility.register(enrolled)
    seen = {}
    for name in ("student", "stranger", "admin", "helper"):
        client.force_login(locals()[name])
        seen[name] = "Hidden" in titles(page_of(client))
    visibility.unregister(enrolled)

    assert seen == {"student": True, "stranger": False, "admin": True, "helper": True}
    assert helper != hidden.owner


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"price": "49.00"}, "€49.00"),
        ({"price": "1200", "currency": "USD", "max_capacity": 3}, "$1,200.00 · 3 seats left"),
        ({"price": "0.00"}, None),
        ({"max_capacity": 1}, "1 seat left"),
    ],
)
def test_card_says_what_a_course_costs_and_how_many_seats_are_left(
    client, organization, fields, note
):
    course = CourseFactory(published=True, **fields)
    card = re.search(r'<article class="course">.*?</article>', page_of(client), re.DOTALL).group()
    assert course.title in card
    assert re.findall(r'<p class="small muted m-0">(.*?)</p>', card) == ([note] if note else [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"subject": "art"}, ["Painting", "Drawing"]),
        ({"subject": ["art", "maths"]}, ["Numbers", "Painting", "Drawing"]),
        ({"level": "beginner"}, ["Numbers", "Drawing"]),
        ({"level": "beginner", "subject": "art"}, ["Drawing"]),
        ({"length": "short"}, ["Painting"]),
        ({"length": ["short", "longer"]}, ["Numbers", "Painting"]),
        ({"join": "approval"}, ["Numbers"]),
        ({"seats": "free"}, ["Numbers", "Painting", "Drawing"]),
        ({"language": "de"}, ["Numbers"]),
        ({"tag": "pens"}, ["Numbers", "Drawing"]),
        ({"tag": ["pens", "counting"], "level": "advanced"}, []),
        ({"q": "paint"}, ["Painting"]),
        ({"q": "pens", "subject": "maths"}, ["Numbers"]),
        ({"sort": "title"}, ["Drawing", "Numbers", "Painting"]),
        ({"sort": "shortest"}, ["Painting", "Numbers", "Drawing"]),
        ({"q": "drawig"}, ["Drawing"]),
    ],
)
def test_filters_search_and_sorting(client, courses, query, expected):
    assert titles(page_of(client, **query)) == expected


def test_counts_stand_beside_filters_and_ignore_their_own_choice(client, courses):
    page = page_of(client, subject="art", level="beginner")

    assert titles(page) == ["Drawing"]
    assert counts(page, "subject") == {"art": "1", "maths": "1"}
    assert counts(page, "level") == {"beginner": "1", "advanced": "1"}
    assert counts(page, "tag") == {"pens": "1"}


def test_full_course_is_marked_and_left_out_by_the_filter(client, courses):
    full = Course.objects.get(title="Painting")
    full.seats.taken = full.seats.capacity
    full.seats.save()

    page = page_of(client)
    assert "badge-full" in page
    assert counts(page, "seats") == {"free": "2"}
    assert titles(page_of(client, seats="free")) == ["Numbers", "Drawing"]


@pytest.mark.parametrize("sort", ["", "newest", "title", "shortest", "popular", "relevance"])
@pytest.mark.parametrize("query", ["", "stone", "stnoe"])
def test_pages_show_every_course_once(client, organization, sort, query):
    for number in range(60):
        CourseFactory(
            title=f"Stone {number % 7}", published=True, duration_minutes=number % 5 * 30 or None
        )
    seen, address = [], f"{URL}?{urlencode({'q': query, 'sort': sort})}"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'class="course-title"[^>]*><a href="([^"]*)"', page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = unescape(following.group(1)) if following else None
    assert len(seen) == len(set(seen)) == 60


def test_previous_page_leads_back(client, organization):
    CourseFactory.create_batch(30, published=True)
    first = page_of(client)
    second = client.get(unescape(re.search(r'rel="next" href="([^"]*)"', first).group(1)))
    back = unescape(re.search(r'rel="prev" href="([^"]*)"', second.content.decode()).group(1))
    assert titles(client.get(back).content.decode()) == titles(first)


NONSENSE = [
    {"q": "\x00"},
    {"q": "%_\\'\";--"},
    {"q": "x" * 10_000},
    {"q": "שלום עולם"},
    {"subject": "\x00"},
    {"subject": ["a"] * 500},
    {"subject": "x" * 10_000},
    {"level": "impossible"},
    {"length": "-1"},
    {"join": "\ufeff"},
    {"seats": "all"},
    {"language": "' or 1=1"},
    {"tag": "\x00tag"},
    {"tag": "🦊"},
    {"sort": "password"},
    {"sort": "relevance"},
    {"cursor": "x" * 10_000},
    {"cursor": "WyItcHVibGlzaGVkX2F0LC1pZCIsMCwiXHUwMDAwIiwieCJd"},
    {"cursor": "\x00"},
    {"page": "2", "utm_source": "mail"},
]


@pytest.mark.parametrize("query", NONSENSE, ids=lambda query: repr(query)[:40])
def test_nonsense_in_the_address_is_ignored(client, courses, query):
    page = page_of(client, **query)
    if "q" not in query and not {"subject", "language", "tag"} & set(query):
        assert titles(page) == ["Numbers", "Painting", "Drawing"]


def test_empty_answers_say_how_to_go_on(client, organization):
    assert "No courses yet" in page_of(client)
    CourseFactory(title="Knots", published=True, difficulty_level="beginner")
    CourseFactory(published=True, deleted_at=timezone.now())
    cache.clear()
    assert "No courses yet" not in page_of(client)
    page = page_of(client, q="zebra")
    assert "Nothing found for “zebra”" in page
    assert "Check the spelling" in page
    page = page_of(client, q="knots", level="advanced", length="short")
    assert 'href="/courses/?q=knots"' in page


def test_search_marks_hits_and_names_what_was_asked(client, courses):
    page = page_of(client, q="draw")
    assert "<mark>Drawing</mark>" in page
    assert "1 course for “draw”" in page
    assert "read alike" in page_of(client, q="drawig")


def test_hostile_titles_are_shown_as_text(client, organization):
    CourseFactory(title="<script>alert(1)</script> knots", summary="<b>&", published=True)
    for query in ({}, {"q": "knots"}):
        assert "<script>alert" not in page_of(client, **query)


def test_change_shows_as_soon_as_it_is_committed(
    client, courses, django_capture_on_commit_callbacks
):
    client.force_login(UserFactory())
    assert "Drawing" in titles(page_of(client))
    with django_capture_on_commit_callbacks(execute=True):
        services.update_course(courses.pk, by=None, now=timezone.now(), title="Sketching")
    assert "Sketching" in titles(page_of(client))


def test_page_is_kept_for_all_who_see_the_same(client, courses):
    client.force_login(UserFactory())
    before = page_of(client)
    Course.objects.filter(pk=courses.pk).update(title="Changed behind the services' back")
    client.force_login(UserFactory())
    assert titles(page_of(client)) == titles(before)
    client.force_login(UserFactory(admin=True))
    assert titles(page_of(client)) != titles(before)


def test_htmx_gets_the_changed_parts_and_the_plain_address(client, courses):
    response = client.get(f"{URL}?q=&level=beginner&sort=newest", headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "<html" not in page
    assert titles(page) == ["Numbers", "Drawing"]
    assert response["HX-Push-Url"] == "/courses/?level=beginner"
    assert "HX-Request" in response["Vary"]


def test_other_organizations_courses_are_not_seen_or_counted(client, courses, other_organization):
    with organization_context(other_organization):
        CourseFactory(title="Theirs", published=True, difficulty_level="intermediate")
    page = page_of(client)
    assert "Theirs" not in page
    assert "intermediate" not in counts(page, "level")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [({}, 4), ({"q": "knot"}, 4), ({"q": "knto"}, 6)])
def test_query_count_is_constant(client, organization, memory_cache, count, query, queries):
    CourseFactory.create_batch(count, title="Knots", published=True)
    client.force_login(UserFactory())

    with CaptureQueriesContext(connection) as captured:  # enter, person, scope, answer
        page = page_of(client, **query)

    assert len(titles(page)) == count
    assert len(statements(captured)) == queries, statements(captured)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_catalogue_is_read_only(client, organization, method):
    assert getattr(client, method)(URL).status_code in (403, 405)
