"""What stands in the way of a sale or a payment."""


class BillingRefused(Exception):
    """This cannot be ordered, paid or changed now; the text says why, to the person who tried."""
