"""What the page of a course shows, read in one statement."""

import re
from dataclasses import dataclass
from decimal import Decimal
from html import escape, unescape

from django.utils.html import strip_tags

from courses.models import Course
from courses.pictures import picture_url
from courses.ratings import average
from lib.markdown import split_at_heading
from lib.rows import fetch_row
from users.models import Audience, avatar_url
from users.visibility import audience_of

#: What is long or made by the database, and not shown.
_LEFT_OUT = {"description", "search_vector", "source"}
_COURSE = [field.column for field in Course._meta.concrete_fields if field.column not in _LEFT_OUT]

_PAGE = f"""
SELECT {", ".join(f"course.{name}" for name in _COURSE)},
    subject.title AS subject_title, subject.slug AS subject_slug,
    seats.student_count, rating.review_count, rating.rating_sum,
    EXISTS (
        SELECT FROM courses_coursereview own WHERE own.course_id = course.id AND own.author_id = %(user)s
    ) AS has_reviewed,
    (SELECT json_agg(json_build_object(
            'id', person.id, 'username', person.username, 'first_name', person.first_name,
            'last_name', person.last_name, 'display_name', profile.display_name,
            'avatar', profile.avatar, 'job_title', profile.job_title, 'visibility', profile.visibility
        ) ORDER BY person.id = course.owner_id DESC, person.last_name, person.first_name, person.id)
        FROM (
            SELECT course.owner_id AS id
            UNION SELECT user_id FROM courses_coursestaff WHERE course_id = course.id
        ) teaches
        JOIN users_user person ON person.id = teaches.id AND person.is_active
        LEFT JOIN users_profile profile ON profile.user_id = person.id
    ) AS teachers,
    (SELECT json_agg(json_build_object(
            'slug', needed.slug, 'title', needed.title,
            'is_listed', needed.status = 'published' AND needed.visibility = 'public'
        ) ORDER BY needed.title, needed.id)
        FROM courses_courseprerequisite link JOIN courses_course needed ON needed.id = link.required_course_id
        WHERE link.course_id = course.id AND needed.deleted_at IS NULL
    ) AS prerequisites
FROM courses_course course
JOIN courses_subject subject ON subject.id = course.subject_id
JOIN courses_courseseats seats ON seats.course_id = course.id
LEFT JOIN courses_courserating rating ON rating.course_id = course.id
WHERE course.slug = %(slug)s AND course.deleted_at IS NULL
"""


LONG = 4_000  # characters of HTML, about a screen
_FIRST_PARAGRAPH = re.compile(r"\s*<p[^>]*>(.*?)</p>", re.DOTALL)
_HEADING = re.compile(r"(</?h)([2-5])\b")


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody who teaches, as the page names them. `note` is for those who have signed in."""

    id: str
    name: str
    initials: str
    note: str
    avatar_url: str


@dataclass(frozen=True, slots=True)
class CoursePage:
    """The course without its long source texts, and everything of it that the page shows.

    `rating` is the average of its `review_count` reviews, 1 to 5, None without any; `has_reviewed`: the reader wrote one.
    `prerequisites` are rows of slug, title and `is_listed`: whether anybody may open it.
    `opening_html` and `more_html` are the description: what is shown at once and what is folded away. They
    fit under a heading of the second level and do not repeat the summary.
    """

    course: Course
    subject_title: str
    subject_slug: str
    teachers: list[Teacher]
    prerequisites: list[dict]
    student_count: int
    review_count: int
    rating: Decimal | None
    has_reviewed: bool
    picture_url: str
    opening_html: str
    more_html: str


def read_course_page(slug: str, user) -> CoursePage | None:
    """The page of the course with this short name, None if there is none or it is in the trash. One query."""
    row = fetch_row(_PAGE, {"slug": slug, "user": user.pk})
    if row is None:
        return None
    course = Course.from_db("default", _COURSE, row[: len(_COURSE)])
    opening, more = folded(course.description_html)
    return CoursePage(
        course=course,
        subject_title=row.subject_title,
        subject_slug=row.subject_slug,
        teachers=[_teacher(person) for person in row.teachers or ()],
        prerequisites=row.prerequisites or [],
        student_count=row.student_count,
        review_count=row.review_count or 0,
        rating=average(row.rating_sum, row.review_count),
        has_reviewed=row.has_reviewed,
        picture_url=picture_url(course.pk, row.thumbnail),
        opening_html=lower_headings(without_summary(opening, course.summary)),
        more_html=lower_headings(more),
    )


def folded(html: str) -> tuple[str, str]:
    """A description as it is shown at once, and what of a long one is folded away, from a heading on."""
    return split_at_heading(html) if len(html) > LONG else (html, "")


def without_summary(html: str, summary: str) -> str:
    """A description less what its first paragraph repeats, word for word, of the summary above it."""
    first = _FIRST_PARAGRAPH.match(html)
    if not first or not summary:
        return html
    words, said = unescape(strip_tags(first.group(1))).split(), summary.split()
    if words == said:
        return html[first.end() :].strip()
    if words[: len(said)] != said or "<" in first.group(1):
        return html
    return html[: first.start(1)] + escape(" ".join(words[len(said) :])) + html[first.end(1) :]


def lower_headings(html: str) -> str:
    """Rendered Markdown with its headings, which begin at the second level, one level further down."""
    return _HEADING.sub(lambda found: f"{found.group(1)}{int(found.group(2)) + 1}", html)


def _teacher(person):
    names = [person["first_name"], person["last_name"]]
    name = person["display_name"] or " ".join(part for part in names if part) or person["username"]
    initials = "".join(part[0] for part in names if part) or person["username"][:2]
    picture = avatar_url(person["id"], person["avatar"])
    is_shown = audience_of("job_title", person["visibility"] or {}) == Audience.EVERYONE
    note = is_shown and person["job_title"] or ""
    return Teacher(person["id"], name, initials.upper(), note, picture)
