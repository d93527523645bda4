"""Forms of the account pages: the account library's checks in the look of the site."""

from allauth.account import forms as account
from django.utils.translation import gettext_lazy as _

from lib.forms import CrispyFormMixin


class LoginForm(CrispyFormMixin, account.LoginForm):
    submit_label = _("Sign in")


class SignupForm(CrispyFormMixin, account.SignupForm):
    submit_label = _("Create account")


class ResetPasswordForm(CrispyFormMixin, account.ResetPasswordForm):
    submit_label = _("Send me a link")


class ResetPasswordKeyForm(CrispyFormMixin, account.ResetPasswordKeyForm):
    submit_label = _("Set the new password")


class ChangePasswordForm(CrispyFormMixin, account.ChangePasswordForm):
    submit_label = _("Change password")


class SetPasswordForm(CrispyFormMixin, account.SetPasswordForm):
    submit_label = _("Set password")


class AddEmailForm(CrispyFormMixin, account.AddEmailForm):
    submit_label = _("Change e-mail")


class ReauthenticateForm(CrispyFormMixin, account.ReauthenticateForm):
    submit_label = _("Confirm")
