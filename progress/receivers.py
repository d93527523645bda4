"""What this app hears: who brings previews that they read, and what counts on learning paths."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from content.signals import path_steps_changed
from enrollments.signals import completion_changed, enrollment_activated, path_joined
from lib.events import listens_to
from progress import paths, previews
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


@listens_to(completion_changed)
def count_on_paths(sender, *, enrollment, is_complete, at, **facts):
    paths.count_completion(
        enrollment.student_id, enrollment.course_id, is_complete=is_complete, now=at
    )


@listens_to(path_joined)
def count_joined(sender, *, path_enrollment, at, **facts):
    paths.count_place(path_enrollment, now=at)


@listens_to(path_steps_changed)
def count_changed_path(sender, *, path, at, **facts):
    paths.count_path(path, now=at)
