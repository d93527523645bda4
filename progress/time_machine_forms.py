"""Where the time machine goes."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lib.forms import CrispyFormMixin
from progress.time_machine import Journey
from users.models import User

NEW = "new"
MAX_DAYS = 3_650
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class JourneyForm(CrispyFormMixin, forms.Form):
    """Whose eyes, when, and what of the course. `people` are those of the course to choose from."""

    who = forms.ChoiceField(label=_("As"), widget=forms.RadioSelect, initial=NEW)
    joined_days = forms.IntegerField(
        label=_("Days since a new student enrolled"),
        required=False,
        min_value=0,
        max_value=MAX_DAYS,
        help_text=_("Empty: enrolled on that very day."),
    )
    has_done_before = forms.BooleanField(
        label=_("A new student has done the lessons before the one on show"), required=False
    )
    at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        help_text=_("In your own time zone; empty: now."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    with_drafts = forms.BooleanField(label=_("With unpublished changes"), required=False)
    submit_label = _("Look")

    def __init__(self, *args, people: list[User], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [
            (NEW, _("A new student")),
            *((str(person.pk), person.display_name) for person in people),
        ]

    @property
    def person_id(self) -> UUID | None:
        """Whom a valid form names; None for a new student."""
        who = self.cleaned_data["who"]
        return None if who == NEW else UUID(who)

    def journey(self, course: Course) -> Journey:
        """What a valid form asks for."""
        asked = self.cleaned_data
        return Journey(
            course_id=str(course.pk),
            person_id=self.person_id and str(self.person_id),
            at=asked["at"] and asked["at"].isoformat(),
            joined_days=asked["joined_days"] or 0,
            has_done_before=asked["has_done_before"],
            with_drafts=asked["with_drafts"],
        )

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at is not None and not EARLIEST <= at < LATEST:
            raise forms.ValidationError(_("Choose a time of this century."))
        return at
