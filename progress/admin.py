"""What students did, to look at in the back office; it is written by their own steps alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from enrollments.models import Enrollment
from progress.models import LessonProgress, ModuleProgress, PreviewWork
from tenancy.admin import ReadOnlyAdmin


class ProgressAdmin(ReadOnlyAdmin):
    """Rows below an enrollment; instructors see those of their courses."""

    record_of = "student_id"
    search_fields = ["student__username__istartswith", "student__email__istartswith"]
    search_help_text = _("The beginning of a username or an e-mail.")
    ordering = ["-created_at", "-id"]
    sortable_by = []

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(enrollment__in=Enrollment.objects.visible_to(user))


@admin.register(LessonProgress)
class LessonProgressAdmin(ProgressAdmin):
    list_display = [
        "student",
        "lesson",
        "completed_at",
        "completion_method",
        "view_count",
        "time_spent_seconds",
        "last_viewed_at",
    ]
    list_select_related = ["student", "lesson"]
    list_filter = ["completion_method", "is_completed", "last_viewed_at"]
    fields = [
        "enrollment",
        "student",
        "lesson",
        "started_at",
        "completed_at",
        "completion_method",
        "view_count",
        "time_spent_seconds",
        "last_viewed_at",
        "created_at",
        "updated_at",
    ]


@admin.register(ModuleProgress)
class ModuleProgressAdmin(ProgressAdmin):
    list_display = [
        "student",
        "module",
        "completed_lesson_count",
        "lesson_count",
        "percent",
        "completed_at",
    ]
    list_select_related = ["student", "module"]
    list_filter = ["completed_at"]
    fields = [
        "enrollment",
        "student",
        "module",
        "completed_lesson_count",
        "lesson_count",
        "percent",
        "completed_at",
        "created_at",
        "updated_at",
    ]


@admin.register(PreviewWork)
class PreviewWorkAdmin(ReadOnlyAdmin):
    record_of = "student_id"
    list_display = ["student", "lesson", "completed_at", "time_spent_seconds", "last_viewed_at"]
    list_select_related = ["student", "lesson"]
    search_fields = ["student__username__istartswith", "student__email__istartswith"]
    ordering = ["-created_at", "-id"]
    sortable_by = []
