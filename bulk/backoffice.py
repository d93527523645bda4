"""Tables of the admin that are sent in: each row is what its form would be, and is saved as the form would save it."""

from dataclasses import replace
from datetime import datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from allauth.core.context import request_context
from django import forms
from django.contrib import admin
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bulk import kinds
from bulk.asking import ask_checks_at_once, leave_to_the_database, trust_references
from bulk.kinds import Cells, Change, Clerk, Kind, Outcome, Problem, Verdict, refused
from bulk.on_behalf import request_of
from lib.spreadsheets import CellRefused, day_or_time, yes_or_no
from tenancy.backoffice import tables
from tenancy.backoffice.tables import with_relations
from tenancy.personal import declaration_of

ID = "id"


class AdminKind(Kind):
    """The table of one ModelAdmin."""

    def __init__(self, model_admin):
        self.model_admin = model_admin
        self.name = model_admin.opts.label_lower

    @property
    def refusals(self):
        return self.model_admin.refusals

    def label(self, about_id):
        return capfirst(self.model_admin.opts.verbose_name_plural)

    def may_send(self, user, about_id):
        own = self.model_admin
        return own.may_enter(user) and (own.can_change(user) or own.can_add(user))

    def columns(self):
        return self._columns(are_facts=False)

    def facts(self):
        return self._columns(are_facts=True)

    def _columns(self, *, are_facts):
        model = self.model_admin.model
        return [
            kinds.Column(column.name, column.label(model), help=column.by)
            for column in self.model_admin.table.columns
            if column.is_fact == are_facts
        ]

    def missing(self, names):
        keys = self.model_admin.table.keys
        if any(names.issuperset(key) for key in keys):
            return ""
        labels = {column.name: column.label for column in self.columns()}
        told = [" + ".join(f"“{labels.get(name, name)}”" for name in key) for key in keys]
        return _("The titles in the first row must name %(columns)s.") % {
            "columns": _(" or ").join(told)
        }

    def clerk(self, upload, *, by, now):
        return AdminClerk(self.model_admin, by=by, now=now)

    def page(self, about_id):
        opts = self.model_admin.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")

    def send_page(self, about_id):
        return reverse("bulk:send", args=[self.name])


class AdminClerk(Clerk):
    """Fills in and saves the admin's form for each row."""

    def __init__(self, model_admin, *, by, now: datetime):
        self.admin, self.model = model_admin, model_admin.model
        self.request = request_of(by, now)
        self.columns = {column.name: column for column in model_admin.table.columns}
        self._seen: set[Any] = set()
        self._references: dict[tuple[str, str], Any] = {}
        self._chosen: dict[tuple[str, Any], models.Model | None] = {}
        self._absent: set[tuple] = set()
        self._form_classes: dict[tuple, type[forms.ModelForm]] = {}

    def read_ahead(self, many):
        """Learn which rows are new: there is no entry of theirs to be read."""
        wanted: dict[tuple[str, ...], set] = {}
        for cells in many:
            key = self._key_of(cells)
            if key:
                wanted.setdefault(key, set()).add(tuple(cells[name] for name in key))
        self._absent = {
            (key, values)
            for key, all_values in wanted.items()
            for values in self._lacking(key, all_values)
        }

    def check(self, cells):
        row, verdict = self._find(cells)
        if verdict is None:
            verdict = self._twice(cells, row)
        if verdict is None:
            verdict, _form = self._judge(row, cells, asks=ask_checks_at_once)
        return verdict if row is None else replace(verdict, person_id=self._person_of(row))

    def carry_out(self, cells):
        row, verdict = self._find(cells)
        form = None
        if verdict is None:
            verdict, form = self._judge(row, cells, asks=leave_to_the_database)
        if form is not None and verdict.outcome != Outcome.REFUSED:
            stored = form.save(commit=False)
            with request_context(self.request):
                self.admin.save_model(self.request, stored, form, change=row is not None)
            verdict = replace(verdict, person_id=self._person_of(stored))
        return verdict

    # Which row

    def _find(self, cells) -> tuple[models.Model | None, Verdict | None]:
        """The row that is meant, None for a new one; a verdict where that is answer enough."""
        key = self._key_of(cells)
        if key is None:
            return None, refused(_("Nothing in this row says which entry is meant."))
        try:
            found = self._row_by({name: cells[name] for name in key})
        except CellRefused as error:
            return None, refused(str(error), label=self._label(key[0]), title=cells[key[0]])
        if found is None and (key == (ID,) or not self.admin.table.adds):
            text = _("There is no such entry, or it is not yours.")
            return None, refused(text, label=self._label(key[0]), title=cells[key[0]])
        return found, None

    def _key_of(self, cells) -> tuple[str, ...] | None:
        """The columns by which a row is found: the first key whose cells are all filled in."""
        for key in self.admin.table.keys:
            if all(cells.get(name) for name in key):
                return key
        return None

    def _row_by(self, wanted):
        if (tuple(wanted), tuple(wanted.values())) in self._absent:
            return None
        rows = with_relations(self.admin.get_queryset(self.request), tuple(self.columns.values()))
        if hasattr(self.model, "deleted_at"):
            rows = rows.order_by(models.F("deleted_at").asc(nulls_first=True), "pk")
        conditions = {
            self._path(name): _uuid(text) if self._is_id(name) else text
            for name, text in wanted.items()
        }
        return rows.filter(**conditions).first()

    def _lacking(self, key, wanted: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
        """Of values of a key, those that no entry has. Keys with ids are not asked for: they name what is there."""
        if any(map(self._is_id, key)):
            return set()
        paths = [self._path(name) for name in key]
        among = {
            f"{path}__in": set(texts)
            for path, texts in zip(paths, zip(*wanted, strict=True), strict=True)
        }
        present = self.admin.get_queryset(self.request).filter(**among).order_by()
        return wanted - {tuple(map(str, found)) for found in present.values_list(*paths)}

    def _path(self, name):
        by = self.columns[name].by
        return f"{name}__{by}" if by else name

    def _is_id(self, name):
        return ID in (name, self.columns[name].by)

    def _twice(self, cells, row):
        """A second row about the same entry, which would undo what the first one does."""
        keys = [tuple(cells.get(name, "") for name in key) for key in self.admin.table.keys]
        keys = {row.pk} if row is not None else {key for key in keys if all(key)}
        if keys & self._seen:
            return refused(_("Another row above is about the same entry."), title=_first(cells))
        self._seen |= keys
        return None

    # What follows

    def _judge(self, row, cells, *, asks) -> tuple[Verdict, forms.ModelForm | None]:
        title = str(row) if row is not None else _first(cells)
        given = {name: text for name, text in cells.items() if self._is_written(name)}
        before = {name: self._now(row, name) if row else "" for name in given}
        if row is None:
            if not self.admin.has_add_permission(self.request):
                return refused(_("You may not add entries here."), title=title), None
        else:
            given = {name: text for name, text in given.items() if text != before[name]}
            if not given:
                return Verdict(Outcome.SAME, title), None
            if not self.admin.has_change_permission(self.request, row):
                return refused(_("This is not yours to change."), title=title), None
        form, problems = self._form(row, given, asks)
        if problems:
            return Verdict(Outcome.REFUSED, title, problems=tuple(problems)), None
        changed = [name for name in form.changed_data if name in given]
        if row is not None and not changed:
            return Verdict(Outcome.SAME, title), None
        changes = tuple(Change(self._label(name), before[name], given[name]) for name in changed)
        return Verdict(Outcome.CHANGED if row else Outcome.NEW, title, changes=changes), form

    def _is_written(self, name):
        return name != ID and name in self.columns and not self.columns[name].is_fact

    def _form(self, row, given, asks):
        """The form with the given cells and what the row says already; and what is wrong with cells.

        `asks` says who is asked about the constraints.
        """
        form_class = self._form_class(row)
        blank = form_class(instance=row) if row else self._form_of_new_rows
        problems = {name: _("You may not change this.") for name in given.keys() - blank.fields}
        data = {}
        for name, field in blank.fields.items():
            value = blank.get_initial_for_field(field, name)
            try:
                value = self._value(name, field, given[name]) if name in given else value
            except CellRefused as error:
                problems[name] = str(error)
            data |= _as_posted(name, field, field.prepare_value(value))
        form = form_class(data, instance=row)
        self._remember_choices(form, row)
        asks(form.instance)
        trust_references(form.instance)
        for name, errors in form.errors.items():
            problems.setdefault(name, " ".join(errors))
        return form, [Problem(self._label(name), text) for name, text in problems.items()]

    @cached_property
    def _form_of_new_rows(self):
        usual = self.admin.get_changeform_initial_data(self.request)
        return self._form_class(None)(initial=usual)

    def _remember_choices(self, form, row):
        """Let its fields look up each choice once: thousands of rows choose among a few."""
        for name, field in form.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                current = getattr(row, name, None)
                field.to_python = self._remembering(name, field.to_python, current)

    def _remembering(self, name, look_up, current):
        def to_python(value):
            if current is not None and value == current.pk:
                return current  # perhaps one that could not be chosen anew, so not for other rows
            if (name, value) not in self._chosen:
                self._chosen[name, value] = look_up(value)
            return self._chosen[name, value]

        return to_python

    def _form_class(self, row):
        """The admin's form with the fields of the table, made once for rows of which the same may be changed."""
        fixed = tuple(self.admin.get_readonly_fields(self.request, row))
        key = (row is None, fixed)
        if key not in self._form_classes:
            names = [name for name in self.columns if self._is_written(name)]
            made = self.admin.get_form(self.request, row, change=row is not None, fields=names)
            for name in set(made.base_fields) - set(names):
                del made.base_fields[name]
            self._form_classes[key] = made
        return self._form_classes[key]

    def _value(self, name, field, text):
        """What a cell means to a field. Raises CellRefused."""
        if isinstance(field, forms.ModelChoiceField):
            return self._reference(name, field, text) if text else None
        if isinstance(field, forms.BooleanField):
            return yes_or_no(text) if text else False
        if isinstance(field, forms.SplitDateTimeField | forms.DateTimeField):
            return _moment(text) if text else None
        if isinstance(field, forms.DecimalField):
            return text.replace(",", ".") if "." not in text else text
        if isinstance(field, forms.ChoiceField):
            labels = {str(label).casefold(): value for value, label in field.choices}
            return labels.get(text.casefold(), text)
        return text

    def _reference(self, name, field, text):
        """The key of what is named, of those that the person may choose."""
        known = self._references
        if (name, text) not in known:
            by = self.columns[name].by
            rows = field.queryset.filter(**{by: _uuid(text) if by == ID else text})
            known[name, text] = rows.values_list("pk", flat=True).first()
        if known[name, text] is None:
            raise CellRefused(_("There is no “%(name)s” that you may choose.") % {"name": text})
        return known[name, text]

    def _now(self, row, name):
        return self.columns[name].cell(row).strip()

    def _label(self, name):
        return self.columns[name].label(self.model) if name in self.columns else ""

    @cached_property
    def _person_column(self):
        declared = declaration_of(self.model)
        return declared.person if declared and "__" not in declared.person else ""

    def _person_of(self, row):
        column = self._person_column
        return getattr(row, "pk" if column in ("id", "pk") else column, None) if column else None


def _first(cells: Cells) -> str:
    return next((text for text in cells.values() if text), "")


def _uuid(text):
    try:
        return UUID(text)
    except ValueError:
        raise CellRefused(_("This is no id of an entry.")) from None


def _moment(text):
    found = day_or_time(text)
    return found if isinstance(found, datetime) else datetime.combine(found, time())


def _as_posted(name, field, value):
    """A value under the names by which a browser would send it."""
    if isinstance(field, forms.SplitDateTimeField):
        return dict(zip((f"{name}_0", f"{name}_1"), field.widget.decompress(value), strict=True))
    return {name: value}


def import_address(model_admin, user) -> str:
    """Where somebody sends the table of a ModelAdmin in; "" where nobody or not they may."""
    kind = kinds.kind_named(model_admin.opts.label_lower)
    return kind.send_page(None) if kind and kind.may_send(user, None) else ""


def find_kind(name: str) -> AdminKind | None:
    """The kind of the model `app.name`, where its ModelAdmin has a table with keys."""
    for model, model_admin in admin.site._registry.items():
        if model._meta.label_lower == name and model_admin.table and model_admin.table.keys:
            return AdminKind(model_admin)
    return None


def install():
    kinds.register_finder(find_kind)
    tables.register_import(import_address)
