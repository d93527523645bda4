"""What people were told, for looking up; nobody changes it."""

from django.contrib import admin

from notifications.models import Notification, Preference
from tenancy.admin import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    record_of = "user_id"

    list_display = ["happened_at", "user", "kind", "cadence", "mailed_at", "read_at"]
    list_filter = ["cadence"]
    search_fields = ["user__username", "user__email", "kind"]
    list_select_related = ["user"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    record_of = "user_id"

    list_display = ["user", "kind", "cadence"]
    list_filter = ["cadence"]
    search_fields = ["user__username", "user__email", "kind"]
    list_select_related = ["user"]
