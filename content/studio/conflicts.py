"""Two people changed the same thing: what differs, for one of them to decide."""

from typing import NamedTuple

from lib.differences import Line, compare

#: Fields whose words are compared; what else differs is chosen anew in the form.
COMPARED = ("title", "body", "url", "caption")


class Difference(NamedTuple):
    """A field that says different things: its label, the other's text, and how one's own departs from it."""

    label: str
    theirs: str
    lines: list[Line]


def differences(form, theirs) -> list[Difference]:
    """Fields of a bound form whose text is not that of the other's draft."""
    found = []
    for name in COMPARED:
        if name not in form.fields or name not in form.cleaned_data:
            continue
        other = getattr(theirs, name)
        lines = compare(other, form.cleaned_data[name])
        if lines:
            found.append(Difference(str(form.fields[name].label), other, lines))
    return found
