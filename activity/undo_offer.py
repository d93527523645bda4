"""Offering Undo beside the word that something was done."""

from django.contrib import messages
from django.db import connection
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from activity.undo import undo_states


def say_done(request, text: str) -> None:
    """Tell the person that it was done, with a link to undo it where that is possible."""
    messages.success(request, with_undo(text, request.user))


def with_undo(text: str, user, *, label: str = "") -> str:
    """The text with a link to undo what the running request has changed so far, as HTML; without, the text."""
    request_id = _running_request()
    if request_id is None or not undo_states([request_id], user)[request_id]:
        return text
    address = reverse("activity:undo", args=[request_id])
    return format_html('{} <a href="{}">{}</a>', text, address, label or _("Undo"))


def _running_request():
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULLIF(current_setting('app.request_id', true), '')::uuid")
        return cursor.fetchone()[0]
