"""Tables that were sent in, in the back office: to look at."""

from django.contrib import admin
from django.urls import reverse

from bulk.models import BulkRow, BulkUpload
from tenancy.admin import ReadOnlyAdmin


@admin.register(BulkUpload)
class BulkUploadAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "kind", "status", "row_count", "started_by", "created_at"]
    list_select_related = ["started_by"]
    list_filter = ["status", "created_at"]
    ordering = ["-created_at", "-id"]

    def view_on_site(self, obj):
        return reverse("bulk:upload", args=[obj.pk])


@admin.register(BulkRow)
class BulkRowAdmin(ReadOnlyAdmin):
    record_of = "person_id"
    list_display = ["number", "title", "outcome", "result"]
    list_filter = ["outcome", "result"]
    ordering = ["-created_at", "-id"]
