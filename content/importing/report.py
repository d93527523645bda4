"""What an import did, for people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.importing.merging import Conflict, label_of
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
    conflicts: list[Conflict] = field(default_factory=list)

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

    def as_values(self) -> dict:
        """The report as JSON, from which `from_values` makes it again."""
        return {
            "counts": [
                [thing, happened, count] for (thing, happened), count in self.counts.items()
            ],
            "left_out": [[entry.path, entry.why, entry.reason] for entry in self.left_out],
            "quiz_link_count": self.quiz_link_count,
            "image_count": self.image_count,
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
        }

    @classmethod
    def from_values(cls, course: Course, values: dict) -> "Report":
        return cls(
            course,
            Counter({(thing, happened): count for thing, happened, count in values["counts"]}),
            [LeftOut(path, Why(why), reason) for path, why, reason in values["left_out"]],
            values["quiz_link_count"],
            values["image_count"],
            [Conflict(**conflict) for conflict in values["conflicts"]],
        )

    def sections(self) -> list[tuple[str, list[LeftOut], int]]:
        """What was left out, by its kind: heading, the entries that are named, and how many there are."""
        kinds = [(heading, self.of(why)) for why, heading in _headings()]
        return [(heading, entries[:LISTED], len(entries)) for heading, entries in kinds if entries]

    def lines(self) -> list[str]:
        """The whole report, line by line."""
        lines = [
            _("Course: %(title)s (%(slug)s)") % {"title": self.course, "slug": self.course.slug}
        ]
        if self.is_unchanged:
            lines.append("  " + _("Nothing has changed since the last import."))
        lines += [f"  {line}" for line in self.count_lines()]
        lines.append(
            "  "
            + ngettext("%(num)d image is shown.", "%(num)d images are shown.", self.image_count)
            % {"num": self.image_count}
        )
        lines += self.conflict_lines()
        lines += self.waiting_lines()
        for heading, entries, count in self.sections():
            lines += _section_lines(heading, entries, count)
        return lines

    def count_lines(self) -> Iterator[str]:
        """How many parts of each kind came in, changed, stayed or went."""
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

    def conflict_lines(self) -> list[str]:
        """What both the text and the forms changed, so that nothing was written."""
        if not self.conflicts:
            return []
        heading = _("Changed in the text and here, left as it is here")
        lines = ["", f"{heading} ({len(self.conflicts)})"]
        return lines + [f"  {each.where}: {label_of(each.name)}" for each in self.conflicts]

    def waiting_lines(self) -> list[str]:
        """What waits for quizzes and assignments."""
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


def _section_lines(heading, entries, count):
    lines = ["", f"{heading} ({count})"]
    lines += [f"  {entry.path}: {entry.reason}" for entry in entries]
    if count > len(entries):
        lines.append("  " + _("… and %(num)d more") % {"num": count - len(entries)})
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
