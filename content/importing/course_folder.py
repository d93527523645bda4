"""Our own format, described in docs/course-format.md: a folder, or an archive of one.

course.yaml            title, slug, summary, subject, tags, … (content.importing.values)
description.md         the course's description, Markdown
thumbnail.png          the course's picture
files.yaml             what is known of files: title, alt, tags, access
1-first-module/
    module.yaml        title, description, lesson_order, opens_at, …
    1-first-lesson.md  front matter: title, summary, duration_minutes, completion, is_preview, video
    2-second-lesson/   a lesson of several parts
        lesson.yaml    title, summary, …
        1-video.md     front matter: kind, title, video, file, url, caption; below it a text
    images/…           what lessons show

With `format: 1` in `course.yaml`, as an export has it, the text is the whole course: texts are kept to the letter,
and what is not said is as in something new.
"""

from django.utils.translation import gettext as _

from content.importing import parts
from content.importing.files import FileProblem, Folder, join, number_of, title_from
from content.importing.texts import Text, lesson_fields, module_rules, read_text
from content.importing.tree import (
    CourseTree,
    ImportRefused,
    ItemTree,
    LeftOut,
    LessonTree,
    ModuleTree,
    VideoTree,
    Why,
)
from content.importing.values import LONGEST_KEY, course_from_values

COURSE, MODULE, LESSON = "course.yaml", "module.yaml", "lesson.yaml"
DESCRIPTION, FILES = "description.md", "files.yaml"
FORMAT = 1


def is_here(folder: Folder) -> bool:
    return folder.has(COURSE)


def read(folder: Folder) -> CourseTree:
    """Raises ImportRefused when `course.yaml` cannot be read; broken lessons are named and left out."""
    try:
        values = parts.read_yaml(folder, COURSE)
    except FileProblem as problem:
        raise ImportRefused(str(problem)) from problem
    if values.get("format", FORMAT) != FORMAT:
        raise ImportRefused(
            _("This course is written in a format that is not known here: %(format)s.")
            % {"format": str(values["format"])[:50]}
        )
    tree = course_from_values(
        values, files=folder, path=COURSE, name=folder.root.name, is_whole="format" in values
    )
    return _Reader(folder, tree, is_whole="format" in values).run()


class _Reader:
    def __init__(self, folder, tree, *, is_whole):
        self.folder, self.tree, self.is_whole = folder, tree, is_whole
        self.keys = set()

    def run(self):
        folder, tree = self.folder, self.tree
        tree.paths = ("", COURSE)
        if not tree.thumbnail:
            endings = ("png", "jpg", "webp", "gif")
            tree.thumbnail = folder.find("", *(f"thumbnail.{ending}" for ending in endings))
        self.read_description()
        if folder.has(FILES):
            tree.about_files = self.yaml(FILES)
        for name in folder.folders():
            if number_of(name) is not None:
                tree.modules.append(self.module(name))
        if not tree.lessons and not self.is_whole:
            broken = "".join(f"\n{entry.path}: {entry.reason}" for entry in tree.left_out[:10])
            raise ImportRefused(_("No lesson was found in this folder.") + broken)
        return tree

    def read_description(self):
        path = self.folder.find("", DESCRIPTION)
        if not path:
            return
        tree = self.tree
        try:
            if self.is_whole:
                values, tree.values["description"] = parts.read_exact(self.folder, path)
                addresses = parts.addresses(values, self.complain(path))
                tree.description_files, tree.description_links = addresses
            else:
                tree.values["description"] = read_text(self.folder, path).body.strip()
            tree.description_path = path
        except FileProblem as problem:
            self.leave_out(path, problem)

    def module(self, name):
        path = join(name, MODULE)
        values = self.yaml(path) if self.folder.has(path) else {}
        description = str(values.get("description") or "")
        rules, complaints = module_rules(values, is_whole=self.is_whole)
        self.complain(path)(*complaints)
        module = ModuleTree(
            source=self.key(values, name),
            title=str(values.get("title") or title_from(name))[:255],
            description=description if self.is_whole else description.strip(),
            paths=(name, path),
            rules=rules,
            is_draft=values.get("is_draft") is True,
        )
        module.lessons = [lesson for entry in self.entries(name) if (lesson := self.lesson(entry))]
        return module

    def entries(self, name):
        """Paths of the lessons of a module in their order: numbered files, and numbered folders that say they are one."""
        found = []
        for file in self.folder.files(name):
            path = join(name, file)
            if not file.lower().endswith(".md"):
                continue
            if number_of(file) is None:
                reason = _("Lessons begin with a number.")
                self.tree.left_out.append(LeftOut(path, Why.SKIPPED, reason))
            else:
                found.append(file)
        for inner in self.folder.folders(name):
            if number_of(inner) is not None and self.folder.has(join(join(name, inner), LESSON)):
                found.append(inner)
        found.sort(key=lambda entry: (number_of(entry), entry.lower()))
        return [join(name, entry) for entry in found]

    def lesson(self, path):
        """The lesson in a file or a folder; None for a broken one, which is named."""
        try:
            if not path.lower().endswith(".md") or self.folder.has_folder(path):
                return self.lesson_of_parts(path)
            if self.is_whole:
                return self.lesson_of_text(path)
            return lesson_of(read_text(self.folder, path), self.tree)
        except FileProblem as problem:
            self.leave_out(path, problem)
            return None

    def lesson_of_text(self, path):
        """A lesson that is one text under its own title."""
        values, body = parts.read_exact(self.folder, path)
        lesson = self.new_lesson(path, path, values)
        text_id = values.get("text_id")
        source = text_id if isinstance(text_id, str) and text_id else lesson.source
        files, links = parts.addresses(values, self.complain(path))
        lesson.items = [
            ItemTree(source, lesson.title, body, path=path, files=files, links=links, is_exact=True)
        ]
        return lesson

    def lesson_of_parts(self, path):
        """A lesson in a folder, with a file for each part."""
        lesson = self.new_lesson(path, join(path, LESSON), self.yaml(join(path, LESSON)))
        for file in self.folder.files(path):
            if number_of(file) is None or not file.lower().endswith(".md"):
                continue
            inner = join(path, file)
            try:
                values, body = parts.read_exact(self.folder, inner)
                lesson.items.append(parts.item_from(inner, values, body, self.complain(inner)))
            except FileProblem as problem:
                self.leave_out(inner, problem)
        return lesson

    def new_lesson(self, path, said_in, values):
        fields, complaints = lesson_fields(values, is_whole=self.is_whole)
        self.complain(said_in)(*complaints)
        title = values.get("title")
        slug = values.get("slug")
        return LessonTree(
            self.key(values, path),
            (
                title
                if isinstance(title, str) and title.strip()
                else title_from(path.rpartition("/")[2])
            )[:255],
            slug=slug if isinstance(slug, str) else "",
            fields=fields,
            paths=(path,),
            is_draft=values.get("is_draft") is True,
        )

    def key(self, values, path):
        """What names a part of the course: its `id`, else its path."""
        key = values.get("id")
        is_good = isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key not in self.keys
        if key is not None and not is_good:
            self.complain(path)(_("The value of “%(name)s” cannot be used.") % {"name": "id"})
        key = key if is_good else path
        self.keys.add(key)
        return key

    def yaml(self, path):
        try:
            return parts.read_yaml(self.folder, path)
        except FileProblem as problem:
            self.leave_out(path, problem)
            return {}

    def complain(self, path):
        """Say of values in a file that they were not used."""

        def say(*reasons):
            self.tree.left_out += [LeftOut(path, Why.IGNORED, reason) for reason in reasons]

        return say

    def leave_out(self, path, problem):
        self.tree.left_out.append(LeftOut(path, Why.BROKEN, str(problem)))


def lesson_of(text: Text, tree: CourseTree, *, source: str = "") -> LessonTree:
    """The lesson that a file is."""
    source = source or text.path
    fields, complaints = lesson_fields(text.values)
    tree.left_out += [LeftOut(text.path, Why.IGNORED, reason) for reason in complaints]
    slug = text.values.get("slug")
    lesson = LessonTree(
        source,
        text.title,
        [ItemTree(text.path, text.title, text.body)],
        slug=slug if isinstance(slug, str) else "",
        fields=fields,
        paths=(text.path,),
        is_draft=text.values.get("is_draft") is True,
    )
    if isinstance(video := text.values.get("video"), str):
        item = ItemTree(f"{text.path}#video", text.title, kind="video", video=VideoTree(video))
        lesson.items.insert(0, item)
    return lesson
