"""The form that begins a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Subject
from lib.forms import CrispyFormMixin


class NewCourseForm(CrispyFormMixin, forms.Form):
    """What a course cannot do without; everything else has a default and a page of its own."""

    title = forms.CharField(
        label=_("What is it called?"),
        max_length=Course._meta.get_field("title").max_length,
        help_text=_("You can change it at any time. Nobody sees the course yet."),
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off"}),
    )
    subject = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Subject.objects.order_by("position", "title", "id"),
        empty_label=_("Choose a subject"),
    )
    submit_label = _("Create and write the outline")
