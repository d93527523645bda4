import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from lib import spreadsheets
from lib.spreadsheets import (
    CellRefused,
    SheetRefused,
    csv_lines,
    day_or_time,
    read_sheet,
    write_xlsx,
    yes_or_no,
)


def read(data, name="people.csv", **options):
    return read_sheet(io.BytesIO(data), name, **options)


def cells(sheet):
    return [row.cells for row in sheet.rows]


def workbook(*rows, sheets=1):
    book = openpyxl.Workbook()
    for _number in range(sheets - 1):
        book.create_sheet().append(["another", "sheet"])
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rezipped(data, **replaced):
    """The archive with the content of some entries replaced, by the last part of their names."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", 8) as new:
        for entry in old.infolist():
            stem = entry.filename.rpartition("/")[2].partition(".")[0]
            new.writestr(entry.filename, replaced.get(stem, old.read(entry)))
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_usual_encoding_is_read(encoding):
    sheet = read("Name,Ort\r\nJürgen Groß,Köln\r\n".encode(encoding))

    assert cells(sheet) == [{"Name": "Jürgen Groß", "Ort": "Köln"}]


@pytest.mark.parametrize(
    "text",
    [
        "Email address, Test name\na@example.com, 10",
        "Email address;Test name\na@example.com;10\n",
        "Email address\tTest name\na@example.com\t10\n",
        'sep=|\nEmail address|"Test name"\na@example.com|10\n',
        '\n\n"Email address" , "Test name"\n"a@example.com", 10\n,\n',
    ],
)
def test_any_usual_separator_is_read(text):
    sheet = read(text.encode())

    assert sheet.columns == ("Email address", "Test name")
    assert cells(sheet) == [{"Email address": "a@example.com", "Test name": "10"}]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    sheet = read(b'a,b\n\n1,"two\nlines"\n,\n3,4\n')

    assert [(row.number, row.cells["b"]) for row in sheet.rows] == [(3, "two\nlines"), (5, "4")]


def test_cells_that_cannot_be_stored_are_problems_of_their_row():
    sheet = read(b"a,b\n1,x\x00y\n2,z,too,many\n#REF!,3\n")

    assert [set(row.problems) for row in sheet.rows] == [{"b"}, {""}, {"a"}]
    assert "U+0000" in sheet.rows[0].problems["b"]
    assert sheet.rows[0].cells == {"a": "1", "b": ""}


def test_short_rows_are_filled():
    assert cells(read(b"a,b,c\n1\n")) == [{"a": "1", "b": "", "c": ""}]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "people.csv", "empty"),
        (b"\n , ,\n", "people.csv", "empty"),
        (b"a,b\n", "people.ods", "CSV or XLSX"),
        (b"a,a\n1,2\n", "people.csv", "twice"),
        (b"a,b\x00\n1,2\n", "people.csv", "column 2"),
        (b'a,b\n"1,' + b"x" * 200_000, "people.csv", "quotation mark"),
        (b"PK\x03\x04 no archive", "people.xlsx", "damaged"),
        (b"a,b\n", "people.xlsx", ".xlsx"),
        (",".join(f"c{number}" for number in range(101)).encode(), "people.csv", "100 columns"),
        (b"\xff\xfea", "people.csv", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_words(data, name, words):
    with pytest.raises(SheetRefused, match=words):
        read(data, name)


def test_too_many_rows_are_refused():
    with pytest.raises(SheetRefused, match="2 rows"):
        read(b"a\n1\n2\n3\n", max_rows=2)


def test_a_file_of_many_megabytes_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_BYTES", 10)

    with pytest.raises(SheetRefused, match="MB"):
        read(b"a\n" + b"1\n" * 10)


def test_cells_of_a_workbook_come_as_text():
    day, moment = date(2026, 3, 1), datetime.fromisoformat("2026-03-01 18:30")
    data = workbook(
        ["text", "int", "float", "yes", "day", "moment", "none"],
        [" Jürgen ", 5, 2.50, True, day, moment, None],
        [None, 7.0, 1e20, False],
        sheets=3,
    )

    assert [list(row.cells.values()) for row in read(data, "people.XLSX").rows] == [
        ["Jürgen", "5", "2.5", "yes", "2026-03-01", "2026-03-01 18:30", ""],
        ["", "7", "1e+20", "no", "", "", ""],
    ]


def test_formulas_are_not_worked_out():
    assert cells(read(workbook(["a", "b"], ["=1+1", "x"]), "f.xlsx")) == [{"a": "", "b": "x"}]


def test_a_claim_to_be_huge_costs_nothing():
    data = workbook(["a"], ["1"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="XFD1048576"><v>9</v></c></row></sheetData>'
    sheet = sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"').replace(b"</sheetData>", far)

    row = read(rezipped(data, sheet1=sheet), "huge.xlsx").rows[1]

    assert (row.number, row.cells, set(row.problems)) == (1_048_576, {"a": ""}, {""})


def test_a_sheet_of_too_many_cells_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_AREA", 5)

    with pytest.raises(SheetRefused, match="too large"):
        read(workbook(["a", "b"], ["1", "2"], [None, None, " "]), "wide.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MAX_UNPACKED", 1_000_000)
    bomb = b"<x>" + b" " * 1_000_000 + b"</x>"

    with pytest.raises(SheetRefused, match="unpack"):
        read(rezipped(workbook(["a"]), sheet1=bomb), "bomb.xlsx")


@pytest.mark.parametrize(
    "entities",
    [
        b'<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">',
        b'<!ENTITY b SYSTEM "file:///etc/passwd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_a_workbook_are_refused(entities, encoding):
    data = workbook(["a"], ["text"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b"text", b"&b;")
    document = (b"<!DOCTYPE worksheet [" + entities + b"]>" + sheet).decode().encode(encoding)

    with pytest.raises(SheetRefused, match="damaged"):
        read(rezipped(data, sheet1=document), "entities.xlsx")


def test_what_is_written_is_read_again_as_it_was():
    titles, rows = (
        ["name", "note"],
        [["=1+1", "-5"], ["'quoted", "@home\nnext"], ["+49 1", "ü;,\t|"]],
    )
    expected = [dict(zip(titles, row, strict=True)) for row in rows]
    text = "".join(csv_lines(titles, rows))
    file = io.BytesIO()
    write_xlsx(file, titles, rows, title="A: [long] title/" * 5)

    assert "'=1+1" in text
    assert cells(read(text.encode())) == expected
    assert cells(read(file.getvalue(), "x.xlsx")) == expected
    written = openpyxl.load_workbook(file)
    assert {cell.data_type for row in written.active for cell in row} == {"s"}


def test_a_text_that_a_workbook_cannot_hold_is_refused():
    with pytest.raises(SheetRefused, match="CSV"):
        write_xlsx(io.BytesIO(), ["a"], [["x" * 40_000]], title="t")


@pytest.mark.parametrize(
    ("text", "value"), [("Ja", True), (" 1", True), ("no", False), ("0", False)]
)
def test_yes_and_no_are_understood(text, value):
    assert yes_or_no(text) is value


def test_other_words_are_neither_yes_nor_no():
    with pytest.raises(CellRefused):
        yes_or_no("maybe")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("1.3.2026", date(2026, 3, 1)),
        ("2026-03-01 18:30", datetime.fromisoformat("2026-03-01 18:30")),
        ("01.03.2026 18:30", datetime.fromisoformat("2026-03-01 18:30")),
    ],
)
def test_days_and_times_are_understood(text, value):
    assert day_or_time(text) == value


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "31.2.2026", "45292", "9" * 5_000])
def test_other_texts_are_no_days(text):
    with pytest.raises(CellRefused):
        day_or_time(text)
