"""Forms of the page on which a course's staff is chosen."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.forms import CrispyFormMixin
from users.models import User

CO_INSTRUCTOR = "co_instructor"


class PersonField(forms.CharField):
    """Somebody's username or e-mail, as the person it names."""

    def __init__(self, **options):
        options.setdefault("label", _("Username or e-mail"))
        super().__init__(max_length=254, **options)

    def clean(self, value):
        text = super().clean(value).strip().lower()
        person = User.objects.active().filter(Q(username=text) | Q(email=text)).first()
        if person is None:
            raise forms.ValidationError(
                _("Nobody here has this username or e-mail."), code="unknown"
            )
        return person


class AddStaffForm(CrispyFormMixin, forms.Form):
    """Somebody, and as what they are to look after the course."""

    person = PersonField()
    role = forms.ChoiceField(label=_("As"))
    submit_label = _("Add")

    def __init__(self, *args, roles, suggestions_url, **kwargs):
        super().__init__(*args, **kwargs)
        self.roles = {str(role.pk): role for role in roles}
        self.fields["role"].choices = [
            (CO_INSTRUCTOR, _("Co-instructor")),
            *((key, role.name) for key, role in self.roles.items()),
        ]
        self.fields["person"].widget.attrs |= suggesting(suggestions_url)

    @property
    def chosen_role(self):
        """The organization's role that was chosen, None for a co-instructor. Only for a valid form."""
        return self.roles.get(self.cleaned_data["role"])


class HandOverForm(CrispyFormMixin, forms.Form):
    """The next owner."""

    person = PersonField(label=_("Username or e-mail of the next owner"))
    submit_label = _("Hand over the course")

    def __init__(self, *args, suggestions_url, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].widget.attrs |= suggesting(suggestions_url)


def suggesting(url) -> dict[str, str]:
    """Attributes of a field whose list of suggestions follows what is typed; without a script it stays empty."""
    return {
        "list": "people-suggested",
        "autocomplete": "off",
        "autocapitalize": "none",
        "spellcheck": "false",
        "hx-get": url,
        "hx-trigger": "input changed delay:250ms",
        "hx-target": "#people-suggested",
        "hx-sync": "this:replace",
    }
