"""The question before a change that people feel, for pages of the outline."""

from courses.studio.impact import confirm

__all__ = ["confirm"]
