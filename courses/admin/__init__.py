"""Courses, subjects and roles in the back office. Every change goes through a service."""

from courses.admin import courses, roles, versions

__all__ = ["courses", "roles", "versions"]
