"""What the catalogue's results look like: cards, counted filters and the filters in force, ready to write out."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from courses.filters import FILTERS
from courses.models import Course
from courses.pictures import picture_url
from courses.search import mark_hits
from lib.jinja import number
from lib.money import money

SHOWN_AS_MANY = 1000  #: above it a total is a lower bound: nobody reads that far
FEW_SEATS = 5  #: free seats from which on a card says how few are left
FOLDED_AFTER = 8  #: choices of a filter that stand open


def context_of(found, asked) -> dict:
    """Values for `courses/_catalogue.html`."""
    page, facets = found.page, found.facets
    levels = {value: str(label) for value, label in Course.Difficulty.choices}
    groups = _groups(facets, asked)
    address = reverse("courses:list")  # of a course: this, and its short name
    return {
        "text": asked.text,
        "cards": [_card(row, levels, address) for row in page],
        "total": facets.total,
        "total_label": _bounded(facets.total, facets.is_capped),
        "is_guess": found.is_guess,
        "has_matches": bool(facets.matches),
        "groups": groups,
        "chips": _chips(groups, asked),
        "next_url": asked.url(cursor=page.next_cursor) if page.next_cursor else "",
        "previous_url": asked.url(cursor=page.previous_cursor) if page.previous_cursor else "",
        "first_url": asked.url(),
        "clear_url": asked.without_filters,
        "all_url": address,
    }


def _card(row, levels, address):
    """The arguments of the component `course_card`."""
    title, summary = row["title"], row["summary"]
    if "title_hits" in row:
        title, summary = mark_hits(row["title_hits"]), mark_hits(row["summary_hits"])
    card = {
        "title": title,
        "href": f"{address}{row['slug']}/",
        "summary": summary,
        "by": _name(row),
        "level": levels.get(row["difficulty_level"], ""),
        "minutes": row["duration_minutes"],
        "image_url": picture_url(row["id"], row["thumbnail"]),
        "cover_number": int(row["id"][-6:], 16),
        "rating": row["rating"],
        "rating_count": row["review_count"],
    }
    status, seats = _seats(row)
    price = price_text(row["price"] and Decimal(row["price"]), row["currency"])
    return card | {"status": status, "note": " · ".join(filter(None, [price, seats]))}


def price_text(price: Decimal | None, currency: str) -> str:
    """What a course costs, "" where that is nothing."""
    return money(price, currency) if price else ""


def _name(row):
    full = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip()
    return row["display_name"] or full or row["username"] or ""


def _seats(row):
    """The mark of a full course or "", and how many can still get in, or did."""
    capacity, count = row["capacity"], row["student_count"]
    if capacity is not None:
        free = max(0, capacity - row["taken"])
        if not free:
            return "full", ""
        if free <= FEW_SEATS:
            text = ngettext("%(num)d seat left", "%(num)d seats left", free)
            return "", text % {"num": free}
    if count:
        text = ngettext("%(num)s student", "%(num)s students", count)
        return "", text % {"num": number(count)}
    return "", ""


def _bounded(count, is_capped):
    """A count as text; "1,000+" where counting on would be idle or was stopped."""
    if count > SHOWN_AS_MANY or is_capped:
        return f"{number(min(count, SHOWN_AS_MANY))}+"
    return number(count)


@dataclass(slots=True)
class Choice:
    """One checkbox of a filter; `key` tells it apart on the page."""

    key: str
    value: str
    label: str
    count: str
    is_on: bool


@dataclass(slots=True)
class Group:
    """One filter: the choices that stand open, and those that are folded away."""

    name: str
    title: str
    choices: list[Choice]
    folded: list[Choice]


def _groups(facets, asked):
    groups = []
    for name, filter_ in FILTERS.items():
        choices = _choices(name, facets, asked.chosen.get(name, []))
        tells_apart = len(choices) > 1 or name in ("seats", "tag") or name in asked.chosen
        if choices and tells_apart:
            shown, rest = choices[:FOLDED_AFTER], choices[FOLDED_AFTER:]
            shown += [choice for choice in rest if choice.is_on]
            folded = [choice for choice in rest if not choice.is_on]
            groups.append(Group(name, str(filter_.label), shown, folded))
    return groups


def _choices(name, facets, chosen):
    """Choices that lead somewhere, and those in force even if they lead nowhere now."""
    counted = {value: (label, count) for value, label, count in facets.counts[name]}
    known = dict(FILTERS[name].choices)
    order = list(known) or list(counted)
    order += [value for value in chosen if value not in order]
    choices = []
    for value in order:
        label, count = counted.get(value, ("", 0))
        if count or value in chosen:
            label = str(known.get(value, "")) or label or _label(name, value)
            shown = _bounded(count, facets.is_capped)
            key = f"{name}-{len(choices) + 1}"
            choices.append(Choice(key, value, label, shown, value in chosen))
    return choices


def _label(name, value):
    if name != "language":
        return value
    try:
        return get_language_info(value)["name_translated"]
    except KeyError:
        return value


def _chips(groups, asked):
    """(text, address without it) of everything the list is narrowed by."""
    chips = []
    if asked.text:
        chips.append((_("“%(text)s”") % {"text": asked.text}, asked.url(q="")))
    for group in groups:
        for choice in [*group.choices, *group.folded]:
            if choice.is_on:
                label = (
                    _("#%(tag)s") % {"tag": choice.label} if group.name == "tag" else choice.label
                )
                chips.append((label, asked.url(without=(group.name, choice.value))))
    return chips
