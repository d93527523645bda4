"""What this app hears from the libraries it builds on."""

from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from tenancy.context import EVERYONE, NOBODY, set_actor
from users import services
from users.models import User


@receiver(user_logged_in)
def act_from_now_on(sender, request, user, **kwargs):
    """What the rest of this request writes is the person's doing; the backend sees to later requests."""
    is_staff = user.role in User.STAFF_ROLES
    set_actor(str(user.pk), EVERYONE if is_staff else str(user.pk))


@receiver(user_logged_out)
def act_no_more(sender, request, user, **kwargs):
    set_actor("", NOBODY)


@receiver(email_confirmed)
def note_verified_email(sender, request, email_address, **kwargs):
    now = getattr(request, "now", None) or timezone.now()
    services.record_verified_email(email_address.user, email=email_address.email, now=now)
