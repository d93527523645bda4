"""Reviews in the back office: hidden and shown again by those who may change the course."""

import pytest
from django.urls import reverse

from courses.models import CourseReview
from courses.tests.factories import CourseFactory, CourseReviewFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

LIST = "admin:courses_coursereview_changelist"


def act(client, action, *reviews, **asked):
    sent = {"action": action, "_selected_action": [str(review.pk) for review in reviews]}
    return client.post(reverse(LIST), sent | asked, follow=True)


def hidden():
    return set(CourseReview.objects.filter(hidden_at__isnull=False).values_list("pk", flat=True))


def test_reviews_are_hidden_and_shown_again(client, organization):
    review = CourseReviewFactory(text="Rude words.")
    client.force_login(review.course.owner)
    act(client, "hide", review)
    assert hidden() == set()
    act(client, "hide", review, _confirmed="1", reason="Rude.")
    assert hidden() == {review.pk}
    hidden_review = CourseReview.objects.get()
    assert (hidden_review.hidden_by, hidden_review.hidden_reason) == (review.course.owner, "Rude.")
    act(client, "show_again", review)
    assert hidden() == set()


def test_others_reviews_are_not_touched(client, organization):
    theirs = CourseReviewFactory()
    own = CourseReviewFactory(course=CourseFactory(published=True))
    client.force_login(own.course.owner)
    page = client.get(reverse(LIST)).content.decode()
    assert str(own.pk) in page
    assert str(theirs.pk) not in page
    act(client, "hide", own, theirs, _confirmed="1", reason="Rude.")
    assert hidden() == {own.pk}


def test_nobody_writes_for_the_author(client, organization):
    review = CourseReviewFactory(rating=2)
    client.force_login(UserFactory(admin=True))
    path = reverse("admin:courses_coursereview_change", args=[review.pk])
    client.post(path, {"rating": "5", "text": "Wonderful."})
    assert client.get(reverse("admin:courses_coursereview_add")).status_code == 403
    deleting = reverse("admin:courses_coursereview_delete", args=[review.pk])
    assert client.post(deleting, {"post": "yes"}).status_code == 403
    assert CourseReview.objects.values_list("rating", "text").get() == (2, "")
