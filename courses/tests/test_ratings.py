"""Ratings in the catalogue: on cards, as an order and as a filter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import CourseReview
from courses.services.reviews import hide_review
from courses.tests.counting import statements
from courses.tests.factories import CourseFactory, CourseReviewFactory

pytestmark = pytest.mark.django_db


def rated(title, *ratings):
    course = CourseFactory(published=True, title=title)
    for rating in ratings:
        CourseReviewFactory(course=course, rating=rating, author=None)
    return course


def titles(client, **asked):
    page = client.get("/courses/", asked).content.decode()
    return [part.split("</a>")[0].split(">")[-1] for part in page.split('class="course-title"')[1:]]


def test_card_shows_the_average_and_how_many(client, organization):
    rated("Knots", 5, 5, 4)
    rated("Sails")
    page = client.get("/courses/").content.decode()
    assert "<b>4.7</b>" in page
    assert page.count('class="stars"') == 1
    assert "by 3 people" in page


@pytest.mark.parametrize(
    ("ratings", "shown"), [((4, 4, 4, 5), "4.3"), ((5, 5, 4, 4, 4, 4, 4, 4), "4.3"), ((5,), "5.0")]
)
def test_card_and_page_show_the_same_average(client, organization, ratings, shown):
    course = rated("Knots", *ratings)
    for page in ("/courses/", f"/courses/{course.slug}/"):
        assert f"<b>{shown}</b>" in client.get(page).content.decode()


def test_many_good_ratings_stand_above_one_that_is_best(client, organization):
    rated("One five", 5)
    rated("Many", *([5] * 24 + [4] * 6))
    rated("None")
    rated("Bad", 1, 1, 1)
    assert titles(client, sort="rated") == ["Many", "One five", "Bad", "None"]


def test_order_by_rating_pages_to_the_end(client, organization):
    for number in range(30):
        rated(f"Course-{number}", 1 + number % 5)
    first = client.get("/courses/", {"sort": "rated"}).content.decode()
    cursor = first.split("cursor=")[1].split('"')[0].split("&")[0]
    seen = titles(client, sort="rated") + titles(client, sort="rated", cursor=cursor)
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(
    ("ratings", "band"),
    [((5,), "top"), ((4, 5), "top"), ((4, 4, 5), "good"), ((3,), "fair"), ((2, 3), "low")],
)
def test_courses_are_found_by_their_rating(client, organization, ratings, band):
    rated("Wanted", *ratings)
    rated("Unrated")
    found = {name for name in ("top", "good", "fair", "low") if titles(client, rating=name)}
    assert found == {band}
    assert titles(client, rating=band) == ["Wanted"]


def test_filter_agrees_with_what_the_card_shows(client, organization):
    rated("Nearly", *([5] * 9 + [4] * 11))  # 4.45, shown as 4.5
    assert "<b>4.5</b>" in client.get("/courses/", {"rating": "top"}).content.decode()


def test_filter_counts_and_combines_with_a_search(client, organization):
    rated("Knots", 5)
    rated("Knots again", 2)
    assert len(titles(client, q="knots", sort="rated")) == 2
    assert len(titles(client, q="knots", sort="rated", rating="top")) == 1
    assert len(titles(client, q="knots", rating=["top", "low"])) == 2


def test_hidden_reviews_do_not_count(client, organization):
    course = rated("Knots", 5)
    review = CourseReview.objects.get()
    hide_review(review.pk, reason="x", by=course.owner, now=timezone.now())
    assert 'class="stars"' not in client.get("/courses/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_ratings_cost_no_queries(client, organization, memory_cache, count):
    for number in range(count):
        rated(f"Course-{number}", 5, 4)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/courses/", {"sort": "rated"}).content.decode()
    assert page.count('class="stars"') == count
    assert len(statements(captured)) <= 4, statements(captured)
