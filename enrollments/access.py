"""Finding a course on a page of this app: for who may not see it, there is none."""

from django.http import Http404

from enrollments.standing import Standing, standing_of


def visible_standing(user, slug: str) -> Standing:
    """How the person stands to a course that they may see. Raises Http404 for any other."""
    standing = standing_of(user, slug=slug)
    if standing is None or not standing.is_visible:
        raise Http404
    return standing
