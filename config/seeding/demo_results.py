"""What is left of the demo courses when they are done: reviews and certificates."""

from certificates import services as certificates
from config.seeding.demo_cast import Cast
from config.seeding.rows import insert_rows
from courses.models import Course, CourseReview
from courses.services.reviews import answer_review
from enrollments.models import Enrollment
from enrollments.reviewing import ENOUGH
from lib.ids import uuid7


def add_reviews(course: Course, cast: Cast, texts: list[dict]) -> None:
    """Reviews by those who have learned enough, some with an answer.

    They are inserted with their day, which the database would not let anybody put back later.
    """
    authors = [place.student_id for place in cast.learning(course, at_least=ENOUGH)]
    said = [
        {"id": uuid7(), "author": author} | text
        for author, text in zip(authors, texts, strict=False)
    ]
    insert_rows(
        CourseReview,
        ("id", "organization_id", "created_at", "updated_at", "course_id", "author_id", "rating", "text"),
        (
            (
                review["id"], course.organization_id, cast.ago(review["days"]), cast.ago(review["days"]),
                course.pk, review["author"], review["rating"], review["text"],
            )
            for review in said
        ),
    )  # fmt: skip
    for review in said:
        if "answer" in review:
            at = cast.ago(review["days"] - 1)
            answer_review(review["id"], text=review["answer"], by=course.owner, now=at)


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
