"""What staff may do about somebody's place on a waitlist."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollments import services
from enrollments.models import WaitlistEntry
from lib.forms import CrispyFormMixin

State = WaitlistEntry.State

#: The states in which each step is possible, what it is called, and the service that does it.
STEPS = {
    "front": ({State.WAITING}, _("Move to the front"), services.move_to_front),
    "end": ({State.WAITING}, _("Move to the end"), services.move_to_end),
    "offer": ({State.WAITING}, _("Offer a free seat now, out of turn"), services.offer_now),
    "skip": (
        {State.WAITING, State.OFFERED},
        _("Take off the waitlist; the student is told why"),
        services.skip,
    ),
    "back": ({State.SKIPPED}, _("Put back where they stood"), services.put_back),
}


class WaitlistStepForm(CrispyFormMixin, forms.Form):
    """One step, with the reason that the history keeps."""

    action = forms.ChoiceField(label=_("What to do"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the history; the student may see it."),
    )
    submit_label = _("Do it")

    def __init__(self, *args, entry, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [
            (name, label)
            for name, (states, label, _service) in STEPS.items()
            if entry.state in states
        ]

    @property
    def service(self):
        """The service that was chosen. Only for a valid form."""
        return STEPS[self.cleaned_data["action"]][2]
