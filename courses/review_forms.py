"""The forms around reviews: to write one, to answer one, to hide one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import CourseReview
from lib.forms import CrispyFormMixin

#: What the stars mean, the worst first.
RATINGS = (
    (1, _("Poor")),
    (2, _("Fair")),
    (3, _("Good")),
    (4, _("Very good")),
    (5, _("Excellent")),
)
LONGEST = CourseReview._meta.get_field("text").max_length


class ReviewForm(CrispyFormMixin, forms.Form):
    """A rating, and as many words as one likes; the page draws the rating as stars."""

    rating = forms.TypedChoiceField(
        label=_("Rating"), choices=RATINGS, coerce=int, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What helped you, and for whom is the course?"),
    )
    has_form_tag = False


class AnswerForm(CrispyFormMixin, forms.Form):
    """The answer of the staff, which everybody reads below the review."""

    reply = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads it. Empty: no answer."),
    )
    submit_label = _("Save answer")
    has_form_tag = False


class HideForm(CrispyFormMixin, forms.Form):
    """Why a review is hidden."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=CourseReview._meta.get_field("hidden_reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The author reads it."),
    )
    has_form_tag = False
