"""Learning paths, and courses that come in and go out as files, to look at."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from content.models import (
    CourseText,
    CourseTransfer,
    LearningPath,
    PathPrerequisite,
    PathStep,
)
from content.path_refusals import PathRefused
from content.services import paths
from courses.models import Course
from tenancy.admin import Column, ReadOnlyAdmin, ReadOnlyInline, Table, service_action


class StepInline(ReadOnlyInline):
    model = PathStep
    fields = readonly_fields = ["position", "course", "is_required"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("course")


@admin.register(LearningPath)
class LearningPathAdmin(ReadOnlyAdmin):
    """Written in the studio; here many can be published or laid to rest at once."""

    refusals = (PathRefused,)
    list_display = ["title", "status", "is_sequential", "author", "published_at"]
    list_select_related = ["author"]
    list_filter = ["status", "is_sequential", "published_at", "deleted_at"]
    search_fields = ["title__istartswith"]
    ordering = ["title", "id"]
    inlines = [StepInline]
    actions = ["publish", "unpublish", "archive", "trash", "restore"]
    table = Table(
        columns=(
            Column("slug"),
            Column("title"),
            Column("author", by="username"),
            Column("status"),
            Column("is_sequential"),
            Column("summary"),
            Column("published_at"),
        )
    )

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(author=user)

    def view_on_site(self, obj):
        return reverse("content:studio_path", args=[obj.pk])

    # Whoever sees a path here may change it: its author, or an admin.

    @service_action(_("Publish"), permission="view")
    def publish(self, request, path):
        paths.publish_path(path.pk, by=request.user, now=request.now)

    @service_action(_("Unpublish"), permission="view")
    def unpublish(self, request, path):
        paths.unpublish_path(path.pk, by=request.user, now=request.now)

    @service_action(_("Archive"), permission="view")
    def archive(self, request, path):
        paths.archive_path(path.pk, by=request.user, now=request.now)

    @service_action(_("Move to the trash"), permission="view")
    def trash(self, request, path):
        paths.trash_path(path, by=request.user, now=request.now)

    @service_action(_("Take out of the trash"), permission="view")
    def restore(self, request, path):
        paths.restore_path(path, by=request.user, now=request.now)


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
