"""Organizations, host names and the audit log in the admin; and what other apps' `admin.py` build on."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db.models import OuterRef, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lib.contrast import validate_brand
from lib.files import FileRefused
from lib.ids import uuid7
from lib.images import clean_image
from tenancy.backoffice.access import AccessRules
from tenancy.backoffice.actions import service_action
from tenancy.backoffice.forms import TenantFormMixin, TenantModelForm
from tenancy.backoffice.history import with_actor_names
from tenancy.backoffice.lists import BoundedPaginator, ScopedRelatedFilter
from tenancy.backoffice.model_admin import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    TenantAdmin,
    TenantStackedInline,
    TenantTabularInline,
)
from tenancy.backoffice.tables import Column, Table
from tenancy.models import (
    AuditEntry,
    Domain,
    IdempotencyKey,
    MissedEvent,
    Organization,
    SecurityEvent,
)

__all__ = [
    "AccessRules",
    "BoundedPaginator",
    "Column",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "ScopedRelatedFilter",
    "Table",
    "TenantAdmin",
    "TenantFormMixin",
    "TenantModelForm",
    "TenantStackedInline",
    "TenantTabularInline",
    "service_action",
]


LOGO_WIDTH = 320  # pixels


class DomainInline(ReadOnlyInline):
    model = Domain
    fields = ["host", "is_primary"]


class OrganizationForm(TenantModelForm):
    """Its colour must be readable on our pages, and its logo be a picture."""

    logo = forms.FileField(label=_("logo"), required=False, widget=AdminFileWidget)

    def clean_brand_color(self):
        color = self.cleaned_data["brand_color"]
        if color:
            validate_brand(color)
        return color

    def clean_logo(self):
        file = self.cleaned_data["logo"]
        if not isinstance(file, UploadedFile):
            return file
        try:
            picture = clean_image(file, widths=(LOGO_WIDTH,))
        except FileRefused as error:
            raise ValidationError(error.message, code=error.code) from error
        stored = picture.variants[-1] if picture.variants else picture
        return ContentFile(stored.data, name=f"{uuid7().hex}.{stored.extension}")


@admin.register(Organization)
class OrganizationAdmin(TenantAdmin):
    """The organization itself: its admins tune it, and instructors with a role that says so.

    Founding and closing one is a command.
    """

    form = OrganizationForm
    may_manage = staticmethod(lambda user: user.is_admin)
    list_display = ["name", "slug", "plan", "is_signup_open"]
    readonly_fields = ["slug", "plan", "is_default", "created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "plan", "is_default", "is_signup_open"]}),
        (_("Security"), {"fields": ["staff_needs_second_factor"]}),
        (_("Look"), {"fields": ["brand_color", "logo"]}),
        (_("Contact"), {"fields": ["contact_email", "contact_phone", "contact_address"]}),
        (_("More"), {"fields": ["settings", "created_at", "updated_at"], "classes": ["collapse"]}),
    ]
    inlines = [DomainInline]

    @classmethod
    def let_manage(cls, rule: Callable[[Any], bool]):
        """Let a higher floor say by `rule(user)` who changes the organization's settings."""
        cls.may_manage = staticmethod(rule)

    def scope_for_instructor(self, user, queryset):
        return queryset if self.may_manage(user) else queryset.none()

    def can_view(self, user, obj=None):
        return self.may_manage(user)

    def can_change(self, user, obj=None):
        return self.may_manage(user)

    def can_add(self, user):
        return False

    def can_delete(self, user, obj=None):
        return False


@admin.register(Domain)
class DomainAdmin(TenantAdmin):
    list_display = ["host", "is_primary", "created_at"]
    search_fields = ["host"]
    list_filter = ["is_primary"]
    readonly_fields = ["created_at", "updated_at"]


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ["key", "scope", "location", "created_at"]
    date_hierarchy = None
    ordering = ["-created_at", "-id"]


@admin.register(MissedEvent)
class MissedEventAdmin(ReadOnlyAdmin):
    """What `manage replay_events` will tell again."""

    list_display = ["listener", "error", "failure_count", "created_at"]
    search_fields = ["listener"]


class TableFilter(admin.SimpleListFilter):
    """By kind of thing: the names of our models, not of tables."""

    title = _("what was changed")
    parameter_name = "table_name"

    def lookups(self, request, model_admin):
        named = [
            (model._meta.db_table, model._meta.verbose_name)
            for model in apps.get_models()
            if any(field.name == "organization" for field in model._meta.local_fields)
            and model._meta.managed
        ]
        return sorted(named, key=lambda pair: str(pair[1]).lower())

    def queryset(self, request, queryset):
        return queryset.filter(table_name=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what and when. Search by the id of a row, of a person or of a request."""

    list_display = ["at", "what", "actor", "fields_changed", "client_ip"]
    list_display_links = ["at"]
    list_filter = ["operation", ("at", admin.DateFieldListFilter), TableFilter]
    search_fields = ["=row_id", "=actor_id", "=request_id"]
    search_help_text = _("The id of a row, a person or a request.")
    fields = ["at", "operation", "table_name", "row_id", "actor", "client_ip", "request_id"]
    fields += ["was", "became"]
    readonly_fields = fields
    ordering = ["-at", "-id"]
    sortable_by = []

    def get_search_results(self, request, queryset, search_term):
        """An id finds a row, a person or a request; other text finds nothing, quickly."""
        return rows_with_id(queryset, search_term, "row_id", "actor_id", "request_id"), False

    @admin.display(description=_("what"))
    def what(self, entry):
        kind = _names_of_tables().get(entry.table_name, entry.table_name)
        return f"{kind} {entry.get_operation_display()}"

    def get_queryset(self, request):
        return with_actor_names(super().get_queryset(request))

    @admin.display(description=_("who"), empty_value=_("the system"))
    def actor(self, entry):
        return entry.actor_name or entry.actor_id or _("the system")

    @admin.display(description=_("which fields"))
    def fields_changed(self, entry):
        columns = list(entry.after or entry.before or {})
        fields = _fields_of(entry.table_name)
        shown = ", ".join(str(fields.get(column, column)) for column in columns[:6])
        return f"{shown} …" if len(columns) > 6 else shown

    @admin.display(description=_("before"))
    def was(self, entry):
        return _as_text(entry.before)

    @admin.display(description=_("after"))
    def became(self, entry):
        return _as_text(entry.after)


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    """What happened at the doors. Search by the id of a person or of a request."""

    list_display = ["at", "kind", "whom", "actor", "client_ip"]
    list_display_links = ["at"]
    list_filter = ["kind", ("at", admin.DateFieldListFilter)]
    search_fields = ["=user_id", "=actor_id", "=request_id"]
    search_help_text = _("The id of a person or a request.")
    fields = ["at", "kind", "whom", "actor", "client_ip", "request_id", "told_details"]
    readonly_fields = fields
    ordering = ["-at", "-id"]
    sortable_by = []

    def get_search_results(self, request, queryset, search_term):
        return rows_with_id(queryset, search_term, "user_id", "actor_id", "request_id"), False

    def get_queryset(self, request):
        people = get_user_model().objects.filter(pk=OuterRef("user_id"))
        events = with_actor_names(super().get_queryset(request))
        return events.annotate(user_name=Subquery(people.values("username")[:1]))

    @admin.display(description=_("whom"))
    def whom(self, event):
        return event.user_name or event.user_id

    @admin.display(description=_("who"))
    def actor(self, event):
        return event.actor_name or event.actor_id

    @admin.display(description=_("details"))
    def told_details(self, event):
        return _as_text(event.details)


def rows_with_id(queryset, text, *columns):
    """The rows that hold an id in one of the columns; all for no text, none for one that is no id."""
    term = text.strip()
    if not term:
        return queryset
    try:
        wanted = UUID(term)
    except ValueError:
        return queryset.none()
    found = queryset.none()
    for column in columns:
        found = found | queryset.filter(**{column: wanted})
    return found


def _names_of_tables():
    return {model._meta.db_table: model._meta.verbose_name for model in apps.get_models()}


@cache
def _fields_of(table):
    """What a table's columns are called, by their names in the database."""
    models = [model for model in apps.get_models() if model._meta.db_table == table]
    return {
        field.column: field.verbose_name
        for model in models[:1]
        for field in model._meta.concrete_fields
    }


def _as_text(values):
    if values is None:
        return None
    return format_html("<pre>{}</pre>", json.dumps(values, indent=2, ensure_ascii=False))
