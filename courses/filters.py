"""What the catalogue can be narrowed by. Values that make no sense are ignored, never an error."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from courses.models import Course

MAX_VALUES = 20  #: chosen values of one filter that are taken notice of

#: Key, name, shortest and longest duration in minutes.
LENGTHS = (
    ("short", _("Up to 2 hours"), 0, 120),
    ("medium", _("2 to 10 hours"), 121, 600),
    ("long", _("10 to 40 hours"), 601, 2400),
    ("longer", _("More than 40 hours"), 2401, None),
)
_LENGTH_OF_COURSE = " ".join(
    f"WHEN c.duration_minutes <= {longest} THEN '{key}'"
    if longest
    else f"WHEN c.duration_minutes >= {shortest} THEN '{key}'"
    for key, _name, shortest, longest in LENGTHS
)


#: Key, name, and the lowest average in hundredths that is shown so, on cards with one decimal.
RATINGS = (
    ("top", _("4.5 and better"), 445),
    ("good", _("4.0 to 4.4"), 395),
    ("fair", _("3.0 to 3.9"), 295),
    ("low", _("Below 3.0"), 0),
)
_RATING_OF_COURSE = "WHEN COALESCE(r.review_count, 0) = 0 THEN '' " + " ".join(
    f"WHEN r.rating_sum * 100 >= {lowest} * r.review_count THEN '{key}'"
    for key, _name, lowest in RATINGS
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the catalogue.

    `value` is SQL for what a course `c` with seats `s` and ratings `r` counts as, "" for nothing; `condition`
    is SQL that lets a course through when it has any of the chosen values, the array parameter named like
    the filter.
    Without fixed `choices` a value is any printable text up to `max_length`.
    """

    name: str
    label: str
    value: str
    condition: str
    choices: tuple[tuple[str, str], ...] = ()
    max_length: int = 0

    def clean(self, values: list[str]) -> list[str]:
        """Those that are a choice, or could be stored at all; each once."""
        return [value for value in dict.fromkeys(values) if self._is_sensible(value)][:MAX_VALUES]

    def _is_sensible(self, value):
        if self.choices:
            return any(value == key for key, _name in self.choices)
        return 0 < len(value) <= self.max_length and value.isprintable()


def _filter(name, label, value, condition="", **options):
    condition = condition or f"{value} = ANY(%({name})s)"
    return Filter(name, label, value, condition, **options)


_SUBJECTS = "SELECT id FROM courses_subject WHERE slug = ANY(%(subject)s)"
FILTERS = {
    filter_.name: filter_
    for filter_ in (
        _filter(
            "subject",
            _("Subject"),
            "c.subject_id",
            f"c.subject_id IN ({_SUBJECTS})",
            max_length=200,
        ),
        _filter(
            "level", _("Level"), "c.difficulty_level", choices=tuple(Course.Difficulty.choices)
        ),
        _filter(
            "length",
            _("Duration"),
            f"CASE {_LENGTH_OF_COURSE} ELSE '' END",
            choices=tuple(row[:2] for row in LENGTHS),
        ),
        _filter(
            "rating",
            _("Rating"),
            f"CASE {_RATING_OF_COURSE} END",
            choices=tuple(row[:2] for row in RATINGS),
        ),
        _filter(
            "join",
            _("Who joins"),
            "c.enrollment_type",
            choices=tuple(Course.EnrollmentType.choices),
        ),
        _filter(
            "seats",
            _("Seats"),
            "CASE WHEN s.capacity IS NULL OR s.taken < s.capacity THEN 'free' ELSE '' END",
            choices=(("free", _("Seats free")),),
        ),
        _filter("language", _("Language"), "c.language", max_length=10),
        _filter("tag", _("Tags"), "c.tags", "c.tags && %(tag)s::varchar[]", max_length=50),
    )
}


def chosen_in(params: QueryDict) -> dict[str, list[str]]:
    """The values in force in an address, by filter; filters without any are left out."""
    chosen = {}
    for name, filter_ in FILTERS.items():
        if name in params and (values := filter_.clean(params.getlist(name))):
            chosen[name] = values
    return chosen
