"""How the account library does things here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from users import services


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up per organization, and mails that wait for the commit."""

    def is_open_for_signup(self, request):
        return request.organization.is_signup_open

    def clean_username(self, username, shallow=False):
        username = super().clean_username(username, shallow=shallow)
        if not shallow and services.is_username_taken(username):
            raise ValidationError(_("This username is taken."))
        return username

    def send_mail(self, template_prefix, email, context):
        """Put the mail into the outbox; the worker sends it once the request has committed."""
        context = {"request": self.request, "email": email} | context
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        services.queue_mail(
            recipient=email,
            user=context.get("user"),
            subject=subject,
            text=render_to_string(f"{template_prefix}_message.txt", context),
            html=render_to_string(f"{template_prefix}_message.html", context),
        )
