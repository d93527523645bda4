"""What people fill in when they ask for a place, and when they answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.forms import CrispyFormMixin

MESSAGE_LENGTH = 1000
REASON_LENGTH = 1000


class RequestForm(CrispyFormMixin, forms.Form):
    """Asking for a place."""

    message = forms.CharField(
        label=_("Message to the teachers"),
        max_length=MESSAGE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("If you like: why you want to join, or what they should know."),
    )
    submit_label = _("Ask for a place")


class AnswerForm(CrispyFormMixin, forms.Form):
    """One answer to all requests that were ticked."""

    APPROVE, REJECT = "approve", "reject"

    request = forms.TypedMultipleChoiceField(label=_("Requests"))
    answer = forms.ChoiceField(choices=[(APPROVE, _("Approve")), (REJECT, _("Reject"))])
    reason = forms.CharField(
        label=_("Reason, if you reject"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["request"].choices = choices
        self.fields["request"].error_messages["required"] = _("Tick the requests first.")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") == self.REJECT and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why: the student reads it."))
        return cleaned
