"""The rules of a module or lesson, as forms."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import Lesson, Module
from lib.forms import CrispyFormMixin

START, AT, AFTER = "start", "at", "after"
MAX_DAYS = 3_650
MAX_MINUTES = 480
MINUTE = 60  # seconds


class ReleaseForm(CrispyFormMixin, forms.Form):
    """When a part opens; `part` is the module or lesson as it is."""

    opens = forms.ChoiceField(
        label=_("Opens"),
        choices=[
            (START, _("From the start")),
            (AT, _("At a time")),
            (AFTER, _("Some days after a student enrolled")),
        ],
        widget=forms.RadioSelect,
    )
    opens_at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        help_text=_("In your own time zone."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    opens_after_days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=0,
        max_value=MAX_DAYS,
        help_text=_("It opens at midnight by the student's calendar."),
    )
    field_order = ("opens", "opens_at", "opens_after_days")

    def __init__(self, *args, part, **kwargs):
        super().__init__(*args, initial=self.initial_of(part), **kwargs)

    def initial_of(self, part) -> dict:
        opens = AT if part.opens_at is not None else START
        if part.opens_after_days is not None:
            opens = AFTER
        return {
            "opens": opens,
            "opens_at": part.opens_at,
            "opens_after_days": part.opens_after_days,
        }

    def clean(self):
        cleaned = super().clean()
        needed = {AT: "opens_at", AFTER: "opens_after_days"}.get(cleaned.get("opens"))
        if needed and cleaned.get(needed) is None and needed not in self.errors:
            self.add_error(needed, _("Say when it opens."))
        return cleaned

    @property
    def rules(self) -> dict:
        """The rules of a valid form, as services take them."""
        opens = self.cleaned_data["opens"]
        return {
            "opens_at": self.cleaned_data["opens_at"] if opens == AT else None,
            "opens_after_days": self.cleaned_data["opens_after_days"] if opens == AFTER else None,
        }


class ModuleRulesForm(ReleaseForm):
    lesson_order = forms.ChoiceField(
        label=_("Its lessons open"), choices=Module.Order, widget=forms.RadioSelect
    )
    field_order = ("lesson_order", *ReleaseForm.field_order)

    def initial_of(self, part):
        return {**super().initial_of(part), "lesson_order": part.lesson_order}

    @property
    def rules(self):
        return {**super().rules, "lesson_order": self.cleaned_data["lesson_order"]}


class LessonRulesForm(ReleaseForm):
    completion = forms.ChoiceField(
        label=_("Complete when"), choices=Lesson.Completion, widget=forms.RadioSelect
    )
    minutes = forms.DecimalField(
        label=_("Minutes on its page"),
        required=False,
        min_value=Decimal("0.1"),
        max_value=MAX_MINUTES,
        decimal_places=2,
        help_text=_("Counted while the page is in sight."),
    )
    field_order = ("completion", "minutes", *ReleaseForm.field_order)

    def initial_of(self, part):
        seconds = part.completion_seconds
        minutes = None if seconds is None else (Decimal(seconds) / MINUTE).quantize(Decimal("0.01"))
        return {
            **super().initial_of(part),
            "completion": part.completion,
            "minutes": minutes and minutes.normalize(),
        }

    def clean(self):
        cleaned = super().clean()
        needs_time = cleaned.get("completion") == Lesson.Completion.TIME
        if needs_time and cleaned.get("minutes") is None and "minutes" not in self.errors:
            self.add_error("minutes", _("Say after how many minutes."))
        return cleaned

    @property
    def rules(self):
        completion, seconds = self.cleaned_data["completion"], None
        if completion == Lesson.Completion.TIME:
            seconds = max(1, round(self.cleaned_data["minutes"] * MINUTE))
        return {**super().rules, "completion": completion, "completion_seconds": seconds}
