"""Content in the back office: instructors work on their own and their courses', every change by a service."""

from content.admin import drafts, items, library, outline, paths

__all__ = ["drafts", "items", "library", "outline", "paths"]
