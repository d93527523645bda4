"""Subjects, courses and their versions, who teaches them, and what those who learned say of them."""

from courses.models.course import (
    Course,
    CoursePrerequisite,
    CourseQuerySet,
    CourseSeats,
    CourseStaff,
    FormerSlug,
    Subject,
)
from courses.models.draft import Draft
from courses.models.review import CourseRating, CourseReview
from courses.models.role import RoleAssignment
from courses.models.version import CourseDraft, CourseVersion

__all__ = [
    "Course",
    "CourseDraft",
    "CoursePrerequisite",
    "CourseQuerySet",
    "CourseRating",
    "CourseReview",
    "CourseSeats",
    "CourseStaff",
    "CourseVersion",
    "Draft",
    "FormerSlug",
    "RoleAssignment",
    "Subject",
]
