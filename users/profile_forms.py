"""The form in which people tell about themselves, with who sees what of it."""

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.files import FileRefused
from lib.forms import CrispyFormMixin
from users import pictures, time_zones
from users.models import Audience, InstructorProfile, Profile, StudentProfile, User
from users.models.profile import FIRST_BIRTH_DATE
from users.visibility import DEFAULTS, audience_of

LONGEST_TEXT = 5000  # characters

#: Fields of the form, by their names in the models they are stored in.
STUDENT_FIELDS = {"goals": "goals"}
INSTRUCTOR_FIELDS = {
    "instructor_bio": "bio",
    "expertise": "expertise",
    "office_hours": "office_hours",
}


def language_choices():
    return [("", _("As my browser says")), *settings.LANGUAGES]


def audience_name(field: str) -> str:
    """The name of the choice of who sees a field."""
    return f"{field}_audience"


class DayInput(forms.DateInput):
    """A day, as browsers take it."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class PictureFields(forms.Form):
    """A new picture, or none any more."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG, GIF or WebP. Its middle is cut out and made small."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    remove_picture = forms.BooleanField(label=_("Remove my picture"), required=False)

    def clean_picture(self):
        """The sizes to store; empty without a picture."""
        file = self.cleaned_data["picture"]
        if not file:
            return ()
        try:
            return pictures.prepare(file)
        except FileRefused as error:
            raise ValidationError(error.message, code=error.code) from error

    def picture_changes(self) -> dict:
        return {
            "picture": self.cleaned_data["picture"],
            "remove_picture": self.cleaned_data.get("remove_picture", False),
        }


class ProfileForm(CrispyFormMixin, PictureFields, forms.ModelForm):
    """What people tell about themselves, who sees it, and how the site speaks to them.

    Students tell their goals, staff how they teach. A choice of who sees a field that is not sent stays as it is.
    """

    ACCOUNT_FIELDS = ("first_name", "last_name", "language", "time_zone")
    YOU = ("picture", "remove_picture", "first_name", "last_name", "display_name")

    form_attrs = {"data-unsaved": ""}
    form_class = "profile-form"
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=language_choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=time_zones.choices,
        widget=forms.Select({"data-time-zone": _("Use that of this device: {zone}")}),
    )

    class Meta:
        model = Profile
        fields = [
            "display_name",
            "bio",
            "job_title",
            "company",
            "location",
            "website",
            "phone",
            "birth_date",
        ]
        help_texts = {
            "display_name": _("How others see you. Left empty, it is your first and last name."),
        }
        widgets = {
            "bio": forms.Textarea({"rows": 4}),
            "birth_date": DayInput({"autocomplete": "bday", "min": FIRST_BIRTH_DATE.isoformat()}),
            "phone": forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        }

    def __init__(self, *args, user: User, **kwargs):
        kwargs["initial"] = {name: getattr(user, name) for name in self.ACCOUNT_FIELDS}
        super().__init__(*args, **kwargs)
        self.user = user
        if not self.instance.avatar:
            del self.fields["remove_picture"]
        self.student_fields = STUDENT_FIELDS if user.role == User.Role.STUDENT else {}
        self.instructor_fields = INSTRUCTOR_FIELDS if user.role in User.STAFF_ROLES else {}
        self._add_fields(StudentProfile, self.student_fields)
        self._add_fields(InstructorProfile, self.instructor_fields)
        if self.instructor_fields:
            self.fields["instructor_bio"].label = _("About my teaching")
        for name in list(self.fields):
            if name in DEFAULTS:
                self._prepare(name)
        self.fields["birth_date"].widget.attrs["max"] = timezone.localdate().isoformat()

    def _add_fields(self, model, names):
        if not names:
            return
        row = model.objects.filter(user=self.user).first() or model()
        built = forms.fields_for_model(model, fields=names.values())
        for name, stored in names.items():
            self.fields[name] = built[stored]
            self.initial[name] = getattr(row, stored)

    def _prepare(self, name):
        """Bound the texts, and put a choice of who sees it beside the field."""
        field = self.fields[name]
        if isinstance(field.widget, forms.Textarea):
            field.validators.append(MaxLengthValidator(LONGEST_TEXT))
            field.widget.attrs |= {"rows": 4, "maxlength": LONGEST_TEXT}
        self.fields[audience_name(name)] = forms.ChoiceField(
            label=_("Seen by"),
            choices=Audience.choices,
            required=False,
            initial=audience_of(name, self.instance.visibility),
            widget=forms.Select({"aria-label": _("%(field)s: seen by") % {"field": field.label}}),
        )

    def layout_fields(self):
        parts = [
            Fieldset(_("You"), *self._present(*self.YOU)),
            Fieldset(_("About you"), *self._with_audience(*self.Meta.fields[1:])),
        ]
        if self.student_fields:
            parts.append(Fieldset(_("As a student"), *self._with_audience(*self.student_fields)))
        if self.instructor_fields:
            parts.append(Fieldset(_("As a teacher"), *self._with_audience(*self.instructor_fields)))
        return [*parts, Fieldset(_("Language and time"), "language", "time_zone")]

    def _present(self, *names):
        return [name for name in names if name in self.fields]

    def _with_audience(self, *names):
        return [Div(name, audience_name(name), css_class="field-audience") for name in names]

    def changes(self) -> dict:
        """The keywords for `services.change_profile`."""
        data = self.cleaned_data
        person = {name: data[name] for name in self.Meta.fields}
        return {
            "account": {name: data[name] for name in self.ACCOUNT_FIELDS},
            "person": person | {"visibility": self._visibility()},
            "student": self._stored(self.student_fields),
            "instructor": self._stored(self.instructor_fields),
            **self.picture_changes(),
        }

    def _stored(self, names):
        return {stored: self.cleaned_data[name] for name, stored in names.items()} or None

    def _visibility(self):
        chosen = {
            name: self.cleaned_data[audience_name(name)]
            for name in DEFAULTS
            if self.cleaned_data.get(audience_name(name))
        }
        return self.instance.visibility | chosen
