"""Videos: what a job finds in their files, and how drafts change them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from content import tasks, videos
from content.models import ContentItem, ContentVersion, ItemDraft, MediaAsset, VideoAsset
from content.services import items
from content.services.items import ContentRefused
from lib.durations import Unreadable, video_seconds
from tenancy.context import require_organization_id
from users.models import User

Status = VideoAsset.Status
Provider = VideoAsset.Provider

#: What an author sets of a video, beside its title.
VIDEO_FIELDS = ("provider", "provider_id", "file", "poster", "captions", "duration_seconds")


@transaction.atomic
def process_video(video_id: UUID | str, *, is_last: bool, now: datetime) -> None:
    """Read the length of a video's file and say that it is ready, or why it is not. Harmless to repeat.

    A storage that does not answer raises OSError, for the job to be tried again, but for the last time.
    """
    waiting = VideoAsset.objects.select_for_update(of=("self",), no_key=True)
    video = waiting.filter(pk=video_id, status=Status.PROCESSING).select_related("file").first()
    if video is None:
        return
    try:
        seconds = _seconds_of(video)
    except Unreadable:
        problem = _("The file is damaged or was cut off on its way.")
    except OSError:
        if not is_last:
            raise
        problem = _("The file could not be opened.")
    else:
        problem = ""
        video.duration_seconds = seconds or video.duration_seconds
    video.status, video.problem = Status.FAILED if problem else Status.READY, problem
    video.save(update_fields=["status", "problem", "duration_seconds", "updated_at"])
    items.refresh_html(ContentItem.objects.filter(current_version__video=video))


def _seconds_of(video):
    if video.file is None:
        return video.duration_seconds
    with video.file.file.open() as file:
        return video_seconds(file)


@transaction.atomic
def try_again(video: VideoAsset, *, by: User | None, now: datetime) -> None:
    """Let a job look at a video once more that could not be read; nothing for any other."""
    changed = VideoAsset.objects.filter(pk=video.pk, status=Status.FAILED)
    if changed.update(status=Status.PROCESSING, problem=""):
        _process_later(video)


@transaction.atomic
def video_with(
    current: VideoAsset | None,
    *,
    title: str,
    address: str = "",
    file: MediaAsset | None = None,
    poster: MediaAsset | None = None,
    captions: MediaAsset | None = None,
    minutes: int | None = None,
    of: ContentItem,
    by: User | None,
    now: datetime,
) -> VideoAsset | None:
    """The video that a draft of the item `of` shows with these parts; None without a file and an address.

    `current` itself where nothing differs, or nobody else shows it; otherwise a new one, so that students keep
    seeing the published one. Raises ContentRefused.
    """
    if file is None and not address:
        return None
    wanted = _wanted(current, address, file, minutes) | {"poster": poster, "captions": captions}
    if current is not None and all(getattr(current, name) == wanted[name] for name in wanted):
        return current
    video = current if current is not None and _is_only_in(current, of) else VideoAsset()
    is_other_file = file is not None and file != video.file
    video.title = items.clean_draft({"title": title})["title"]
    for name in VIDEO_FIELDS:
        setattr(video, name, wanted[name])
    if is_other_file:
        video.status, video.problem = Status.PROCESSING, ""
    elif file is None:
        video.status, video.problem = Status.READY, ""
    elif current is not None:
        video.status, video.problem = current.status, current.problem
    video.save()
    if is_other_file:
        _process_later(video)
    return video


@transaction.atomic
def copy_with(video: VideoAsset, **parts: MediaAsset) -> VideoAsset:
    """A new video like this one, but for `file`, `poster` or `captions`; a new file is looked at by a job."""
    fields = ("title", "description", "status", "problem", *VIDEO_FIELDS)
    values = {name: getattr(video, name) for name in fields} | parts
    if "file" in parts:
        values |= {"status": Status.PROCESSING, "problem": "", "duration_seconds": None}
    made = VideoAsset.objects.create(**values)
    if "file" in parts:
        _process_later(made)
    return made


def _wanted(current, address, file, minutes):
    if file is not None:
        if file.kind != MediaAsset.Kind.VIDEO:
            raise ContentRefused(_("This file is not a video."))
        is_same = current is not None and current.file == file
        seconds = current.duration_seconds if is_same else None
        return _source(Provider.FILE, "", file, seconds)
    found = videos.video_at(address)
    if found is None:
        raise ContentRefused(_("This is not the address of a video at YouTube or Vimeo."))
    return _source(*found, None, minutes * 60 if minutes else None)


def _source(provider, provider_id, file, seconds):
    return {
        "provider": provider,
        "provider_id": provider_id,
        "file": file,
        "duration_seconds": seconds,
    }


def _is_only_in(video, item):
    """Whether no version, and no other draft, shows this video."""
    if ContentVersion.objects.filter(video=video).exists():
        return False
    return not ItemDraft.objects.filter(video=video).exclude(item=item).exists()


def _process_later(video):
    tasks.process_video.defer(
        organization_id=str(require_organization_id()), video_id=str(video.pk)
    )
