"""What staff fill in about somebody's place on a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollments import services
from enrollments.models import Enrollment
from enrollments.states import may_become
from lib.forms import CrispyFormMixin

Status = Enrollment.Status

#: What staff may do: the service, its label, the states it starts from, and the one it leads to.
STAFF_ACTIONS = {
    "suspend": (services.suspend, _("Suspend: close the lessons, keep the seat"), Status.SUSPENDED),
    "lift": (services.lift, _("Lift the suspension"), Status.ACTIVE),
    "complete": (services.complete, _("Mark the course as completed"), Status.COMPLETED),
    "reopen": (services.reopen, _("Take the completion back"), Status.ACTIVE),
    "withdraw": (services.withdraw, _("Take off the course and free the seat"), Status.WITHDRAWN),
    "bring_back": (services.bring_back, _("Bring back to the course"), Status.ACTIVE),
}
#: Steps to "active" are named for where they start.
STARTS = {
    "lift": {Status.SUSPENDED},
    "reopen": {Status.COMPLETED},
    "bring_back": {Status.WITHDRAWN, Status.REJECTED, Status.EXPIRED, Status.PENDING},
}


def actions_for(enrollment: Enrollment) -> list[tuple[str, str]]:
    """Names and labels of what staff may do with an enrollment in its present state."""
    return [
        (name, label)
        for name, (_service, label, wanted) in STAFF_ACTIONS.items()
        if may_become(enrollment.status, wanted)
        and enrollment.status in STARTS.get(name, {enrollment.status})
    ]


class ReasonForm(CrispyFormMixin, forms.Form):
    """Why something is done about people's places, where anything is to be said about it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the history; the student may see it."),
    )


class StaffActionForm(ReasonForm):
    """One step in the life of an enrollment, with the reason that its history keeps."""

    action = forms.ChoiceField(label=_("What to do"), widget=forms.RadioSelect)
    field_order = ("action", "reason")
    submit_label = _("Do it")

    def __init__(self, *args, enrollment, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = actions_for(enrollment)

    @property
    def service(self):
        """The service that was chosen. Only for a valid form."""
        return STAFF_ACTIONS[self.cleaned_data["action"]][0]


class NoticeForm(CrispyFormMixin, forms.Form):
    """Why people do not get what they wait for."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The student reads it."),
    )
