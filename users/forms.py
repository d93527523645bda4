"""Forms of the account pages: the account library's checks in the look of the site."""

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lib.forms import CrispyFormMixin
from lib.ids import uuid7
from users import lockout
from users.models import FailedSignIn, User
from users.services import register

#: The library would cut a longer one off.
EMAIL_LENGTH = User._meta.get_field("email").max_length


class PlainFields:
    """Labels stand above fields here, so that placeholders, which vanish, need not."""

    labels: dict[str, str] = {}
    helps: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.validators.append(MaxLengthValidator(EMAIL_LENGTH))
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "" if name in self.labels else field.help_text)


class LoginForm(PlainFields, CrispyFormMixin, account.LoginForm):
    submit_label = _("Sign in")
    labels = {
        "login": _("Username or e-mail"),
        "password": _("Password"),
        "remember": _("Keep me signed in on this device"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}

    def user_credentials(self):
        """One way to look the person up, so that each attempt costs one hash whether they exist or not."""
        method = "email" if "@" in self.cleaned_data["login"] else "username"
        return {method: self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class SignupForm(PlainFields, CrispyFormMixin, account.SignupForm):
    submit_label = _("Create account")
    field_order = ["username", "email", "password1", "first_name", "last_name"]
    labels = {
        "username": _("Username"),
        "email": _("E-mail"),
        "password1": _("Password"),
        "first_name": _("First name (optional)"),
        "last_name": _("Last name (optional)"),
    }
    helps = {
        "username": _("Letters without accents, digits and the underscore."),
        "email": _("We send a link to it, to be sure it is yours."),
        "password1": _(
            "At least ten characters. A few words that only you would combine are best."
        ),
    }
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        self.fields["username"].widget.attrs["autocapitalize"] = "none"

    def try_save(self, request):
        if self.account_already_exists:
            self._work_as_for_a_new_account()
        return super().try_save(request)

    @transaction.atomic
    def _work_as_for_a_new_account(self):
        """So that the time tells nothing either. Nothing of it stays."""
        email = f"{uuid7()}@nobody.invalid"
        nobody = User(username=self.cleaned_data["username"], email=email)
        nobody.set_password(self.cleaned_data["password1"])
        register(nobody)
        EmailAddress.objects.create(user=nobody, email=email, primary=True)
        transaction.set_rollback(True)


class ResetPasswordForm(PlainFields, CrispyFormMixin, account.ResetPasswordForm):
    submit_label = _("Send me a link")
    labels = {"email": _("E-mail")}


class NewPasswordFields(PlainFields):
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    helps = {"password1": SignupForm.helps["password1"]}


class ResetPasswordKeyForm(NewPasswordFields, CrispyFormMixin, account.ResetPasswordKeyForm):
    submit_label = _("Set the new password")


class UserTokenForm(account.UserTokenForm):
    """The key of a link to a new password. A wrong one is counted as a failure of the account."""

    def _get_user(self, uidb36):
        user = super()._get_user(uidb36)
        return user if user is not None and user.is_active else None

    def clean(self):
        try:
            return super().clean()
        except ValidationError:
            if self.cleaned_data.get("key"):
                self._record_failure()
            raise

    def _record_failure(self):
        user, number = self.reset_user, self.cleaned_data.get("uidb36", "")
        target = lockout.target_of(user) if user else lockout.target_of_name(f"reset {number}")
        get_adapter().record_failure(target, FailedSignIn.Door.PASSWORD_RESET)


class ChangePasswordForm(NewPasswordFields, CrispyFormMixin, account.ChangePasswordForm):
    submit_label = _("Change password")

    def clean_oldpassword(self):
        with get_adapter().one_guess(self.user, FailedSignIn.Door.REAUTHENTICATION):
            return super().clean_oldpassword()


class SetPasswordForm(NewPasswordFields, CrispyFormMixin, account.SetPasswordForm):
    submit_label = _("Set password")


class AddEmailForm(PlainFields, CrispyFormMixin, account.AddEmailForm):
    submit_label = _("Send a link to the new address")
    labels = {"email": _("New e-mail")}
    #: By this name the account library's page knows what was asked of it.
    action_add = forms.CharField(required=False, initial="yes", widget=forms.HiddenInput)


class ReauthenticateForm(PlainFields, CrispyFormMixin, account.ReauthenticateForm):
    submit_label = _("Go on")
    labels = {"password": _("Password")}


class PreferencesForm(CrispyFormMixin, forms.Form):
    """Language and colours of the pages. Each may be sent alone, as the switches in the footer do."""

    THEMES = [
        ("auto", _("Automatic, as my device")),
        ("light", pgettext_lazy("colours", "Light")),
        ("dark", pgettext_lazy("colours", "Dark")),
    ]

    has_idempotency_key = False
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(
        label=_("Colours"), choices=THEMES, required=False, widget=forms.RadioSelect
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
