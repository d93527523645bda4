"""Who reads their dates with a calendar program, for looking up; the secrets are not shown."""

from django.contrib import admin

from agenda.models import CalendarFeed
from tenancy.admin import ReadOnlyAdmin


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    record_of = "user_id"

    list_display = ["user", "created_at", "updated_at"]
    search_fields = ["user__username", "user__email"]
    list_select_related = ["user"]
    exclude = ["secret_hash", "sealed_secret"]
