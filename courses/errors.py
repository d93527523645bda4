"""Refusals of this app's services. Each message is a sentence for the person who asked."""

from django.utils.translation import gettext as _


class CourseRefused(Exception):
    """A change of a course that its rules forbid."""


class CannotTeach(CourseRefused):
    """The person is neither instructor nor admin, so cannot own or teach a course."""


class InTheTrash(CourseRefused):
    """A course in the trash is not changed, only taken out or purged."""


class SlugTaken(CourseRefused):
    """Another course has, or had, this short name."""


class CannotArchive(CourseRefused):
    """Only what was published once can be archived."""


class PrerequisiteCycle(CourseRefused):
    """The courses would wait for each other. `titles` names them in order."""

    def __init__(self, titles):
        self.titles = titles
        super().__init__(
            _("These courses would wait for each other: %(path)s. Nobody could ever begin.")
            % {"path": " → ".join(titles)}
        )


class NotReady(CourseRefused):
    """The course cannot be published yet. `findings` says what is missing."""

    def __init__(self, findings):
        self.findings = findings
        super().__init__(" ".join(str(finding.text) for finding in findings))


class StillInUse(CourseRefused):
    """People are or were on the course, so its records stay."""


class NotInTheTrash(CourseRefused):
    """Only what lies in the trash can be purged."""


class ReviewRefused(CourseRefused):
    """A review that the person may not write, or not take away."""
