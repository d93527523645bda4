"""Content as HTML: prepared when a version is saved, so that a page only joins strings.

Texts and images are stored as they are shown. Players carry a few words of the page (“Play video”), which
differ by the reader's language: they are stored as marks, filled in when the page is drawn.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from markupsafe import Markup

from content import videos
from content.models import ContentItem, MediaAsset, VideoAsset
from lib.jinja import minutes as minutes_text
from lib.markdown import ImageSource
from lib.rows import fetch_rows

#: How wide a picture is drawn at most, for the browser's choice among the sizes.
SIZES = "(min-width: 1100px) 720px, 92vw"

Kind = ContentItem.Kind
#: What an item is to its lesson, where it is not simply a part of it.
_ROLES = {"opening", "assignment"}
_IN_PROSE = {Kind.TEXT, Kind.IMAGE}
#: As `lib.markdown` writes a picture that stands alone, is a link, and is not loaded.
_PICTURE_OF_VIDEO = re.compile(
    r'<figure><a href="([^"]*)"[^>]*><span class="missing-image">([^<]*)</span></a>(?:<figcaption>[^<]*</figcaption>)?'
    r"</figure>"
)
_MARK = re.compile("\ue000([a-z_]+)(?::([^\ue000\ue001]*))?\ue001")


def media_url(media_id: UUID, variant: str | int = "original") -> str:
    return reverse("content:media", args=[media_id, variant])


def image_source(asset: MediaAsset) -> ImageSource:
    """Where a picture of the library is, with its size and its smaller copies."""
    url = media_url(asset.pk)
    srcset = ""
    if asset.variants and asset.width:
        copies = [(entry["width"], media_url(asset.pk, entry["width"])) for entry in asset.variants]
        srcset = ", ".join(
            f"{address} {width}w" for width, address in (*copies, (asset.width, url))
        )
    return ImageSource(url, asset.width, asset.height, srcset)


def anchor_of(item_id: UUID) -> str:
    """The id of an item on its page."""
    return f"s{item_id.hex[-4:]}"


def anchor_prefix(item_id: UUID) -> str:
    """What the ids of headings in a text begin with: two texts on one page do not collide."""
    return f"{anchor_of(item_id)}-"


# Preparing, when a version is saved


def prepare(
    kind: str,
    *,
    title: str,
    text_html: str = "",
    media: MediaAsset | None = None,
    video: VideoAsset | None = None,
    url: str = "",
    caption: str = "",
) -> str:
    """The HTML that a version keeps, with marks for the words of the page."""
    text_html = _with_players(_unmarked(text_html))
    if kind == Kind.TEXT:
        return text_html
    about = f'<div class="prose">{text_html}</div>' if text_html else ""
    if kind == Kind.IMAGE:
        return _figure(media, caption or title) + about
    if kind == Kind.VIDEO:
        return _video(video, title) + about
    if kind == Kind.AUDIO:
        return _audio(media, title) + about
    if kind == Kind.EMBED:
        return _shown_at(url, _text(title)) + about
    return about + _file(media, title, "presentation" if kind == Kind.PRESENTATION else "file")


def _unmarked(html):
    """Without the characters that begin and end our own marks."""
    return html.replace("\ue000", "").replace("\ue001", "")


def _text(value):
    return _unmarked(escape(value))


def _figure(media, caption):
    source = image_source(media)
    size = f' width="{source.width}" height="{source.height}"' if source.width else ""
    srcset = f' srcset="{source.srcset}" sizes="{SIZES}"' if source.srcset else ""
    return (
        f'<figure><img src="{source.url}"{srcset} alt="{_text(media.alt)}"{size} loading="lazy" '
        f'decoding="async" data-zoom><figcaption>{_text(caption)}</figcaption></figure>'
    )


def _with_players(html):
    """A picture of another site that leads to a video, or a page we embed, becomes that, behind a click.

    So texts have it that were written for places where pictures of any site are loaded.
    """
    return _PICTURE_OF_VIDEO.sub(_player_for, html)


def _player_for(match):
    return _shown_at(unescape(match.group(1)), match.group(2)) or match.group()


def _shown_at(url, title):
    """The video or page at an address of another host, "" for one that is not shown; `title` is HTML already."""
    found = videos.video_at(url)
    if found is not None:
        return _provider_video(*found, title=title)
    return _embed(url, title) if videos.is_embeddable(url) else ""


def _video(video, title):
    poster = media_url(video.poster_id) if video.poster_id else ""
    if video.provider == VideoAsset.Provider.FILE:
        src = media_url(video.file_id)
        captions = (
            f'<track kind="captions" src="{media_url(video.captions_id)}" label="{_word("captions")}" default>'
            if video.captions_id
            else ""
        )
        shown = f' poster="{poster}"' if poster else ""
        return (
            f'<div class="facade"><video controls preload="none" src="{src}" aria-label="{_text(title)}"'
            f'{shown}>{captions}<a href="{src}">{_word("download_video")}</a></video></div>'
        )
    return _provider_video(
        video.provider,
        video.provider_id,
        title=_text(title),
        poster=poster,
        minutes=video.duration_minutes,
    )


def _provider_video(provider, provider_id, *, title, poster="", minutes=None):
    """`title` is HTML already."""
    return _facade(
        videos.player_url(provider, provider_id),
        title,
        poster=poster,
        button=_word("play", minutes or ""),
        note=_word("kept_at", videos.HOST_NAMES[provider]),
        page=videos.page_url(provider, provider_id),
        link=_word("watch_there"),
    )


def _embed(url, title):
    """`title` is HTML already."""
    host = url.split("/")[2]
    return _facade(
        url,
        title,
        poster="",
        button=_word("show"),
        note=_word("shown_from", host),
        page=url,
        link=_word("open_there"),
    )


def _facade(address, title, *, poster, button, note, page, link):
    """Nothing is asked of another host until a click puts its player here (static/js/consent-video.js)."""
    picture = f'<img src="{poster}" alt="" loading="lazy">' if poster else ""
    return (
        f'<div class="facade" data-embed="{escape(address)}" data-embed-title="{title}">{picture}'
        '<div class="facade-ask"><button class="btn btn-primary btn-lg needs-js" type="button" data-embed-play '
        f'hidden>{_icon("play")}{button}</button><p class="facade-note"><strong>{title}</strong><br>'
        f'{note} <a href="{escape(page)}" rel="noreferrer noopener" target="_blank">{link}</a></p></div></div>'
    )


def _audio(media, title):
    src = media_url(media.pk)
    return (
        f'<div class="audio panel"><strong>{_icon("headphones")} {_text(title)}</strong>'
        f'<audio controls preload="none" src="{src}" aria-label="{_text(title)}"></audio></div>'
    )


def _file(media, title, icon):
    return (
        f'<ul class="files"><li><a href="{media_url(media.pk)}">{_icon(icon)}<span>{_text(title)}</span>'
        f'<small class="muted">{_word("size", media.size)}</small>{_icon("download")}</a></li></ul>'
    )


# Showing, when a page is drawn


class ShownItem(NamedTuple):
    """An item of a lesson, ready to be shown; `anchor` is what a link to it names."""

    kind: str
    html: str
    title: str
    with_title: bool
    anchor: str
    role: str = ""


def render_item(item: ShownItem) -> Markup:
    """An item as the page shows it; no query."""
    html = item.html
    if "\ue000" in html:
        html = _MARK.sub(_fill, html)
    if item.with_title:
        html = f'<h2 class="item-title">{escape(item.title)}</h2>{html}'
    if item.with_title or item.kind in _IN_PROSE:
        html = f'<div class="prose">{html}</div>'
    role = f" item-{item.role}" if item.role in _ROLES else ""
    return Markup(
        f'<section class="item item-{item.kind}{role}" id="{item.anchor}">{html}</section>'
    )


LESSON_ITEMS = """
SELECT item.id, item.kind, item.title,
    COALESCE(CASE WHEN place.pinned_version_id IS NULL THEN current.html ELSE pinned.html END, '') AS html,
    COALESCE(item.metadata ->> 'show_title' = 'true', false) AS with_title,
    COALESCE(item.metadata ->> 'role', '') AS role
FROM content_lessonitem place
JOIN content_contentitem item ON item.id = place.item_id AND item.deleted_at IS NULL
LEFT JOIN content_contentversion current ON current.id = item.current_version_id
LEFT JOIN content_contentversion pinned ON pinned.id = place.pinned_version_id
WHERE place.lesson_id = %s AND COALESCE(place.pinned_version_id, item.current_version_id) IS NOT NULL
ORDER BY place.position
"""


def lesson_items(lesson_id: UUID) -> list[ShownItem]:
    """What a lesson shows, in order: of each item the pinned version or else the current one. One query."""
    return [
        ShownItem(row.kind, row.html, row.title, row.with_title, anchor_of(row.id), row.role)
        for row in fetch_rows(LESSON_ITEMS, [lesson_id])
    ]


def render_lesson(lesson_id: UUID) -> Markup:
    """All that a lesson shows, one after the other; one query."""
    return Markup("").join(render_item(item) for item in lesson_items(lesson_id))


def _icon(name):
    return f'<svg class="icon" aria-hidden="true"><use href="\ue000icon:{name}\ue001"></use></svg>'


def _word(name, value=""):
    return f"\ue000{name}:{escape(value)}\ue001" if value != "" else f"\ue000{name}\ue001"


def _play(minutes):
    if not minutes:
        return _("Play video")
    return f"{_('Play video')} ({minutes_text(int(minutes))})"


_WORDS: dict[str, Callable[[str], str]] = {
    "icon": lambda name: f"{static('img/icons.svg')}#{name}",
    "play": _play,
    "show": lambda _value: _("Show page"),
    "kept_at": lambda host: (
        _(
            "The video is kept at %(host)s. Playing it sends your address there; until then nothing is loaded."
        )
        % {"host": host}
    ),
    "shown_from": lambda host: (
        _(
            "This page comes from %(host)s. Showing it sends your address there; until then nothing is loaded."
        )
        % {"host": host}
    ),
    "watch_there": lambda _value: _("Watch it there"),
    "open_there": lambda _value: _("Open it there"),
    "download_video": lambda _value: _("Download the video"),
    "captions": lambda _value: _("Captions"),
    "size": lambda size: filesizeformat(int(size)),
}


def _fill(match):
    name, value = match.groups()
    fill = _WORDS.get(name)
    return escape(fill(value or "")) if fill else match.group()
