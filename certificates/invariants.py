"""Certificates, compared with the completions that they certify."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from certificates.services import missing
from lib.rows import fetch_rows

#: By then the worker has issued what courses owe.
ISSUED_WITHIN = timedelta(hours=1)

# A certificate that holds, of a completion that does not.
UNFOUNDED = """
SELECT c.id, c.completed_at AS stored, e.completed_at AS counted
FROM certificates_certificate c JOIN enrollments_enrollment e ON e.id = c.enrollment_id
WHERE c.revoked_at IS NULL AND c.replaced_at IS NULL
    AND (e.completed_at IS DISTINCT FROM c.completed_at OR e.course_id <> c.course_id OR e.student_id <> c.student_id)
ORDER BY c.id
"""

# Replaced, and by nothing; or two that hold in one chain.
BROKEN_CHAINS = """
SELECT c.id, c.replaced_at, n.id AS newer
FROM certificates_certificate c LEFT JOIN certificates_certificate n ON n.replaces_id = c.id
WHERE (c.replaced_at IS NULL) <> (n.id IS NULL)
ORDER BY c.id
"""


def check() -> Iterator[dict]:
    """Every difference in the current organization, as a dict that names the row and both values."""
    for row in fetch_rows(UNFOUNDED):
        yield _difference("certificate", row.id, "completed_at", row.stored, row.counted)
    for row in fetch_rows(BROKEN_CHAINS):
        yield _difference("certificate", row.id, "replaced_at", row.replaced_at, row.newer)
    for enrollment_id in _owed(timezone.now()):
        yield _difference("enrollment", enrollment_id, "certificate", None, 1)


def _owed(now: datetime):
    """Completions without a certificate that the worker should have issued by now."""
    before = now - ISSUED_WITHIN
    owed = missing().filter(completed_at__lt=before, course__updated_at__lt=before)
    return owed.values_list("pk", flat=True)


def _difference(what, row_id, field, stored, counted):
    return {
        "what": "certificates",
        what: str(row_id),
        "field": field,
        "stored": stored and str(stored),
        "counted": counted and str(counted),
    }
