"""Our own format: a folder with `course.yaml`, a numbered folder for each module, a numbered file for each lesson.

course.yaml            title, slug, summary, subject, tags, … (content.importing.values)
description.md         the course's description, Markdown
thumbnail.png          the course's picture
1-first-module/
    module.yaml        title, description
    1-first-lesson.md  front matter: title, summary, duration_minutes, completion, is_preview, video
    images/…           what lessons show
"""

from django.utils.translation import gettext as _

from content.importing.files import FileProblem, Folder, join, number_of, title_from
from content.importing.texts import Text, lesson_fields, read_text
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
from lib import frontmatter

COURSE, MODULE = "course.yaml", "module.yaml"


def is_here(folder: Folder) -> bool:
    return folder.has(COURSE)


def read(folder: Folder) -> CourseTree:
    """Raises ImportRefused when `course.yaml` cannot be read; broken lessons are named and left out."""
    values = _read_yaml(folder, COURSE)
    tree = course_from_values(values, files=folder, path=COURSE, name=folder.root.name)
    tree.paths = ("", COURSE)
    if not tree.thumbnail:
        tree.thumbnail = folder.find("", "thumbnail.png", "thumbnail.jpg", "thumbnail.webp")
    if description := folder.find("", "description.md"):
        try:
            tree.values["description"] = read_text(folder, description).body.strip()
            tree.description_path = description
        except FileProblem as problem:
            tree.left_out.append(LeftOut(description, Why.BROKEN, str(problem)))
    for name in folder.folders():
        if number_of(name) is not None:
            tree.modules.append(_read_module(folder, name, tree))
    if not tree.lessons:
        broken = "".join(f"\n{entry.path}: {entry.reason}" for entry in tree.left_out[:10])
        raise ImportRefused(_("No lesson was found in this folder.") + broken)
    return tree


def _read_yaml(folder, path):
    try:
        values, rest = frontmatter.split(f"---\n{folder.read_text(path)}\n---\n")
    except ValueError as error:
        raise ImportRefused(f"{path}: {error}") from error
    if rest.strip():
        raise ImportRefused(
            _("%(path)s: one list of values is wanted, without “---”.") % {"path": path}
        )
    return values


def _read_module(folder, name, tree):
    values = {}
    if folder.has(join(name, MODULE)):
        try:
            values = _read_yaml(folder, join(name, MODULE))
        except ImportRefused as error:
            tree.left_out.append(LeftOut(join(name, MODULE), Why.BROKEN, str(error)))
    module = ModuleTree(
        source=name,
        title=str(values.get("title") or title_from(name))[:255],
        description=str(values.get("description") or "").strip(),
        paths=(name, join(name, MODULE)),
    )
    for file in folder.files(name):
        path = join(name, file)
        if not file.lower().endswith(".md"):
            continue
        if number_of(file) is None:
            tree.left_out.append(LeftOut(path, Why.SKIPPED, _("Lessons begin with a number.")))
            continue
        try:
            module.lessons.append(lesson_of(read_text(folder, path), tree))
        except FileProblem as problem:
            tree.left_out.append(LeftOut(path, Why.BROKEN, str(problem)))
    return module


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
    )
    if isinstance(video := text.values.get("video"), str):
        lesson.items.insert(
            0, ItemTree(f"{text.path}#video", text.title, kind="video", video_url=video)
        )
    return lesson
