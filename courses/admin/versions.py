"""Drafts, versions, reviews and ratings of courses, to look at; reviews are hidden and shown through services."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.errors import CourseRefused
from courses.models import Course, CourseDraft, CourseRating, CourseReview, CourseVersion
from courses.permissions import can_edit_course
from courses.review_forms import HideForm
from courses.services.reviews import hide_review, unhide_review
from tenancy.admin import Column, ReadOnlyAdmin, Table, TenantAdmin, service_action


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
class CourseReviewAdmin(TenantAdmin):
    """Reviews of the courses one may change: hidden and shown here, answered in the studio."""

    list_display = ["course", "rating", "author", "replied_at", "hidden_at", "created_at"]
    list_select_related = ["course", "author"]
    list_filter = ["rating", "hidden_at", "replied_at"]
    search_fields = ["course__title__istartswith", "author__username__istartswith"]
    search_help_text = _("The beginning of a course's title, or of a username.")
    ordering = ["-created_at", "-id"]
    fields = [
        *("course", "author", "rating", "text", "edited_at"),
        *("reply", "replied_by", "replied_at", "hidden_at", "hidden_by", "hidden_reason"),
    ]
    readonly_fields = fields
    actions = ["hide", "show_again"]
    table = Table(
        columns=(
            Column("course", by="slug"),
            Column("author", by="username"),
            Column("rating"),
            Column("text"),
            Column("reply"),
            Column("hidden_at"),
            Column("created_at"),
        )
    )
    refusals = (CourseRefused,)

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(course__in=Course.objects.editable_by(user))

    def can_add(self, user):
        return False  # who learned writes, on the site

    def can_change(self, user, obj=None):
        return obj is None or can_edit_course(user, obj.course)

    def can_delete(self, user, obj=None):
        return False  # it is its author's; others hide it

    def view_on_site(self, obj):
        return reverse("courses:studio_review", args=[obj.course.slug, obj.pk])

    @service_action(_("Hide …"), asks=lambda data, request: HideForm(data))
    def hide(self, request, review, *, reason):
        hide_review(review.pk, reason=reason, by=request.user, now=request.now)

    @service_action(_("Show again"))
    def show_again(self, request, review):
        unhide_review(review.pk, by=request.user, now=request.now)


@admin.register(CourseRating)
class CourseRatingAdmin(OfMyCourses):
    list_display = ["course", "review_count", "rating_sum"]
    list_select_related = ["course"]
    search_fields = ["course__title__istartswith"]
    ordering = ["course"]
