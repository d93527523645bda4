"""What deleting would take with it, as far as the person may see it."""

import re
from collections import defaultdict

from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.utils import NestedObjects, quote
from django.db import router
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import ngettext

SHOWN = 50  # rows that are named of each kind; the rest is counted
AN_ID = re.compile(r"( · )?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # says nothing to anybody


def preview_deletion(objects, request, admin_site):
    """Like Django's `get_deleted_objects`, with rows out of the person's scope counted and not named.

    Such a row, and one whose model the person may not delete, stands in the way of deleting.
    """
    objects = list(objects)
    if not objects:
        return [], {}, set(), []
    model = objects[0]._meta.concrete_model
    collector = NestedObjects(using=router.db_for_write(model), origin=objects)
    collector.collect(objects)
    visible = _Visible(request, admin_site)
    doomed = {kind: list(rows) for kind, rows in collector.model_objs.items()}
    missing = {
        kind._meta.verbose_name
        for kind, rows in doomed.items()
        if not visible.may_delete(rows, is_asked_for=kind is model)
    }
    listed = _lines(doomed, visible)
    protected = _lines(_by_model(collector.protected), visible)
    counts = {kind._meta.verbose_name_plural: len(rows) for kind, rows in doomed.items()}
    return listed, counts, missing, protected


def _by_model(rows):
    groups = defaultdict(list)
    for row in rows:
        groups[type(row)].append(row)
    return groups


def _lines(groups, visible):
    lines = []
    for kind, rows in groups.items():
        seen = visible.of(kind, rows)
        lines += [visible.name(row) for row in seen[:SHOWN]]
        if hidden := len(rows) - min(len(seen), SHOWN):
            text = ngettext("%(num)d more of %(kind)s", "%(num)d more of %(kind)s", hidden)
            lines.append(text % {"num": hidden, "kind": kind._meta.verbose_name_plural})
    return lines


class _Visible:
    def __init__(self, request, admin_site):
        self.request, self.admin_site = request, admin_site
        self._known = {}

    def admin_of(self, kind):
        try:
            return self.admin_site.get_model_admin(kind)
        except NotRegistered:
            return None

    def of(self, kind, rows):
        """Those of the rows that the person may see."""
        if self.request.user.is_admin:
            return rows
        admin = self.admin_of(kind)
        if admin is None:
            return []
        if kind not in self._known:
            wanted = kind._default_manager.filter(pk__in=[row.pk for row in rows])
            own = admin.rows_for(self.request.user, wanted)
            self._known[kind] = set(own.values_list("pk", flat=True))
        return [row for row in rows if row.pk in self._known[kind]]

    def may_delete(self, rows, *, is_asked_for):
        kind = type(rows[0])
        admin = self.admin_of(kind)
        if admin is None:  # a part that has no pages of its own
            return True
        user = self.request.user
        if not admin.may_enter(user) or len(self.of(kind, rows)) < len(rows):
            return False
        # Parts go with their whole, also those that nobody may take out one by one.
        return not is_asked_for or all(admin.can_delete(user, row) for row in rows)

    def name(self, row):
        opts = row._meta
        kind, name = capfirst(opts.verbose_name), AN_ID.sub("", str(row))
        text = f"{kind}: {name}" if name else kind
        if self.admin_of(type(row)) is None:
            return text
        try:
            page = f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change"
            address = reverse(page, args=[quote(row.pk)])
        except NoReverseMatch:
            return text
        return format_html('<a href="{}">{}</a>', address, text)
