"""Titles of modules, lessons and contents."""

from django.utils.translation import gettext as _

from lib.text import clean_text

LONGEST = 255  # characters


def clean_title(value: str, *, refusal: type[ValueError]) -> str:
    """The title as it is stored. Raises `refusal` when nothing is left of it, or too much."""
    title = clean_text(value).strip()
    if not title:
        raise refusal(_("A title is needed."))
    if len(title) > LONGEST:
        raise refusal(_("This title is longer than %(num)d characters.") % {"num": LONGEST})
    return title
