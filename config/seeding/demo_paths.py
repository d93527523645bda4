"""A learning path for the demo: four courses, and two people on the way."""

from datetime import datetime

from content.models import LearningPath
from content.services import paths as path_services
from courses.models import Course
from enrollments import paths
from users.models import User

TITLE = "From Zero to Your First Program"
SUMMARY = "Learn how to learn, write your first lines of Python, and never lose your work again."
DESCRIPTION = """\
At the end of this path you can

- teach yourself anything from a page of documentation,
- write a small program that does something useful for you,
- keep every version of it, and undo whatever went wrong.

No experience is needed. Most people take about two months, in the evenings.
"""
#: Short names of courses, and whether the path is complete without them.
STEPS = (
    ("learning-how-to-learn", True),
    ("python-for-the-curious", True),
    ("git-without-fear", True),
    ("statistics-you-can-trust", False),
)


def add_path(courses: list[Course], author: User, students: list[User], now: datetime) -> None:
    """Publish the path where the school has all its courses, and let the students follow it."""
    by_slug = {course.slug: course for course in courses}
    if not all(slug in by_slug for slug, _is_required in STEPS):
        return
    path = _made_path(by_slug, author, now)
    for student in students:
        paths.join_path(path.pk, student, now=now)


def _made_path(by_slug, author, now) -> LearningPath:
    who = {"by": author, "now": now}
    path = path_services.create_path(title=TITLE, summary=SUMMARY, description=DESCRIPTION, **who)
    for slug, is_required in STEPS:
        path_services.add_step(path.pk, by_slug[slug], is_required=is_required, **who)
    return path_services.publish_path(path.pk, **who)
