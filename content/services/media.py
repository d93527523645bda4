"""The media library: files come in here, checked by their content and stored under names of our own."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from content.cache import media_key
from content.models import ContentItem, ItemDraft, MediaAsset, VideoAsset
from content.services import items
from courses.models import Course
from lib.files import FileKind, FileRefused, safe_filename, size_of, sniff
from lib.ids import uuid7
from lib.images import clean_image
from lib.text import clean_text, retagged
from lib.webvtt import CaptionsRefused, check_webvtt
from tenancy.context import require_organization_id
from users.models import User

CHUNK = 1024 * 1024
MAX_TAGS = 20
MAX_TAG = 50  # characters
LIBRARY = "library"  #: folder below MEDIA_ROOT, with one for each organization

_KINDS = {
    "image": MediaAsset.Kind.IMAGE,
    "drawing": MediaAsset.Kind.IMAGE,
    "audio": MediaAsset.Kind.AUDIO,
    "video": MediaAsset.Kind.VIDEO,
    "subtitles": MediaAsset.Kind.CAPTIONS,
    "document": MediaAsset.Kind.DOCUMENT,
}
_PRESENTATIONS = {"pptx", "odp"}


@transaction.atomic
def add_media(
    file: BinaryIO,
    *,
    name: str,
    title: str = "",
    by: User | None,
    now: datetime,
    course: Course | None = None,
    access: str = MediaAsset.Access.COURSE,
    alt: str = "",
    tags: Iterable[str] = (),
    source: str = "",
    sha256: str = "",
) -> MediaAsset:
    """Take a file into the library.

    `name` is what its owner called it: it must fit the content, and becomes the title without one. Pictures
    are encoded anew, without metadata, with smaller sizes beside them. The same file in the same course and
    with the same access is not stored twice: the answer is then the one that is there. Another course gets
    an entry of its own over the same stored bytes. `sha256` saves reading the file twice.
    Raises FileRefused.
    """
    kind = sniff(file, name)
    if kind.kind == "subtitles":
        _check_captions(file)
    checksum = sha256 or checksum_of(file)
    same = MediaAsset.objects.filter(sha256=checksum, deleted_at__isnull=True)
    known = same.filter(course=course, access=access).first()
    if known is not None:
        return known
    stored = _hold(same.first())
    asset = MediaAsset(
        kind=_kind_of(kind),
        title=_title(title or name),
        sha256=checksum,
        access=access,
        course=course,
        owner=by,
        alt=clean_text(alt, drop_controls=True)[:500],
        tags=clean_tags(tags),
        source=source,
        mime_type=kind.mime,
    )
    if stored is not None:
        for field in ("mime_type", "size", "width", "height", "variants"):
            setattr(asset, field, getattr(stored, field))
        asset.file = stored.file.name
    elif kind.kind == "image":
        _store_picture(asset, file)
    else:
        asset.size = size_of(file)
        asset.file = _store(asset, File(file), kind.extension)
    asset.save(force_insert=True)
    return asset


@transaction.atomic
def update_media(
    asset: MediaAsset,
    *,
    title: str | None = None,
    alt: str | None = None,
    access: str | None = None,
    tags: Iterable[str] | None = None,
    by: User | None,
    now: datetime,
) -> MediaAsset:
    """Change what is said of a file, or who may open it. The file itself never changes: add another one.

    Another alternative text is at once what the items say that show the picture as their own.
    """
    wanted = {
        "title": None if title is None else _title(title),
        "alt": None if alt is None else clean_text(alt).strip()[:500],
        "access": access,
        "tags": None if tags is None else clean_tags(tags),
    }
    changed = [
        name
        for name, value in wanted.items()
        if value is not None and getattr(asset, name) != value
    ]
    for name in changed:
        setattr(asset, name, wanted[name])
    if changed:
        asset.save(update_fields=[*changed, "updated_at"])
        transaction.on_commit(lambda: cache.delete(media_key(asset.pk)))
    if "alt" in changed:
        items.refresh_html(ContentItem.objects.filter(current_version__media=asset))
    return asset


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags as they are kept: without doubles, whatever their letters' case, and none longer than MAX_TAG."""
    kept = {}
    for tag in tags:
        text = " ".join(clean_text(tag, drop_controls=True).split())[:MAX_TAG].strip()
        if text:
            kept.setdefault(text.casefold(), text)
    return list(kept.values())[:MAX_TAGS]


@transaction.atomic
def tag_media(
    asset: MediaAsset,
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    by: User | None,
    now: datetime,
) -> MediaAsset:
    """Give a file tags, or take some away, whatever their letters' case; the others stay. Locks the file.

    Repeating it changes nothing. Raises FileRefused for more than MAX_TAGS.
    """
    asset = MediaAsset.objects.select_for_update(of=("self",), no_key=True).get(pk=asset.pk)
    tags = retagged(asset.tags, add=clean_tags(add), remove=clean_tags(remove))
    if len(tags) > MAX_TAGS:
        raise FileRefused("tags", _("A file has at most %(num)d tags.") % {"num": MAX_TAGS})
    return update_media(asset, tags=tags, by=by, now=now)


@transaction.atomic
def rename_tag(files: QuerySet, old: str, new: str, *, by: User | None, now: datetime) -> int:
    """Call a tag of these files differently, or take it away (`new` empty); how many files had it.

    Files that have the new one already keep it once: so tags are merged.
    """
    changed = list(
        files.filter(tags__contains=[old]).order_by("pk").select_for_update(of=("self",))
    )
    for asset in changed:
        asset.tags = clean_tags(new if tag == old else tag for tag in asset.tags)
        asset.save(update_fields=["tags", "updated_at"])
    return len(changed)


def drafts_showing(asset: MediaAsset) -> QuerySet[ItemDraft]:
    """Drafts that show the file: as their own, as part of a video, or within their text."""
    with_video = VideoAsset.objects.filter(Q(file=asset) | Q(poster=asset) | Q(captions=asset))
    return ItemDraft.objects.filter(
        Q(media=asset) | Q(video__in=with_video) | Q(body__contains=f"/media/{asset.pk}")
    )


class StillShown(ValueError):
    """The file is part of a version of some content, so it stays."""


@transaction.atomic
def trash_media(asset: MediaAsset, *, by: User | None, now: datetime) -> MediaAsset:
    """Put a file in the trash. Raises StillShown while any version or draft shows it. Harmless to repeat."""
    if asset.uses.exists() or drafts_showing(asset).exists():
        raise StillShown(
            _("“%(title)s” is shown in content. Take it out there first.") % {"title": asset}
        )
    if asset.deleted_at is None:
        asset.deleted_at = now
        asset.save(update_fields=["deleted_at", "updated_at"])
        transaction.on_commit(lambda: cache.delete(media_key(asset.pk)))
    return asset


@transaction.atomic
def restore_media(asset: MediaAsset, *, by: User | None, now: datetime) -> MediaAsset:
    """Take a file out of the trash; harmless to repeat."""
    if asset.deleted_at is not None:
        asset.deleted_at = None
        asset.save(update_fields=["deleted_at", "updated_at"])
        transaction.on_commit(lambda: cache.delete(media_key(asset.pk)))
    return asset


def _check_captions(file):
    try:
        check_webvtt(file.read())
    except CaptionsRefused as error:
        raise FileRefused("captions", str(error)) from error
    finally:
        file.seek(0)


def checksum_of(file: BinaryIO) -> str:
    """SHA-256 of a file, as hexadecimal; leaves it at its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _chunks(file) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _hold(asset):
    """The row, kept from being deleted until the end of the transaction; None if it just was.

    Its file is about to get a second name, and must not be without one in between.
    """
    if asset is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM content_mediaasset WHERE id = %s FOR KEY SHARE", [asset.pk])
        return asset if cursor.rowcount else None


def is_stored(file: BinaryIO) -> bool:
    """Whether the library holds these very bytes already."""
    return MediaAsset.objects.filter(sha256=checksum_of(file)).exists()


def delete_stored(asset: MediaAsset) -> None:
    """Take the files of an entry that will not be kept out of the storage."""
    for name in (asset.file.name, *(variant["file"] for variant in asset.variants)):
        asset.file.storage.delete(name)


def kind_of(file: BinaryIO, name: str) -> MediaAsset.Kind:
    """What the library would call this file. Raises FileRefused."""
    return _kind_of(sniff(file, name))


def _kind_of(kind: FileKind):
    if kind.extension in _PRESENTATIONS:
        return MediaAsset.Kind.PRESENTATION
    return _KINDS.get(kind.kind, MediaAsset.Kind.OTHER)


def _title(value):
    title = clean_text(value, drop_controls=True).strip()[:255]
    if not title:
        raise FileRefused("no_title", _("A title is needed."))
    return title


def _store_picture(asset, file):
    picture = clean_image(file)
    asset.mime_type = picture.mime
    asset.size, asset.width, asset.height = len(picture.data), picture.width, picture.height
    asset.file = _store(asset, ContentFile(picture.data), picture.extension)
    asset.variants = [
        {
            "width": variant.width,
            "height": variant.height,
            "size": len(variant.data),
            "mime": variant.mime,
            "file": _store(
                asset, ContentFile(variant.data), f"{variant.width}.{variant.extension}"
            ),
        }
        for variant in picture.variants
    ]


def _store(asset, content, ending):
    folder = f"{LIBRARY}/{require_organization_id().hex}"
    return asset.file.storage.save(f"{folder}/{uuid7().hex}.{ending}", content)


def download_name(title: str, mime_type: str, stored_name: str) -> str:
    """What a browser calls the file when it saves it: the title with the ending of the stored file."""
    ending = stored_name.rpartition(".")[2]
    name = safe_filename(title)
    return name if name.lower().endswith(f".{ending}") else f"{name}.{ending}"
