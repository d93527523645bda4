"""What a version of a course keeps: its own words, and what higher floors add in `ready()`."""

from collections.abc import Callable

from courses.models import Course

#: The words of a course, which wait in a draft while it is published.
WORDS = (
    *("title", "summary", "description", "objectives", "requirements", "tags"),
    *("language", "difficulty_level", "duration_minutes"),
)

_parts: dict[str, Callable[[Course], object]] = {}


def register(name: str, part: Callable[[Course], object]) -> None:
    """Add `part(course)`, as JSON, to each version under a name. ValueError if the name is taken."""
    if _parts.get(name, part) is not part:
        raise ValueError(f"There is another part {name!r}.")
    _parts[name] = part


def snapshot_of(course: Course) -> dict:
    """What students may see of the course now."""
    words = {name: getattr(course, name) for name in WORDS}
    return {"words": words, **{name: part(course) for name, part in _parts.items()}}
