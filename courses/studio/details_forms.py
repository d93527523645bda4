"""Forms for the words of a course, and for its name in addresses, subject and picture."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.errors import SlugTaken
from courses.forms import LANGUAGE_RULE, MAX_LINES, ListField
from courses.models import Course, Subject
from courses.pictures import prepare
from courses.services.editing import MAX_TAGS
from courses.snapshots import WORDS
from lib import markdown
from lib.files import FileRefused
from lib.forms import CrispyFormMixin

MAX_SUMMARY = 500  # characters
MAX_MINUTES = 60 * 10_000
PICTURES = "image/png,image/jpeg,image/gif,image/webp"


class WordsForm(CrispyFormMixin, forms.Form):
    """What a course says of itself; students read it once it is published. `revision` is that of the draft."""

    has_form_tag = False

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=MAX_SUMMARY,
        required=False,
        help_text=_("One or two sentences for the catalogue."),
        widget=forms.Textarea({"rows": 2}),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        help_text=_("Markdown."),
        widget=forms.Textarea({"rows": 12}),
    )
    objectives = ListField(
        label=_("What one learns"),
        help_text=_("One per line."),
        max_items=MAX_LINES,
        max_item_length=300,
    )
    requirements = ListField(
        label=_("What one needs"),
        help_text=_("One per line."),
        max_items=MAX_LINES,
        max_item_length=300,
    )
    tags = ListField(
        label=_("Tags"),
        help_text=_("Between commas."),
        separator=r"[,\n]",
        max_items=MAX_TAGS,
        max_item_length=50,
        widget=forms.TextInput,
    )
    difficulty_level = forms.ChoiceField(
        label=_("Difficulty"),
        required=False,
        choices=[("", _("not said")), *Course.Difficulty.choices],
    )
    duration_minutes = forms.IntegerField(
        label=_("Duration in minutes"), required=False, min_value=1, max_value=MAX_MINUTES
    )
    language = forms.CharField(
        label=_("Language"),
        max_length=10,
        validators=[LANGUAGE_RULE],
        help_text=_("A short code, such as en or de."),
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean_description(self):
        text = self.cleaned_data["description"]
        try:
            markdown.render(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text

    @property
    def words(self) -> dict:
        """The words as they were given. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in WORDS}


class FactsForm(CrispyFormMixin, forms.Form):
    """Where a course is found: its address, subject and picture. They take effect at once."""

    submit_label = _("Save")

    slug = forms.SlugField(
        label=_("Short name"),
        max_length=80,
        help_text=_("Part of the address. Former addresses lead to the new one."),
    )
    subject = forms.ModelChoiceField(
        label=_("Subject"), queryset=Subject.objects.all(), empty_label=None
    )
    thumbnail = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, GIF or WebP, best twice as wide as high."),
        widget=forms.FileInput({"accept": PICTURES}),
    )
    remove_thumbnail = forms.BooleanField(label=_("Take the picture away"), required=False)
    part = forms.CharField(widget=forms.HiddenInput, initial="facts", required=False)

    def __init__(self, *args, course, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].initial = course.slug
        self.fields["subject"].initial = course.subject_id
        if not course.thumbnail:
            del self.fields["remove_thumbnail"]

    def clean_thumbnail(self):
        upload = self.cleaned_data["thumbnail"]
        if upload:
            try:
                prepare(upload)
            except FileRefused as error:
                raise ValidationError(str(error)) from error
            upload.seek(0)
        return upload

    @property
    def changes(self) -> dict:
        """Arguments for `update_course`. Only for a valid form."""
        data = self.cleaned_data
        thumbnail = data["thumbnail"] or (False if data.get("remove_thumbnail") else None)
        return {"slug": data["slug"], "subject": data["subject"], "thumbnail": thumbnail}

    def refuse(self, refused: Exception) -> None:
        """Show what the service would not do, beside its field."""
        self.add_error("slug" if isinstance(refused, SlugTaken) else None, str(refused))
