"""The form for the rules of a course: who sees it, who joins, how it is learned, what it costs."""

from datetime import UTC, datetime

from crispy_forms.layout import Fieldset
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lib.forms import CrispyFormMixin

CURRENCIES = ("EUR", "USD", "GBP", "CHF")
MAX_SEATS = 1_000_000
MAX_OFFER_HOURS = 30 * 24
MAX_ACCESS_DAYS = 3_650
_FAR = _("This is too far away.")
_CALENDAR = [
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC), _FAR),
    MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC), _FAR),
]

#: The fields of a course that the form sets.
RULES = (
    *("visibility", "enrollment_type", "enrollment_closes_at"),
    *("max_capacity", "waitlist_enabled", "offer_hours", "access_ends_at", "access_days"),
    *("is_sequential", "certificate_enabled", "price", "currency"),
)


def _moment_field(label, help_text):
    return forms.DateTimeField(
        label=label,
        required=False,
        validators=_CALENDAR,
        help_text=help_text,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class SettingsForm(CrispyFormMixin, forms.Form):
    """Rules take effect at once, after a question where people would feel it."""

    visibility = forms.ChoiceField(
        label=_("Who sees it"), choices=Course.Visibility.choices, widget=forms.RadioSelect
    )
    enrollment_type = forms.ChoiceField(
        label=_("Who joins"), choices=Course.EnrollmentType.choices, widget=forms.RadioSelect
    )
    max_capacity = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        max_value=MAX_SEATS,
        help_text=_("Empty: no limit."),
    )
    waitlist_enabled = forms.BooleanField(label=_("Waitlist when all are taken"), required=False)
    offer_hours = forms.IntegerField(
        label=_("Hours to accept an offered seat"),
        min_value=0,
        max_value=MAX_OFFER_HOURS,
        help_text=_("Only with a waitlist. 0: whoever is next gets the seat at once."),
    )
    enrollment_closes_at = _moment_field(
        _("Enrollment closes"), _("From then on nobody joins, and the waitlist stands still.")
    )
    access_ends_at = _moment_field(_("Access ends"), _("For everybody. Empty: it stays open."))
    access_days = forms.IntegerField(
        label=_("or after days"),
        required=False,
        min_value=1,
        max_value=MAX_ACCESS_DAYS,
        help_text=_("Counted for each student from the day they joined."),
    )
    is_sequential = forms.BooleanField(
        label=_("Lessons in order"),
        required=False,
        help_text=_("A lesson opens when those before it are complete."),
    )
    certificate_enabled = forms.BooleanField(label=_("Certificate at the end"), required=False)
    price = forms.DecimalField(
        label=_("Price"),
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text=_("Empty: free of charge."),
    )
    currency = forms.ChoiceField(label=_("Currency"))
    prerequisites = forms.ModelMultipleChoiceField(
        label=_("Must be completed first"),
        queryset=Course.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    more_prerequisites = forms.CharField(
        label=_("Add a course that must be completed first"),
        required=False,
        max_length=200,
        help_text=_("Its title or short name."),
    )
    part = forms.CharField(widget=forms.HiddenInput, initial="settings", required=False)
    form_class = "settings-form"

    def __init__(self, *args, course, choosable, suggestions_url, **kwargs):
        """`choosable`: the courses that this person may name as prerequisites."""
        self.course, self.choosable = course, choosable.exclude(pk=course.pk)
        needed = Course.objects.filter(required_by_links__course=course).order_by("title", "id")
        initial = {name: getattr(course, name) for name in RULES} | {"prerequisites": needed}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["prerequisites"].queryset = needed
        if not needed:
            del self.fields["prerequisites"]
        known = dict.fromkeys([course.currency, *CURRENCIES])
        self.fields["currency"].choices = [(code, code) for code in known]
        self.fields["more_prerequisites"].widget.attrs |= _suggesting(suggestions_url)

    def layout_fields(self):
        needed = [name for name in ("prerequisites", "more_prerequisites") if name in self.fields]
        joining = ["visibility", "enrollment_type", "enrollment_closes_at", "price", "currency"]
        return [
            Fieldset(_("Joining"), *joining, *needed),
            Fieldset(_("Seats"), "max_capacity", "waitlist_enabled", "offer_hours"),
            Fieldset(_("Learning"), "is_sequential", "certificate_enabled"),
            Fieldset(_("Access"), "access_ends_at", "access_days"),
        ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("access_ends_at") and cleaned.get("access_days"):
            self.add_error("access_days", _("Access ends on a day or after days, not both."))
        return cleaned

    def clean_more_prerequisites(self):
        text = self.cleaned_data["more_prerequisites"].strip()
        if not text:
            return None
        found = list(self.choosable.filter(Q(slug=text.lower()) | Q(title__iexact=text))[:2])
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several courses are called so. Write the short name."), code="several"
            )
        if not found:
            raise forms.ValidationError(
                _("There is no other course with this title or short name."), code="unknown"
            )
        return found[0]

    @property
    def rules(self) -> dict:
        """Arguments for `update_course`. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in RULES}

    @property
    def required_ids(self) -> set:
        """Ids of the courses that must be completed first. Only for a valid form."""
        ids = {course.pk for course in self.cleaned_data.get("prerequisites", ())}
        more = self.cleaned_data["more_prerequisites"]
        return ids | ({more.pk} if more else set())


def _suggesting(url):
    """Attributes of a field whose list of suggestions follows what is typed."""
    return {
        "list": "courses-suggested",
        "autocomplete": "off",
        "hx-get": url,
        "hx-trigger": "input changed delay:250ms",
        "hx-target": "#courses-suggested",
        "hx-sync": "this:replace",
    }
