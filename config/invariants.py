"""What constraints cannot say: numbers that are stored for speed agree with the rows they sum up."""

from collections.abc import Iterator

from billing import invariants as of_billing
from certificates import invariants as of_certificates
from courses import invariants as of_courses
from enrollments import invariants as of_enrollments
from progress import invariants as of_progress
from tenancy.context import organization_context
from tenancy.services import organization_ids

CHECKS = {
    "courses": of_courses.check,
    "enrollments": of_enrollments.check,
    "progress": of_progress.check,
    "certificates": of_certificates.check,
    "billing": of_billing.check,
}


def differences() -> Iterator[dict]:
    """Every difference in every organization, as a dict with `organization`, `check` and what differs."""
    for organization_id, slug in list(organization_ids()):
        with organization_context(organization_id):
            for name, check in CHECKS.items():
                for difference in check():
                    yield {"organization": slug, "check": name, **difference}
