"""Any folder of Markdown whose folders or files are numbered, as many free courses are.

README.md                   the course: its h1 is the title, the rest the description, its first sentences the
                            summary; the page of a course folds a long description from its first heading on
1-getting-started/
    README.md               the module: likewise, and the rest opens its first lesson
    1-first-lesson/
        README.md           the lesson; `assignment.md` beside it is shown at its end
    2-second-lesson.md      or a lesson in one file
"""

import re

from django.utils.translation import gettext as _

from content.importing.course_folder import lesson_of
from content.importing.files import FileProblem, Folder, join, number_of, title_from
from content.importing.texts import Text, read_text, summary_of
from content.importing.tree import (
    CourseTree,
    ImportRefused,
    ItemTree,
    LeftOut,
    LessonTree,
    ModuleTree,
    Why,
)
from content.importing.values import course_fields
from lib.text import slug_from

INDEX = ("README.md", "index.md")
ASSIGNMENT = ("assignment.md",)
#: Folders that hold other languages, or what a lesson's exercises start from and lead to.
BESIDE = {
    "translations",
    "i18n",
    "solution",
    "solutions",
    "start",
    "starter",
    "your-work",
    "images",
}
BESIDE |= {"img", "assets", "media", "node_modules"}


def is_here(folder: Folder) -> bool:
    return any(number_of(name) is not None for name in (*folder.folders(), *_texts(folder, "")))


def read(folder: Folder) -> CourseTree:
    """Raises ImportRefused when there is no lesson at all; broken files are named and left out."""
    reader = _Reader(folder)
    tree = reader.read_course()
    if not tree.lessons:
        broken = "".join(f"\n{entry.path}: {entry.reason}" for entry in tree.left_out[:10])
        raise ImportRefused(_("No lesson was found in this folder.") + broken)
    return tree


def _texts(folder, path):
    return [name for name in folder.files(path) if name.lower().endswith((".md", ".markdown"))]


class _Reader:
    def __init__(self, folder):
        self.folder = folder
        self.used = set()
        self.tree = None

    def read_course(self):
        index = self.folder.find("", *INDEX)
        self.tree = CourseTree(source="", title="", files=self.folder)
        text = self.read_text(index)
        self.describe_course(text)
        self.tree.paths = ("", index)
        modules = [name for name in self.folder.folders() if number_of(name) is not None]
        for name in modules:
            module = self.read_module(name)
            if module.lessons:
                self.tree.modules.append(module)
        loose = self.lessons_in("", exclude=modules)
        if loose:
            module = ModuleTree(source=".", title=self.tree.title, lessons=loose)
            self.tree.modules.insert(0, module)
        self.name_the_rest()
        return self.tree

    def describe_course(self, text):
        tree = self.tree
        name = title_from(self.folder.root.name)
        if text is None:
            tree.title, tree.source = name[:200], slug_from(name)
            return
        tree.values, complaints = course_fields(text.values)
        tree.left_out += [LeftOut(text.path, Why.IGNORED, reason) for reason in complaints]
        tree.values.pop("title", None)
        tree.title = (text.title or name)[:200]
        tree.source = slug_from(tree.title)
        # What stands above the title are badges of the place the folder comes from.
        body = text.body.removeprefix(text.above) if text.above else text.body
        tree.values.setdefault("description", body.strip())
        tree.values.setdefault("summary", summary_of(body))
        tree.description_path = text.path
        if isinstance(subject := text.values.get("subject"), str):
            tree.subject = subject.strip()

    def read_text(self, path) -> Text | None:
        """The file, or None where there is none or a broken one, which is then named."""
        if not path:
            return None
        self.used.add(path)
        try:
            return read_text(self.folder, path)
        except FileProblem as problem:
            self.tree.left_out.append(LeftOut(path, Why.BROKEN, str(problem)))
            return None

    def read_module(self, name):
        index = self.folder.find(name, *INDEX)
        text = self.read_text(index)
        module = ModuleTree(
            source=name,
            title=text.title if text else title_from(name),
            description=summary_of(text.body) if text else "",
            paths=(name, index),
        )
        module.lessons = self.lessons_in(name, index=text)
        if not module.lessons and text is not None:
            module.lessons = [self.whole_lesson(text, name)]
        elif module.lessons and text is not None and text.body.strip():
            opening = ItemTree(text.path, text.title, text.body, role="opening", show_title=True)
            module.lessons[0].items.insert(0, opening)
        return module

    def lessons_in(self, path, *, index=None, exclude=()):
        """The lessons of a folder: numbered folders and files, else those its index links to."""
        folders = [name for name in self.folder.folders(path) if name not in exclude]
        names = [
            name for name in (*folders, *_texts(self.folder, path)) if number_of(name) is not None
        ]
        if not names and index is not None:
            names = [
                name for name in folders
                if name.lower() not in BESIDE and self.is_linked(name, index)
            ]  # fmt: skip
        names.sort(key=lambda name: (number_of(name) or 0, name.lower()))
        return [lesson for name in names for lesson in self.lessons_at(join(path, name))]

    def is_linked(self, name, index):
        return re.search(rf"\]\((\./)?{re.escape(name)}(/|\))", index.body) is not None

    def lessons_at(self, path):
        if not self.folder.has_folder(path):
            text = self.read_text(path)
            return [lesson_of(text, self.tree)] if text else []
        index = self.folder.find(path, *INDEX)
        if not index:
            return self.lessons_in(path)
        text = self.read_text(index)
        return [self.whole_lesson(text, path)] if text else []

    def whole_lesson(self, text, path) -> LessonTree:
        """A lesson that has a folder of its own, with its assignment if there is one."""
        lesson = lesson_of(text, self.tree)
        lesson.paths = (path, text.path)
        if not lesson.slug:
            lesson.slug = slug_from(text.title)
        assignment = self.read_text(self.folder.find(path, *ASSIGNMENT))
        if assignment is not None:
            title = _("Assignment: %(title)s") % {"title": assignment.title}
            lesson.items.append(
                ItemTree(
                    assignment.path,
                    title[:255],
                    assignment.body,
                    role="assignment",
                    show_title=True,
                )
            )
            self.tree.left_out.append(
                LeftOut(
                    assignment.path, Why.ASSIGNMENT, _("Shown as text; handing in comes later.")
                )
            )
        return lesson

    def name_the_rest(self):
        """Say which texts were not taken: nothing is dropped in silence."""
        for path in self.folder.walk():
            parts = path.lower().split("/")
            is_text = parts[-1].endswith((".md", ".markdown"))
            if is_text and path not in self.used and "translations" not in parts:
                self.tree.left_out.append(
                    LeftOut(path, Why.SKIPPED, _("Not a part of a numbered lesson."))
                )
        for path in self.folder.links:
            self.tree.left_out.append(
                LeftOut(path, Why.SKIPPED, _("Symbolic links are not followed."))
            )
        for path in self.folder.unreadable:
            self.tree.left_out.append(
                LeftOut(path, Why.SKIPPED, _("This name cannot be read; rename the file."))
            )
