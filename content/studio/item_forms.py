"""The form in which one content item is written."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from content import permissions, videos
from content.models import ContentItem, ItemDraft, MediaAsset, VideoAsset
from content.services import media
from content.services import videos as video_services
from content.services.items import MEDIA_KINDS
from lib.files import FileRefused
from lib.forms import CrispyFormMixin

MAX_BODY = 500_000  # characters
MAX_NUMBER = 2**31 - 1
OFFERED = 30  # files of the library in a list; the others are found by searching there
Kind = ContentItem.Kind


class LibraryField(forms.ModelChoiceField):
    """A file of the library: those that fit and are the person's to show, and the one that is shown now."""

    def __init__(self, **options):
        super().__init__(MediaAsset.objects.none(), required=False, **options)

    def offer(self, files: QuerySet, kinds, chosen: MediaAsset | None) -> None:
        fitting = files.filter(kind__in=kinds, deleted_at__isnull=True)
        self.kinds = sorted(kinds)
        self.offered = [
            asset for asset in fitting.order_by("-created_at", "-id")[:OFFERED] if asset != chosen
        ]
        if chosen is not None:
            self.offered.insert(0, chosen)
            fitting = fitting | MediaAsset.objects.filter(pk=chosen.pk)
        self.queryset = fitting

    def to_python(self, value):
        known = next((asset for asset in self.offered if str(asset.pk) == str(value)), None)
        return known or super().to_python(value)


class ItemForm(CrispyFormMixin, forms.Form):
    """What an item says, by its kind. `draft` is what it says now; `save_files` takes in what was uploaded."""

    has_form_tag = False
    revision = forms.IntegerField(min_value=0, max_value=MAX_NUMBER, widget=forms.HiddenInput)
    base = forms.IntegerField(min_value=0, max_value=MAX_NUMBER, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=255)
    body = forms.CharField(label=_("Text"), required=False, strip=False, max_length=MAX_BODY)
    url = forms.CharField(label=_("Address"), required=False, max_length=2_000)
    media = LibraryField(label=_("File"))
    upload = forms.FileField(label=_("Upload a file"), required=False)
    alt = forms.CharField(label=_("Alternative text"), required=False, max_length=500)
    caption = forms.CharField(label=_("Caption"), required=False, max_length=500)
    minutes = forms.IntegerField(
        label=_("Length in minutes"), required=False, min_value=1, max_value=6_000
    )
    poster = LibraryField(label=_("Poster"))
    poster_upload = forms.FileField(label=_("Upload a poster"), required=False)
    captions = LibraryField(label=_("Captions"))
    captions_upload = forms.FileField(label=_("Upload captions"), required=False)

    #: The fields of each kind, beside those of every item.
    OF_KIND = {
        Kind.TEXT: (),
        Kind.IMAGE: ("media", "upload", "alt", "caption"),
        Kind.VIDEO: (
            *("url", "media", "upload", "minutes"),
            *("poster", "poster_upload", "captions", "captions_upload"),
        ),
        Kind.AUDIO: ("media", "upload"),
        Kind.FILE: ("media", "upload"),
        Kind.PRESENTATION: ("media", "upload"),
        Kind.EMBED: ("url",),
    }
    OF_ALL = ("revision", "base", "title", "body", "idempotency_key")
    #: A field for uploading, and the field whose file it then is.
    UPLOADS = {"upload": "media", "poster_upload": "poster", "captions_upload": "captions"}

    def __init__(self, *args, item: ContentItem, draft: ItemDraft, user, course, **kwargs):
        self.item, self.draft, self.user, self.course = item, draft, user, course
        super().__init__(*args, initial=_said_by(draft), **kwargs)
        for name in set(self.fields) - {*self.OF_ALL, *self.OF_KIND[item.kind]}:
            del self.fields[name]
        self._offer_files()

    def _offer_files(self):
        kinds = {
            "media": MEDIA_KINDS.get(self.item.kind, {MediaAsset.Kind.VIDEO}),
            "poster": {MediaAsset.Kind.IMAGE},
            "captions": {MediaAsset.Kind.CAPTIONS},
        }
        for name in kinds.keys() & self.fields.keys():
            files = permissions.library_of(self.user)
            self.fields[name].offer(files, kinds[name], self.initial[name])

    def clean_url(self):
        url = videos.address_in(self.cleaned_data["url"])
        if not url:
            return ""
        if self.item.kind == Kind.VIDEO and videos.video_at(url) is None:
            raise ValidationError(
                gettext("This is not the address of a video at YouTube or Vimeo.")
            )
        if not videos.can_be_shown(url):
            raise ValidationError(
                gettext("Pages can be embedded from these hosts only: %(hosts)s.")
                % {"hosts": ", ".join(videos.hosts())}
            )
        return url

    @property
    def has_uploads(self):
        return any(self.cleaned_data.get(name) for name in self.UPLOADS)

    def save_files(self, *, now) -> bool:
        """Take uploads into the library, as the files of their fields; False, with errors, where one is refused."""
        for upload_name, name in self.UPLOADS.items():
            upload = self.cleaned_data.get(upload_name)
            if not upload:
                continue
            try:
                asset = media.add_media(
                    upload,
                    name=upload.name,
                    course=self.course,
                    alt=self.cleaned_data.get("alt", ""),
                    by=self.user,
                    now=now,
                )
            except FileRefused as refused:
                self.add_error(upload_name, refused.message)
                continue
            if asset.kind not in self.fields[name].kinds:
                self.add_error(upload_name, _wrong_kind(asset))
                continue
            self.cleaned_data[name] = asset
        return not self.errors

    def draft_values(self, *, now) -> dict:
        """What the draft is to say, of the fields that are without an error. Raises ContentRefused."""
        given = {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}
        values = {
            name: given[name]
            for name in ("title", "body", "caption")
            if name in given and not (name == "title" and not given[name])
        }
        if self.item.kind == Kind.VIDEO:
            if "url" in given:
                values["video"] = self._video(given, now)
        else:
            values |= {name: given[name] for name in ("media", "url") if name in given}
        return values

    def _video(self, given, now):
        return video_services.video_with(
            self.draft.video,
            title=given.get("title") or self.draft.title,
            address=given["url"],
            file=None if given["url"] else given.get("media"),
            poster=given.get("poster"),
            captions=given.get("captions"),
            minutes=given.get("minutes"),
            of=self.item,
            by=self.user,
            now=now,
        )

    def save_alt(self, *, now) -> None:
        """The alternative text is kept with the picture, wherever it is shown."""
        picture, alt = self.cleaned_data.get("media"), self.cleaned_data.get("alt")
        if picture is not None and alt is not None and picture == self.initial.get("media"):
            media.update_media(picture, alt=alt, by=self.user, now=now)

    def preview_values(self) -> dict:
        """Values of a draft for a preview; nothing is written, so videos are shown as they were saved."""
        given = self.cleaned_data
        values = {name: getattr(self.draft, name) for name in ("media", "video", "url", "caption")}
        for name in ("media", "caption") + (() if self.item.kind == Kind.VIDEO else ("url",)):
            if name in given and not (name == "media" and self.item.kind == Kind.VIDEO):
                values[name] = given[name]
        title = given.get("title") or self.draft.title
        return values | {"title": title, "body": given.get("body", self.draft.body)}


def _said_by(draft):
    video = draft.video
    said = {
        "revision": draft.revision,
        "base": draft.base_number,
        "title": draft.title,
        "body": draft.body,
        "url": draft.url,
        "caption": draft.caption,
        "media": draft.media,
        "alt": draft.media.alt if draft.media else "",
        "poster": video and video.poster,
        "captions": video and video.captions,
    }
    if video is not None:
        is_own = video.provider == VideoAsset.Provider.FILE
        said |= {
            "media": video.file,
            "url": "" if is_own else videos.page_url(video.provider, video.provider_id),
            "minutes": None if is_own else video.duration_minutes,
        }
    return said


def _wrong_kind(asset):
    return gettext("This file does not fit here: it is of the kind “%(kind)s”.") % {
        "kind": asset.get_kind_display()
    }
