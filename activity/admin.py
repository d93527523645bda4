"""What was undone, in the back office: to look at."""

from django.contrib import admin

from activity.models import Undo
from tenancy.admin import ReadOnlyAdmin


@admin.register(Undo)
class UndoAdmin(ReadOnlyAdmin):
    list_display = ["undone_at", "by", "request_id", "undo_request_id", "taken_back_at"]
    list_select_related = ["by"]
    list_filter = ["undone_at"]
    ordering = ["-undone_at", "-id"]
