"""Copies and erasures in the back office, to be looked at; and how long things are kept, to be set."""

from django.contrib import admin

from privacy.models import DataExport, ErasureRequest, RetentionPolicy
from tenancy.admin import ReadOnlyAdmin, TenantAdmin


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    record_of = "person_id"

    list_display = ["person", "status", "requested_by", "created_at", "finished_at", "expires_at"]
    list_select_related = ["person", "requested_by"]
    list_filter = ["status"]
    search_fields = ["person__username__istartswith", "person__email__istartswith"]
    ordering = ["-created_at", "-id"]
    exclude = ["file"]


@admin.register(ErasureRequest)
class ErasureRequestAdmin(ReadOnlyAdmin):
    record_of = "person_id"

    list_display = ["person", "status", "created_at", "decided_by", "decided_at", "done_at"]
    list_select_related = ["person", "decided_by"]
    list_filter = ["status"]
    search_fields = ["person__username__istartswith", "person__email__istartswith"]
    ordering = ["-created_at", "-id"]


@admin.register(RetentionPolicy)
class RetentionPolicyAdmin(TenantAdmin):
    """One per organization, which is changed and never deleted."""

    list_display = [
        "__str__",
        "export_days",
        "notification_months",
        "visit_months",
        "security_log_months",
        "record_years",
    ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """There is no other one to add."""
        extra_context = {"show_save_and_add_another": False} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, extra_context)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not RetentionPolicy.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False
