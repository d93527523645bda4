"""Learning paths, and courses that come in and go out as files, to look at."""

from django.contrib import admin
from django.db.models import Q

from content.models import (
    CourseText,
    CourseTransfer,
    LearningPath,
    PathPrerequisite,
    PathStep,
)
from courses.models import Course
from tenancy.admin import ReadOnlyAdmin, ReadOnlyInline


class StepInline(ReadOnlyInline):
    model = PathStep
    fields = readonly_fields = ["position", "course", "is_required"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("course")


@admin.register(LearningPath)
class LearningPathAdmin(ReadOnlyAdmin):
    list_display = ["title", "status", "is_sequential", "author", "published_at"]
    list_select_related = ["author"]
    list_filter = ["status"]
    search_fields = ["title__istartswith"]
    ordering = ["title", "id"]
    inlines = [StepInline]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(author=user)


class OfMyPaths(ReadOnlyAdmin):
    list_select_related = ["path"]
    ordering = ["-created_at", "-id"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(path__author=user)


@admin.register(PathStep)
class PathStepAdmin(OfMyPaths):
    list_display = ["path", "position", "course", "is_required"]
    list_select_related = ["path", "course"]


@admin.register(PathPrerequisite)
class PathPrerequisiteAdmin(OfMyPaths):
    list_display = ["path", "required_path"]
    list_select_related = ["path", "required_path"]


@admin.register(CourseTransfer)
class CourseTransferAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "direction", "status", "course", "started_by", "created_at"]
    list_select_related = ["course", "started_by"]
    list_filter = ["direction", "status"]
    ordering = ["-created_at", "-id"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(Q(started_by=user) | Q(course__in=Course.objects.editable_by(user)))


@admin.register(CourseText)
class CourseTextAdmin(ReadOnlyAdmin):
    list_display = ["course", "written_at"]
    list_select_related = ["course"]
    ordering = ["-written_at", "course"]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=Course.objects.editable_by(user))
