"""Forms of buyers, and of those who keep the books."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Payment
from billing.services import Billed
from lib.forms import CrispyFormMixin
from lib.money import money

MAX_ADDRESS = 500  # characters
#: How long ago money may have come in that is recorded now.
OLDEST_PAYMENT = timedelta(days=3 * 365)


class BilledForm(CrispyFormMixin, forms.Form):
    """To whom the invoice is written."""

    submit_label = gettext_lazy("Order with obligation to pay")
    name = forms.CharField(
        label=gettext_lazy("Name on the invoice"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address on the invoice (optional)"),
        required=False,
        max_length=MAX_ADDRESS,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )

    def billed(self, language: str) -> Billed:
        return Billed(self.cleaned_data["name"], self.cleaned_data["address"], language)


class TakePlanForm(CrispyFormMixin, forms.Form):
    """A button alone, for a plan that costs nothing."""

    submit_label = gettext_lazy("Take the plan")

    def billed(self, language: str) -> None:
        """Nobody is billed."""


class PaymentForm(CrispyFormMixin, forms.Form):
    """Money that came in for an invoice."""

    submit_label = gettext_lazy("Record the payment")
    amount = forms.DecimalField(label=gettext_lazy("Amount"), max_digits=12, decimal_places=2)
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    method = forms.ChoiceField(label=gettext_lazy("Paid by"), choices=Payment.Method)
    reference = forms.CharField(
        label=gettext_lazy("Reference (optional)"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Such as the text of the transfer."),
    )

    def __init__(self, *args, owed, currency, today, **kwargs):
        """`owed` is what may come in at most, in `currency`; `today` the last day on which it did."""
        self.owed, self.currency, self.today = owed, currency, today
        kwargs.setdefault("initial", {"amount": owed, "received_on": today})
        super().__init__(*args, **kwargs)
        label = _("Amount in %(currency)s") % {"currency": currency}
        self.fields["amount"].label = label

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if not 0 < amount <= self.owed:
            values = {"amount": money(self.owed, self.currency)}
            raise ValidationError(_("What is still owed is %(amount)s.") % values)
        return amount

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > self.today:
            raise ValidationError(_("This day has not come yet."))
        if day < self.today - OLDEST_PAYMENT:
            raise ValidationError(_("This day is too long ago."))
        return day


class TakeBackForm(CrispyFormMixin, forms.Form):
    """Why a payment is taken back."""

    submit_label = gettext_lazy("Take it back")
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)
