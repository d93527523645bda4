"""The catalogue: what an address asks for, which courses answer it, and what the page shows of them."""

from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy

from courses import listing, search
from courses.cache import SEATS_SECONDS, catalogue_version, has_hidden_courses, part_key
from courses.facets import MAX_COUNTED, Facets, count_facets
from courses.filters import CourseFilter
from courses.models import Course
from lib.pagination import MAX_CURSOR_LENGTH, Page, paginate

RELEVANCE = "relevance"
SORTS = {
    RELEVANCE: gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "popular": gettext_lazy("Most students"),
    "title": gettext_lazy("Title"),
    "shortest": gettext_lazy("Shortest"),
}
_ORDERS = {
    RELEVANCE: ("-rank", "-id"),
    "newest": ("-published_at", "-id"),
    "popular": ("-seats__student_count", "-id"),
    "title": ("title_key", "id"),
    "shortest": ("length_key", "id"),
}
_NO_LENGTH = 2**31 - 1  # where courses without a duration stand when the shortest come first
_COLUMNS = [
    "id",
    "slug",
    "title",
    "summary",
    "thumbnail",
    "language",
    "difficulty_level",
    "duration_minutes",
    "published_at",
    "enrollment_type",
    "seats__capacity",
    "seats__taken",
    "seats__student_count",
    "owner__first_name",
    "owner__last_name",
    "owner__username",
]


class Asked:
    """What an address of the catalogue asks for; whatever makes no sense in it is left out."""

    def __init__(self, params: QueryDict):
        self.text = search.clean_search(params.get("q", ""))
        self._filterset = None
        if not CourseFilter.base_filters.keys().isdisjoint(params):
            self._filterset = CourseFilter(params, queryset=Course.objects.none())
        self.chosen = self._filterset.chosen if self._filterset else {}
        self.default_sort = RELEVANCE if self.text else "newest"
        wanted = params.get("sort", "")
        is_known = wanted in SORTS and (self.text or wanted != RELEVANCE)
        self.sort = wanted if is_known else self.default_sort
        cursor = params.get("cursor", "")
        self.cursor = cursor if len(cursor) <= MAX_CURSOR_LENGTH else ""

    @property
    def conditions(self) -> dict[str, Q]:
        """What each filter in force lets through."""
        return self._filterset.conditions() if self._filterset else {}

    def url(self, *, without: tuple[str, str] | None = None, **changes) -> str:
        """The same question with changes: `cursor`, `q`, or `without` one (filter, value)."""
        query = QueryDict(mutable=True)
        if text := changes.get("q", self.text):
            query["q"] = text
        for name, values in self.chosen.items():
            query.setlist(name, [value for value in values if (name, value) != without])
        if self.sort != self.default_sort:
            query["sort"] = self.sort
        if cursor := changes.get("cursor"):
            query["cursor"] = cursor
        address = reverse("courses:list")
        return f"{address}?{query.urlencode()}" if query.urlencode() else address

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """Value and name of the orders that make sense for this question."""
        return [(key, name) for key, name in SORTS.items() if self.text or key != RELEVANCE]

    @property
    def without_filters(self) -> str:
        """The address of the search alone."""
        query = QueryDict(mutable=True)
        if self.text:
            query["q"] = self.text
        address = reverse("courses:list")
        return f"{address}?{query.urlencode()}" if query else address


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose catalogue it is: people who see the same courses share what was made for one of them."""

    key: str
    courses: QuerySet


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: one page of rows, the counts, and whether the search had to guess."""

    page: Page
    facets: Facets
    is_guess: bool


def scope_of(user) -> Scope:
    """The published courses that this person sees.

    One query for signed-in people who are no admins, and none where nothing is hidden from anybody.
    """
    published = Course.objects.live().filter(status=Course.Status.PUBLISHED)
    if user.is_authenticated and user.is_admin:
        return Scope("all", published)
    public = Q(visibility=Course.Visibility.PUBLIC)
    own = ()
    if user.is_authenticated and has_hidden_courses(published.exclude(public).exists):
        hidden = published.exclude(public).filter(
            pk__in=Course.objects.visible_to(user).values("pk")
        )
        own = tuple(hidden.order_by("pk").values_list("pk", flat=True))
    if not own:
        return Scope("public", published.filter(public))
    digest = sha256(b"".join(pk.bytes for pk in own)).hexdigest()
    return Scope(digest, published.filter(public | Q(pk__in=own)))


def results_part(user, asked: Asked) -> SafeString:
    """Filters with counts and a page of results as HTML, kept for a minute for all who would get the same.

    Two queries when it has to be made, five for a search that matches nothing by its letters.
    """
    scope = scope_of(user)
    address = asked.url(cursor=asked.cursor)
    key = part_key(catalogue_version(), get_language(), scope.key, address)
    html = cache.get(key)
    if html is None:
        found = find(scope.courses, asked)
        html = render_to_string("courses/_catalogue.html", listing.context_of(found, asked))
        cache.set(key, str(html), SEATS_SECONDS)
    return mark_safe(html)  # noqa: S308 -- rendered above, from a template that escapes


def find(courses: QuerySet, asked: Asked) -> Found:
    """Search, filter, count, sort and page."""
    conditions = asked.conditions
    is_guess = False
    candidates, limit = courses, MAX_COUNTED
    if asked.text:
        candidates, limit = search.search(courses, asked.text), search.CANDIDATES
    facets = count_facets(candidates, conditions, limit=limit)
    if asked.text and not facets.matches:
        is_guess = True
        search.tolerate_misspelling()
        candidates = search.search(courses, asked.text, misspelt=True)
        facets = count_facets(candidates, conditions, limit=limit)
    if not facets.total:
        return Found(Page([], None, None, 0), facets, is_guess)
    if asked.text and conditions:
        # Filtered before the best are cut off, so that a filter finds what a common word hides.
        narrowed = _narrow(courses, conditions)
        candidates = search.search(narrowed, asked.text, misspelt=is_guess)
    else:
        candidates = _narrow(candidates, conditions)
    return Found(_page(candidates, asked, is_guess), facets, is_guess)


def _narrow(courses, conditions):
    for condition in conditions.values():
        courses = courses.filter(condition)
    return courses


def _page(courses, asked, is_guess):
    columns = list(_COLUMNS)
    order = _ORDERS[asked.sort]
    if asked.sort == "title":
        courses = courses.annotate(title_key=Lower("title"))
    if asked.sort == "shortest":
        length = Coalesce(F("duration_minutes"), Value(_NO_LENGTH), output_field=IntegerField())
        courses = courses.annotate(length_key=length)
    columns += [name.removeprefix("-") for name in order if name.removeprefix("-") not in columns]
    if asked.text and not is_guess:
        courses = search.with_hits(courses, asked.text)
        columns += ["title_hits", "summary_hits"]
    return paginate(courses.values(*columns), order=order, cursor=asked.cursor or None)
