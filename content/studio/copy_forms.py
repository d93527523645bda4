"""The form that copies a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from courses.services.editing import is_slug_taken
from lib.forms import CrispyFormMixin

MOST_DAYS = 36_500


class CopyForm(CrispyFormMixin, forms.Form):
    """What the copy is called, and when it takes place. `starts_on` goes before `days`."""

    has_form_tag = False

    title = forms.CharField(label=_("Title"), max_length=Course._meta.get_field("title").max_length)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=80,
        required=False,
        help_text=_("Part of the address. Empty: made from the title."),
    )
    starts_on = forms.DateField(
        label=_("The first date becomes"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("All dates move with it."),
    )
    days = forms.IntegerField(
        label=_("or move all dates by days"),
        required=False,
        min_value=-MOST_DAYS,
        max_value=MOST_DAYS,
        help_text=_("364 is a year with the same weekdays."),
    )
    with_drafts = forms.BooleanField(
        label=_("Take along what is not published"), required=False, initial=True
    )

    def __init__(self, *args, has_dates, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_dates:
            del self.fields["starts_on"], self.fields["days"]

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug and is_slug_taken(slug):
            raise forms.ValidationError(_("Another course has, or had, this short name."))
        return slug
