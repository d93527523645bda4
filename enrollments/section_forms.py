"""Forms of a course's sections."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.errors import CannotTeach
from courses.services.locking import require_teacher
from enrollments.models import Section
from enrollments.roster_forms import FAR
from lib.forms import CrispyFormMixin
from users.models import User

MOST_TEACHERS = 20
_FIELDS = ("title", "starts_at", "ends_at", "max_capacity")


def _moment_field(label, help_text):
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class SectionForm(CrispyFormMixin, forms.Form):
    """What a section is called, when it takes place, how many fit in, who teaches it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    starts_at = _moment_field(
        gettext_lazy("Begins"), gettext_lazy("Before that, its people find the lessons closed.")
    )
    ends_at = _moment_field(gettext_lazy("Access ends"), gettext_lazy("For everybody in it."))
    max_capacity = forms.IntegerField(
        label=gettext_lazy("Seats"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=gettext_lazy("Empty: no limit but that of the course."),
    )
    teachers = forms.CharField(
        label=gettext_lazy("Teachers"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy(
            "Usernames or e-mail addresses between commas. They see the people of this section alone."
        ),
    )

    def __init__(self, *args, section: Section, **kwargs):
        self.section = section
        names = [] if section._state.adding else section.staff.values_list("user__username")
        initial = {name: getattr(section, name) for name in _FIELDS}
        initial["teachers"] = ", ".join(name for (name,) in names)
        super().__init__(*args, initial=initial, **kwargs)

    def clean_title(self):
        title = self.cleaned_data["title"]
        others = Section.objects.filter(course_id=self.section.course_id, title=title)
        if others.exclude(pk=self.section.pk).exists():
            raise forms.ValidationError(_("Another section of the course is called so."))
        return title

    def clean_teachers(self):
        names = [name.strip() for name in self.cleaned_data["teachers"].split(",")]
        names = list(dict.fromkeys(name for name in names if name))[:MOST_TEACHERS]
        return [self._teacher(name) for name in names]

    def _teacher(self, name):
        found = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first()
        if found is None:
            raise forms.ValidationError(_("There is nobody called “%(name)s”.") % {"name": name})
        try:
            require_teacher(found)
        except CannotTeach as refused:
            raise forms.ValidationError(str(refused)) from refused
        return found

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        for name in ("starts_at", "ends_at"):
            if cleaned.get(name) and not 2000 <= cleaned[name].year < FAR.year:
                self.add_error(name, _("This is too far away."))
        if starts_at and ends_at and starts_at >= ends_at:
            self.add_error("ends_at", _("It has to end after it begins."))
        return cleaned

    def filled(self) -> Section:
        """The section with what was typed. Only for a valid form."""
        for name in _FIELDS:
            setattr(self.section, name, self.cleaned_data[name])
        return self.section


class PlacingForm(CrispyFormMixin, forms.Form):
    """Into which section people are put."""

    submit_label = gettext_lazy("Put them there")

    section = forms.ModelChoiceField(
        label=gettext_lazy("Section"),
        queryset=Section.objects.none(),
        required=False,
        empty_label=gettext_lazy("In no section"),
    )

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections
