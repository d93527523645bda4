"""What staff fill in for many people of a course at once."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from enrollments.forms import ReasonForm
from lib.forms import CrispyFormMixin

FAR = datetime(2200, 1, 1, tzinfo=UTC)


class MessageForm(CrispyFormMixin, forms.Form):
    """What is written to people; the page shows it as they will read it before it goes out."""

    has_form_tag = False

    subject = forms.CharField(label=_("Subject"), max_length=150)
    text = forms.CharField(
        label=_("Text"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 8})
    )


class EndForm(ReasonForm):
    """When access ends for people from now on."""

    has_form_tag = False

    ends_at = forms.DateTimeField(
        label=_("Access ends"),
        required=False,
        validators=[MaxValueValidator(FAR, _("This is too far away."))],
        help_text=_("In your own time zone."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_open = forms.BooleanField(label=_("Without an end"), required=False)
    field_order = ("ends_at", "is_open", "reason")

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self):
        cleaned = super().clean()
        ends_at, is_open = cleaned.get("ends_at"), cleaned.get("is_open")
        if "ends_at" in self.errors:
            return cleaned
        if is_open and ends_at is not None:
            self.add_error("is_open", _("Choose a day or no end, not both."))
        elif not is_open and ends_at is None:
            self.add_error("ends_at", _("Say when access ends."))
        elif ends_at is not None and ends_at < self.now + timedelta(minutes=1):
            self.add_error("ends_at", _("Choose a time to come."))
        return cleaned
