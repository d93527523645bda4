"""Courses, subjects and roles in the back office. Every change goes through a service."""

from courses.admin import courses, roles

__all__ = ["courses", "roles"]
