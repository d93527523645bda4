"""Certificates for tests."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from certificates import services
from courses.tests.factories import CourseFactory
from enrollments.tests.factories import EnrollmentFactory
from users.tests.factories import UserFactory

COMPLETED_AT = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
NOW = datetime(2026, 3, 15, 8, 0, tzinfo=UTC)


def completed_enrollment(*, student=None, course=None, **fields):
    """Of a course that gives certificates."""
    course = course or CourseFactory(published=True, certificate_enabled=True, **fields)
    student = student or UserFactory(first_name="Ada", last_name="Okafor")
    return EnrollmentFactory(
        course=course, student=student, status="completed", completed_at=COMPLETED_AT, percent=100
    )


def picture() -> bytes:
    """A small PNG."""
    file = BytesIO()
    Image.new("RGBA", (60, 20), "navy").save(file, "PNG")
    return file.getvalue()


def certificate_for(student=None, **fields):
    """An issued certificate."""
    return services.issue(completed_enrollment(student=student, **fields).pk, now=NOW)
