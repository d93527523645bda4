"""Videos and pages of other hosts: which ones are known, and how their players are addressed."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from content.models import VideoAsset

#: Hosts whose pages a lesson may embed, each behind a click. The site's `frame-src` names the same ones.
EMBED_HOSTS = frozenset(urlsplit(address).netloc for address in settings.EMBED_HOSTS)

_IDS = {
    VideoAsset.Provider.YOUTUBE: re.compile(r"[A-Za-z0-9_-]{11}"),
    VideoAsset.Provider.VIMEO: re.compile(r"\d{5,12}(/[0-9a-f]{6,20})?"),
}
_PLAYERS = {
    VideoAsset.Provider.YOUTUBE: "https://www.youtube-nocookie.com/embed/{id}?autoplay=1&rel=0",
    VideoAsset.Provider.VIMEO: "https://player.vimeo.com/video/{id}?autoplay=1&dnt=1",
}
_PAGES = {
    VideoAsset.Provider.YOUTUBE: "https://www.youtube.com/watch?v={id}",
    VideoAsset.Provider.VIMEO: "https://vimeo.com/{id}",
}
#: An embed code as providers hand it out: a frame around the address.
_FRAME = re.compile(r"""<iframe\s[^>]*?\bsrc=["']([^"'\s]+)["']""", re.IGNORECASE)
#: Who gets a request when a video plays, as the page says it.
HOST_NAMES = {VideoAsset.Provider.YOUTUBE: "youtube.com", VideoAsset.Provider.VIMEO: "vimeo.com"}


def is_provider_id(provider: str, provider_id: str) -> bool:
    """Whether this can be an id of the provider's; nothing else gets into an address."""
    pattern = _IDS.get(provider)
    return bool(pattern and pattern.fullmatch(provider_id))


def player_url(provider: str, provider_id: str) -> str:
    """Address of the player, at the host that keeps no cookie until the video plays."""
    video_id, _slash, secret = provider_id.partition("/")
    url = _PLAYERS[provider].format(id=video_id)
    return f"{url}&h={secret}" if secret else url


def page_url(provider: str, provider_id: str) -> str:
    """Address where the video may be watched without a script of ours."""
    return _PAGES[provider].format(id=provider_id)


def video_at(url: str) -> tuple[str, str] | None:
    """Provider and id of the video that an address leads to, None if it is none we know."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = parts.path.strip("/")
    if host == "youtu.be":
        found = (VideoAsset.Provider.YOUTUBE, path.partition("/")[0])
    elif host in ("youtube.com", "youtube-nocookie.com"):
        place, _slash, rest = path.partition("/")
        in_path = rest.partition("/")[0] if place in ("embed", "shorts", "live") else ""
        found = (VideoAsset.Provider.YOUTUBE, in_path or parse_qs(parts.query).get("v", [""])[0])
    elif host in ("vimeo.com", "player.vimeo.com"):
        found = (VideoAsset.Provider.VIMEO, path.removeprefix("video/"))
    else:
        return None
    return found if is_provider_id(*found) else None


def is_embeddable(url: str) -> bool:
    """Whether a lesson may embed this page: HTTPS, and a host of the list."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.netloc in EMBED_HOSTS
    except ValueError:
        return False


def can_be_shown(url: str) -> bool:
    """Whether a lesson may show what is at this address, behind a click: a video we know, or a page of the list."""
    return video_at(url) is not None or is_embeddable(url)


def hosts() -> list[str]:
    """All hosts from which something can be shown, as a person writes them."""
    return sorted({*HOST_NAMES.values(), *EMBED_HOSTS})


def address_in(pasted: str) -> str:
    """The address in what somebody pasted: an address, or the code around it that a provider hands out."""
    match = _FRAME.search(pasted[:2_000])
    address = unescape(match.group(1)) if match else pasted
    address = address.strip()
    return f"https:{address}" if address.startswith("//") else address


def markdown_for(url: str, title: str) -> str | None:
    """What a text says to show a video or page at this place; None for an address that cannot be shown.

    Where Markdown is read elsewhere, it is a link.
    """
    if not can_be_shown(url):
        return None
    name = re.sub(r"[\[\]\\\n]", " ", title).strip()
    target = url.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return f"[![{name}]({target})]({target})"
