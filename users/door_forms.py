"""Forms for tokens, for shutting people out, and for what they are."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.forms import CrispyFormMixin
from users import permissions
from users.models import ApiToken, TokenScope, User

SUSPENSION_REASON_LENGTH = 255


class TokenForm(CrispyFormMixin, forms.ModelForm):
    """What a person says about a token before it is made."""

    LASTS = [
        ("30", _("30 days")),
        ("90", _("90 days")),
        ("365", _("one year")),
        ("", _("until I revoke it")),
    ]

    submit_label = _("Make the token")
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=TokenScope,
        initial=[TokenScope.READ_PROFILE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what it may do.")},
    )
    lasts = forms.ChoiceField(label=_("It lasts"), choices=LASTS, initial="90", required=False)

    class Meta:
        model = ApiToken
        fields = ["name", "scopes"]
        help_texts = {"name": _("What it is for, such as the program that uses it.")}

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def wishes(self) -> dict:
        """The keywords for `tokens.make_token`."""
        data = self.cleaned_data
        ends = self.now + timedelta(days=int(data["lasts"])) if data["lasts"] else None
        return {"name": data["name"], "scopes": data["scopes"], "expires_at": ends}


class SuspensionForm(CrispyFormMixin, forms.Form):
    """Why somebody is shut out; the person reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=SUSPENSION_REASON_LENGTH,
        help_text=_("The person is told by mail, with this reason."),
        widget=forms.TextInput({"class": "vTextField"}),
    )


class BuiltInRoleForm(CrispyFormMixin, forms.Form):
    """What people are from now on, of what `by` may make them."""

    role = forms.ChoiceField(label=_("role"))

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = built_in_roles_to_give(by)


def built_in_roles_to_give(by) -> list[tuple[str, str]]:
    """Nobody makes somebody else more than they are."""
    return [
        (role, label)
        for role, label in User.Role.choices
        if permissions.can_give_built_in_role(by, role)
    ]
