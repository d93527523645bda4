"""The catalogue: what an address asks for, which courses answer it, and what the page shows of them."""

from hashlib import sha256

from django.core.cache import cache
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy

from courses import listing, search
from courses.cache import SEATS_SECONDS, catalogue_version, has_hidden_courses, part_key
from courses.filters import chosen_in
from courses.models import Course
from courses.results import RELEVANCE, Scope, find
from lib.pagination import MAX_CURSOR_LENGTH

SORTS = {
    RELEVANCE: gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "popular": gettext_lazy("Most students"),
    "rated": gettext_lazy("Best rated"),
    "title": gettext_lazy("Title"),
    "shortest": gettext_lazy("Shortest"),
}


class Asked:
    """What an address of the catalogue asks for; whatever makes no sense in it is left out."""

    def __init__(self, params: QueryDict):
        self.text = search.clean_search(params.get("q", ""))
        self.chosen = chosen_in(params)
        self.default_sort = RELEVANCE if self.text else "newest"
        wanted = params.get("sort", "")
        is_known = wanted in SORTS and (self.text or wanted != RELEVANCE)
        self.sort = wanted if is_known else self.default_sort
        cursor = params.get("cursor", "")
        self.cursor = cursor if len(cursor) <= MAX_CURSOR_LENGTH else ""

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


def scope_of(user) -> Scope:
    """The published courses that this person sees.

    One query for signed-in people who are no admins, and none where nothing is hidden from anybody.
    """
    if user.is_authenticated and user.is_admin:
        return Scope("all", sees_all=True)
    own = ()
    if user.is_authenticated and has_hidden_courses(_hidden(Course.objects.live()).exists):
        seen = _hidden(Course.objects.visible_to(user))
        own = tuple(seen.order_by("pk").values_list("pk", flat=True))
    if not own:
        return Scope("public")
    digest = sha256(b"".join(pk.bytes for pk in own)).hexdigest()
    return Scope(digest, own)


def _hidden(courses):
    """Those among them that the catalogue does not show to everybody."""
    return courses.filter(status=Course.Status.PUBLISHED, visibility=Course.Visibility.PRIVATE)


def results_part(user, asked: Asked) -> SafeString:
    """Filters with counts and a page of results as HTML, kept for a minute for all who would get the same.

    One query when it has to be made, three for a search that matches nothing by its letters.
    """
    scope = scope_of(user)
    address = asked.url(cursor=asked.cursor)
    key = part_key(catalogue_version(), get_language(), scope.key, address)
    html = cache.get(key)
    if html is None:
        found = find(scope, asked.text, asked.chosen, asked.sort, asked.cursor)
        html = render_to_string("courses/_catalogue.html", listing.context_of(found, asked))
        cache.set(key, str(html), SEATS_SECONDS)
    return mark_safe(html)  # noqa: S308 -- rendered above, from a template that escapes
