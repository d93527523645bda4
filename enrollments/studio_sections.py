"""What this app adds to the sections of a course in the studio."""

from django.utils.translation import gettext_lazy as _

from courses.studio.sections import Section, by_slug
from users.models import Permission

WAITLIST = Section(
    "waitlist",
    _("Waitlist"),
    "clock",
    93,
    frozenset({Permission.ENROLLMENT_MANAGE}),
    by_slug("enrollments:waitlist"),
)
REQUESTS = Section(
    "requests",
    _("Requests"),
    "hourglass",
    92,
    frozenset({Permission.ENROLLMENT_MANAGE}),
    by_slug("enrollments:requests"),
)
INVITATIONS = Section(
    "invitations",
    _("Invitations"),
    "mail",
    94,
    frozenset({Permission.ENROLLMENT_MANAGE}),
    by_slug("enrollments:invitations"),
)
