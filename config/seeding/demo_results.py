"""What is left of the demo courses when they are done: reviews and certificates."""

from certificates import services as certificates
from config.seeding.demo_cast import Cast
from courses.models import Course, CourseReview
from courses.services.reviews import answer_review, write_review
from enrollments.models import Enrollment
from enrollments.reviewing import ENOUGH


def add_reviews(course: Course, cast: Cast, texts: list[dict]) -> None:
    """Reviews by those who have learned enough, some with an answer."""
    authors = [place.student for place in cast.learning(course, at_least=ENOUGH)]
    for author, said in zip(authors, texts, strict=False):
        at, answered_at = cast.ago(said["days"]), cast.ago(said["days"] - 1)
        review = write_review(
            course.pk, rating=said["rating"], text=said["text"], by=author, now=at
        )
        CourseReview.objects.filter(pk=review.pk).update(created_at=at)
        if "answer" in said:
            answer_review(review.pk, text=said["answer"], by=course.owner, now=answered_at)


def add_certificates(course: Course, cast: Cast) -> None:
    """The school's design, certificates for all who have completed a course, and one that is revoked."""
    certificates.save_design(
        None,
        values={
            "text": "has completed the course with all its exercises",
            "signer_name": cast.admin.get_full_name(),
            "signer_role": "Head of school",
        },
        signature=None,
        by=cast.admin,
        now=cast.ago(80),
    )
    completed = Enrollment.objects.filter(course=course, status=Enrollment.Status.COMPLETED)
    issued = [
        certificates.issue(place.pk, now=place.completed_at)
        for place in completed.order_by("completed_at", "id")
    ]
    named = {student.pk for student in cast.students}
    for certificate in issued:
        if certificate.student_id in named:
            certificates.show_name(certificate.pk, is_shown=True)
    wrong = next(each for each in issued if each.student_id not in named)
    reason = "It was issued to the wrong person of two with the same name."
    certificates.revoke(wrong.pk, reason=reason, by=cast.admin, now=cast.ago(2))
