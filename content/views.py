"""The files of the media library."""

from typing import NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db.models import F, Q
from django.http import Http404
from django.views.decorators.http import require_safe

from content.access import can_open_media
from content.cache import MEDIA_SECONDS, media_key
from content.models import MediaAsset, MediaUse
from content.services.media import download_name
from content.serving import StoredFile, serve
from lib.access import public

ORIGINAL = "original"


class MediaFacts(NamedTuple):
    """What must be known to answer for one file; kept for a minute. `files` are by variant."""

    access: str
    owner_id: UUID | None
    course_ids: list[UUID]
    is_in_preview: bool
    files: dict[str, StoredFile]


@public
@require_safe
def media(request, media_id, variant):
    """A file, or a smaller size of a picture, for those who may see where it is shown; else 404."""
    facts = facts_of(media_id)
    if facts is None or variant not in facts.files:
        raise Http404
    if not can_open_media(
        request.user,
        access=facts.access,
        owner_id=facts.owner_id,
        course_ids=facts.course_ids,
        is_in_preview=facts.is_in_preview,
    ):
        raise Http404
    return serve(request, MediaAsset.file.field.storage, facts.files[variant])


def facts_of(media_id: UUID) -> MediaFacts | None:
    """The facts about a file, None if there is none; two queries when the cache is cold."""
    key = media_key(media_id)
    facts = cache.get(key)
    if facts is None:
        facts = _read_facts(media_id)
        if facts is not None:
            cache.set(key, facts, MEDIA_SECONDS)
    return facts


def _read_facts(media_id):
    asset = MediaAsset.objects.filter(pk=media_id, deleted_at__isnull=True).first()
    if asset is None:
        return None
    places = _places_of(asset) if asset.access == MediaAsset.Access.COURSE else []
    course_ids = {course_id for course_id, _open in places} | {asset.course_id}
    return MediaFacts(
        asset.access,
        asset.owner_id,
        [course_id for course_id in course_ids if course_id],
        any(is_open for _course_id, is_open in places),
        _files_of(asset),
    )


def _places_of(asset):
    """Courses with a lesson that shows the file now, and whether guests may read that lesson."""
    item, use = "version__item", "version__item__uses"
    lesson, course = f"{use}__lesson", f"{use}__lesson__course"
    shows_it = Q(
        **{f"{use}__pinned_version__isnull": True, f"{item}__current_version": F("version")}
    ) | Q(**{f"{use}__pinned_version": F("version")})
    rows = (
        MediaUse.objects.filter(
            shows_it,
            **{
                "media": asset,
                f"{lesson}__deleted_at__isnull": True,
                f"{lesson}__module__deleted_at__isnull": True,
                f"{course}__deleted_at__isnull": True,
            },
        )
        .values_list(
            *(f"{course}_id", f"{lesson}__is_preview", f"{lesson}__is_draft"),
            *(f"{course}__status", f"{course}__visibility"),
        )
        .distinct()
    )
    return [
        (course_id, is_preview and not is_draft and (status, visibility) == ("published", "public"))
        for course_id, is_preview, is_draft, status, visibility in rows
    ]


def _files_of(asset):
    name = download_name(asset.title, asset.mime_type, asset.file.name)
    files = {
        ORIGINAL: StoredFile(
            asset.file.name, asset.size, asset.mime_type, f'"{asset.sha256[:32]}"', name
        )
    }
    for variant in asset.variants:
        width = str(variant["width"])
        stem = name.rpartition(".")[0]
        files[width] = StoredFile(
            variant["file"],
            variant["size"],
            variant["mime"],
            f'"{asset.sha256[:32]}-{width}"',
            f"{stem}-{width}.webp",
        )
    return files
