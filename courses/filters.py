"""What the catalogue can be narrowed by. Values that make no sense are ignored, never an error."""

import django_filters
from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course

MAX_VALUES = 20  #: chosen values of one filter that are taken notice of

#: Key, name, shortest and longest duration in minutes.
LENGTHS = (
    ("short", _("Up to 2 hours"), 0, 120),
    ("medium", _("2 to 10 hours"), 121, 600),
    ("long", _("10 to 40 hours"), 601, 2400),
    ("longer", _("More than 40 hours"), 2401, None),
)
HAS_FREE_SEATS = Q(seats__capacity__isnull=True) | Q(seats__taken__lt=F("seats__capacity"))


class LenientMultipleField(forms.MultipleChoiceField):
    """Several values; those that are no choice, or could never be stored, are dropped."""

    def __init__(self, *, max_length=None, **options):
        self.max_length = max_length
        super().__init__(**options)

    def clean(self, value):
        values = dict.fromkeys(str(item) for item in value or ())
        return [item for item in values if self.is_sensible(item)][:MAX_VALUES]

    def is_sensible(self, value):
        if self.max_length:
            return 0 < len(value) <= self.max_length and value.isprintable()
        return self.valid_value(value)


class AnyOf(django_filters.MultipleChoiceFilter):
    """Courses with any of the chosen values in a column."""

    field_class = LenientMultipleField

    def condition(self, values) -> Q:
        """The rows that the chosen values let through."""
        return Q(**{f"{self.field_name}__in": values}) if values else Q()

    def filter(self, queryset, value):
        return queryset.filter(self.condition(value)) if value else queryset


class LengthFilter(AnyOf):
    def condition(self, values):
        condition = Q()
        for key, _name, shortest, longest in LENGTHS:
            if key in values:
                upper = {} if longest is None else {"duration_minutes__lte": longest}
                condition |= Q(duration_minutes__gte=shortest, **upper)
        return condition


class SeatsFilter(AnyOf):
    def condition(self, values):
        return HAS_FREE_SEATS if values else Q()


class TagFilter(AnyOf):
    def condition(self, values):
        return Q(tags__overlap=values) if values else Q()


class CourseFilter(django_filters.FilterSet):
    """Narrows a queryset of courses by what stands in an address."""

    subject = AnyOf(field_name="subject__slug", label=_("Subject"), max_length=200)
    level = AnyOf(
        field_name="difficulty_level", label=_("Level"), choices=Course.Difficulty.choices
    )
    length = LengthFilter(label=_("Duration"), choices=[row[:2] for row in LENGTHS])
    join = AnyOf(
        field_name="enrollment_type", label=_("Who joins"), choices=Course.EnrollmentType.choices
    )
    seats = SeatsFilter(label=_("Seats"), choices=[("free", _("Seats free"))])
    language = AnyOf(field_name="language", label=_("Language"), max_length=10)
    tag = TagFilter(field_name="tags", label=_("Tags"), max_length=50)

    class Meta:
        model = Course
        fields = []

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The values in force, by filter; filters without any are left out."""
        self.form.full_clean()
        return {name: values for name, values in self.form.cleaned_data.items() if values}

    def conditions(self) -> dict[str, Q]:
        """What each filter in force lets through."""
        return {name: self.filters[name].condition(values) for name, values in self.chosen.items()}
