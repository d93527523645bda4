"""A course's own values, as `course.yaml` has them."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from content.importing.files import Files, NoFiles, title_from
from content.importing.texts import lesson_fields, moment, new_values
from content.importing.tree import (
    CourseTree,
    ImportRefused,
    ItemTree,
    LeftOut,
    LessonTree,
    ModuleTree,
    VideoTree,
    Why,
)
from courses.models import Course
from lib.text import slug_from

_TEXTS = {"title": 200, "summary": 500, "language": 10, "description": 500_000, "currency": 3}
_LISTS = {"objectives": 300, "requirements": 300, "tags": 50}
_PRICE = 8  # digits before the point
_TRUTHS = {"is_sequential", "waitlist_enabled", "certificate_enabled"}
_NUMBERS = {
    "duration_minutes": range(2**31),
    "max_capacity": range(1, 2**31),
    "offer_hours": range(721),
    "access_days": range(1, 2**15),
}
_TIMES = {"enrollment_closes_at", "access_ends_at"}
_CHOICES = {
    "difficulty_level": set(Course.Difficulty),
    "enrollment_type": set(Course.EnrollmentType),
    "visibility": set(Course.Visibility),
}
#: Fields that a whole text decides, also by saying nothing of them.
_WHOLE = (
    *("summary", "description", *_LISTS, "language", "difficulty_level", "duration_minutes"),
    *("visibility", "enrollment_type", "max_capacity", "offer_hours", "access_days"),
    *(*sorted(_TIMES | _TRUTHS), "price", "currency"),
)
_SLUG = re.compile(r"[a-zA-Z0-9_-]{1,200}")
LONGEST_KEY = 500  # characters of an `id`
#: Known, and read elsewhere.
_OTHERS = {"format", "id", "slug", "subject", "thumbnail", "modules", "status"}


def course_from_values(
    values: dict,
    *,
    files: Files | None = None,
    path: str = "course.yaml",
    name: str = "",
    is_whole: bool = False,
) -> CourseTree:
    """A course from its values, with modules and lessons if `values` has them.

    `modules` is a list of `title`, `description` and `lessons`, each with `title`, `body` (Markdown) and the
    lesson's settings. Values that cannot be used are named in `left_out`. `is_whole`: what is not said is as in a
    new course. Raises ImportRefused without a title.
    """
    fields, complaints = course_fields(values, is_exact=is_whole)
    title = fields.pop("title", "") or title_from(name)
    if not title:
        raise ImportRefused(_("%(path)s names no title.") % {"path": path})
    if is_whole:
        fields = new_values(Course, _WHOLE) | fields
    slug = values.get("slug")
    if isinstance(slug, str) and slug:
        fields["slug"] = slug if is_whole and _SLUG.fullmatch(slug) else slug_from(slug)
    subject, thumbnail, key = (values.get(each) for each in ("subject", "thumbnail", "id"))
    named = key if isinstance(key, str) and len(key) <= LONGEST_KEY else ""
    tree = CourseTree(
        source=named or fields.get("slug") or slug_from(title),
        title=title,
        values=fields,
        subject=subject.strip() if isinstance(subject, str) else "",
        thumbnail=thumbnail if isinstance(thumbnail, str) else "",
        files=files or NoFiles(),
        description_path=path,
        left_out=[LeftOut(path, Why.IGNORED, text) for text in complaints],
    )
    for number, module in enumerate(values.get("modules") or [], 1):
        tree.modules.append(_module(number, module, tree))
    return tree


def course_fields(values: dict, *, is_exact: bool = False) -> tuple[dict, list[str]]:
    """Fields of a course, and a sentence about each value that cannot be used."""
    fields, complaints = {}, []
    for name, value in values.items():
        if name in _OTHERS or value is None:
            continue
        try:
            fields[name] = _field(name, value, is_exact)
        except KeyError:
            complaints.append(_("“%(name)s” is not known here.") % {"name": name})
        except (ValueError, InvalidOperation, OverflowError):
            complaints.append(_("The value of “%(name)s” cannot be used.") % {"name": name})
    if "access_ends_at" in fields and "access_days" in fields:
        del fields["access_days"]
        complaints.append(_("“access_ends_at” and “access_days” exclude each other."))
    return fields, complaints


def _field(name, value, is_exact):
    if name in _TEXTS:
        return _text(value, _TEXTS[name], is_exact)
    if name in _LISTS:
        if not isinstance(value, list):
            raise ValueError
        return [_text(entry, _LISTS[name], is_exact) for entry in value]
    if name == "price":
        return _price(value)
    if name in _TRUTHS:
        return _checked(value, isinstance(value, bool))
    if name in _TIMES:
        return moment(value)
    if name in _NUMBERS:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return _checked(value, is_number and value in _NUMBERS[name])
    return _checked(value, value in _CHOICES[name])


def _text(value, limit, is_exact):
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    text = str(value) if is_text else ""
    text = text if is_exact else text.strip()
    return _checked(text, bool(text.strip() or is_exact) and len(text) <= limit)


def _price(value):
    is_number = isinstance(value, str | int | float) and not isinstance(value, bool)
    price = Decimal(str(value)) if is_number else Decimal("NaN")
    return _checked(price, price.is_finite() and 0 <= price < 10**_PRICE)


def _checked(value, is_good):
    if not is_good:
        raise ValueError
    return value


def _module(number, values, tree):
    source = f"module-{number}"
    module = ModuleTree(
        source=source,
        title=str(values.get("title") or source)[:255],
        description=str(values.get("description") or "").strip(),
        paths=(source,),
    )
    for place, lesson in enumerate(values.get("lessons") or [], 1):
        module.lessons.append(_lesson(f"{source}/lesson-{place}.md", lesson, tree))
    return module


def _lesson(source, values, tree):
    fields, complaints = lesson_fields(values)
    tree.left_out += [LeftOut(source, Why.IGNORED, text) for text in complaints]
    title = str(values.get("title") or source)[:255]
    items = [ItemTree(source, title, str(values.get("body") or ""))]
    if isinstance(values.get("video"), str):
        items.append(
            ItemTree(f"{source}#video", title, kind="video", video=VideoTree(values["video"]))
        )
    return LessonTree(source, title, items, fields=fields, paths=(source,))
