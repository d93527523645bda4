"""Who is who in a demo school, for those who give its people something to do."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.models import Course
from enrollments.models import Enrollment, WaitlistEntry
from users.models import User


@dataclass(frozen=True)
class Cast:
    """The people and the published courses of a demo school, when all have joined what is open and free.

    `students` have accounts that a newcomer can sign in with; nobody can as one of the `crowd`.
    """

    now: datetime
    admin: User
    teachers: list[User]
    students: list[User]
    crowd: list[User]
    courses: dict[str, Course]

    def ago(self, days: float = 0, hours: float = 0) -> datetime:
        """So long before now; later than now for negative numbers."""
        return self.now - timedelta(days=days, hours=hours)

    def newcomers(self, course: Course) -> list[User]:
        """Those of the crowd who are not on a course and do not wait for it, in an order of its own."""
        known = set(Enrollment.objects.filter(course=course).values_list("student", flat=True))
        known |= set(WaitlistEntry.objects.filter(course=course).values_list("student", flat=True))
        people = [person for person in self.crowd if person.pk not in known]
        random.Random(course.slug).shuffle(people)  # noqa: S311 -- equal every time, on purpose
        return people

    def learning(self, course: Course, *, at_least: int = 0) -> list[Enrollment]:
        """Places of the crowd on a course that are in use, with at least so many percent done; the oldest first."""
        places = Enrollment.objects.filter(
            course=course, status=Enrollment.Status.ACTIVE, percent__gte=at_least
        ).exclude(student__in=self.students)
        return list(places.select_related("student").order_by("enrolled_at", "id"))
