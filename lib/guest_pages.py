"""Mark of pages that all guests of an organization see alike, so that their bytes may be kept."""

import functools


def same_for_all_guests(view):
    """Let `config.guest_cache` keep this view's answer to guests.

    Such a page holds nothing of one visitor: no CSRF token, no message, no key. What it shows may be as old
    as `config.guest_cache.SECONDS`, or changes with the catalogue's version.
    """

    @functools.wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.is_same_for_all_guests = not request.user.is_authenticated
        return response

    return marked
