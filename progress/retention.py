"""How long the details of visits are kept once a course is behind somebody."""

from django.db.models import Q

from enrollments.models import Enrollment
from privacy import retention
from privacy.periods import months_later
from progress.models import LessonProgress, PreviewWork

Status = Enrollment.Status

#: States of people who have finished a course or are no longer on it.
BEHIND = (Status.COMPLETED, Status.WITHDRAWN, Status.REJECTED, Status.EXPIRED)


def clear_visits(policy, now, is_rehearsal):
    """When and how often lessons were opened, and previews that led nowhere; what was done, and how long it took, stays."""
    before = months_later(now, -policy.visit_months)
    behind = Enrollment.objects.filter(status__in=BEHIND, last_accessed_at__lt=before)
    visits = LessonProgress.objects.filter(
        Q(last_viewed_at__isnull=False) | Q(view_count__gt=0), enrollment__in=behind
    )
    count = visits.count()
    if not is_rehearsal:
        visits.update(last_viewed_at=None, view_count=0)
    previews = PreviewWork.objects.filter(last_viewed_at__lt=before)
    return count + retention.delete(previews, is_rehearsal)
