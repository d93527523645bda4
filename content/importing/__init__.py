"""Courses from folders: read into a tree, then put into an organization."""

from pathlib import Path

from django.utils.translation import gettext as _

from content.importing import course_folder, foreign, markdown_folder
from content.importing.applying import apply_tree
from content.importing.files import FileProblem, Folder
from content.importing.report import Report
from content.importing.tree import (
    CourseTree,
    ImportRefused,
    ItemTree,
    LeftOut,
    LessonTree,
    ModuleTree,
    Why,
)
from content.importing.values import course_from_values

__all__ = [
    "CourseTree",
    "ImportRefused",
    "ItemTree",
    "LeftOut",
    "LessonTree",
    "ModuleTree",
    "Report",
    "Why",
    "apply_tree",
    "course_from_values",
    "read_folder",
]

#: Each knows one format: `is_here(folder)` tells it by what the folder holds, `read(folder)` gives its tree.
FORMATS = (course_folder, foreign, markdown_folder)


def read_folder(path: str | Path) -> CourseTree:
    """The course in a folder, in whichever layout. Raises ImportRefused with what to do."""
    if not Path(path).is_dir():
        raise ImportRefused(_("There is no folder %(path)s.") % {"path": path})
    folder = Folder(path)
    try:
        for layout in FORMATS:
            if layout.is_here(folder):
                return layout.read(folder)
    except FileProblem as problem:
        raise ImportRefused(str(problem)) from problem
    raise ImportRefused(
        _(
            "%(path)s holds no course: neither a course.yaml nor folders or Markdown files that begin with a number, "
            "such as 1-introduction."
        )
        % {"path": Path(path).name}
    )
