"""Amounts of money: rounded as bills are, and written as the reader writes them."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale

CENT = Decimal("0.01")


def round_to_cents(amount: Decimal) -> Decimal:
    """The amount with two decimal places, half a cent away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency in the active language, such as "€1,234.50" or "1.234,50 €"; "" for None.

    Always with two decimal places, as amounts are stored. A currency that is unknown stands as its code.
    """
    if amount is None:
        return ""
    locale = to_locale(get_language() or "en")
    return format_currency(amount, currency, locale=locale, currency_digits=False)
