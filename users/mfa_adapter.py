"""How the account library keeps second factors here."""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy as _

from lib import encryption

PURPOSE = "second factors"


class MFAAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest, and an authenticator app shows the organization's name."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or was used already."),
    }

    def encrypt(self, text):
        return encryption.encrypt(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text, purpose=PURPOSE)

    def get_totp_issuer(self):
        return context.request.organization.name
