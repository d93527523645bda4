"""Packages of other systems: known by name, so that an import says what it was given."""

from django.utils.translation import gettext as _

from content.importing.files import FileProblem, Folder
from content.importing.tree import CourseTree, ImportRefused

_HEAD = 64 * 1024  # bytes of a manifest that say what it is


def is_here(folder: Folder) -> bool:
    return bool(name_of(folder))


def read(folder: Folder) -> CourseTree:
    """Always raises ImportRefused: none of these is understood yet."""
    raise ImportRefused(
        _(
            "This is a package of the kind “%(name)s”, which is not understood yet: nothing was imported. Courses as folders of "
            "Markdown are."
        )
        % {"name": name_of(folder)}
    )


def name_of(folder: Folder) -> str:
    """The kind of package, by the file that every one of its kind has; "" for none that is known."""
    for path, name in (
        ("moodle_backup.xml", "Moodle"),
        ("moodle.xml", "Moodle"),
        ("h5p.json", "H5P"),
        ("cmi5.xml", "cmi5"),
        ("tincan.xml", "xAPI"),
        ("course.xml", "Open edX"),
        ("course/course.xml", "Open edX"),
    ):
        if folder.has(path):
            return name
    if folder.has("imsmanifest.xml"):
        return _kind_of_manifest(folder)
    is_aicc = any(name.lower().endswith((".crs", ".au", ".cst")) for name in folder.files())
    return "AICC" if is_aicc else ""


def _kind_of_manifest(folder):
    try:
        head = folder.read("imsmanifest.xml")[:_HEAD].lower()
    except FileProblem:
        head = b""
    if b"adlcp" in head or b"adlnet" in head or b"scormtype" in head:
        return "SCORM"
    if b"imsccv" in head or b"common cartridge" in head:
        return "Common Cartridge"
    return "QTI" if b"imsqti" in head else "IMS Content Packaging"
