"""The outline of a course: read once per version, kept as prepared pieces, joined with one viewer's state.

outline = outline_of(course)
html = render_outline(outline, {lesson_id: DONE, other_id: locked("Finish 2.3 first")}, current=lesson_id,
                      base_url=lessons_url(course.slug))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache as kept
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db.models import FilteredRelation, Q
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from content.cache import OUTLINE_SECONDS, guest_outline_key, outline_key
from content.models import Module
from content.rules import closed_until, opening_text
from courses.models import Course
from lib.jinja import minutes as minutes_text


class State(NamedTuple):
    """How a lesson stands to one viewer: a shape with its icon and word, and why it is locked.

    A lesson without a link is one the viewer may not open; `reason` says why, in their words.
    """

    shape: str
    reason: str = ""
    is_linked: bool = True


DONE = State("done")
ACTIVE = State("active")
OPEN = State("open")
PREVIEW = State("preview")
LISTED = State("listed", is_linked=False)


def announced(reason: str) -> State:
    """A lesson that is listed, with what is said of it."""
    return LISTED._replace(reason=reason)


def locked(reason: str) -> State:
    """A lesson that is not open yet, and what opens it."""
    return State("locked", reason, is_linked=False)


# Shape: class of the list item, icon. The words are translated for each page.
_SHAPES = {
    "done": ("is-done", "check-circle"),
    "active": ("is-active", "circle-dot"),
    "open": ("is-open", "circle"),
    "preview": ("is-open is-preview", "eye"),
    "locked": ("is-locked", "lock"),
    "listed": ("is-open", "circle"),
}


class OutlineLesson(NamedTuple):
    """A lesson as the outline knows it. `number` is "2.3"; `label` the number and title as HTML.

    When it opens is for `content.rules.opening_of` to say.
    """

    id: UUID
    number: str
    slug: str
    title: str
    duration_minutes: int | None
    is_preview: bool
    completion: str
    completion_seconds: int | None
    module_id: UUID
    label: str
    opens_at: datetime | None = None
    opens_after_days: int | None = None

    def url(self, base_url: str) -> str:
        return f"{base_url}{self.slug}/"


class OutlineModule(NamedTuple):
    """A module with its lessons; `label` is its number and title as HTML.

    `is_timed`: it or one of its lessons may open later.
    """

    id: UUID
    number: int
    title: str
    description: str
    lessons: tuple[OutlineLesson, ...]
    label: str
    lesson_order: str = Module.Order.AS_COURSE
    opens_at: datetime | None = None
    opens_after_days: int | None = None
    is_timed: bool = True


@dataclass(frozen=True)
class Outline:
    """What a course is made of, at one version of its outline. Not to be changed: it is shared."""

    course_id: UUID
    version: int
    modules: tuple[OutlineModule, ...]

    @cached_property
    def lessons(self) -> tuple[OutlineLesson, ...]:
        """All lessons in the order in which one learns them."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @cached_property
    def places(self) -> dict[UUID, int]:
        """Place of each lesson in `lessons`, counted from 0."""
        return {lesson.id: place for place, lesson in enumerate(self.lessons)}

    @cached_property
    def module_of(self) -> dict[UUID, OutlineModule]:
        """The module of each lesson, by the lesson's id."""
        return {lesson.id: module for module in self.modules for lesson in module.lessons}

    @cached_property
    def by_slug(self) -> dict[str, OutlineLesson]:
        return {lesson.slug: lesson for lesson in self.lessons}

    def get(self, lesson_id: UUID) -> OutlineLesson | None:
        place = self.places.get(lesson_id)
        return None if place is None else self.lessons[place]

    def previous(self, lesson_id: UUID) -> OutlineLesson | None:
        place = self.places.get(lesson_id)
        return self.lessons[place - 1] if place else None

    def next(self, lesson_id: UUID) -> OutlineLesson | None:
        place = self.places.get(lesson_id)
        is_last = place is None or place + 1 == len(self.lessons)
        return None if is_last else self.lessons[place + 1]

    @property
    def duration_minutes(self) -> int:
        return sum(lesson.duration_minutes or 0 for lesson in self.lessons)


def outline_of(course: Course) -> Outline:
    """The outline of a course at its `outline_version`; one query when the cache is cold, else none."""
    return outline_at(course.pk, course.outline_version)


def outline_at(course_id: UUID, outline_version: int) -> Outline:
    """Like `outline_of`, for callers that read two columns of the course instead of the whole row."""
    key = outline_key(course_id, outline_version)
    modules = cache.get(key)
    if modules is None:
        modules = _read_modules(course_id)
        cache.set(key, modules, OUTLINE_SECONDS)
    return Outline(course_id, outline_version, modules)


def uncached_outline(course_id: UUID) -> Outline:
    """The outline as the running transaction has it, for changes that may be taken back. One query."""
    return Outline(course_id, 0, _read_modules(course_id))


PUBLISHED_LESSON = Q(lessons__deleted_at__isnull=True, lessons__is_draft=False)


def _read_modules(course_id):
    rows = (
        Module.objects.published()
        .filter(course_id=course_id)
        .annotate(lesson=FilteredRelation("lessons", condition=PUBLISHED_LESSON))
        .order_by("position", "lesson__position")
        .values_list(
            *("id", "title", "description", "lesson_order", "opens_at", "opens_after_days"),
            *("lesson__id", "lesson__slug", "lesson__title"),
            *("lesson__duration_minutes", "lesson__is_preview", "lesson__completion"),
            *("lesson__completion_seconds", "lesson__opens_at", "lesson__opens_after_days"),
        )
    )
    modules: dict[UUID, tuple[tuple, list]] = {}
    for row in rows:
        module, lesson = row[:6], row[6:]
        lessons = modules.setdefault(module[0], (module, []))[1]
        if lesson[0] is not None:
            lessons.append(lesson)
    return tuple(
        _prepared_module(number, module, lessons)
        for number, (module, lessons) in enumerate(modules.values(), 1)
    )


def _prepared_module(number, module, rows):
    module_id, title, description, lesson_order, opens_at, opens_after_days = module
    lessons = tuple(
        _prepared_lesson(f"{number}.{place}", module_id, row) for place, row in enumerate(rows, 1)
    )
    label = f'<span class="number">{number}</span> {escape(title)}'
    releases = [(opens_at, opens_after_days)]
    releases += [(lesson.opens_at, lesson.opens_after_days) for lesson in lessons]
    return OutlineModule(
        *(module_id, number, title, description, lessons, label),
        *(lesson_order, opens_at, opens_after_days),
        is_timed=any(release != (None, None) for release in releases),
    )


def _prepared_lesson(number, module_id, row):
    lesson_id, slug, title, duration, is_preview, completion, seconds, *release = row
    label = f'<span class="number">{number}</span> {escape(title)}'
    return OutlineLesson(
        *(lesson_id, number, slug, title, duration, is_preview),
        *(completion, seconds, module_id, label, *release),
    )


def lessons_url(course_slug: str) -> str:
    """What the addresses of a course's lessons begin with; the lesson's short name and "/" follow."""
    return reverse("progress:lesson", args=[course_slug, "-"])[: -len("-/")]


@kept
def _icon(name):
    return f'<svg class="icon" aria-hidden="true"><use href="{static("img/icons.svg")}#{name}"></use></svg>'


def _words():
    """The word that stands for each shape, for those who cannot see it."""
    return {
        "done": _("done"),
        "active": _("begun"),
        "open": _("open"),
        "preview": _("preview"),
        "locked": _("locked"),
        "listed": "",
    }


def _pieces(base_url, with_words):
    """For each shape the HTML before a lesson's address, before its label, and after it."""
    words = _words()
    pieces = {}
    for shape, (css_class, icon) in _SHAPES.items():
        word = words[shape] if with_words or shape == "preview" else ""
        after = f'<span class="visually-hidden"> ({escape(word)})</span>' if word else ""
        pieces[shape] = (
            f'<li class="{css_class}"><a href="{escape(base_url)}',
            f'<li class="{css_class}"><span>{_icon(icon)}<span>',
            f">{_icon(icon)}<span>",
            after,
        )
    return pieces


def _lesson_html(lesson, state, pieces, extra="", current=False):
    linked_start, plain_start, middle, word = pieces[state.shape]
    reason = f'<span class="why-locked">{escape(state.reason)}</span>' if state.reason else ""
    if not state.is_linked:
        return f"{plain_start}{lesson.label}{word}{reason}</span>{extra}</span></li>"
    here = ' aria-current="page"' if current else ""
    return (
        f'{linked_start}{lesson.slug}/"{here}{middle}{lesson.label}{word}{reason}</span>'
        f"{extra}</a></li>"
    )


def render_outline(
    outline: Outline, states: Mapping[UUID, State], *, current: UUID | None = None, base_url: str
) -> Markup:
    """The outline beside a lesson: the current module open, a state for each lesson, done of all per module.

    A lesson without a state is open.
    """
    pieces, chevron = _pieces(base_url, with_words=True), _icon("chevron-right")
    here = outline.get(current) if current else None
    parts = [f'<nav class="outline" aria-label="{escape(_("Lessons"))}">']
    for module in outline.modules:
        is_open = here.module_id == module.id if here else module.number == 1
        shown = [(lesson, states.get(lesson.id, OPEN)) for lesson in module.lessons]
        done = sum(state.shape == "done" for _lesson, state in shown)
        parts.append(
            f"<details{' open' if is_open else ''}><summary>{chevron}<span>{module.label}</span>"
            f'<span class="count">{done}/{len(shown)}</span></summary><ol>'
        )
        parts += [
            _lesson_html(lesson, state, pieces, current=lesson.id == current)
            for lesson, state in shown
        ]
        parts.append("</ol></details>")
    parts.append("</nav>")
    return Markup("".join(parts))


def render_course_outline(
    outline: Outline, states: Mapping[UUID, State], *, base_url: str, current: UUID | None = None
) -> Markup:
    """The outline on the course page: with durations, and open at the first module or the current lesson's.

    A lesson without a state is listed without a link.
    """
    pieces, chevron = _pieces(base_url, with_words=bool(states)), _icon("chevron-right")
    here = outline.get(current) if current else None
    durations = _duration_pieces(outline)
    parts = ['<div class="outline panel">']
    for module in outline.modules:
        is_open = here.module_id == module.id if here else module.number == 1
        count = ngettext("%(num)d lesson", "%(num)d lessons", len(module.lessons)) % {
            "num": len(module.lessons)
        }
        parts.append(
            f"<details{' open' if is_open else ''}><summary>{chevron}<span>{module.label}</span>"
            f'<span class="count">{count}</span></summary><ol class="outline-flat">'
        )
        parts += [
            _lesson_html(
                lesson,
                states.get(lesson.id, LISTED),
                pieces,
                durations[lesson.duration_minutes],
            )
            for lesson in module.lessons
        ]
        parts.append("</ol></details>")
    parts.append("</div>")
    return Markup("".join(parts))


def _duration_pieces(outline):
    known = {lesson.duration_minutes for lesson in outline.lessons}
    return {
        value: f'<span class="count">{escape(minutes_text(value))}</span>' if value else ""
        for value in known
    }


StatesFunction = Callable[[HttpRequest, Course, Outline], Mapping[UUID, State] | None]
_states: list[StatesFunction] = []


def register_states(function: StatesFunction) -> None:
    """Let a higher floor say how the lessons stand to the viewer of a course page.

    `function(request, course, outline)` answers with states, or None for "as a guest sees it".
    """
    if function not in _states:
        _states.append(function)


def course_outline(request: HttpRequest, course: Course) -> Markup:
    """For templates: the outline of a course page, with the viewer's states where there are some."""
    outline = outline_of(course)
    if request.user.is_authenticated:
        for function in _states:
            states = function(request, course, outline)
            if states is not None:
                return render_course_outline(outline, states, base_url=lessons_url(course.slug))
    return guest_outline(course, outline, now=getattr(request, "now", None) or timezone.now())


def guest_outline(course: Course, outline: Outline, *, now: datetime) -> Markup:
    """The same for everyone: open previews are links, the other lessons are listed."""
    key = guest_outline_key(course, get_language())
    html = cache.get(key)
    if html is None:
        openings = _preview_openings(outline, now)
        states = {
            lesson_id: PREVIEW if opens_at is None else announced(opening_text(opens_at))
            for lesson_id, opens_at in openings.items()
        }
        html = str(render_course_outline(outline, states, base_url=lessons_url(course.slug)))
        seconds = [int((at - now).total_seconds()) for at in openings.values() if at is not None]
        cache.set(key, html, min([OUTLINE_SECONDS, *seconds]))
    return Markup(html)


def _preview_openings(outline, now):
    """When each preview opens, None for those that are open."""
    return {
        lesson.id: closed_until(module, lesson, enrolled_at=None, now=now)
        for module in outline.modules
        for lesson in module.lessons
        if lesson.is_preview
    }
