"""What is wrong or doubtful in the content of a course: each check looks at one reading of it."""

from content.checks import links, locks, outline, texts, videos
from content.checks.reading import read_course
from courses.models import Course
from courses.preflight import Finding

CHECKS = (
    outline.check_outline,
    outline.check_items,
    locks.check_locks,
    locks.check_dates,
    videos.check_videos,
    links.check_links,
    texts.check_images,
    texts.check_headings,
    links.check_addresses,
)


def check_content(course: Course) -> list[Finding]:
    """All findings about modules, lessons and items, in the order of the outline. Six statements at most, however long it is."""
    content = read_course(course)
    return [finding for check in CHECKS for finding in check(content)]
