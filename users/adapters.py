"""How the account library does things here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from lib.http import client_ip
from tenancy.links import site_origin
from users import services

#: Equal words whatever did not match, so that nobody learns which accounts exist.
NO_MATCH = gettext_lazy("That did not match. Check the username or e-mail, and the password.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up per organization, and mails that wait for the commit."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NO_MATCH,
        "email_password_mismatch": NO_MATCH,
        "username_taken": gettext_lazy("This username is taken."),
        "duplicate_email": gettext_lazy("This is your e-mail already."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your present password."),
    }

    def get_login_stages(self):
        return ["allauth.account.stages.EmailVerificationStage", "users.second_step.SecondStep"]

    def is_open_for_signup(self, request):
        return request.organization.is_signup_open

    def clean_username(self, username, shallow=False):
        username = super().clean_username(username, shallow=True)
        if not shallow and services.is_username_taken(username):
            raise ValidationError(self.error_messages["username_taken"], code="username_taken")
        return username

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        return services.register(user) if commit else user

    def confirm_email(self, request, email_address):
        """Confirm an address; somebody else may have confirmed the same one a moment ago."""
        try:
            with transaction.atomic():
                return super().confirm_email(request, email_address)
        except IntegrityError:
            email_address.verified = False
            return False

    def send_invitation(self, user):
        """Mail a person whose account was made for them the link to choose a password."""
        key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
        context = {"user": user, "password_reset_url": self.get_reset_password_from_key_url(key)}
        self.send_mail("account/email/account_invitation", user.email, context)

    def reauthenticate(self, user, password):
        return user.check_password(password)

    def get_client_ip(self, request):
        return client_ip(request)

    def send_mail(self, template_prefix, email, context):
        """Put the mail into the outbox; the worker sends it once the request has committed."""
        request = self.request
        here, origin = request.build_absolute_uri("/")[:-1], site_origin(request)
        context = {
            name: value.replace(here, origin, 1) if isinstance(value, str) else value
            for name, value in context.items()
        }
        context |= {"email": email, "organization": request.organization, "origin": origin}
        user = context.get("user")
        with translation.override((user and user.language) or translation.get_language()):
            subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
            services.queue_mail(
                recipient=email,
                user=user,
                subject=f"{subject} · {request.organization.name}",
                text=render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n",
                html=render_to_string(f"{template_prefix}_message.html", context),
            )
