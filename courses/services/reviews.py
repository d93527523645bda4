"""Reviews: written by those who learned, answered and hidden by those who look after the course.

The sums of a course's ratings are kept by a trigger. Every change makes the catalogue's kept pages stale.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from courses.cache import bump_catalogue_version
from courses.errors import ReviewRefused
from courses.models import CourseReview
from courses.reviewing import decide_review
from courses.services.locking import lock_course
from courses.signals import review_answered, review_hidden, review_written
from users.models import User


@transaction.atomic
def write_review(
    course_id: UUID, *, rating: int, text: str, by: User, now: datetime
) -> CourseReview:
    """Write one's review of a course (1 to 5), or change it; a hidden one stays hidden.

    Repeating it changes nothing. Locks the course, so that somebody who sends a form twice has one review.
    Raises ReviewRefused for those who may not, and InTheTrash. Announces `review_written`.
    """
    lock_course(course_id)
    decision = decide_review(by, course_id)
    if not decision:
        raise ReviewRefused(decision.message)
    review = _lock_own(course_id, by)
    is_new = review is None
    if is_new:
        review = CourseReview(course_id=course_id, author=by)
    elif (review.rating, review.text) == (rating, text):
        return review
    else:
        review.edited_at = now
    review.rating, review.text = rating, text
    review.save(
        force_insert=is_new,
        update_fields=None if is_new else ["rating", "text", "edited_at", "updated_at"],
    )
    bump_catalogue_version()
    review_written.send(sender=CourseReview, review=review, is_new=is_new, at=now)
    return review


@transaction.atomic
def delete_review(course_id: UUID, *, by: User, now: datetime) -> None:
    """Take one's review of a course away; harmless to repeat. Locks the course.

    Raises ReviewRefused while it is hidden: otherwise the same could be written anew.
    """
    lock_course(course_id, from_trash=True)
    review = _lock_own(course_id, by)
    if review is None:
        return
    if review.hidden_at is not None:
        raise ReviewRefused(
            _("It is hidden, so nobody sees it. It can be changed, but not written anew.")
        )
    review.delete()
    bump_catalogue_version()


@transaction.atomic
def answer_review(review_id: UUID, *, text: str, by: User, now: datetime) -> CourseReview:
    """Answer a review, or change the answer; an empty text takes it away. Locks the review.

    Repeating it changes nothing. Announces `review_answered` for an answer that is new or changed.
    """
    review = _lock_review(review_id)
    if review.reply == text:
        return review
    review.reply = text
    review.replied_by, review.replied_at = (by, now) if text else (None, None)
    review.save(update_fields=["reply", "replied_by", "replied_at", "updated_at"])
    bump_catalogue_version()
    if text:
        review_answered.send(sender=CourseReview, review=review, at=now)
    return review


@transaction.atomic
def hide_review(review_id: UUID, *, reason: str, by: User, now: datetime) -> CourseReview:
    """Show a review to nobody but its author and those who look after the course. Locks the review.

    The author is told the reason. Harmless to repeat. Raises ReviewRefused without a reason; announces
    `review_hidden`.
    """
    if not reason.strip():
        raise ReviewRefused(_("Say why: the author will read it."))
    review = _lock_review(review_id)
    if review.hidden_at is None:
        review.hidden_at, review.hidden_by, review.hidden_reason = now, by, reason
        _save_hiding(review)
        review_hidden.send(sender=CourseReview, review=review, at=now)
    return review


@transaction.atomic
def unhide_review(review_id: UUID, *, by: User, now: datetime) -> CourseReview:
    """Show a hidden review to everybody again. Harmless to repeat. Locks the review."""
    review = _lock_review(review_id)
    if review.hidden_at is not None:
        review.hidden_at, review.hidden_by, review.hidden_reason = None, None, ""
        _save_hiding(review)
    return review


def _save_hiding(review):
    review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason", "updated_at"])
    bump_catalogue_version()


def _lock_review(review_id):
    return _locked().select_related("course").get(pk=review_id)


def _lock_own(course_id, author):
    return _locked().filter(course=course_id, author=author).first()


def _locked():
    return CourseReview.objects.select_for_update(of=("self",), no_key=True)
