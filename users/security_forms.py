"""Forms of the second step and of what guards an account."""

import json

from allauth.account.adapter import get_adapter
from allauth.socialaccount.forms import SignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lib.encryption import NotDecrypted, decrypt, encrypt
from lib.forms import CrispyFormMixin
from users import factors, passkeys
from users.forms import PlainFields
from users.models import FailedSignIn

SETUP_PURPOSE = "set-up of an app"
SETUP_SECONDS = 60 * 60  # how long a page that shows a secret may stand open

TOO_OLD = _("This page stood open too long. Scan the new picture, please.")


class CodeField(forms.CharField):
    """A code as an app or a list of recovery codes shows it; spaces and dashes do not matter."""

    def __init__(self, **options):
        widget = forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        )
        super().__init__(max_length=50, widget=widget, **options)


class AppForm(CrispyFormMixin, forms.Form):
    """Sets up an authenticator app: the code proves that it holds the secret.

    The secret travels with the form, readable to nobody, so that drawing the page stores nothing.
    """

    submit_label = _("Turn on")
    code = CodeField(label=_("Code"), help_text=_("The six digits that the app shows now."))
    setup = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = self._sent_secret()
        self.is_too_old = self.is_bound and self.secret is None
        if self.secret is None:
            self.secret = factors.new_secret()
            sealed = encrypt(f"{user.pk} {self.secret}", purpose=SETUP_PURPOSE)
            self.initial["setup"] = sealed
            if self.is_bound:
                self.data = self.data.copy()
                self.data["setup"] = sealed

    def _sent_secret(self):
        """The secret that came with the form, None if there is none, or another person's, or an old one."""
        if not self.is_bound:
            return None
        try:
            sealed = self.data.get("setup", "")
            opened = decrypt(sealed, purpose=SETUP_PURPOSE, max_age=SETUP_SECONDS)
        except NotDecrypted:
            return None
        owner, _space, secret = opened.partition(" ")
        return secret if owner == str(self.user.pk) else None

    def clean(self):
        if self.is_too_old:
            raise ValidationError(TOO_OLD, code="too_old")
        return super().clean()


class CodeForm(CrispyFormMixin, forms.Form):
    """A code of the person's app, or one of their recovery codes, which is used up by that."""

    submit_label = _("Go on")
    door = FailedSignIn.Door.SECOND_FACTOR
    code = CodeField(
        label=_("Code"), help_text=_("From your authenticator app, or one of your recovery codes.")
    )

    def __init__(self, *args, user, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.now = user, now
        self.fields["code"].widget.attrs["autofocus"] = True
        self.authenticator = None

    def clean_code(self):
        code = self.cleaned_data["code"]
        with get_adapter().one_guess(self.user, self.door):
            self.authenticator = factors.use_code(self.user, code, now=self.now)
            if self.authenticator is None:
                raise ValidationError(
                    _("This code is not right, or was used already."), code="incorrect_code"
                )
        return code


class CodeAgainForm(CodeForm):
    door = FailedSignIn.Door.REAUTHENTICATION


class PasskeyAnswerForm(forms.Form):
    """What a browser answers to the question for a passkey; `users.passkeys` checks what it says."""

    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)

    def clean_credential(self):
        try:
            answer = json.loads(self.cleaned_data["credential"])
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
            raise ValidationError(passkeys.NOT_ACCEPTED)
        return answer


class PasskeyNameForm(CrispyFormMixin, forms.Form):
    submit_label = _("Save")
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Such as the device it is kept on.")
    )


class NewPasskeyForm(PasskeyAnswerForm, PasskeyNameForm):
    submit_label = _("Add a passkey")

    def clean(self):
        if "credential" in self.errors:
            raise ValidationError(passkeys.NOT_ACCEPTED)
        return super().clean()


class ConfirmForm(CrispyFormMixin, forms.Form):
    """Nothing to fill in: a button that says what happens."""


class ProviderSignupForm(PlainFields, CrispyFormMixin, SignupForm):
    """What a provider did not say and an account needs."""

    submit_label = _("Create account")
    labels = {"username": _("Username"), "email": _("E-mail")}
    helps = {"username": _("Letters without accents, digits and the underscore.")}
