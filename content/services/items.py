"""Content items: what they say is in versions that are added and never changed."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from markupsafe import Markup

from content import tasks, videos
from content.models import (
    ContentItem,
    ContentVersion,
    Lesson,
    LessonItem,
    MediaAsset,
    MediaUse,
    VideoAsset,
)
from content.rendering import ShownItem, anchor_of, anchor_prefix, prepare, render_item
from content.resolving import References, library_references
from content.services.ordering import arrange, next_position, place
from content.services.titles import clean_title
from lib import markdown
from lib.text import clean_text
from tenancy.context import require_organization_id
from users.models import User

Kind = ContentItem.Kind

#: Which kinds of library files an item of a kind can show.
MEDIA_KINDS = {
    Kind.IMAGE: {MediaAsset.Kind.IMAGE},
    Kind.AUDIO: {MediaAsset.Kind.AUDIO},
    Kind.FILE: set(MediaAsset.Kind),
    Kind.PRESENTATION: {MediaAsset.Kind.PRESENTATION, MediaAsset.Kind.DOCUMENT},
}


#: What a version says beside its derived HTML; a draft has the same.
VERSION_FIELDS = ("body", "media", "video", "url", "caption")


class ContentRefused(ValueError):
    """This cannot be what the item says; the message says why, in a person's words."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The current version after saving, and whether it is a new one."""

    version: ContentVersion
    is_new: bool


@transaction.atomic
def add_item(
    *, kind: str, title: str, by: User | None, now: datetime, metadata: dict | None = None
) -> ContentItem:
    """A content item that says nothing yet."""
    return ContentItem.objects.create(
        kind=kind, title=_clean_title(title), owner=by, metadata=metadata or {}
    )


@transaction.atomic
def update_item(
    item: ContentItem, *, title: str | None = None, metadata: dict | None = None, by, now
) -> ContentItem:
    """Change the title, or add to the metadata; nothing is written when nothing changes."""
    changed = []
    if title is not None and _clean_title(title) != item.title:
        item.title = _clean_title(title)
        changed.append("title")
    if metadata is not None and {**item.metadata, **metadata} != item.metadata:
        item.metadata = {**item.metadata, **metadata}
        changed.append("metadata")
    if changed:
        item.save(update_fields=[*changed, "updated_at"])
    return item


@transaction.atomic
def save_version(
    item: ContentItem,
    *,
    body: str = "",
    media: MediaAsset | None = None,
    video: VideoAsset | None = None,
    url: str = "",
    caption: str = "",
    references: References | None = None,
    by: User | None,
    now: datetime,
) -> Saved:
    """Make this what the item says: a new version, which becomes the current one.

    `body` is Markdown: the text itself, or what stands below an image or player. `references` resolves its
    images and links; without it those of the library and of the version before. Saving what is there
    already gives the current version back. Locks the item. Raises ContentRefused.
    """
    ContentItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    item.refresh_from_db()
    check_version(item.kind, media=media, video=video, url=url)
    body = clean_text(body)
    references = references or library_references(item)
    version = ContentVersion(
        item=item,
        body=body,
        media=media,
        video=video,
        url=url,
        caption=clean_text(caption)[:500],
        created_by=by,
    )
    version.html = _render(version, references)
    uses = _uses_of(version, references)
    current = item.current_version
    if current is not None and _is_same(current, version, uses):
        _refresh(current, version.html)
        _remember_links(item, references)
        return Saved(current, is_new=False)
    last = item.versions.aggregate(last=Max("number"))["last"] or 0
    version.number = last + 1
    version.save(force_insert=True)
    MediaUse.objects.bulk_create(
        MediaUse(version=version, media_id=media_id, src=src) for media_id, src in sorted(uses)
    )
    item.current_version = version
    item.save(update_fields=["current_version", "updated_at"])
    _remember_links(item, references)
    return Saved(version, is_new=True)


def restore_version(version: ContentVersion, *, by: User | None, now: datetime) -> Saved:
    """Make an old version the current one again, as a new version with its content."""
    item = version.item
    known = {use.src: use.media for use in version.media_uses.select_related("media") if use.src}
    return save_version(
        item,
        body=version.body,
        media=version.media,
        video=version.video,
        url=version.url,
        caption=version.caption,
        references=library_references(item, known),
        by=by,
        now=now,
    )


@transaction.atomic
def refresh_html(items: Iterable[ContentItem]) -> int:
    """Prepare the HTML of current versions anew, after a title or a video changed; how many differ."""
    changed = 0
    for item in items:
        version = item.current_version
        if version is not None:
            version.item = item
            changed += _refresh(version, _render(version, library_references(item)))
    return changed


def preview(item: ContentItem, values: dict, references: References | None = None) -> Markup:
    """The item as a lesson would show it with these values of a draft; only its text where it is unfinished.

    `references` as for `save_version`. Nothing is written. Raises ContentRefused for a text that cannot be shown.
    """
    shown = copy(item)
    shown.title = values["title"]
    version = ContentVersion(item=shown, **{name: values[name] for name in VERSION_FIELDS})
    try:
        check_version(item.kind, media=version.media, video=version.video, url=version.url)
    except ContentRefused:
        shown.kind = Kind.TEXT
    html = _render(version, references or library_references(item))
    with_title = item.metadata.get("show_title") is True
    return render_item(ShownItem(shown.kind, html, shown.title, with_title, anchor_of(item.pk)))


@transaction.atomic
def put_in_lesson(
    lesson: Lesson, item: ContentItem, *, position: int | None = None, by, now
) -> LessonItem:
    """Show an item in a lesson, at `position` from 1 or at the end. Locks the lesson."""
    _lock_lesson(lesson.pk)
    entries = LessonItem.objects.filter(lesson=lesson)
    last = next_position(entries)
    entry = LessonItem.objects.create(lesson=lesson, item=item, position=last)
    if position is not None and position < last:
        place(entries, entry, position)
    return entry


@transaction.atomic
def take_from_lesson(entry: LessonItem, *, by, now) -> None:
    """Take an item out of a lesson; the item itself stays in the library. Locks the lesson."""
    _lock_lesson(entry.lesson_id)
    entry.delete()
    arrange(LessonItem.objects.filter(lesson=entry.lesson_id))


@transaction.atomic
def order_items(lesson: Lesson, ids: list[UUID], *, by, now) -> None:
    """Sort the items of a lesson: those named first, in this order, then the others as they were."""
    _lock_lesson(lesson.pk)
    arrange(LessonItem.objects.filter(lesson=lesson), ids)


@transaction.atomic
def pin_version(entry: LessonItem, version: ContentVersion | None, *, by, now) -> LessonItem:
    """Let a lesson show this version whatever comes later; None for always the newest."""
    if version is not None and version.item_id != entry.item_id:
        raise ContentRefused(_("This version belongs to another item."))
    if entry.pinned_version_id != (version.pk if version else None):
        entry.pinned_version = version
        entry.save(update_fields=["pinned_version", "updated_at"])
    return entry


@transaction.atomic
def trash_item(item: ContentItem, *, by, now: datetime) -> ContentItem:
    """Put an item in the trash. Refused while a lesson shows it; harmless to repeat."""
    item.refresh_from_db()
    if item.uses.exists():
        raise ContentRefused(
            _("A lesson shows “%(title)s”. Take it out there first.") % {"title": item}
        )
    if item.deleted_at is None:
        item.deleted_at = now
        item.save(update_fields=["deleted_at", "updated_at"])
    return item


@transaction.atomic
def restore_item(item: ContentItem, *, by, now: datetime) -> ContentItem:
    """Take an item out of the trash; harmless to repeat."""
    if item.deleted_at is not None:
        item.deleted_at = None
        item.save(update_fields=["deleted_at", "updated_at"])
    return item


@transaction.atomic
def add_video(
    *,
    title: str,
    url: str = "",
    file: MediaAsset | None = None,
    poster: MediaAsset | None = None,
    captions: MediaAsset | None = None,
    description: str = "",
    duration_seconds: int | None = None,
    by: User | None,
    now: datetime,
) -> VideoAsset:
    """A video at a provider, named by its address there, or a file of the library, which a job then looks at.

    Raises ContentRefused.
    """
    if file is not None:
        if file.kind != MediaAsset.Kind.VIDEO:
            raise ContentRefused(_("This file is not a video."))
        provider, provider_id = VideoAsset.Provider.FILE, ""
    else:
        found = videos.video_at(url)
        if found is None:
            raise ContentRefused(_("This is not the address of a video at YouTube or Vimeo."))
        provider, provider_id = found
    video = VideoAsset.objects.create(
        title=_clean_title(title),
        description=clean_text(description),
        provider=provider,
        provider_id=provider_id,
        file=file,
        poster=poster,
        captions=captions,
        status=VideoAsset.Status.PROCESSING if file else VideoAsset.Status.READY,
        duration_seconds=duration_seconds,
    )
    if file is not None:
        tasks.process_video.defer(
            organization_id=str(require_organization_id()), video_id=str(video.pk)
        )
    return video


def clean_draft(values: dict) -> dict:
    """Values of VERSION_FIELDS and `title` as a draft keeps them. Raises ContentRefused for an empty title."""
    if unknown := set(values) - {"title", *VERSION_FIELDS}:
        raise TypeError(f"A draft has no {', '.join(sorted(unknown))}.")
    clean = dict(values)
    if "title" in clean:
        clean["title"] = _clean_title(clean["title"])
    for name, longest in (("body", None), ("url", 500), ("caption", 500)):
        if name in clean:
            clean[name] = clean_text(clean[name])[:longest]
    return clean


def check_version(
    kind: str, *, media: MediaAsset | None, video: VideoAsset | None, url: str
) -> None:
    """Raises ContentRefused when an item of this kind cannot show these."""
    if kind in MEDIA_KINDS:
        if media is None:
            raise ContentRefused(_("Choose a file."))
        if media.kind not in MEDIA_KINDS[kind]:
            raise ContentRefused(_("This file does not fit this kind of content."))
    elif kind == Kind.VIDEO and video is None:
        raise ContentRefused(_("Choose a video."))
    elif kind == Kind.VIDEO and video.status == VideoAsset.Status.FAILED:
        raise ContentRefused(_("This video cannot be played. Choose another file."))
    elif kind == Kind.EMBED and not videos.can_be_shown(url):
        raise ContentRefused(
            _("Pages can be embedded from these hosts only: %(hosts)s.")
            % {"hosts": ", ".join(videos.hosts())}
        )
    elif kind == Kind.TEXT and (media or video or url):
        raise ContentRefused(_("A text has no file of its own."))


def _lock_lesson(lesson_id):
    Lesson.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=lesson_id)


def _render(version, references):
    try:
        text_html = (
            markdown.render(
                version.body,
                resolve_image=references.image,
                resolve_link=references.link,
                id_prefix=anchor_prefix(version.item_id),
            ).html
            if version.body
            else ""
        )
    except ValueError as error:
        raise ContentRefused(str(error)) from error
    return prepare(
        version.item.kind,
        title=version.item.title,
        text_html=text_html,
        media=version.media,
        video=version.video,
        url=version.url,
        caption=version.caption,
    )


def _uses_of(version, references):
    """Pairs of a file's id and what the text calls it, "" for files outside of the text."""
    uses = {(asset.pk, src[:500]) for src, asset in references.used.items()}
    if version.media_id:
        uses.add((version.media_id, ""))
    if version.video_id:
        video = version.video
        ids = (video.file_id, video.poster_id, video.captions_id)
        uses |= {(media_id, "") for media_id in ids if media_id}
    return uses


def _is_same(current, version, uses):
    fields = ("body", "media_id", "video_id", "url", "caption")
    if any(getattr(current, name) != getattr(version, name) for name in fields):
        return False
    return set(current.media_uses.values_list("media_id", "src")) == uses


def _refresh(version, html):
    """Store derived HTML anew where it differs, for instance because a link finds its target now."""
    if version.html == html:
        return False
    version.html = html
    version.save(update_fields=["html"])
    return True


def _remember_links(item, references):
    if references.links and item.metadata.get("links") != references.links:
        item.metadata = {**item.metadata, "links": references.links}
        item.save(update_fields=["metadata", "updated_at"])


def _clean_title(value):
    return clean_title(value, refusal=ContentRefused)
