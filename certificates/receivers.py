"""What this app hears: courses are completed, and completions are taken back."""

from certificates import services, tasks
from enrollments.signals import completion_changed
from lib.events import listens_to
from tenancy.context import require_organization_id


@listens_to(completion_changed)
def follow_completion(sender, *, enrollment, is_complete, at, **facts):
    """The paper is made by the worker, once the completion is committed; that it ends to hold, at once."""
    if not is_complete:
        services.revoke_for_reopening(enrollment, now=at)
    elif enrollment.course.certificate_enabled:
        tasks.issue_certificate.defer(
            organization_id=str(require_organization_id()), enrollment_id=str(enrollment.pk)
        )
