"""A course as a tree of plain values, whatever folder or file it was read from."""

from dataclasses import dataclass, field
from enum import StrEnum

from content.importing.files import Files, NoFiles


class ImportRefused(ValueError):
    """Nothing can be imported from here; the message says what to do."""


class Why(StrEnum):
    """The kinds of things that an import leaves out, or keeps for later."""

    BROKEN = "broken"
    TRASHED = "trashed"
    LINK = "link"
    IMAGE = "image"
    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    SKIPPED = "skipped"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing left out: where, which kind, and the reason in a sentence."""

    path: str
    why: Why
    reason: str


@dataclass(slots=True)
class ItemTree:
    """A piece of content. `source` is its path, to which the images and links of `body` are relative."""

    source: str
    title: str
    body: str = ""
    kind: str = "text"
    role: str = ""
    show_title: bool = False
    video_url: str = ""
    caption: str = ""


@dataclass(slots=True)
class LessonTree:
    """A lesson; `fields` as in `content.services.outline.LESSON_FIELDS`, `paths` lead to it in links."""

    source: str
    title: str
    items: list[ItemTree] = field(default_factory=list)
    slug: str = ""
    fields: dict = field(default_factory=dict)
    paths: tuple[str, ...] = ()


@dataclass(slots=True)
class ModuleTree:
    source: str
    title: str
    description: str = ""
    lessons: list[LessonTree] = field(default_factory=list)
    paths: tuple[str, ...] = ()


@dataclass(slots=True)
class CourseTree:
    """A course to be created, or updated if there is one of the same `source`.

    `values` are fields of the course by name (`courses.services.editing.EDITABLE`); `subject` is a title.
    `thumbnail` is a path in `files`.
    """

    source: str
    title: str
    values: dict = field(default_factory=dict)
    subject: str = ""
    description_path: str = ""
    thumbnail: str = ""
    modules: list[ModuleTree] = field(default_factory=list)
    files: Files = field(default_factory=NoFiles)
    left_out: list[LeftOut] = field(default_factory=list)
    paths: tuple[str, ...] = ()

    @property
    def lessons(self) -> list[LessonTree]:
        return [lesson for module in self.modules for lesson in module.lessons]
