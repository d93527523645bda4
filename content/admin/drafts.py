"""Drafts of lessons and items, and versions of lessons, to look at; they change in the studio."""

from django.contrib import admin

from content import permissions
from content.models import ItemDraft, LessonDraft, LessonVersion
from courses.models import Course
from tenancy.admin import ReadOnlyAdmin


class OfMyLessons(ReadOnlyAdmin):
    """Instructors see what belongs to the courses that they may change."""

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(lesson__course__in=Course.objects.editable_by(user))


@admin.register(LessonVersion)
class LessonVersionAdmin(OfMyLessons):
    list_display = ["lesson", "number", "created_by", "note", "created_at"]
    list_select_related = ["lesson", "created_by"]
    search_fields = ["lesson__title__istartswith"]
    ordering = ["-created_at", "-id"]


@admin.register(LessonDraft)
class LessonDraftAdmin(OfMyLessons):
    list_display = ["lesson", "revision", "edited_by", "edited_at"]
    list_select_related = ["lesson", "edited_by"]
    search_fields = ["lesson__title__istartswith"]
    ordering = ["-edited_at", "lesson"]


@admin.register(ItemDraft)
class ItemDraftAdmin(ReadOnlyAdmin):
    list_display = ["title", "item", "revision", "edited_by", "edited_at"]
    list_select_related = ["item", "edited_by"]
    search_fields = ["title__istartswith"]
    ordering = ["-edited_at", "item"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(item__in=permissions.items_of(user))
