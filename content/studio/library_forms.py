"""Forms of the media library."""

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import MediaAsset
from content.services.media import MAX_TAG, MAX_TAGS, clean_tags
from lib.files import EXTENSIONS
from lib.forms import CrispyFormMixin

MAX_FILES = 50  # that one form brings


class ManyFiles(forms.FileField):
    """One file or several."""

    widget = type("FilesInput", (forms.FileInput,), {"allow_multiple_selected": True})

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        files = files or [None]  # which is refused as any field that lacks its value
        return [super(ManyFiles, self).clean(file, initial) for file in files[:MAX_FILES]]


class UploadForm(CrispyFormMixin, forms.Form):
    """Files that come into the library."""

    files = ManyFiles(label=_("Files"))
    alt = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    course = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    submit_label = _("Upload")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs |= {"accept": ",".join(EXTENSIONS), "data-files": True}

    def layout_fields(self):
        return ["files"]


class TagsField(forms.CharField):
    """Tags with commas between them."""

    def clean(self, value):
        return clean_tags(super().clean(value).split(","))


class FileForm(CrispyFormMixin, forms.Form):
    """What is said of a file, and who may open it."""

    title = forms.CharField(label=_("Title"), max_length=255)
    alt = forms.CharField(
        label=_("Alternative text"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    tags = TagsField(
        label=_("Tags"),
        required=False,
        max_length=MAX_TAGS * (MAX_TAG + 2),
        help_text=_("With commas between them. Tags are the folders of the library."),
    )
    access = forms.ChoiceField(label=_("Who may open it"), choices=MediaAsset.Access)

    def __init__(self, *args, asset, **kwargs):
        said = {name: getattr(asset, name) for name in ("title", "alt", "access")}
        super().__init__(*args, initial=said | {"tags": ", ".join(asset.tags)}, **kwargs)
        if asset.kind != MediaAsset.Kind.IMAGE:
            del self.fields["alt"]


class ReplaceForm(CrispyFormMixin, forms.Form):
    """The file that takes another one's place."""

    upload = forms.FileField(label=_("New file"))
    submit_label = _("Replace everywhere")


class TagForm(CrispyFormMixin, forms.Form):
    """Another name for a tag; none takes it away."""

    old = forms.CharField(max_length=MAX_TAG, widget=forms.HiddenInput)
    new = forms.CharField(label=_("New name"), max_length=MAX_TAG, required=False)
