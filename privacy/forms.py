"""Asking to be forgotten, and deciding on it."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.forms import CrispyFormMixin

MAX_REASON = 2_000  # characters


class ConfirmForm(CrispyFormMixin, forms.Form):
    """A button alone, with its hidden key."""

    submit_label = _("Make the archive")


class ErasureForm(CrispyFormMixin, forms.Form):
    """The wish to be forgotten."""

    submit_label = _("Ask for erasure")
    reason = forms.CharField(
        label=_("Why? (optional)"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 3}),
    )
    understood = forms.BooleanField(
        label=_("I understand that this cannot be undone once it is approved."),
        error_messages={"required": _("Tick this to go on.")},
    )


class DecisionForm(CrispyFormMixin, forms.Form):
    """Approve by typing the username, or reject with a reason that the person reads."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("Approve: erase this person")
        REJECT = "reject", _("Reject")

    submit_label = _("Decide")
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=Choice,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    username = forms.CharField(
        label=_("To approve, type the username"),
        required=False,
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    answer = forms.CharField(
        label=_("To reject, say why"),
        required=False,
        max_length=MAX_REASON,
        help_text=_("The person reads this."),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args, username: str, **kwargs):
        self._username = username
        super().__init__(*args, **kwargs)

    @property
    def approves(self) -> bool:
        return self.cleaned_data["decision"] == self.Choice.APPROVE

    def clean(self):
        data = super().clean()
        decision = data.get("decision")
        is_named = data.get("username", "").lower() == self._username
        if decision == self.Choice.APPROVE and not is_named:
            self.add_error("username", ValidationError(_("This is not the person's username.")))
        if decision == self.Choice.REJECT and not data.get("answer"):
            self.add_error("answer", ValidationError(_("Say why, in a sentence.")))
        return data
