"""Narrowing and sorting the courses that somebody works on."""

import django_filters
from django.utils.translation import gettext_lazy as _

from courses.models import Course

SORTS = {
    "edited": ("-updated_at", "-id"),
    "newest": ("-created_at", "-id"),
    "title": ("title", "id"),
    "students": ("-seats__student_count", "-id"),
}
SORT_LABELS = {
    "edited": _("Last edited"),
    "newest": _("Newest first"),
    "title": _("By title"),
    "students": _("Most students"),
}


class CourseFilter(django_filters.FilterSet):
    """By state, and by a part of the title."""

    status = django_filters.ChoiceFilter(choices=Course.Status, label=_("State"))
    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", max_length=200, label=_("Title")
    )

    class Meta:
        model = Course
        fields = ["status", "q"]
