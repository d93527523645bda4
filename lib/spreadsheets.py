"""Tables that people send in and take away as CSV or XLSX.

Every cell is text here, whatever kind of cell a spreadsheet made of it: dates as `2026-03-01` or
`2026-03-01 18:30`, numbers without needless zeros, yes and no as such. Formulas are never worked out;
the value that the spreadsheet stored beside one counts.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from lib.files import MB, FileRefused, size_of, sniff, too_large
from lib.text import TextRefused, clean_text, disarm_formula

MAX_BYTES = 10 * MB
MAX_UNPACKED = 50 * MB  # of an XLSX, which is an archive
MAX_ROWS = 10_000  # below the row of titles, empty ones not counted
MAX_COLUMNS = 100
MAX_CELL = 50_000  # characters
MAX_XLSX_CELL = 32_767  # characters; what the format holds
MAX_AREA = 2_000_000  # cells of a sheet up to the last one of each row, empty ones too
EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx")

_OUTSIDE_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # characters that XLSX cannot hold
_SEPARATORS = ",;\t|"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_YES = frozenset(
    ["1", "yes", "y", "true", "t", "on", "x", "ja", "j", "wahr", "oui", "o", "si", "sí", "s", "да"]
)
_NO = frozenset(["0", "no", "n", "false", "f", "off", "nein", "falsch", "non", "нет", "-", "–"])


class SheetRefused(ValueError):
    """This file cannot be read as a table; the message says why, in a person's words."""


class CellRefused(ValueError):
    """This cell does not say what its column asks for; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the titles: its number as spreadsheets count, its cells and their problems by title."""

    number: int
    cells: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its titles, as they stand in the file, and the rows that are not empty."""

    columns: tuple[str, ...]
    rows: list[Row]


# Reading


def read_sheet(file: BinaryIO, name: str, *, max_rows: int = MAX_ROWS) -> Sheet:
    """The first sheet of a CSV or XLSX file; `name` tells by its ending which of them it is.

    A cell that cannot be stored is empty and a problem of its row. Raises SheetRefused.
    """
    ending = PurePosixPath(name.lower()).suffix
    if ending not in EXTENSIONS:
        raise SheetRefused(
            _("Send a table as CSV or XLSX; other spreadsheets can be saved as one of them.")
        )
    size = size_of(file)
    if not size:
        raise SheetRefused(_("This file is empty."))
    if size > MAX_BYTES:
        raise SheetRefused(str(too_large(size, MAX_BYTES)))
    records = _xlsx_records(file) if ending == ".xlsx" else _csv_records(file.read())
    return _sheet_of(records, max_rows)


def _sheet_of(records: Iterator[list[str]], max_rows: int) -> Sheet:
    numbered = ((number, record) for number, record in enumerate(records, 1) if any(record))
    _number, head = next(numbered, (0, []))
    columns = _columns(head)
    rows = []
    for number, record in numbered:
        if len(rows) == max_rows:
            raise SheetRefused(
                _("This table has more than %(num)s rows. Send it in parts.") % {"num": max_rows}
            )
        rows.append(_row(number, record, columns))
    return Sheet(tuple(filter(None, columns)), rows)


def _columns(head):
    """The titles, "" for columns without one. Raises SheetRefused."""
    while head and not head[-1]:
        head.pop()
    if not head:
        raise SheetRefused(_("This table is empty."))
    if len(head) > MAX_COLUMNS:
        raise SheetRefused(_("At most %(num)s columns are read.") % {"num": MAX_COLUMNS})
    columns = []
    for position, cell in enumerate(head, 1):
        try:
            title = " ".join(_clean_cell(cell).split())
        except CellRefused as refused:
            values = {"num": position, "problem": refused}
            raise SheetRefused(_("Title of column %(num)s: %(problem)s") % values) from refused
        if title and title in columns:
            raise SheetRefused(_("The column “%(title)s” is there twice.") % {"title": title})
        columns.append(title)
    return columns


def _row(number, record, columns):
    cells, problems = {}, {}
    for title, cell in zip(columns, record, strict=False):
        if not title:
            continue
        try:
            cells[title] = _clean_cell(cell)
        except CellRefused as refused:
            cells[title], problems[title] = "", str(refused)
    if any(record[len(columns) :]):
        problems[""] = _("There are more cells than titles. Is a separator inside a text?")
    return Row(number, dict.fromkeys(filter(None, columns), "") | cells, problems)


def _clean_cell(text):
    if len(text) > MAX_CELL:
        raise CellRefused(
            _("This text is longer than %(num)s characters. Is a quotation mark open?")
            % {"num": MAX_CELL}
        )
    if text.startswith("#") and text in _ERRORS:
        raise CellRefused(_("The formula in this cell has failed (%(error)s).") % {"error": text})
    try:
        text = clean_text(text).strip()
    except TextRefused as refused:
        raise CellRefused(str(refused)) from refused
    is_disarmed = text.startswith("'") and disarm_formula(text[1:]) == text
    return text[1:] if is_disarmed else text


_ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))


# CSV


def _csv_records(data: bytes) -> Iterator[list[str]]:
    text = _decode(data)
    lines = io.StringIO(text, newline="")
    separator = _declared_separator(lines) or _guess_separator(text)
    records = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    while True:
        try:
            record = next(records, None)
        except csv.Error as error:
            raise SheetRefused(
                _("Line %(num)s cannot be read. Is a quotation mark open?")
                % {"num": records.line_num}
            ) from error
        if record is None:
            return
        yield [cell.strip() for cell in record]


def _decode(data):
    """UTF-8, UTF-16 with its mark or without, else the Latin letters of Windows."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    encoding = encoding or _utf_16_without_mark(data[:1_000]) or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if encoding.startswith("utf-16"):
            raise SheetRefused(_("This file is damaged.")) from None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _utf_16_without_mark(head):
    """Every second byte of European text is NUL there."""
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(zeros) > 1 and zeros.count(0) > len(zeros) * 0.7:
            return encoding
    return None


def _declared_separator(lines):
    """Excel's own first line, `sep=;`, where there is one; leaves the file behind it."""
    first = lines.readline().strip()
    if len(first) == 5 and first.lower().startswith("sep="):
        return first[4]
    lines.seek(0)
    return None


def _guess_separator(text):
    """The one that makes most columns of the first line that is not empty."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")[:10_000]

    def columns(separator):
        try:
            return len(next(csv.reader([first], delimiter=separator), []))
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=columns)


# XLSX


def _xlsx_records(file: BinaryIO) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # noqa: PLC0415 -- costs megabytes, and few pages need it

    _check_archive(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = next(each for each in book.worksheets if each.sheet_state == "visible")
        sheet.reset_dimensions()  # what a file says about its own size is not to be trusted
        area = 0
        for row in sheet.iter_rows():
            area += len(row)
            if area > MAX_AREA:
                raise SheetRefused(_("This sheet is too large. Copy the table to a new one."))
            yield [_text_of(cell) for cell in row]
    except SheetRefused:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over
        raise SheetRefused(_("This file is damaged, or no spreadsheet.")) from error


def _check_archive(file):
    try:
        sniff(file, "table.xlsx", kinds=("document",))
    except FileRefused as refused:
        raise SheetRefused(refused.message) from refused
    with zipfile.ZipFile(file) as archive:  # reads no entry beyond the size that it declares
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise SheetRefused(
                _("This file would unpack to more than %(num)s MB.") % {"num": MAX_UNPACKED // MB}
            )
    file.seek(0)


def _text_of(cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M:%S").removesuffix(":00")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


# What a cell means


def yes_or_no(text: str) -> bool:
    """Raises CellRefused."""
    word = text.strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise CellRefused(_("Write yes or no."))


def day_or_time(text: str) -> datetime | date:
    """A day, or a time without a zone: ISO, or as `31.12.2026 18:30`. Raises CellRefused."""
    text = text.strip()
    try:
        found = (parse_date(text) if len(text) <= 10 else None) or parse_datetime(text)
    except ValueError:  # looks well, but there is no such day
        found = None
    for pattern in ("%d.%m.%Y", "%d.%m.%Y %H:%M"):
        if found is None:
            try:
                found = datetime.strptime(text, pattern)  # noqa: DTZ007 -- the reader's own zone
            except ValueError:
                continue
            found = found if "%H" in pattern else found.date()
    if found is None:
        raise CellRefused(_("Write a day as 2026-12-31, with a time as 2026-12-31 18:30."))
    return found


# Writing


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text):
        return text


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a CSV file that spreadsheets open as UTF-8, with formulas disarmed."""
    writer = csv.writer(_Echo())
    for number, row in enumerate(chain([columns], rows)):
        line = writer.writerow([disarm_formula(cell) for cell in row])
        yield line if number else f"\ufeff{line}"


def write_xlsx(
    file: BinaryIO, columns: Iterable[str], rows: Iterable[Iterable[str]], *, title: str
) -> None:
    """Write a workbook of one sheet, with formulas disarmed. Raises SheetRefused for a text that is too long for it."""
    from openpyxl import Workbook  # noqa: PLC0415 -- as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    try:
        for row in chain([columns], rows):
            sheet.append([_xlsx_cell(cell) for cell in row])
    finally:
        sheet.close()
    book.save(file)


def _xlsx_cell(value):
    text = _OUTSIDE_XML.sub("", str(disarm_formula(value)))
    if len(text) > MAX_XLSX_CELL:
        raise SheetRefused(_("A text is too long for XLSX. Choose CSV."))
    return text


def _sheet_title(title):
    plain = "".join(" " if char in "[]:*?/\\" else char for char in title)
    return plain.strip(" '")[:31] or "Table"
