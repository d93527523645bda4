"""A file takes another one's place, wherever content shows it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from content.models import ContentItem, MediaAsset
from content.resolving import library_references, media_by_src
from content.services import items, media, videos
from lib.files import FileRefused
from users.models import User

PARTS_OF_VIDEO = ("file", "poster", "captions")


def items_showing(asset: MediaAsset) -> QuerySet[ContentItem]:
    """Items whose current version, or whose draft, shows the file."""
    return ContentItem.objects.filter(
        Q(current_version__media_uses__media=asset)
        | Q(pk__in=media.drafts_showing(asset).values("item"))
    ).distinct()


@transaction.atomic
def replace_everywhere(old: MediaAsset, new: MediaAsset, *, by: User | None, now: datetime) -> int:
    """Show `new` in every item that shows `old`, in what is published and in drafts; how many items.

    What is published gets a new version each; earlier versions, and lessons that pin one, keep the old file.
    Where no version shows that any more, it goes to the trash. Raises FileRefused for a file of another kind.
    """
    if new.pk == old.pk:
        raise FileRefused("same_file", _("This is the very same file."))
    check_kind(old, MediaAsset.Kind(new.kind))
    shown = list(items_showing(old).select_related("current_version__video").order_by("pk"))
    exchange = _Exchange(old, new, by=by, now=now)
    for item in shown:
        if item.current_version is not None and item.current_version.media_uses.filter(media=old):
            exchange.in_version(item)
    for draft in (
        media.drafts_showing(old).select_related("item", "video").select_for_update(of=("self",))
    ):
        exchange.in_draft(draft)
    if not old.uses.exists():
        media.trash_media(old, by=by, now=now)
    return len(shown)


def check_kind(old: MediaAsset, kind: MediaAsset.Kind) -> None:
    """Raises FileRefused where a file of this kind cannot take the place of `old`."""
    if kind != old.kind:
        values = {"old": old.get_kind_display(), "new": kind.label}
        raise FileRefused(
            "wrong_kind",
            _("This is another kind of file: “%(new)s” cannot replace “%(old)s”.") % values,
        )


class _Exchange:
    """One file for another. A video that several items show is exchanged once."""

    def __init__(self, old, new, *, by, now):
        self.old, self.new = old, new
        self.who = {"by": by, "now": now}
        self.videos = {}

    def in_version(self, item):
        version = item.current_version
        known = {
            src: self.new if asset == self.old else asset
            for src, asset in media_by_src(version.pk).items()
        }
        items.save_version(
            item,
            body=self.in_text(version.body),
            media=self.new if version.media_id == self.old.pk else version.media,
            video=self.in_video(version.video),
            url=version.url,
            caption=version.caption,
            references=library_references(
                item, {self.in_text(src): asset for src, asset in known.items()}
            ),
            **self.who,
        )

    def in_draft(self, draft):
        draft.body = self.in_text(draft.body)
        if draft.media_id == self.old.pk:
            draft.media = self.new
        draft.video = self.in_video(draft.video)
        if draft.item.current_version is not None:
            draft.base_number = draft.item.current_version.number
        draft.revision += 1
        draft.edited_by, draft.edited_at = self.who["by"], self.who["now"]
        draft.save()

    def in_text(self, text):
        return text.replace(f"/media/{self.old.pk}", f"/media/{self.new.pk}")

    def in_video(self, video):
        if video is None or not any(self._is_in(video, part) for part in PARTS_OF_VIDEO):
            return video
        if video.pk not in self.videos:
            self.videos[video.pk] = videos.copy_with(
                video,
                **{part: self.new for part in PARTS_OF_VIDEO if self._is_in(video, part)},
            )
        return self.videos[video.pk]

    def _is_in(self, video, part):
        return getattr(video, f"{part}_id") == self.old.pk
