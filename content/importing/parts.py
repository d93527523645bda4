"""Files of our own format, one by one: YAML, and texts that are kept to the letter under their front matter."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from content.importing.files import FileProblem, Folder, title_from
from content.importing.tree import ItemTree, VideoTree
from content.models import ContentItem
from lib import frontmatter, markdown

MAX_HEAD = 1024 * 1024  # bytes of front matter, which names every link of a long text
_ROLES = ("", "opening", "assignment")
_VIDEO_TEXTS = ("url", "file", "title", "description", "poster", "captions")
_KNOWN = {
    *("id", "kind", "title", "show_title", "role", "url", "caption", "file", "video"),
    *("files", "links"),
}

Complain = Callable[..., None]


def read_yaml(folder: Folder, path: str) -> dict:
    """A file of values. Raises FileProblem."""
    text = folder.read_text(path, MAX_HEAD)
    try:
        values, rest = frontmatter.split(f"---\n{text}\n---\n", max_bytes=MAX_HEAD)
    except ValueError as error:
        raise FileProblem(f"{path}: {error}") from error
    if rest.strip():
        raise FileProblem(
            _("%(path)s: one list of values is wanted, without “---”.") % {"path": path}
        )
    return values


def read_exact(folder: Folder, path: str) -> tuple[dict, str]:
    """Front matter and text. An empty line between them and the newline at the end are not part of the text.

    Raises FileProblem for a text that could never be shown.
    """
    raw = folder.read_text(path, MAX_HEAD + markdown.MAX_BYTES)
    try:
        values, body = frontmatter.split(raw, max_bytes=MAX_HEAD)
        if values or raw.startswith(frontmatter.FENCE):
            body = body.removeprefix("\n")
        body = body.removesuffix("\n")
        markdown.render(body)
    except ValueError as error:
        raise FileProblem(str(error)) from error
    return values, body


def item_from(path: str, values: dict, body: str, complain: Complain) -> ItemTree:
    """The part of a lesson that a file is. Values that cannot be used are complained of."""
    for name in sorted(set(values) - _KNOWN):
        complain(_("“%(name)s” is not known here.") % {"name": name})
    kind = values.get("kind", "text")
    if kind not in set(ContentItem.Kind):
        raise FileProblem(
            _("There is no such kind of content: %(kind)s.") % {"kind": str(kind)[:50]}
        )
    files, links = addresses(values, complain)
    text = _Texts(values, complain)
    role = text("role", 20)
    return ItemTree(
        text("id", 500) or path,
        text("title", 255) or title_from(path.rpartition("/")[2]),
        body,
        kind=kind,
        role=role if role in _ROLES else "",
        show_title=values.get("show_title") is True,
        video=_video(values.get("video"), complain),
        caption=text("caption", 500),
        url=text("url", 500),
        file=text("file", 1_000),
        path=path,
        files=files,
        links=links,
        is_exact=True,
    )


def addresses(values: dict, complain: Complain) -> tuple[dict, dict]:
    """What the addresses of a text mean: `files` and `links` of its front matter."""
    found = []
    for name in ("files", "links"):
        given = values.get(name) or {}
        if not isinstance(given, dict):
            complain(_("The value of “%(name)s” cannot be used.") % {"name": name})
            given = {}
        good = {
            address: target
            for address, target in given.items()
            if isinstance(address, str) and (target is None or isinstance(target, str))
        }
        if len(good) < len(given):
            complain(_("The value of “%(name)s” cannot be used.") % {"name": name})
        found.append(good)
    return found[0], found[1]


class _Texts:
    """Reads texts of front matter, and complains of what is none or too long."""

    def __init__(self, values, complain):
        self.values, self.complain = values, complain

    def __call__(self, name, longest):
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest:
            self.complain(_("The value of “%(name)s” cannot be used.") % {"name": name})
            return ""
        return value


def _video(given, complain):
    if given is None:
        return None
    if isinstance(given, str):
        return VideoTree(given)
    if not isinstance(given, dict):
        complain(_("The value of “%(name)s” cannot be used.") % {"name": "video"})
        return None
    text = _Texts(given, complain)
    seconds = given.get("duration_seconds")
    is_number = isinstance(seconds, int) and not isinstance(seconds, bool)
    video = VideoTree(**{name: text(name, 10_000) for name in _VIDEO_TEXTS})
    video.duration_seconds = seconds if is_number and 0 <= seconds < 10**7 else None
    return video
