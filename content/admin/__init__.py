"""Content in the back office: instructors work on their own and their courses', every change by a service."""

from content.admin import items, library, outline

__all__ = ["items", "library", "outline"]
