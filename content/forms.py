"""Forms of the back office for content."""

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import ContentItem, Lesson, LessonItem, MediaAsset, Module, VideoAsset
from content.services import items
from content.services.items import ContentRefused
from lib import markdown
from lib.files import EXTENSIONS
from lib.forms import CrispyFormMixin
from tenancy.admin import TenantModelForm

MAX_SECONDS = 24 * 60 * 60


class MediaForm(TenantModelForm):
    """A file to come in; afterwards only what is said of it can change."""

    upload = forms.FileField(label=_("File"), required=False)

    class Meta:
        model = MediaAsset
        fields = ["title", "alt", "tags", "access", "course"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "upload" in self.fields:
            self.fields["upload"].required = True
            self.fields["upload"].widget.attrs["accept"] = ",".join(EXTENSIONS)
            if "title" in self.fields:
                self.fields["title"].required = False
                self.fields["title"].help_text = _("Empty: the name of the file.")


class MediaAccessForm(CrispyFormMixin, forms.Form):
    """Who may open files from now on."""

    access = forms.ChoiceField(label=_("who may open it"), choices=MediaAsset.Access)


class CompletionForm(CrispyFormMixin, forms.Form):
    """When lessons are complete from now on."""

    completion = forms.ChoiceField(label=_("Complete when"), choices=Lesson.Completion)
    completion_seconds = forms.IntegerField(
        label=_("seconds"),
        required=False,
        min_value=1,
        max_value=MAX_SECONDS,
        help_text=_("Where time spent counts."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("completion") != Lesson.Completion.TIME:
            cleaned["completion_seconds"] = None
        elif "completion_seconds" not in self.errors and not cleaned.get("completion_seconds"):
            self.add_error(
                "completion_seconds", _("Say after how many seconds the lesson is complete.")
            )
        return cleaned


class VideoForm(TenantModelForm):
    """A video at a provider, named by its address, or a file of the library."""

    address = forms.URLField(
        label=_("Address of the video"),
        required=False,
        assume_scheme="https",
        help_text=_("At YouTube or Vimeo; or choose a file below."),
    )

    class Meta:
        model = VideoAsset
        fields = ["title", "description", "file", "poster", "captions", "duration_seconds"]


class ItemForm(TenantModelForm):
    """A content item and what it says; saving something new adds a version."""

    body = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 100}),
        help_text=_("Markdown. For images and players: what stands below them."),
    )
    media = forms.ModelChoiceField(MediaAsset.objects.none(), label=_("File"), required=False)
    video = forms.ModelChoiceField(VideoAsset.objects.none(), label=_("Video"), required=False)
    url = forms.URLField(
        label=_("Address"),
        required=False,
        assume_scheme="https",
        help_text=_("For an embedded page."),
    )
    caption = forms.CharField(label=_("Caption"), required=False, max_length=500)

    class Meta:
        model = ContentItem
        fields = ["kind", "title"]

    VERSION_FIELDS = ("body", "media", "video", "url", "caption")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        version = None if self.instance._state.adding else self.instance.current_version
        if version is not None:
            for name in self.VERSION_FIELDS:
                self.initial.setdefault(name, getattr(version, name))

    def _keep_current(self, name, field):
        if name not in self.VERSION_FIELDS:  # those are fields of the next version, not of the item
            super()._keep_current(name, field)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        values = self.version_values()
        kind = cleaned.get("kind") or self.instance.kind
        try:
            items.check_version(kind, **{name: values[name] for name in ("media", "video", "url")})
            if values["body"]:
                markdown.render(values["body"])
        except ContentRefused as error:
            self.add_error(None, str(error))
        except ValueError as error:
            self.add_error("body", str(error))
        return cleaned

    def version_values(self):
        return {name: self.cleaned_data.get(name) for name in self.VERSION_FIELDS}


class PlacedForm(TenantModelForm):
    """Positions are counted from 1, and made free by the services, so that none can be taken."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False
            self.fields["position"].help_text = _("Counted from 1; empty: at the end.")

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() | {"position"}


class ModuleForm(PlacedForm):
    class Meta:
        model = Module
        fields = ["course", "title", "description", "position"]


class LessonForm(PlacedForm):
    class Meta:
        model = Lesson
        fields = ["module", "title", "slug", "summary", "position", "duration_minutes"]
        fields += ["completion", "completion_seconds", "is_preview"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Empty: made from the title.")

    def clean(self):
        cleaned = super().clean()
        module = cleaned.get("module")
        if (
            module
            and not self.instance._state.adding
            and module.course_id != self.instance.course_id
        ):
            self.add_error("module", _("A lesson cannot move to another course."))
        if cleaned.get("completion") == Lesson.Completion.TIME and not cleaned.get(
            "completion_seconds"
        ):
            self.add_error(
                "completion_seconds", _("Say after how many seconds the lesson is complete.")
            )
        return cleaned


class LessonItemForm(TenantModelForm):
    """The position says the order alone: gaps and doubles are smoothed when the lesson is saved."""

    class Meta:
        model = LessonItem
        fields = ["position", "item", "pinned_version"]

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() | {"position"}


class LessonItemFormSet(forms.BaseInlineFormSet):
    def validate_unique(self):
        """Nothing: see LessonItemForm."""
