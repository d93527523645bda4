"""Subjects, courses, who teaches them, and who holds a role on them."""

from courses.models.course import (
    Course,
    CoursePrerequisite,
    CourseQuerySet,
    CourseSeats,
    CourseStaff,
    FormerSlug,
    Subject,
)
from courses.models.role import RoleAssignment

__all__ = [
    "Course",
    "CoursePrerequisite",
    "CourseQuerySet",
    "CourseSeats",
    "CourseStaff",
    "FormerSlug",
    "RoleAssignment",
    "Subject",
]
