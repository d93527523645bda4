"""Finding people by how their names, username or e-mail begin, and reading them along for lists."""

from django.db.models import Q, QuerySet

from lib.text import TextRefused, clean_text

MAX_WORDS = 5
COLUMNS = ("last_name", "first_name", "username", "email")


def named_like(rows: QuerySet, text: str, *, person: str = "") -> QuerySet:
    """Those of the rows whose person each word of `text` fits; so "ada lov" finds Ada Lovelace.

    `person` is the lookup from a row to the person, none where the rows are people. Words after the fifth are
    not looked at; text that no column could hold fits nobody.
    """
    try:
        words = clean_text(text).split()[:MAX_WORDS]
    except TextRefused:
        return rows.none()
    prefix = f"{person}__" if person else ""
    for word in words:
        begins = Q()
        for column in COLUMNS:
            begins |= Q(**{f"{prefix}{column}__istartswith": word})
        rows = rows.filter(begins)
    return rows


def with_names(rows: QuerySet, *people: str) -> QuerySet:
    """Reads these people along with each row, but only what lists call them by: a whole account is wide."""
    own = (field.name for field in rows.model._meta.concrete_fields)
    shown = (f"{person}__{column}" for person in people for column in COLUMNS)
    return rows.select_related(*people).only(*own, *shown)
