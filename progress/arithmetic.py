"""How far somebody has come, as numbers: no database, no clock."""

from decimal import ROUND_DOWN, Decimal

HUNDREDTH = Decimal("0.01")
FULL = Decimal(100)

#: What engagement is made of, and how much each part weighs. Together they give 1.
WEIGHT_DONE = Decimal("0.6")  # lessons done, of all
WEIGHT_BEGUN = Decimal("0.2")  # lessons opened, of all
WEIGHT_TIME = Decimal("0.2")  # time spent, of the time the author planned

PLANNED_SECONDS_A_LESSON = 10 * 60  # where the author gave no duration


def percent_of(done: int, total: int) -> Decimal:
    """0–100 with two decimals, rounded down, so that 100 means all; 0 of nothing."""
    return (FULL * done / total).quantize(HUNDREDTH, rounding=ROUND_DOWN) if total else Decimal(0)


def engagement_of(
    *, done: int, begun: int, total: int, seconds: int, planned_seconds: int
) -> Decimal:
    """0–1 with two decimals: mostly what is done, a little for what was opened and for the time given."""
    if not total:
        return Decimal(0)
    planned = planned_seconds or total * PLANNED_SECONDS_A_LESSON
    shares = (
        WEIGHT_DONE * min(done, total) / total
        + WEIGHT_BEGUN * min(begun, total) / total
        + WEIGHT_TIME * min(seconds, planned) / planned
    )
    return shares.quantize(HUNDREDTH, rounding=ROUND_DOWN)
