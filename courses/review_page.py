"""What pages show of a course's reviews: the summary on its page, and one page of the list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count

from courses.cache import SEATS_SECONDS, catalogue_version, part_key
from courses.models import CourseReview
from lib.pagination import Page, paginate
from users.models import User

NEWEST = 3  #: reviews that stand on the course's page
PER_PAGE = 20
ORDER = ("-created_at", "-id")
RATINGS = (5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class ShownReview:
    """A review as pages show it.

    `name` is for those who have signed in, `first_name` for everybody; both are "" for somebody who is gone.
    """

    id: UUID
    rating: int
    text: str
    name: str
    first_name: str
    written_at: datetime
    is_edited: bool
    reply: str
    replied_by: str
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bar:
    """How many gave a rating; `percent` of all, 0 to 100."""

    rating: int
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Summary:
    """How the ratings of a course are distributed, the best first, and its newest reviews."""

    bars: list[Bar]
    newest: list[ShownReview]


def summary_of(course_id: UUID) -> Summary:
    """The summary of a course that has reviews, kept until one of them changes. Two queries when it is made."""
    key = part_key(catalogue_version(), "reviews", course_id)
    summary = cache.get(key)
    if summary is None:
        reviews = CourseReview.objects.shown().filter(course=course_id)
        newest = reviews.with_people().order_by("-created_at", "-id")[:NEWEST]
        summary = Summary(bars_of(course_id), [shown(review) for review in newest])
        cache.set(key, summary, SEATS_SECONDS)
    return summary


def bars_of(course_id: UUID) -> list[Bar]:
    """The distribution of a course's ratings. One query."""
    rows = CourseReview.objects.shown().filter(course=course_id).order_by().values_list("rating")
    counts = dict(rows.annotate(count=Count("id")))
    total = sum(counts.values())
    return [
        Bar(rating, count, round(100 * count / total) if total else 0)
        for rating in RATINGS
        for count in [counts.get(rating, 0)]
    ]


def page_of_reviews(course_id: UUID, *, rating: int | None, cursor: str | None) -> Page:
    """One page of a course's reviews, those with a rating alone where one is given. One query."""
    reviews = CourseReview.objects.shown().filter(course=course_id).with_people()
    if rating is not None:
        reviews = reviews.filter(rating=rating)
    return paginate(reviews, order=ORDER, cursor=cursor, size=PER_PAGE)


def own_review(user, course_id: UUID) -> CourseReview | None:
    """What the person wrote of the course, hidden or not. One query, none for guests."""
    if not user.is_authenticated:
        return None
    return CourseReview.objects.filter(course=course_id, author=user).first()


def shown(review: CourseReview) -> ShownReview:
    """A review of `with_people`, without the accounts behind it."""
    return ShownReview(
        id=review.pk,
        rating=review.rating,
        text=review.text,
        name=name_of(review.author),
        first_name=first_name_of(review.author),
        written_at=review.created_at,
        is_edited=review.edited_at is not None,
        reply=review.reply,
        replied_by=name_of(review.replied_by),
        replied_at=review.replied_at,
    )


def name_of(person: User | None) -> str:
    """How a person with their profile is called among those who have signed in; "" for who is gone."""
    if person is None or not person.is_active:
        return ""
    profile = getattr(person, "profile", None)
    return (profile.display_name if profile else "") or person.display_name


def first_name_of(person: User | None) -> str:
    """How a person is called before everybody: by the first name, never by the account's; "" for who is gone."""
    if person is None or not person.is_active:
        return ""
    return person.first_name
