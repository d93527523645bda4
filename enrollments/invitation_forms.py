"""What staff fill in to let people onto a course, and what these type."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enrollments.addresses import read_list
from lib.forms import CrispyFormMixin

MAX_INVITATIONS = 200  # at once: each is a mail
MAX_ADDRESSES = 5_000
MAX_TEXT = 500_000  # characters
MAX_USES = 100_000
SHOWN = 5  # refused words in an error


class AddressListField(forms.CharField):
    """A pasted list of addresses, cleaned to a list of them in lower case, once each."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"})

    def __init__(self, *, most, with_domains=False, **kwargs):
        super().__init__(max_length=MAX_TEXT, **kwargs)
        self.most, self.with_domains = most, with_domains

    def clean(self, value):
        values, refused = read_list(super().clean(value), with_domains=self.with_domains)
        if refused:
            shown = ", ".join(word[:60] for word in refused[:SHOWN])
            shown += " …" if len(refused) > SHOWN else ""
            text = ngettext(
                "This is no address: %(words)s", "These are no addresses: %(words)s", len(refused)
            )
            raise ValidationError(text % {"words": shown}, code="no_address")
        if len(values) > self.most:
            text = _("At most %(most)s at once.") % {"most": self.most}
            raise ValidationError(text, code="too_many")
        return values


class InviteForm(CrispyFormMixin, forms.Form):
    addresses = AddressListField(
        most=MAX_INVITATIONS,
        label=_("E-mail addresses"),
        help_text=_("One or many, parted by commas or lines. Each gets a link of its own."),
    )
    submit_label = _("Send invitations")


class AddressesForm(CrispyFormMixin, forms.Form):
    addresses = AddressListField(
        most=MAX_ADDRESSES,
        with_domains=True,
        label=_("Addresses or domains"),
        help_text=_("Such as ada@example.org, or example.org for everybody there."),
    )
    submit_label = _("Add")


class CodeForm(CrispyFormMixin, forms.Form):
    max_uses = forms.IntegerField(
        label=_("How many may use it"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_USES)],
        help_text=_("Empty: no limit."),
    )
    ends_at = forms.DateTimeField(
        label=_("Works until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: until you end it."),
    )
    submit_label = _("Make a code")

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_ends_at(self):
        ends_at = self.cleaned_data["ends_at"]
        if ends_at is not None and ends_at <= self.now:
            raise ValidationError(_("Choose a time to come."), code="past")
        return ends_at


class JoinForm(CrispyFormMixin, forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Eight letters and digits that you were told."),
    )
    submit_label = _("Join")
