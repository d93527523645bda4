"""Rows of the admin as a table to take away, and to send in again where `bulk` lets one."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.spreadsheets import SheetRefused, csv_lines, write_xlsx
from tenancy import security
from tenancy.context import organization_context, require_organization_id

MAX_CSV_ROWS = 100_000
MAX_XLSX_ROWS = 10_000
AT_ONCE = 500  # rows that are read in one transaction

CSV, XLSX = "csv", "xlsx"
MIME = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a field, or a path through relations such as `student__email`.

    A reference is told and found by the column `by` of what it refers to. A fact is only told.
    """

    name: str
    by: str = ""
    is_fact: bool = False
    title: str = ""

    def label(self, model: type[models.Model]) -> str:
        """What the column is called in words."""
        if self.title:
            return str(self.title)
        for step in self.name.split("__"):
            try:
                field = model._meta.get_field(step)
            except FieldDoesNotExist:
                return step.replace("_", " ")
            model = field.related_model or model
        return str(field.verbose_name)

    @property
    def relation(self) -> str:
        """The relations that are read along with the row, for `select_related`; "" for none."""
        return self.name if self.by else self.name.rpartition("__")[0]

    def cell(self, row: models.Model) -> str:
        """The row's value as text; moments in the reader's time zone."""
        value = row
        for step in (*self.name.split("__"), *((self.by,) if self.by else ())):
            if value is None:
                return ""
            value = getattr(value, step)
        return cell_text(value)


def cell_text(value) -> str:
    """A value as a cell says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


@dataclass(frozen=True, slots=True)
class Table:
    """How the rows of a model are a table.

    `keys` are the columns by which a row that is sent in is found: the first of them whose cells are all
    filled in decides. Without keys, the table is only taken away. `adds`: rows that are not found are new.
    """

    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    adds: bool = True


def with_relations(rows: models.QuerySet, columns: tuple[Column, ...]) -> models.QuerySet:
    """The rows with what their cells read of other rows."""
    related = sorted({column.relation for column in columns} - {""})
    return rows.select_related(*related) if related else rows


_import_address: Callable | None = None


def register_import(address: Callable) -> None:
    """Let `address(model_admin, user)` say where somebody sends a table in; "" where they may not."""
    global _import_address
    _import_address = address


class TableMixin:
    """What a ModelAdmin with a `table` offers: the filtered list, or a selection, as CSV or XLSX."""

    table: Table | None = None

    def get_urls(self):
        if self.table is None:
            return super().get_urls()
        view = self.admin_site.admin_view(self.export_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/<slug:ending>/", view, name=name), *super().get_urls()]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.table is not None and self.has_view_or_change_permission(request):
            for action in (export_as_csv, export_as_xlsx):
                name = action.__name__
                actions[name] = (action, name, action.short_description)
        return actions

    def table_links(self, request) -> dict:
        """Addresses for the buttons above the list."""
        if self.table is None:
            return {}
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_export"
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        exports = {kind: reverse(name, args=[kind]) + asked for kind in (CSV, XLSX)}
        address = _import_address(self, request.user) if _import_address else ""
        return {"exports": exports, "import_address": address}

    def export_view(self, request, ending):
        """The list as its address filters it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if ending not in MIME or request.method == "POST":
            raise Http404
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise Http404 from error
        return self.export(request, rows, ending) or self._back_to_list(request)

    def _back_to_list(self, request):
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist"
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponseRedirect(reverse(name) + asked)

    def export(self, request, rows, ending):
        """The answer with the rows in a file, written into the security log; None where a message says why not."""
        limit = MAX_XLSX_ROWS if ending == XLSX else MAX_CSV_ROWS
        ids = list(rows.values_list("pk", flat=True)[: limit + 1])
        if len(ids) > limit:
            text = _("At most %(num)s rows fit into one file. Filter the list first.")
            self.message_user(request, text % {"num": limit}, messages.ERROR)
            return None
        self._note_export(request, rows, ids)
        head = [column.name for column in self.table.columns]
        found = _rows_later(self, ids, request.user)
        name = f"{slugify(self.opts.verbose_name_plural) or self.opts.model_name}.{ending}"
        if ending == CSV:
            answer = StreamingHttpResponse(csv_lines(head, found), content_type=MIME[CSV])
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            return answer
        file = io.BytesIO()
        try:
            write_xlsx(file, head, found, title=capfirst(self.opts.verbose_name_plural))
        except SheetRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return None
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type=MIME[XLSX])

    def _note_export(self, request, rows, ids):
        asked = {name: value for name, value in request.GET.items() if value}
        what = self.opts.model_name
        security.record(security.Kind.EXPORTED, what=what, rows=len(ids), filters=asked)
        if self.record_of:
            people = set(rows.values_list(self.record_of, flat=True)[: len(ids)]) - {None}
            security.record_disclosures(people, by=request.user, what=what, door="export")


def _rows_later(model_admin, ids, user) -> Iterator[list[str]]:
    """The cells of rows, read in transactions of their own: a file leaves after the request's has ended."""
    organization_id = require_organization_id()
    language, zone = translation.get_language(), timezone.get_current_timezone()
    columns = model_admin.table.columns
    rows = with_relations(model_admin.model._default_manager.all(), columns)

    def read():
        for start in range(0, len(ids), AT_ONCE):
            wanted = ids[start : start + AT_ONCE]
            with (
                organization_context(organization_id, actor=user),
                translation.override(language),
                timezone.override(zone),
            ):
                found = rows.in_bulk(wanted)
                cells = [
                    [column.cell(found[key]) for column in columns]
                    for key in wanted
                    if key in found
                ]
            yield from cells

    return read()


@admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
def export_as_csv(model_admin, request, queryset):
    return model_admin.export(request, queryset, CSV)


@admin.action(description=gettext_lazy("Export as XLSX"), permissions=["view"])
def export_as_xlsx(model_admin, request, queryset):
    return model_admin.export(request, queryset, XLSX)
