"""Copies and erasures in the back office: to be looked at; what happens goes through their own pages."""

from django.contrib import admin

from privacy.models import DataExport, ErasureRequest
from tenancy.admin import ReadOnlyAdmin


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
