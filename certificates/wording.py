"""The words on a certificate: placeholders, and what stands where a design says nothing."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What may stand in braces in a text, and what it becomes.
PLACEHOLDERS = {
    "name": gettext_lazy("the student's name"),
    "course": gettext_lazy("the title of the course"),
    "date": gettext_lazy("the day of completion"),
    "hours": gettext_lazy("the duration of the course"),
    "organization": gettext_lazy("the organization's name"),
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and means nothing, as it was written."""
    return [match[0] for match in _PLACEHOLDER.finditer(text) if match[1] not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what is in braces beside them stays."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def usual_texts() -> dict[str, str]:
    """What a certificate says where its design is silent, in the active language."""
    return {
        "heading": _("Certificate"),
        "opening": _("This certifies that"),
        "text": _("has completed the course"),
    }
