"""What an import did, for people."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.importing.tree import LeftOut, Why
from courses.models import Course

LISTED = 25  # entries of one kind that are named; the others are counted

CREATED, UPDATED, UNCHANGED, REMOVED = "created", "updated", "unchanged", "removed"


@dataclass(slots=True)
class Report:
    """`counts` by what (course, module, lesson, text, file …) and what happened; `left_out` with reasons."""

    course: Course
    counts: Counter = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)
    quiz_link_count: int = 0
    image_count: int = 0

    def note(self, thing: str, happened: str) -> None:
        self.counts[thing, happened] += 1

    def count(self, thing: str, happened: str) -> int:
        return self.counts[thing, happened]

    @property
    def is_unchanged(self) -> bool:
        """Whether the import found everything as it was."""
        return all(happened == UNCHANGED for (_thing, happened) in self.counts)

    def of(self, why: Why) -> list[LeftOut]:
        return [entry for entry in self.left_out if entry.why == why]

    def lines(self) -> list[str]:
        """The whole report, line by line."""
        lines = [
            _("Course: %(title)s (%(slug)s)") % {"title": self.course, "slug": self.course.slug}
        ]
        lines += [f"  {line}" for line in self._count_lines()]
        lines.append(
            "  "
            + ngettext("%(num)d image is shown.", "%(num)d images are shown.", self.image_count)
            % {"num": self.image_count}
        )
        lines += self._waiting_lines()
        for why, heading in _headings():
            lines += self._section(heading, self.of(why))
        return lines

    def _count_lines(self):
        if self.is_unchanged:
            yield _("Nothing has changed since the last import.")
        names = {
            "module": _("Modules"),
            "lesson": _("Lessons"),
            "item": _("Texts and videos"),
            "file": _("Files"),
        }
        words = {
            CREATED: _("%(num)d new"),
            UPDATED: _("%(num)d changed"),
            UNCHANGED: _("%(num)d as before"),
            REMOVED: _("%(num)d in the trash, no longer in the folder"),
        }
        for thing, name in names.items():
            parts = [
                word % {"num": self.count(thing, happened)}
                for happened, word in words.items()
                if self.count(thing, happened)
            ]
            if parts:
                yield f"{name}: {', '.join(parts)}"

    def _waiting_lines(self):
        assignments = len(self.of(Why.ASSIGNMENT))
        if not assignments and not self.quiz_link_count:
            return []
        lines = ["", _("Waiting until quizzes and assignments can be imported:")]
        if assignments:
            lines.append(
                "  "
                + ngettext(
                    "%(num)d assignment, shown as text at the end of its lesson",
                    "%(num)d assignments, shown as text at the end of their lessons",
                    assignments,
                )
                % {"num": assignments}
            )
        if self.quiz_link_count:
            lines.append(
                "  "
                + ngettext(
                    "%(num)d quiz, kept as a link",
                    "%(num)d quizzes, kept as links",
                    self.quiz_link_count,
                )
                % {"num": self.quiz_link_count}
            )
        return lines

    def _section(self, heading, entries):
        if not entries:
            return []
        lines = ["", f"{heading} ({len(entries)})"]
        lines += [f"  {entry.path}: {entry.reason}" for entry in entries[:LISTED]]
        if len(entries) > LISTED:
            lines.append("  " + _("… and %(num)d more") % {"num": len(entries) - LISTED})
        return lines


def _headings():
    return (
        (Why.BROKEN, _("Broken, left out")),
        (Why.TRASHED, _("In the trash here, left there")),
        (Why.IMAGE, _("Images that are not shown")),
        (Why.LINK, _("Links that lead nowhere here, shown as plain text")),
        (Why.IGNORED, _("Values that were not used")),
        (Why.SKIPPED, _("Not imported")),
    )
