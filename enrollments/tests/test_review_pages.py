"""The pages of reviews: reading, writing and deleting one's own, and what the staff does with them."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import CourseReview
from courses.services.reviews import hide_review
from courses.tests.counting import statements
from courses.tests.factories import CourseFactory, CourseReviewFactory, CourseStaffFactory
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import organization_context
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def address(name, course, *more):
    return reverse(f"courses:{name}", args=[course.slug, *more])


@pytest.fixture
def course(organization):
    return CourseFactory(published=True)


@pytest.fixture
def student(course, client):
    person = EnrollmentFactory(course=course, percent=Decimal(50)).student
    client.force_login(person)
    return person


def text_of(response):
    return response.content.decode()


# One's own


def test_review_is_written_changed_and_deleted_by_plain_forms(client, course, student):
    page = text_of(client.get(course.get_absolute_url()))
    assert address("review", course) in page
    form = text_of(client.get(address("review", course)))
    assert form.count('type="radio"') == 5
    assert "first name" in form

    sent = {"rating": "5", "text": "Clear\nand kind."}
    answer = client.post(address("review", course), sent, follow=True)
    assert "Clear\nand kind." in text_of(answer)
    assert "Undo" in text_of(answer)

    page = text_of(client.get(course.get_absolute_url()))
    assert "Your review" in page
    assert "5.0" in page
    client.post(address("review", course), {"rating": "3", "text": ""})
    assert CourseReview.objects.values_list("rating", "text").get() == (3, "")

    assert "Delete your review?" in text_of(client.get(address("review_delete", course)))
    assert CourseReview.objects.exists()
    client.post(address("review_delete", course))
    assert not CourseReview.objects.exists()
    assert client.get(address("review_delete", course)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "No rating."}, "This field is required"),
        ({"rating": "6"}, "not one of the available choices"),
        ({"rating": "-1"}, "not one of the available choices"),
        ({"rating": "9" * 400}, "not one of the available choices"),
        ({"rating": "5", "text": "x" * 4001}, "at most 4000 characters"),
        ({"rating": "5", "text": "x" * 1_000_000}, "at most 4000 characters"),
        ({"rating": "5", "text": "a\x00b"}, ""),
        ({"rating": "5", "text": "\ud800".encode("utf-8", "surrogatepass")}, ""),
    ],
)
def test_what_is_no_review_is_said_beside_the_field(client, course, student, sent, said):
    response = client.post(address("review", course), sent)
    assert response.status_code in (200, 302)
    assert said in text_of(response)
    if said:
        assert not CourseReview.objects.exists()


def test_words_that_were_typed_survive_an_error(client, course, student):
    page = text_of(client.post(address("review", course), {"text": "Long thoughts."}))
    assert "Long thoughts." in page


def test_who_may_not_review_is_told_why_and_writes_nothing(client, course):
    for person in (UserFactory(), course.owner):
        client.force_login(person)
        assert "cannot review" in text_of(client.get(address("review", course)))
        client.post(address("review", course), {"rating": "5"})
        assert address("review", course) not in text_of(client.get(course.get_absolute_url()))
    assert not CourseReview.objects.exists()


def test_author_reads_why_a_review_is_hidden(client, course, student):
    review = CourseReviewFactory(course=course, author=student, text="Hidden words.")
    hide_review(review.pk, reason="It names a person.", by=course.owner, now=NOW)
    page = text_of(client.get(address("review", course)))
    assert "It names a person." in page
    assert address("review_delete", course) not in page
    assert "hidden" in text_of(client.post(address("review_delete", course)))
    assert CourseReview.objects.exists()
    assert "Hidden words." not in text_of(client.get(address("reviews", course)))


# Reading


def test_guests_read_first_names_alone_and_members_full_ones(client, course):
    author = UserFactory(first_name="Ada", last_name="Byron", username="secretname")
    called = UserFactory(first_name="Grace", last_name="Hopper")
    ProfileFactory(user=called, display_name="Amazing Grace")
    nameless = UserFactory(first_name="", last_name="", username="hiddenlogin")
    for person in (author, called, nameless):
        CourseReviewFactory(course=course, author=person)
    guest = text_of(client.get(address("reviews", course)))
    assert "Ada" in guest
    for name in ("Byron", "secretname", "Amazing", "Hopper", "hiddenlogin"):
        assert name not in guest
    assert "A student" in guest

    client.force_login(UserFactory())
    member = text_of(client.get(address("reviews", course)))
    assert "Ada Byron" in member
    assert "Amazing Grace" in member


def test_who_is_gone_is_a_former_student(client, course):
    CourseReviewFactory(course=course, author=None)
    CourseReviewFactory(course=course, author=UserFactory(first_name="Leaving", is_active=False))
    page = text_of(client.get(address("reviews", course)))
    assert page.count("Former student") == 2
    assert "Leaving" not in page


def test_hidden_reviews_are_on_no_public_page(client, course):
    CourseReviewFactory(course=course, text="Shown words.", rating=5)
    hidden = CourseReviewFactory(course=course, text="Bad words.", rating=1)
    hide_review(hidden.pk, reason="Secret reason.", by=course.owner, now=NOW)
    for path in (course.get_absolute_url(), address("reviews", course)):
        page = text_of(client.get(path))
        assert "Shown words." in page
        assert "Bad words." not in page
        assert "Secret reason." not in page
        assert "5.0" in page


def test_reviews_are_narrowed_by_rating_and_paged(client, course):
    for number in range(25):
        CourseReviewFactory(course=course, rating=5, text=f"Word-{number}.")
    CourseReviewFactory(course=course, rating=1, text="Dull.")
    first = client.get(address("reviews", course), {"rating": "5"})
    assert "Dull." not in text_of(first)
    assert "Word-24." in text_of(first)
    query = text_of(first).split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text_of(client.get(address("reviews", course) + query))
    assert "Word-0." in second
    assert "Word-24." not in second
    for nonsense in ({"rating": "x"}, {"rating": "6"}, {"cursor": "%00"}, {"cursor": "x" * 9000}):
        assert "Dull." in text_of(client.get(address("reviews", course), nonsense))


def test_hostile_text_stays_text(client, course):
    text = "<script>alert(1)</script>\n**bold** \u202e {{ 7*7 }}"
    CourseReviewFactory(course=course, text=text, reply=text, replied_at=NOW)
    client.force_login(course.owner)
    review = CourseReview.objects.get()
    paths = [
        course.get_absolute_url(),
        address("reviews", course),
        address("studio_reviews", course),
        address("studio_review", course, review.pk),
    ]
    for path in paths:
        page = text_of(client.get(path))
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


def test_a_review_is_seen_at_once_though_pages_are_kept(
    client, course, memory_cache, django_capture_on_commit_callbacks
):
    assert "no reviews yet" in text_of(client.get(course.get_absolute_url()))
    author = EnrollmentFactory(course=course, percent=Decimal(50)).student
    client.force_login(author)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("review", course), {"rating": "4", "text": "Seen at once."})
    client.logout()
    assert "Seen at once." in text_of(client.get(course.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_many_reviews(client, course, student, memory_cache, count):
    CourseReviewFactory.create_batch(count, course=course, text="Words.")
    client.get(course.get_absolute_url())
    for path, most in ((course.get_absolute_url(), 7), (address("reviews", course), 6)):
        with CaptureQueriesContext(connection) as captured:
            assert "Words." in text_of(client.get(path))
        assert len(statements(captured)) <= most, statements(captured)


# The staff


@pytest.mark.parametrize("count", [1, 3])
def test_studio_lists_at_a_constant_cost(client, course, count):
    for _ in range(count):
        author = UserFactory()
        ProfileFactory(user=author, display_name="Somebody")
        CourseReviewFactory(course=course, author=author)
    client.force_login(course.owner)
    client.get(address("studio_reviews", course))
    with CaptureQueriesContext(connection) as captured:
        page = text_of(client.get(address("studio_reviews", course)))
    assert page.count("Somebody") == count
    assert len(statements(captured)) <= 10, statements(captured)


def test_staff_finds_what_waits_for_an_answer(client, course):
    CourseReviewFactory(course=course, text="Waiting.", rating=2)
    CourseReviewFactory(course=course, text="Settled.", reply="Thanks.", replied_at=NOW)
    hidden = CourseReviewFactory(course=course, text="Away.")
    hide_review(hidden.pk, reason="x", by=course.owner, now=NOW)
    CourseReviewFactory(text="Of another course.")
    client.force_login(course.owner)

    def found(**asked):
        page = text_of(client.get(address("studio_reviews", course), asked))
        words = ("Waiting.", "Settled.", "Away.", "Of another course.")
        return {word for word in words if word in page}

    assert found() == {"Waiting.", "Settled.", "Away."}
    assert found(state="unanswered") == {"Waiting."}
    assert found(state="hidden") == {"Away."}
    assert found(state="shown") == {"Waiting.", "Settled."}
    assert found(rating="2") == {"Waiting."}
    assert found(state="nonsense", rating="%00") == {"Waiting.", "Settled.", "Away."}


def test_staff_answers_hides_and_shows_again(client, course):
    review = CourseReviewFactory(course=course, text="Too fast.")
    helper = CourseStaffFactory(course=course).user
    client.force_login(helper)
    path = address("studio_review", course, review.pk)

    assert client.post(path, {"part": "answer", "reply": "We slowed down."}).status_code == 302
    assert "We slowed down." in text_of(client.get(address("reviews", course)))

    assert "required" in text_of(client.post(path, {"part": "hide", "reason": ""}))
    client.post(path, {"part": "hide", "reason": "It is rude."})
    assert "It is rude." in text_of(client.get(path))
    assert "Too fast." not in text_of(client.get(address("reviews", course)))
    client.post(path, {"part": "unhide"})
    assert "Too fast." in text_of(client.get(address("reviews", course)))


def test_others_find_no_review_to_answer(client, course, student):
    review = CourseReviewFactory(course=course)
    other = CourseFactory(published=True)
    path = address("studio_review", course, review.pk)
    for person in (student, UserFactory(instructor=True), other.owner, review.author):
        client.force_login(person)
        for answer in (
            client.get(path),
            client.post(path, {"part": "hide", "reason": "x"}),
            client.get(address("studio_reviews", course)),
        ):
            assert answer.status_code == 404
    client.force_login(other.owner)
    assert client.get(address("studio_review", other, review.pk)).status_code == 404
    assert client.get(address("studio_review", other, uuid4())).status_code == 404
    assert CourseReview.objects.shown().filter(pk=review.pk).exists()


def test_another_organizations_reviews_are_not_found(client, organization, other_organization):
    with organization_context(other_organization):
        theirs = CourseReviewFactory()
    client.force_login(UserFactory(admin=True))
    for name, more in (("reviews", ()), ("review", ()), ("studio_review", (theirs.pk,))):
        assert client.get(address(name, theirs.course, *more)).status_code == 404
