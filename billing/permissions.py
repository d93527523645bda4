"""Who sells, and who sees what was bought."""

from users.models import Permission
from users.permissions import holds


def can_manage_billing(user) -> bool:
    """Record payments, cancel invoices, see what everybody bought.

    For who manages the organization's settings and sees other people's rows.
    """
    sees_others = user.is_authenticated and (user.is_staff or user.sees_private_rows)
    return sees_others and holds(user, Permission.ORGANIZATION_MANAGE)


def can_see_invoice(user, invoice) -> bool:
    """The buyer's own, and all for who keeps the books."""
    return invoice.buyer_id == user.pk or can_manage_billing(user)
