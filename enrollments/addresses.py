"""Reading pasted lists of mail addresses and domains."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator, validate_email

MAX_LENGTH = 254
#: What stands between two addresses, and a name before one: "Ada Stone <ada@example.org>".
_BETWEEN = re.compile(r"[\s,;]+")
_NAMED = re.compile(r"[^<>,;\n]*<([^<>\s]+)>")
_check_domain = DomainNameValidator(accept_idna=False)


class ReadList(NamedTuple):
    """The addresses and domains in the order of the text, once each, in lower case; and what is neither."""

    values: list[str]
    refused: list[str]


def read_list(text: str, *, with_domains: bool = False) -> ReadList:
    """What a pasted text names, parted by spaces, commas, semicolons or lines. A domain becomes "@example.org"."""
    words = [word for word in _BETWEEN.split(_NAMED.sub(r" \1 ", text).lower()) if word]
    values, refused = {}, {}
    for word in words:
        is_domain = with_domains and not _has_name(word)
        value = _domain_in(word) if is_domain else _address_in(word)
        if value:
            values[value] = None
        else:
            refused[word] = None
    return ReadList(list(values), list(refused))


def _has_name(word):
    return "@" in word.lstrip("*").lstrip("@")


def _domain_in(word):
    """@example.org for example.org, @example.org and *@example.org; "" for what is no domain."""
    domain = word.lstrip("*").removeprefix("@")
    try:
        _check_domain(domain)
    except ValidationError:
        return ""
    return f"@{domain}" if "." in domain and len(domain) < MAX_LENGTH else ""


def _address_in(word):
    try:
        validate_email(word)
    except ValidationError:
        return ""
    return word if len(word) <= MAX_LENGTH else ""
