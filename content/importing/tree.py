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
class VideoTree:
    """A video: at a provider by `url`, or by the path of its own file; poster and captions are paths too."""

    url: str = ""
    file: str = ""
    title: str = ""
    description: str = ""
    poster: str = ""
    captions: str = ""
    duration_seconds: int | None = None


@dataclass(slots=True)
class ItemTree:
    """A piece of content. `source` names it within its lesson.

    `path` is where it is in the folder, to which the images and links of `body` are relative; without it
    `source` is. `files` and `links` say what an address in the text means, before the folder is looked at: a path
    from the root of the folder (for a link perhaps with an anchor), "" for plain text, None to leave it alone.
    `file` is the path of what an image, file or player shows. `is_exact`: the text is kept to the letter.
    """

    source: str
    title: str
    body: str = ""
    kind: str = "text"
    role: str = ""
    show_title: bool = False
    video: VideoTree | None = None
    caption: str = ""
    url: str = ""
    file: str = ""
    path: str = ""
    files: dict[str, str | None] = field(default_factory=dict)
    links: dict[str, str | None] = field(default_factory=dict)
    is_exact: bool = False

    @property
    def place(self) -> str:
        """Its path in the folder."""
        return self.path or self.source.partition("#")[0]


@dataclass(slots=True)
class LessonTree:
    """A lesson; `fields` as in `content.services.outline.LESSON_FIELDS`, `paths` lead to it in links.

    `is_draft` is told to new lessons alone.
    """

    source: str
    title: str
    items: list[ItemTree] = field(default_factory=list)
    slug: str = ""
    fields: dict = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    is_draft: bool = False


@dataclass(slots=True)
class ModuleTree:
    """A module; `rules` as in `content.services.outline.MODULE_RULES`."""

    source: str
    title: str
    description: str = ""
    lessons: list[LessonTree] = field(default_factory=list)
    paths: tuple[str, ...] = ()
    rules: dict = field(default_factory=dict)
    is_draft: bool = False


@dataclass(slots=True)
class CourseTree:
    """A course to be created, or updated if there is one of the same `source`.

    `values` are fields of the course by name (`courses.services.editing.EDITABLE`); `subject` is a title.
    `thumbnail` is a path in `files`; `about_files` says by path what is known of them (title, alt, tags, access).
    `description_files` and `description_links` are as those of an item.
    """

    source: str
    title: str
    values: dict = field(default_factory=dict)
    subject: str = ""
    description_path: str = ""
    description_files: dict[str, str | None] = field(default_factory=dict)
    description_links: dict[str, str | None] = field(default_factory=dict)
    thumbnail: str = ""
    modules: list[ModuleTree] = field(default_factory=list)
    files: Files = field(default_factory=NoFiles)
    left_out: list[LeftOut] = field(default_factory=list)
    paths: tuple[str, ...] = ()
    about_files: dict[str, dict] = field(default_factory=dict)

    @property
    def lessons(self) -> list[LessonTree]:
        return [lesson for module in self.modules for lesson in module.lessons]
