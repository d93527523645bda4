"""Actions of lists: a service's work on each chosen row, asked for first where it needs a word or a second thought."""

import functools
from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.forms import CrispyFormMixin
from tenancy.backoffice.errors import explain_refusal

MOST_AT_ONCE = 500  # rows: a service works on each of them while the person waits
NAMED = 20  # rows that the page which asks names; the rest is counted
REFUSED_NAMED = 5  # of each reason
CONFIRMED = "_confirmed"  # in what that page sends

Asks = Callable[[QueryDict | None, HttpRequest], forms.Form]


class NothingToFillIn(CrispyFormMixin, forms.Form):
    """What an action with a warning alone asks for: the button."""


def service_action(description, *, permission="change", asks: Asks | None = None, warning=""):
    """Make an admin action of a method that calls a service for one row.

        @service_action(_("Revoke …"), asks=lambda data, request: ReasonForm(data))
        def revoke(self, request, certificate, *, reason):
            services.revoke(certificate.pk, reason=reason, by=request.user, now=request.now)

    Each row runs in a savepoint of its own and only where the person may change it; how many were done
    and why others were not is said afterwards. At most MOST_AT_ONCE rows.

    With `asks` or a `warning`, a page names the rows and asks first; what its form holds comes to the method as
    keywords. What was chosen is kept as it was then, row by row.
    """

    def decorate(method):
        @admin.action(description=description, permissions=[permission])
        @functools.wraps(method)
        def run(self, request, queryset):
            rows = list(queryset[: MOST_AT_ONCE + 1])
            if len(rows) > MOST_AT_ONCE:
                self.message_user(request, limit_text(), messages.ERROR)
                return None
            given = {}
            if asks or warning:
                data = request.POST if CONFIRMED in request.POST else None
                form = asks(data, request) if asks else NothingToFillIn(data)
                if not form.is_valid():
                    return _ask(self, request, rows, form, run, warning)
                given = form.cleaned_data
            return _run_for_each(self, method, request, rows, permission, given)

        return run

    return decorate


def limit_text() -> str:
    text = _("At most %(num)d entries can be changed at once. Filter the list or choose fewer.")
    return text % {"num": MOST_AT_ONCE}


def _ask(model_admin, request, rows, form, action, warning):
    """The page before an action: which rows, what follows, and what is to be filled in."""
    model_admin.note_disclosures(request, rows[:NAMED])
    title = str(action.short_description).removesuffix("…").strip()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "action": action.__name__,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "confirmed": CONFIRMED,
        "form": form,
        "here": request.get_full_path(),
        "named": rows[:NAMED],
        "rows": rows,
        "unnamed_count": max(len(rows) - NAMED, 0),
        "warning": warning,
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "tenancy/action.html", context)


def _run_for_each(model_admin, method, request, rows, permission, given):
    done, refused = 0, {}
    for row in rows:
        reason = _run_for(model_admin, method, request, row, permission, given)
        if reason is None:
            done += 1
        else:
            refused.setdefault(reason, []).append(str(row))
    _report(model_admin, request, done, refused)


def _run_for(model_admin, method, request, row, permission, given):
    """None when done, else why not."""
    if not getattr(model_admin, f"has_{permission}_permission")(request, row):
        return _("This is not yours to change.")
    try:
        with transaction.atomic():
            method(model_admin, request, row, **given)
    except PermissionDenied as error:
        return str(error) or _("This is not yours to change.")
    except Exception as error:
        reason = explain_refusal(error, model_admin.refusals)
        if reason is None:
            raise
        return reason
    return None


def _report(model_admin, request, done, refused):
    if done:
        text = ngettext("Done for %(num)d entry.", "Done for %(num)d entries.", done)
        model_admin.message_user(request, text % {"num": done}, messages.SUCCESS)
    for reason, names in refused.items():
        shown = ", ".join(names[:REFUSED_NAMED])
        if more := len(names[REFUSED_NAMED:]):
            text = ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", more)
            shown = text % {"names": shown, "num": more}
        model_admin.message_user(request, f"{capfirst(shown)}: {reason}", messages.ERROR)
