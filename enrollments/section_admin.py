"""Sections of courses, in the back office: to read. They are made and filled on the pages of each course."""

from django.contrib import admin
from django.urls import reverse

from courses.models import Course
from enrollments.models import Section, SectionMember, SectionStaff
from tenancy.admin import ReadOnlyAdmin, ReadOnlyInline
from users.models import Permission


class SectionStaffInline(ReadOnlyInline):
    model = SectionStaff
    fields = ["user", "created_at"]


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    """Instructors see those of courses whose people they look after."""

    list_display = ["title", "course", "starts_at", "ends_at", "taken", "max_capacity"]
    list_select_related = ["course"]
    list_filter = ["course", "starts_at", "ends_at"]
    search_fields = ["title__istartswith"]
    fields = ["title", "course", "starts_at", "ends_at", "max_capacity", "taken"]
    ordering = ["-created_at", "-id"]
    sortable_by = []
    inlines = [SectionStaffInline]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=_courses_of(user))

    def view_on_site(self, obj):
        return reverse("enrollments:section_edit", args=[obj.course.slug, obj.pk])


class SectionPlaceAdmin(ReadOnlyAdmin):
    """Who teaches a section or is in it."""

    list_filter = ["section__course", "created_at"]
    ordering = ["-created_at", "-id"]
    sortable_by = []

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(section__course__in=_courses_of(user))


@admin.register(SectionStaff)
class SectionStaffAdmin(SectionPlaceAdmin):
    list_display = ["user", "section", "created_at"]
    list_select_related = ["user", "section"]
    search_fields = ["user__username__istartswith"]


@admin.register(SectionMember)
class SectionMemberAdmin(SectionPlaceAdmin):
    record_of = "student_id"
    list_display = ["student", "section", "created_at"]
    list_select_related = ["student", "section"]
    search_fields = ["student__username__istartswith"]


def _courses_of(user):
    return Course.objects.live().permitted_to(user, Permission.ENROLLMENT_MANAGE)
