import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lib.drawings import is_harmless_svg
from lib.files import MAX_NAME, SIZE_LIMITS, FileRefused, safe_filename, sniff


def code_of(data, name, **options):
    """The kind's ending when the file is taken, the refusal's code when it is not."""
    file = io.BytesIO(data)
    try:
        return sniff(file, name, **options).extension
    except FileRefused as refusal:
        return refusal.code if refusal.message.endswith((".", ")")) else refusal.message
    finally:
        assert file.tell() == 0


def zip_of(entries, **attributes):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, data)
    return out.getvalue()


TAKEN = {
    "gif87.gif": "gif", "gif89.gif": "gif", "id3v1.mp3": "mp3", "id3v2.mp3": "mp3", "jpg.jpg": "jpg",
    "mp4.mp4": "mp4", "pdf.pdf": "pdf", "png.png": "png", "riff.wav": "wav", "svg.svg": "svg",
    "vorbis.ogg": "ogg", "webm.webm": "webm", "webp.webp": "webp", "webpl.webp": "webp", "zip.zip": "zip",
}  # fmt: skip


def test_samples_are_taken_for_what_they_are(test_data):
    samples = sorted(Path(test_data("file-type-samples/samples")).iterdir())
    found = {path.name: code_of(path.read_bytes(), path.name) for path in samples}

    assert len(found) == 43
    assert {name: code for name, code in found.items() if code in set(TAKEN.values())} == TAKEN
    assert {code for name, code in found.items() if name not in TAKEN} == {
        "unknown_type",
        "mismatch",
    }


def test_samples_under_a_wrong_name_are_refused(test_data):
    for path in sorted(Path(test_data("file-type-samples/samples")).iterdir()):
        data = path.read_bytes()
        for ending in sorted(set(TAKEN.values()) - {TAKEN.get(path.name)}):
            assert code_of(data, f"renamed.{ending}") in ("mismatch", "scripted"), (
                path.name,
                ending,
            )


def test_matroska_is_no_webm(test_data):
    assert (
        code_of(Path(test_data("file-type-samples/samples/matroska.mkv")).read_bytes(), "a.webm")
        == "mismatch"
    )


def test_hostile_files_are_refused(test_data):
    folder = Path(test_data("hostile-files"))
    found = {
        path.name: code_of(path.read_bytes(), path.name)
        for part in ("archives", "svg", "xml", "html-like", "antivirus")
        for path in (folder / part).iterdir()
    }
    codes = {"unknown_type", "unsafe_archive", "scripted", "malware"}

    assert len(found) > 30
    assert set(found.values()) == codes
    assert found["zip-slip.zip"] == found["symlink-to-etc-passwd.zip"] == "unsafe_archive"
    assert all(code == "scripted" for name, code in found.items() if name.endswith(".svg"))


def test_honest_archives_are_taken(test_data):
    for path in Path(test_data("hostile-files/archives-odd")).glob("*.zip"):
        assert code_of(path.read_bytes(), path.name) == "zip", path.name


CONTENT_TYPES = {"[Content_Types].xml": "<Types/>"}


@pytest.mark.parametrize(
    ("entries", "name", "code"),
    [
        (CONTENT_TYPES | {"word/document.xml": "x"}, "a.docx", "docx"),
        (CONTENT_TYPES | {"xl/workbook.xml": "x"}, "a.XLSX", "xlsx"),
        (CONTENT_TYPES | {"ppt/presentation.xml": "x"}, "a.pptx", "pptx"),
        (CONTENT_TYPES | {"ppt/presentation.xml": "x"}, "a.docx", "mismatch"),
        (
            CONTENT_TYPES | {"word/document.xml": "x", "word/vbaProject.bin": "x"},
            "a.docx",
            "macros",
        ),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "a.odt", "odt"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "a.ods", "ods"),
        ({"mimetype": "application/vnd.oasis.opendocument.presentation"}, "a.odp", "odp"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "a.zip", "mismatch"),
        ({"index.html": "<script>"}, "a.zip", "zip"),
        ({"index.html": "<script>"}, "a.docx", "mismatch"),
        ({"../a": "x"}, "a.zip", "unsafe_archive"),
        ({"a/../../b": "x"}, "a.zip", "unsafe_archive"),
        ({"/etc/passwd": "x"}, "a.zip", "unsafe_archive"),
        ({"C:\\a": "x"}, "a.zip", "unsafe_archive"),
    ],
)
def test_zip_files_are_told_apart(entries, name, code):
    assert code_of(zip_of(entries), name) == code


def test_archive_bombs_and_links_are_refused(monkeypatch):
    monkeypatch.setattr("lib.files.MAX_ARCHIVE_UNPACKED", 1_000)
    assert code_of(zip_of({"a": "0" * 2_000}), "a.zip") == "unsafe_archive"
    monkeypatch.setattr("lib.files.MAX_ARCHIVE_ENTRIES", 2)
    assert code_of(zip_of({"a": "", "b": "", "c": ""}), "a.zip") == "unsafe_archive"
    assert code_of(zip_of({"a": "/etc"}, external_attr=0o120777 << 16), "a.zip") == "unsafe_archive"
    assert code_of(b"PK\x03\x04 and then nothing", "a.zip") == "unsafe_archive"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"plain", "a.txt", "txt"),
        ("größe;日本\r\n1;2".encode(), "a.csv", "csv"),
        ("größe".encode("cp1252") * 9, "a.csv", "csv"),
        ("größe".encode("utf-16"), "a.txt", "txt"),
        ("é".encode()[:1], "a.txt", "txt"),
        (b"# <script>alert(1)</script>", "a.md", "md"),
        (b"MZ\x90\x00\x03\x00", "a.txt", "mismatch"),
        (b"\x7fELF\x02\x01\x01\x00", "a.md", "mismatch"),
        (bytes(range(1, 32)) * 9, "a.txt", "mismatch"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi", "a.vtt", "vtt"),
        (b"\xef\xbb\xbfWEBVTT - title\n", "a.vtt", "vtt"),
        (b"WEBVTTX", "a.vtt", "mismatch"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "a.m4a", "m4a"),
        (b"\0\0\0\x20ftypqt  \0\0\0\0", "a.mp4", "mismatch"),
        (b"\0\0\0\x20ftypheic\0\0\0\0", "a.mp4", "mismatch"),
        (b"<html><script>", "a.png", "mismatch"),
        (b"", "a.png", "empty"),
        (b"x", "", "unknown_type"),
        (b"x", "png", "unknown_type"),
        (b"x", "a.png.exe", "unknown_type"),
        (b"x", "a.html", "unknown_type"),
        (b"x", "a.js", "unknown_type"),
        (b"\xff\xd8\xff\xe0", "a.JPEG", "jpg"),
        (b"\xff\xd8\xff\xe0", "dir.png\\a.jpe", "jpg"),
    ],
)
def test_sniff_goes_by_the_content(data, name, code):
    assert code_of(data, name) == code


def test_sniff_knows_limits_and_kinds():
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 100

    assert code_of(png, "a.png", limits={"image": 50}) == "too_large"
    assert code_of(png, "a.png", kinds=("document",)) == "wrong_kind"
    assert code_of(b"x" * (SIZE_LIMITS["text"] + 1), "a.txt") == "too_large"
    kind = sniff(SimpleUploadedFile("a.png", png), "a.png")
    assert (kind.mime, kind.kind, kind.may_show_inline) == ("image/png", "image", True)


@pytest.mark.parametrize("name", ["a.svg", "a.pdf", "a.zip", "a.txt", "a.docx"])
def test_documents_are_never_shown_inline(name):
    from lib.files import _KINDS  # noqa: PLC0415 -- looks behind the curtain, here alone

    assert not _KINDS[name[2:]].may_show_inline


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%s</svg>'


@pytest.mark.parametrize(
    ("inner", "is_harmless"),
    [
        ('<path d="M0 0" fill="url(#g)"/><use xlink:href="#a"/>', True),
        ("<style>.a { fill: red }</style><title>A</title>", True),
        ("<script>alert(1)</script>", False),
        ('<path onload="alert(1)"/>', False),
        ('<a xlink:href="javascript:alert(1)"><text>x</text></a>', False),
        ('<use href="other.svg#a"/>', False),
        ('<use href="data:image/svg+xml,x"/>', False),
        ("<foreignObject><div/></foreignObject>", False),
        ('<image href="https://evil.example/x.png"/>', False),
        ("<style>@import 'https://evil.example'</style>", False),
        ('<path style="fill:url(https://evil.example)"/>', False),
        ('<set attributeName="href" to="javascript:x"/>', False),
        ("<unclosed>", False),
    ],
)
def test_only_plain_drawings_are_harmless(inner, is_harmless):
    assert is_harmless_svg(io.BytesIO((SVG % inner).encode())) is is_harmless


def test_drawings_with_entities_or_of_another_root_are_refused():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aa">]>' + SVG % "&a;"
    assert not is_harmless_svg(io.BytesIO(bomb.encode()))
    assert not is_harmless_svg(io.BytesIO(b"<html xmlns='http://www.w3.org/1999/xhtml'/>"))
    assert not is_harmless_svg(io.BytesIO(b'<?xml-stylesheet href="x"?>' + (SVG % "").encode()))
    assert not is_harmless_svg(io.BytesIO((SVG % ("<g>" * 30_000 + "</g>" * 30_000)).encode()))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\Report.PDF", "Report.pdf"),
        ("con.txt", "_con.txt"),
        (".htaccess", "htaccess"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("日本語  ファイル.pdf", "日本語 ファイル.pdf"),
        ('a<b>:"|?*.txt', "a_b_.txt"),
        ("a\x00b\n.txt", "ab.txt"),
        ("", "file"),
        ("...", "file"),
        ("folder/", "file"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_safe_filename(name, safe):
    assert safe_filename(name) == safe


def test_safe_filename_is_short_and_keeps_its_ending():
    name = safe_filename("ä" * 500 + ".docx")
    assert len(name) == MAX_NAME
    assert name.endswith(".docx")


def test_safe_filename_survives_every_forbidden_name(test_data):
    for path in Path(test_data("hostile-text/fuzzdb")).glob("invalid-file*"):
        for line in path.read_bytes().decode("utf-8", "surrogateescape").split("\n"):
            name = safe_filename(line)
            assert name
            assert not set(name) & set('/\\<>:"|?*\x00\n\r')
            assert safe_filename(name) == name
