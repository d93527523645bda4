"""The books, added up anew: what was paid against what invoices say, numbers in a row, plans against places."""

from collections.abc import Iterator

from lib.rows import fetch_rows

#: Invoices whose state, or whose order's, does not follow from the payments.
STATES = """
SELECT i.id, i.status, o.status AS order_status, i.gross, COALESCE(p.paid, 0) AS paid
FROM billing_invoice i JOIN billing_order o ON o.id = i.order_id
LEFT JOIN (
    SELECT invoice_id, sum(amount) AS paid FROM billing_payment GROUP BY invoice_id
) p ON p.invoice_id = i.id
WHERE i.kind = 'invoice' AND (
    (i.status = 'paid') <> (COALESCE(p.paid, 0) = i.gross) OR o.status <> i.status
    OR COALESCE(p.paid, 0) NOT BETWEEN 0 AND i.gross
    OR (i.status = 'cancelled') <> EXISTS (SELECT FROM billing_invoice n WHERE n.cancels_id = i.id)
)
ORDER BY i.year, i.number
"""

#: Years whose numbers are not 1, 2, 3 …
NUMBERS = """
SELECT year, count(*) AS invoices, max(number) AS last_number FROM billing_invoice
GROUP BY year HAVING count(*) <> max(number) ORDER BY year
"""

#: Invoices whose lines do not sum up to their amount, and credit notes that take back another amount.
AMOUNTS = """
SELECT i.id, i.gross, lines.total AS lines_total, -c.gross AS cancelled_gross
FROM billing_invoice i
CROSS JOIN LATERAL (
    SELECT sum((line ->> 'amount')::numeric) AS total FROM jsonb_array_elements(i.lines) line
) lines
LEFT JOIN billing_invoice c ON c.id = i.cancels_id
WHERE lines.total IS DISTINCT FROM i.gross OR (c.id IS NOT NULL AND i.gross <> -c.gross)
ORDER BY i.year, i.number
"""

#: Plans that were paid for and that nobody got.
UNDELIVERED = """
SELECT o.id FROM billing_order o
WHERE o.status = 'paid' AND o.plan_id IS NOT NULL AND o.subscription_id IS NULL ORDER BY o.id
"""


def check() -> Iterator[dict]:
    """Every difference in the current organization, as a dict that names the row and both values."""
    for row in fetch_rows(STATES):
        yield {
            "what": "invoice",
            "invoice": str(row.id),
            "field": "status",
            "stored": f"{row.status}, order {row.order_status}",
            "counted": f"{row.paid} of {row.gross}",
        }
    for row in fetch_rows(NUMBERS):
        yield {
            "what": "numbers",
            "year": row.year,
            "field": "number",
            "stored": row.last_number,
            "counted": row.invoices,
        }
    for row in fetch_rows(AMOUNTS):
        yield {
            "what": "amounts",
            "invoice": str(row.id),
            "field": "gross",
            "stored": str(row.gross),
            "counted": str(row.lines_total),
        }
    for row in fetch_rows(UNDELIVERED):
        yield {
            "what": "order",
            "order": str(row.id),
            "field": "subscription",
            "stored": None,
            "counted": "paid",
        }
