"""A course's own values, as `course.yaml` has them."""

from django.utils.translation import gettext as _

from content.importing.files import Files, NoFiles, title_from
from content.importing.texts import lesson_fields
from content.importing.tree import (
    CourseTree,
    ImportRefused,
    ItemTree,
    LeftOut,
    LessonTree,
    ModuleTree,
    Why,
)
from courses.models import Course
from lib.text import slug_from

_TEXTS = {"title": 200, "summary": 500, "language": 10, "description": 500_000, "currency": 3}
_LISTS = {"objectives": 300, "requirements": 300, "tags": 50}
_TRUTHS = {"is_sequential", "waitlist_enabled", "certificate_enabled"}
_NUMBERS = {"duration_minutes", "max_capacity"}
_CHOICES = {
    "difficulty_level": set(Course.Difficulty),
    "enrollment_type": set(Course.EnrollmentType),
    "visibility": set(Course.Visibility),
}
#: Known, and read elsewhere.
_OTHERS = {"slug", "subject", "thumbnail", "modules", "status"}


def course_from_values(
    values: dict, *, files: Files | None = None, path: str = "course.yaml", name: str = ""
) -> CourseTree:
    """A course from its values, with modules and lessons if `values` has them.

    `modules` is a list of `title`, `description` and `lessons`, each with `title`, `body` (Markdown) and the
    lesson's settings. Values that cannot be used are named in `left_out`. Raises ImportRefused without a title.
    """
    fields, complaints = course_fields(values)
    title = fields.pop("title", "") or title_from(name)
    if not title:
        raise ImportRefused(_("%(path)s names no title.") % {"path": path})
    slug = values.get("slug")
    if isinstance(slug, str) and slug:
        fields["slug"] = slug_from(slug)
    subject, thumbnail = values.get("subject"), values.get("thumbnail")
    tree = CourseTree(
        source=fields.get("slug") or slug_from(title),
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


def course_fields(values: dict) -> tuple[dict, list[str]]:
    """Fields of a course, and a sentence about each value that cannot be used."""
    fields, complaints = {}, []
    for name, value in values.items():
        if name in _OTHERS or value is None:
            continue
        try:
            fields[name] = _field(name, value)
        except KeyError:
            complaints.append(_("“%(name)s” is not known here.") % {"name": name})
        except ValueError:
            complaints.append(_("The value of “%(name)s” cannot be used.") % {"name": name})
    return fields, complaints


def _field(name, value):
    if name in _TEXTS:
        return _text(value, _TEXTS[name])
    if name in _LISTS:
        if not isinstance(value, list):
            raise ValueError
        return [_text(entry, _LISTS[name]) for entry in value]
    if name in _TRUTHS:
        return _checked(value, isinstance(value, bool))
    if name in _NUMBERS:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return _checked(value, is_number and 0 < value <= 600_000)
    return _checked(value, value in _CHOICES[name])


def _text(value, limit):
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    text = str(value).strip() if is_text else ""
    return _checked(text, bool(text) and len(text) <= limit)


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
        items.append(ItemTree(f"{source}#video", title, kind="video", video_url=values["video"]))
    return LessonTree(source, title, items, fields=fields, paths=(source,))
