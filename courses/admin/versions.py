"""Drafts, versions, reviews and ratings of courses, to look at; they change where the course does."""

from django.contrib import admin

from courses.models import Course, CourseDraft, CourseRating, CourseReview, CourseVersion
from tenancy.admin import ReadOnlyAdmin


class OfMyCourses(ReadOnlyAdmin):
    """Instructors see what belongs to the courses that they may change."""

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=Course.objects.editable_by(user))


@admin.register(CourseVersion)
class CourseVersionAdmin(OfMyCourses):
    list_display = ["course", "number", "created_by", "note", "created_at"]
    list_select_related = ["course", "created_by"]
    search_fields = ["course__title__istartswith"]
    ordering = ["-created_at", "-id"]


@admin.register(CourseDraft)
class CourseDraftAdmin(OfMyCourses):
    list_display = ["course", "revision", "edited_by", "edited_at"]
    list_select_related = ["course", "edited_by"]
    search_fields = ["course__title__istartswith"]
    ordering = ["-edited_at", "course"]


@admin.register(CourseReview)
class CourseReviewAdmin(OfMyCourses):
    list_display = ["course", "rating", "author", "hidden_at", "created_at"]
    list_select_related = ["course", "author"]
    list_filter = ["rating"]
    search_fields = ["course__title__istartswith"]
    ordering = ["-created_at", "-id"]


@admin.register(CourseRating)
class CourseRatingAdmin(OfMyCourses):
    list_display = ["course", "review_count", "rating_sum"]
    list_select_related = ["course"]
    search_fields = ["course__title__istartswith"]
    ordering = ["course"]
