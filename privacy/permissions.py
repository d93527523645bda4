"""Who may do what with personal data."""

from privacy.models import DataExport
from users.models import Permission
from users.permissions import holds


def can_decide(user) -> bool:
    """Decide on erasures, and make copies for others."""
    return holds(user, Permission.PRIVACY_DECIDE)


def can_download(user, export: DataExport) -> bool:
    """The person it is about, and nobody else: not even who asked for it."""
    return user.is_authenticated and export.person_id == user.pk
