"""What a text calls images and pages, turned into addresses."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from content.models import ContentItem, ContentVersion, MediaAsset, MediaUse
from content.rendering import image_source, media_url
from lib.markdown import ImageSource

#: How a text names a file of the library: by its address there.
_LIBRARY = re.compile(r"/media/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


class References:
    """Finds the images of one text, remembers which were used, and resolves its links.

    `find_media(src)` gives a file of the library or None. `resolve_link(href)` as `lib.markdown.render`
    wants it, or a file of the library that the text then offers.
    """

    def __init__(
        self,
        find_media: Callable[[str], MediaAsset | None],
        resolve_link: Callable[[str], MediaAsset | str | None] | None = None,
    ):
        self._find_media = find_media
        self._resolve_link = resolve_link
        self.used: dict[str, MediaAsset] = {}
        self.links: dict[str, str] = {}

    def image(self, src: str) -> ImageSource | None:
        asset = self.used.get(src) or self._find_media(src)
        if asset is None:
            return None
        self.used[src] = asset
        return image_source(asset)

    def link(self, href: str) -> str | None:
        if self._resolve_link is None:
            return None
        found = self._resolve_link(href)
        if isinstance(found, MediaAsset):
            self.used[href] = found
            found = media_url(found.pk)
        if found is not None:
            self.links[href] = found
        return found


def library_references(
    item: ContentItem, known: Mapping[str, MediaAsset] | None = None
) -> References:
    """References as an editor writes them: library addresses, and what earlier versions of the item knew.

    So a text that came from a folder keeps its relative images and links when somebody edits it here.
    """
    known = dict(known or {})
    if item.current_version_id and not known:
        known = media_by_src(item.current_version_id)
    return known_references(item, known)


def known_references(item: ContentItem, known: Mapping[str, MediaAsset]) -> References:
    """The same where it is known already what earlier versions knew."""
    links = item.metadata.get("links", {})
    files = item.metadata.get("files", {})

    def find(src):
        return known.get(src) or _file_of(files.get(src)) or find_in_library(src)

    def link(href):
        return known.get(href) or links.get(href)

    return References(find, link)


def media_by_version(version_ids: Iterable[UUID]) -> dict[UUID, dict[str, MediaAsset]]:
    """The files within the texts of versions, by what each text calls them. One query."""
    found: dict[UUID, dict[str, MediaAsset]] = defaultdict(dict)
    uses = MediaUse.objects.filter(version__in=list(version_ids)).exclude(src="")
    for use in uses.select_related("media"):
        found[use.version_id][use.src] = use.media
    return found


def _file_of(media_id):
    """The file that the text of a folder means, where it waits to be published; None without one."""
    if media_id is None:
        return None
    return MediaAsset.objects.filter(pk=UUID(media_id), deleted_at__isnull=True).first()


def media_by_src(version_id: UUID) -> dict[str, MediaAsset]:
    """The files within a version's text, by what the text calls them."""
    version = ContentVersion(pk=version_id)
    uses = version.media_uses.exclude(src="").select_related("media")
    return {use.src: use.media for use in uses}


def find_in_library(src: str) -> MediaAsset | None:
    """The picture of the library that a text names by its id."""
    match = _LIBRARY.match(src)
    if match is None:
        return None
    return MediaAsset.objects.filter(
        pk=UUID(match.group(1)), kind=MediaAsset.Kind.IMAGE, deleted_at__isnull=True
    ).first()
