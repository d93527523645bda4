"""How often somebody wishes to be mailed, one choice for each kind of event."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.forms import CrispyFormMixin
from notifications.models import Cadence


class CadenceForm(CrispyFormMixin, forms.Form):
    """A field for each kind that concerns the person, named by the kind's code."""

    submit_label = _("Save")

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind.code] = forms.ChoiceField(
                label=kind.label, choices=Cadence, required=False
            )

    def chosen(self) -> dict[str, str]:
        """A cadence for each kind that was sent."""
        return {code: cadence for code, cadence in self.cleaned_data.items() if cadence}
