"""The sums of a course's ratings, compared with the reviews they are kept from."""

from collections.abc import Iterator

from lib.rows import fetch_rows

RATINGS = """
WITH counted AS (
    SELECT course_id, count(*) AS reviews, sum(rating) AS ratings
    FROM courses_coursereview WHERE hidden_at IS NULL GROUP BY course_id
)
SELECT COALESCE(r.course_id, c.course_id) AS course_id, r.review_count, r.rating_sum,
    COALESCE(c.reviews, 0) AS reviews, COALESCE(c.ratings, 0) AS ratings
FROM courses_courserating r FULL JOIN counted c USING (course_id)
WHERE r.review_count IS DISTINCT FROM COALESCE(c.reviews, 0)
    OR r.rating_sum IS DISTINCT FROM COALESCE(c.ratings, 0)
ORDER BY 1
"""


def check() -> Iterator[dict]:
    """Every difference in the current organization, as a dict that names the course and both values."""
    for row in fetch_rows(RATINGS):
        pairs = {
            "review_count": (row.review_count, row.reviews),
            "rating_sum": (row.rating_sum, int(row.ratings)),
        }
        for field, (stored, counted) in pairs.items():
            if stored != counted:
                yield {
                    "what": "ratings",
                    "course": str(row.course_id),
                    "field": field,
                    "stored": stored,
                    "counted": counted,
                }
