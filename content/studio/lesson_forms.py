"""The words of a lesson, as a form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import Lesson
from content.services.publishing import DRAFTED_FIELDS
from content.services.titles import LONGEST
from lib.forms import CrispyFormMixin

MAX_MINUTES = 60 * 1_000
MAX_REVISION = 2**31 - 1


class LessonWordsForm(CrispyFormMixin, forms.Form):
    """What waits in the draft of a published lesson. `revision` is that of the draft one started from."""

    revision = forms.IntegerField(
        min_value=0, max_value=MAX_REVISION, required=False, widget=forms.HiddenInput
    )
    title = forms.CharField(
        label=_("Title"), max_length=LONGEST, widget=forms.TextInput({"dir": "auto"})
    )
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=Lesson._meta.get_field("summary").max_length,
        help_text=_("One or two sentences, shown above the lesson."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    duration_minutes = forms.IntegerField(
        label=_("Length in minutes"), required=False, min_value=1, max_value=MAX_MINUTES
    )
    is_preview = forms.BooleanField(
        label=_("Preview"),
        required=False,
        help_text=_("Open to visitors who are not on the course."),
    )
    submit_label = _("Save")

    @property
    def words(self) -> dict:
        """The fields of a valid form, as services take them."""
        return {name: self.cleaned_data[name] for name in DRAFTED_FIELDS}

    @property
    def base_revision(self) -> int:
        return self.cleaned_data["revision"] or 0
