"""What this app hears: who signs in brings what they read as a visitor, and who enrolls has it counted."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from enrollments.signals import enrollment_activated
from lib.events import listens_to
from progress import previews
from progress.signals import previews_read


@receiver(user_logged_in)
def keep_previews(sender, request, user, **kwargs):
    previews.keep_for(user, request.session)


@receiver(enrollment_activated)
def look_for_previews(sender, enrollment, **kwargs):
    """Most people have read none; a request that knows so from the person's row costs nothing."""
    if getattr(enrollment.student, "has_preview_work", True):
        previews_read.send(sender=sender, enrollment=enrollment)


@listens_to(previews_read)
def count_previews(sender, *, enrollment, **kwargs):
    previews.hand_over(enrollment, now=enrollment.enrolled_at)
