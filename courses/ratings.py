"""Arithmetic of ratings: averages, and an order in which a single 5 does not beat a hundred times 4.8."""

from decimal import ROUND_HALF_UP, Decimal

#: How many ratings a course is taken to have had before its first, and what they were on average: few
#: ratings move it little, so that many good ones stand above one that is very good.
IMAGINED_COUNT = 10
IMAGINED_AVERAGE = 3.5

STEPS = (
    1_000_000  #: a weighted rating is a whole number of these, so that a cursor can hold it exactly
)

#: SQL for the weighted rating of a course with ratings `r`; 0 without any, so that they come last.
WEIGHTED = (
    f"COALESCE(CASE WHEN r.review_count > 0 THEN round(((r.rating_sum + "
    f"{IMAGINED_AVERAGE * IMAGINED_COUNT}) * {STEPS}) / (r.review_count + {IMAGINED_COUNT}))::int END, 0)"
)
#: SQL for the average as it is shown, with one decimal; NULL without ratings.
AVERAGE = "round(r.rating_sum::numeric / NULLIF(r.review_count, 0), 1)"


def average(rating_sum: int | None, count: int | None) -> Decimal | None:
    """The mean rating as it is shown, 1.0 to 5.0, halves rounded up as `AVERAGE` does; None without any."""
    if not count:
        return None
    return (Decimal(rating_sum) / count).quantize(Decimal("0.1"), ROUND_HALF_UP)
