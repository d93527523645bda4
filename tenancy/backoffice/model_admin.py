"""The bases of every ModelAdmin and inline."""

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tenancy import security
from tenancy.backoffice.access import AccessRules, pickable_rows, scope_memory
from tenancy.backoffice.actions import MOST_AT_ONCE, limit_text
from tenancy.backoffice.deletion import preview_deletion
from tenancy.backoffice.errors import explain_refusal
from tenancy.backoffice.forms import (
    ForgivingAutocomplete,
    ScopedRawIdWidget,
    TenantFormMixin,
    TenantModelForm,
)
from tenancy.backoffice.history import history_of
from tenancy.backoffice.lists import BoundedPaginator
from tenancy.backoffice.offers import with_offer
from tenancy.backoffice.tables import TableMixin

#: Columns that no address may filter by, for a filter is a question with a yes or no.
SECRET_FIELDS = {"password"}
#: What may follow a relation or a filter's column in an address.
FILTER_STEPS = {"id", "pk", "exact", "in", "isnull", "isempty", "gt", "gte", "lt", "lte"}
FILTER_STEPS |= {"year", "month", "day", "date", "range"}


class ScopedFields(AccessRules, BaseModelAdmin):
    """What ModelAdmins and inlines share: rows, choices and forms."""

    form = TenantModelForm

    def get_queryset(self, request):
        return self.rows_for(request.user, super().get_queryset(request))

    def get_field_queryset(self, db, db_field, request):
        return pickable_rows(self.admin_site, request, db_field)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ForgivingAutocomplete(db_field, self.admin_site)
        elif "widget" not in kwargs and db_field.name in self.raw_id_fields:
            kwargs["widget"] = ScopedRawIdWidget(
                db_field.remote_field,
                self.admin_site,
                rows=pickable_rows(self.admin_site, request, db_field),
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TenantAdmin(ScopedFields, TableMixin, admin.ModelAdmin):
    """Base of every ModelAdmin; see `AccessRules` for the hooks that say who may do what.

    What the database or a service refuses becomes an error of the form or a message, never a 500.
    `refusals` names the errors of services whose text is meant for people. Do not use `list_editable`:
    it asks for no row's permission.

    `record_of` names the column with the person whose record a row is. Whoever looks at such rows, one by one
    or in a list, is written into the security log.

    `table` says how the rows are a table to take away and to send in.
    """

    record_of = ""
    refusals: tuple[type[Exception], ...] = ()
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator

    # Rows

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            scope_memory(request)[(self.opts.label, found.pk)] = True
        return found

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def get_form(self, request, obj=None, change=False, **kwargs):
        if not issubclass(self.form, TenantFormMixin):
            kwargs.setdefault("form", type(self.form.__name__, (TenantFormMixin, self.form), {}))
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused_with = getattr(request, "_refused_with", "")
        return form

    def get_deleted_objects(self, objs, request):
        return preview_deletion(objs, request, self.admin_site)

    def get_view_on_site_url(self, obj=None):
        """The page itself; Django's detour would load the row without asking whose it is."""
        if obj is None or not self.view_on_site or getattr(obj, "deleted_at", None):
            return None
        try:
            if callable(self.view_on_site):
                return self.view_on_site(obj)
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            return None

    # Addresses

    def lookup_allowed(self, lookup, value, request=None):
        """Filters of the list and plain columns; never a walk through a relation to other columns."""
        for name in self._filtered_names(request):
            rest = lookup.removeprefix(name).split("__")[1:]
            if lookup == name or (lookup.startswith(f"{name}__") and set(rest) <= FILTER_STEPS):
                return True
        first, *rest = lookup.split("__")
        try:
            field = self.opts.get_field("id" if first == "pk" else first)
        except FieldDoesNotExist:
            return not rest or first == "pk"
        if first in SECRET_FIELDS or field.auto_created:
            return False
        if field.is_relation:
            return set(rest) <= FILTER_STEPS
        return True

    def _filtered_names(self, request):
        for item in self.get_list_filter(request):
            if isinstance(item, list | tuple):
                yield item[0]
            elif isinstance(item, str):
                yield item
            else:
                yield item.parameter_name
        if self.date_hierarchy:
            yield self.date_hierarchy

    # Views

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        if level == messages.SUCCESS and request.method == "POST":
            message = with_offer(message, request.user)
        super().message_user(request, message, level, *args, **kwargs)

    def changelist_view(self, request, extra_context=None):
        if ERROR_FLAG in request.GET:
            request.GET = request.GET.copy()
            del request.GET[ERROR_FLAG]
            messages.warning(request, _("A part of the address was not understood and left out."))
        limit = {"most_at_once": MOST_AT_ONCE, "limit_text": limit_text()}
        extra_context = {**limit, **self.table_links(request), **(extra_context or {})}
        try:
            with transaction.atomic():
                response = super().changelist_view(request, extra_context)
        except Exception as error:
            reason = explain_refusal(error, self.refusals)
            if reason is None:
                raise
            messages.error(request, reason)
            return HttpResponseRedirect(request.path)
        if shown := (getattr(response, "context_data", None) or {}).get("cl"):
            self.note_disclosures(request, shown.result_list)
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            self.note_disclosures(request, [obj])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def note_disclosures(self, request, rows):
        """Write into the security log whose records somebody looks at."""
        if self.record_of:
            people = {getattr(row, self.record_of) for row in rows} - {None}
            what = self.opts.model_name
            security.record_disclosures(people, by=request.user, what=what, door="admin")

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Exception as error:
            reason = explain_refusal(error, self.refusals)
            if reason is None or request.method != "POST":
                raise
        # Draw the form again with what was typed, this time with the reason in it.
        request._refused_with = reason
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            with transaction.atomic():
                return super().delete_view(request, object_id, extra_context)
        except Exception as error:
            reason = explain_refusal(error, self.refusals)
            if reason is None or request.method != "POST":
                raise
            messages.error(request, reason)
            return HttpResponseRedirect(request.path)

    def history_view(self, request, object_id, extra_context=None):
        """From the audit log, which knows every change and not those of the admin alone."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        self.note_disclosures(request, [row])
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": row},
            "entries": history_of(
                row, lambda field: pickable_rows(self.admin_site, request, field)
            ),
            "module_name": capfirst(self.opts.verbose_name_plural),
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "tenancy/object_history.html", context)


class ReadOnlyAdmin(TenantAdmin):
    """Rows to look at: written by services and triggers alone."""

    def has_module_permission(self, request):
        """Instructors find the parts of a whole on its page; only admins see a list of them offered."""
        if not super().has_module_permission(request):
            return False
        return request.user.is_admin or not self.is_part_of_another()

    def is_part_of_another(self) -> bool:
        others = self.admin_site._registry.values()
        return any(inline.model is self.model for other in others for inline in other.inlines)

    def can_add(self, user):
        return False

    def can_change(self, user, obj=None):
        return False

    def can_delete(self, user, obj=None):
        return False


class TenantInline(ScopedFields):
    """Base of the inlines: who may see or change the whole may do so with its parts.

    Narrow it by `can_view`, `can_add`, `can_change` and `can_delete`, which get the parent here.
    """

    extra = 0
    show_change_link = True
    rows_at_once = 300  # a form that claims more is cut here, before it costs seconds

    def get_formset(self, request, obj=None, **options):
        options.setdefault("max_num", self.rows_at_once)
        options.setdefault("absolute_max", self.rows_at_once)
        return super().get_formset(request, obj, **options)

    def scope_for_instructor(self, user, queryset):
        return queryset  # the rows of a parent that is in scope

    def has_view_permission(self, request, obj=None):
        return self._parent("has_view_permission", request, obj) and self.can_view(
            request.user, obj
        )

    def has_add_permission(self, request, obj=None):
        parent = self.admin_site.get_model_admin(self.parent_model)
        if obj is None or obj._state.adding:
            return parent.has_add_permission(request) and self.can_add(request.user)
        return self._parent("has_change_permission", request, obj) and self.can_add(request.user)

    def has_change_permission(self, request, obj=None):
        return self._parent("has_change_permission", request, obj) and self.can_change(
            request.user, obj
        )

    def has_delete_permission(self, request, obj=None):
        return self._parent("has_change_permission", request, obj) and self.can_delete(
            request.user, obj
        )

    def _parent(self, rule, request, obj):
        if obj is not None and not isinstance(obj, self.parent_model):
            return False
        return getattr(self.admin_site.get_model_admin(self.parent_model), rule)(request, obj)


class TenantTabularInline(TenantInline, admin.TabularInline):
    pass


class TenantStackedInline(TenantInline, admin.StackedInline):
    pass


class ReadOnlyInline(TenantTabularInline):
    """Parts to look at."""

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def can_delete(self, user, obj=None):
        return False

    def can_add(self, user):
        return False

    def can_change(self, user, obj=None):
        return False
