"""The feeds and the security log as files for a spreadsheet."""

import csv
from collections.abc import Callable, Iterator

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activity import registry
from activity.asked import AskedActivity, AskedSecurity
from activity.events import tell_events
from activity.feed import Scope, page_of
from activity.names import Names
from activity.words import changes, sentence, who
from lib.pagination import Page, paginate
from lib.text import disarm_formula
from tenancy.context import organization_context
from tenancy.models import AuditEntry

MAX_ENTRIES = 50_000  # rows of a file; its last line says so where there were more
BATCH = 200  # requests, or events, that are read at once
ENTRIES_OF_REQUEST = 1_000

#: A batch of rows from a cursor on, and the page that they came from.
Batches = Callable[[str | None], tuple[list[list[str]], Page]]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text):
        return text


def csv_lines(rows: tuple[list[str], Batches], *, organization, user) -> Iterator[str]:
    """Lines of a CSV file, read in batches of one transaction each.

    They leave after the request's transaction has ended; language and time zone are those of now.
    """
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def lines():
        head, read = rows
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow(head)
        cursor, left = None, MAX_ENTRIES
        while True:
            with (
                organization_context(organization, actor=user),
                translation.override(language),
                timezone.override(zone),
            ):
                batch, page = read(cursor)
                limit = _("Only the newest %(num)s rows are in this file.") % {"num": MAX_ENTRIES}
            for row in batch[:left]:
                yield writer.writerow([disarm_formula(cell) for cell in row])
            left -= len(batch)
            if left < 0 or (left == 0 and page.has_next):
                yield writer.writerow([limit])
                return
            if not page.has_next:
                return
            cursor = page.next_cursor

    return lines()


def activity_rows(scope: Scope, asked: AskedActivity) -> tuple[list[str], Batches]:
    """A row for each change of each row."""
    head = [
        _("When"),
        _("Who"),
        _("From"),
        _("What"),
        _("Kind"),
        _("Name"),
        _("In words"),
        _("Changes"),
    ]
    operations = dict(AuditEntry.Operation.choices)

    def read(cursor):
        page = page_of(scope, asked, cursor=cursor, size=BATCH, entries=ENTRIES_OF_REQUEST)
        names = Names(page)
        return [
            [
                timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
                who(entry, names),
                entry.client_ip or "",
                str(operations[entry.operation]),
                _label(entry),
                names.of(entry.table_name, entry.row_id),
                sentence(entry, names),
                "; ".join(_told(change) for change in changes(entry, names)),
            ]
            for item in page
            for entry in item.entries
        ], page

    return head, read


def security_rows(asked: AskedSecurity) -> tuple[list[str], Batches]:
    """A row for each event."""
    head = [_("When"), _("What"), _("Whom"), _("Who"), _("From"), _("Details")]

    def read(cursor):
        page = paginate(asked.rows(), order=("-at", "-id"), cursor=cursor, size=BATCH)
        return [
            [
                timezone.localtime(event.at).isoformat(sep=" ", timespec="seconds"),
                event.label,
                event.whom,
                event.who,
                event.client_ip,
                event.details,
            ]
            for event in tell_events(page.items)
        ], page

    return head, read


def _label(entry) -> str:
    kind = registry.by_table(entry.table_name)
    return kind.label if kind else entry.table_name


def _told(change) -> str:
    if change.pieces:
        text = "".join(_marked(piece) for piece in change.pieces)
        return f"{change.label}: {text}"
    return f"{change.label}: {change.before} → {change.after}"


def _marked(piece) -> str:
    return {"gone": f"[-{piece.text}-]", "new": f"[+{piece.text}+]"}.get(piece.kind, piece.text)
