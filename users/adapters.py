"""How the account library does things here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from lib.http import client_ip
from tenancy.links import site_origin
from users import known_devices, lockout, mails, services
from users.models import FailedSignIn, User
from users.time_zones import as_read_by

Door = FailedSignIn.Door

#: Equal words whatever did not match, so that nobody learns which accounts exist.
NO_MATCH = gettext_lazy("That did not match. Check the username or e-mail, and the password.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up per organization, guesses that are counted, and mails that wait for the commit."""

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
        if not email_address.user.is_active:
            return False
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

    # Guesses

    def pre_authenticate(self, request, **credentials):
        """Refuse a guess unseen while the account is locked, in the time that looking at it takes."""
        login = credentials.get("username") or credentials["email"]
        user = lockout.find_user(login)
        self._target = self._target_on_device(user) if user else lockout.target_of_name(login)
        try:
            lockout.check_door(self._target, now=request.now)
        except lockout.LockedOut:
            User().set_password(credentials["password"])
            raise

    def authentication_failed(self, request, **credentials):
        if self.record_failure(self._target, Door.SIGN_IN):
            raise lockout.LockedOut

    def reauthenticate(self, user, password):
        with self.one_guess(user, Door.REAUTHENTICATION):
            if not user.check_password(password):
                raise self.validation_error("incorrect_password")
        return True

    def one_guess(self, user, door):
        """A block that looks at something a person gave to show who they are; see `lockout.one_guess`."""
        return lockout.one_guess(self._target_on_device(user), **self._knock_at(door))

    def record_failure(self, target, door):
        """Count a wrong guess; whether it was one too many."""
        return lockout.record_failure(target, **self._knock_at(door))

    def _knock_at(self, door):
        return {"door": door, "client_ip": client_ip(self.request), "now": self.request.now}

    def _target_on_device(self, user):
        return lockout.target_of(user, device=known_devices.device_of(self.request, user))

    # Signing in

    def login(self, request, user):
        """Let somebody in; who was suspended since the first step of the sign-in stays outside."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)
        lockout.forget_failures(self._target_on_device(user))

    def post_login(self, request, user, **options):
        response = super().post_login(request, user, **options)
        known_devices.remember(request, response, user)
        return response

    # Mails

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
        reader = user or User()  # an address without an account
        with as_read_by(reader, language=translation.get_language()):
            mails.write(template_prefix, recipient=email, user=user, context=context)
