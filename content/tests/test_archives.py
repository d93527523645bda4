"""Archives from strangers: the honest ones open whatever made them, the others are refused with a reason."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from content.importing import ImportRefused, archives, read_folder


def zipped(*entries, method=zipfile.ZIP_DEFLATED):
    """An archive of names, or pairs of ZipInfo and content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for entry in entries:
            info, data = entry if isinstance(entry, tuple) else (entry, b"# X\n\nText.")
            archive.writestr(info, data)
    out.seek(0)
    return out


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


def names_in(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (["good.md", "../evil.md"], "outside of its folder"),
        (["/etc/evil.md"], "outside of its folder"),
        (["C:\\evil.md"], "outside of its folder"),
        (["a\\..\\..\\evil.md"], "outside of its folder"),
        (["a/./b.md"], "outside of its folder"),
        (["a/\x07b.md"], "outside of its folder"),
        ([link("link.md", "/etc/passwd")], "is a link"),
        (["a/b.md", "A/B.md"], "is there twice"),
        (["a.md", "a.md/b.md"], "is there twice"),
        (["caf\u00e9.md", "cafe\u0301.md"], "is there twice"),
        (["a/" * 30 + "b.md"], "too long a name"),
        (["x" * 300 + ".md"], "too long a name"),
        ([("zeros.bin", bytes(30 * 1024 * 1024))], "beyond all measure"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_archives_are_refused_and_nothing_is_written(tmp_path, entries, reason):
    with pytest.raises(ImportRefused, match=reason):
        archives.unpack(zipped(*entries), tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not (tmp_path.parent / "evil.md").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_same_name_twice_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="is there twice"):
        archives.unpack(zipped("a.md", "a.md"), tmp_path)


def test_too_many_files_and_too_much_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ImportRefused, match="more than 5000 files"):
        archives.unpack(zipped(*(f"{n}.md" for n in range(5_001))), tmp_path)
    monkeypatch.setattr(archives, "MAX_ARCHIVE_UNPACKED", 5)
    with pytest.raises(ImportRefused, match="more than a gigabyte"):
        archives.unpack(zipped("a.md"), tmp_path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_rare_ways_of_packing_are_refused(tmp_path, method):
    with pytest.raises(ImportRefused, match="not known here"):
        archives.unpack(zipped("a.md", method=method), tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a zip", b"\x1f\x8b\x08", b"Rar!\x1a", b"PK\x03\x04" * 50]
)
def test_what_is_no_zip_is_refused(tmp_path, data):
    with pytest.raises(ImportRefused, match="ZIP"):
        archives.unpack(io.BytesIO(data), tmp_path)


def test_cut_off_archive_is_refused(tmp_path):
    data = zipped("1-a.md", "2-b.md").getvalue()
    with pytest.raises(ImportRefused, match="damaged"):
        archives.unpack(io.BytesIO(data[: len(data) // 2]), tmp_path)


def test_size_that_lies_is_found_out(tmp_path):
    data = bytearray(zipped(("a.md", b"x" * 5_000)).getvalue())
    data = data.replace((5_000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    with pytest.raises(ImportRefused, match="damaged"):
        archives.unpack(io.BytesIO(bytes(data)), tmp_path)


def test_archive_in_an_archive_stays_packed(tmp_path):
    inner = zipped("../evil.md").getvalue()
    folder = archives.unpack(zipped("1-a.md", ("2-inner.zip", inner)), tmp_path)
    assert names_in(folder) == ["1-a.md", "2-inner.zip"]


def test_folder_around_everything_and_leftovers_of_systems_do_not_matter(tmp_path):
    folder = archives.unpack(
        zipped("tea/1-a/1-x.md", "tea/.DS_Store", "__MACOSX/tea/._1-x.md", "tea/Thumbs.db"),
        tmp_path,
    )
    assert folder.name == "tea"
    assert names_in(folder) == ["1-a/1-x.md"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("archives/zip-slip.zip", "outside of its folder"),
        ("archives/zip-slip-win.zip", "outside of its folder"),
        ("archives/symlink-to-etc-passwd.zip", "is a link"),
        ("archives/zip-slip.tar", "ZIP"),
        ("archives/zip-slip-win.tar", "ZIP"),
        ("archives-odd/passwordis1.zip", "locked with a password"),
    ],
)
def test_real_hostile_archives(test_data, tmp_path, name, reason):
    path = Path(test_data("hostile-files", name))
    with path.open("rb") as file, pytest.raises(ImportRefused, match=reason):
        archives.unpack(file, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_real_odd_archives_open_with_readable_names(test_data, tmp_path):
    """Names in UTF-8 with and without the flag, decomposed, in old code pages."""
    unpacked = {}
    for path in sorted(Path(test_data("hostile-files", "archives-odd")).glob("*.zip")):
        if path.stem == "passwordis1":
            continue
        folder = tmp_path / path.stem
        folder.mkdir()
        with path.open("rb") as file:
            unpacked[path.stem] = names_in(archives.unpack(file, folder))

    assert len(unpacked) == 13
    assert unpacked["empty"] == []
    for name in ("test_osx_1074", "test_moodle_22", "test_infozip_3", "test_tc_8"):
        assert "Prüfung.txt" in unpacked[name]
    assert not any(
        "__MACOSX" in name or "Thumbs" in name for names in unpacked.values() for name in names
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("scorm-packages/RuntimeMinimumCalls_SCORM12.zip", "SCORM"),
        ("scorm-packages/singlescobasic.zip", "SCORM"),
        ("common-cartridge/single-page.imscc", "Common Cartridge"),
        ("common-cartridge/canvas_cc_gem_course.imscc", "Common Cartridge"),
        ("h5p-packages/greeting-card.h5p", "H5P"),
        ("scorm-packages/validaicc.zip", "AICC"),
    ],
)
def test_packages_of_other_systems_are_named(test_data, tmp_path, path, kind):
    with Path(test_data(*path.split("/"))).open("rb") as file:
        folder = archives.unpack(file, tmp_path)
    with pytest.raises(ImportRefused, match=f"“{kind}”, which is not understood yet"):
        read_folder(folder)


def test_loose_files_are_numbered_where_nobody_did(tmp_path):
    files = {"b.md": b"# B", "a.md": b"# A", "README.md": b"# Tea", "pic.png": b"x"}
    archives.lay_out([(name, io.BytesIO(data)) for name, data in files.items()], tmp_path)
    assert names_in(tmp_path) == ["1-a.md", "2-b.md", "README.md", "pic.png"]

    other = tmp_path / "other"
    other.mkdir()
    archives.lay_out([("2-x.md", io.BytesIO()), ("y.md", io.BytesIO())], other)
    assert names_in(other) == ["2-x.md", "y.md"]
    with pytest.raises(ImportRefused, match="is there twice"):
        archives.lay_out([("a.md", io.BytesIO()), ("A.md", io.BytesIO())], tmp_path)
