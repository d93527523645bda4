"""Who is on which course, in the back office. States move through services alone."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollments import (  # noqa: F401 -- the admins register themselves
    permissions,
    section_admin,
    services,
    waitlist_admin,
    ways_admin,
)
from enrollments.forms import NoticeForm, ReasonForm
from enrollments.models import Enrollment, EnrollmentChange, PathEnrollment
from enrollments.roster_forms import EndForm
from enrollments.services import expiry
from tenancy.admin import (
    Column,
    ReadOnlyAdmin,
    ReadOnlyInline,
    Table,
    TenantAdmin,
    service_action,
)


class ChangeInline(ReadOnlyInline):
    model = EnrollmentChange
    fk_name = "enrollment"
    fields = ["at", "from_status", "to_status", "by", "reason"]
    ordering = ["-at", "-id"]
    show_change_link = False
    verbose_name_plural = _("history")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")


@admin.register(Enrollment)
class EnrollmentAdmin(TenantAdmin):
    """Places on courses: added and moved by staff, never edited; instructors see those of their courses."""

    record_of = "student_id"
    list_display = [
        "student",
        "course",
        "status",
        "percent",
        "enrolled_at",
        "last_accessed_at",
    ]
    list_select_related = ["student", "course"]
    list_filter = ["status", "course", "enrolled_at", "completed_at"]
    search_fields = [
        "student__username__istartswith",
        "student__email__istartswith",
        "student__last_name__istartswith",
        "student__first_name__istartswith",
    ]
    search_help_text = _("The beginning of a name, a username or an e-mail.")
    ordering = ["-created_at", "-id"]
    sortable_by = ["percent", "enrolled_at", "last_accessed_at"]
    autocomplete_fields = ["course", "student"]
    fieldsets = [
        (None, {"fields": ["student", "course", "status", "enrolled_at", "completed_at"]}),
        (
            _("Progress"),
            {
                "fields": [
                    "percent",
                    "completed_lesson_count",
                    "last_lesson",
                    "total_time_seconds",
                    "engagement_score",
                    "last_accessed_at",
                    "last_activity_at",
                ]
            },
        ),
        (
            _("Approval and access"),
            {
                "fields": [
                    "approval_requested_at",
                    "request_message",
                    "approved_by",
                    "approved_at",
                    "rejection_reason",
                    "expires_at",
                ],
                "classes": ["collapse"],
            },
        ),
        (_("More"), {"fields": ["created_at", "updated_at"], "classes": ["collapse"]}),
    ]
    inlines = [ChangeInline]
    actions = ["approve", "reject", "withdraw", "suspend", "lift", "complete", "reopen"]
    actions += ["bring_back", "move_end"]
    refusals = (
        services.AlreadyDecided,
        services.EnrollmentRefused,
        services.UnlawfulChange,
        expiry.NoEnd,
    )
    table = Table(
        keys=(("course", "student"),),
        columns=(
            Column("course", by="slug"),
            Column("student", by="username"),
            Column("student__email", is_fact=True),
            Column("student__first_name", is_fact=True),
            Column("student__last_name", is_fact=True),
            Column("status", is_fact=True),
            Column("percent", is_fact=True),
            Column("enrolled_at", is_fact=True),
            Column("completed_at", is_fact=True),
            Column("last_accessed_at", is_fact=True),
        ),
    )

    def scope_for_instructor(self, user, queryset):
        return queryset.visible_to(user)

    def can_add(self, user):
        return permissions.can_place_anybody(user)

    def can_change(self, user, obj=None):
        return obj is None or permissions.can_manage_enrollment(user, obj)

    def can_delete(self, user, obj=None):
        return False  # leaving a course is a state; the record stays

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else []

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["course", "student"]})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def save_model(self, request, obj, form, change):
        """Adding puts somebody on a course by hand; nothing else is edited here."""
        if not change:
            placed = services.place(obj.course_id, obj.student, by=request.user, now=request.now)
            obj.pk = placed.pk
            obj._state.adding = False

    def view_on_site(self, obj):
        return reverse("enrollments:person", args=[obj.course.slug, obj.pk])

    @service_action(_("Approve the request"))
    def approve(self, request, enrollment):
        services.approve(enrollment.pk, by=request.user, now=request.now)

    @service_action(_("Reject the request …"), asks=lambda data, request: NoticeForm(data))
    def reject(self, request, enrollment, *, reason):
        services.reject(enrollment.pk, by=request.user, now=request.now, reason=reason)

    @service_action(
        _("Take off the course …"),
        asks=lambda data, request: ReasonForm(data),
        warning=_("The seats go to whoever waits; what was done is kept."),
    )
    def withdraw(self, request, enrollment, *, reason):
        services.withdraw(enrollment.pk, by=request.user, now=request.now, reason=reason)

    @service_action(
        _("Suspend …"),
        asks=lambda data, request: ReasonForm(data),
        warning=_("The lessons are closed to these people; their seats stay theirs."),
    )
    def suspend(self, request, enrollment, *, reason):
        services.suspend(enrollment.pk, by=request.user, now=request.now, reason=reason)

    @service_action(_("Lift the suspension"))
    def lift(self, request, enrollment):
        services.lift(enrollment.pk, by=request.user, now=request.now)

    @service_action(_("Mark as completed"))
    def complete(self, request, enrollment):
        services.complete(enrollment.pk, by=request.user, now=request.now)

    @service_action(_("Take the completion back"))
    def reopen(self, request, enrollment):
        services.reopen(enrollment.pk, by=request.user, now=request.now)

    @service_action(_("Bring back to the course"))
    def bring_back(self, request, enrollment):
        services.bring_back(enrollment.pk, by=request.user, now=request.now)

    @service_action(
        _("Move the end of access …"), asks=lambda data, request: EndForm(data, now=request.now)
    )
    def move_end(self, request, enrollment, *, ends_at, is_open, reason):
        who = {"by": request.user, "now": request.now}
        expiry.move_end(enrollment.pk, ends_at, reason=reason, **who)


@admin.register(EnrollmentChange)
class EnrollmentChangeAdmin(ReadOnlyAdmin):
    """The history of all places: from which state to which, by whom and why."""

    record_of = "student_id"
    list_display = ["at", "student", "from_status", "to_status", "by", "reason"]
    list_display_links = ["at"]
    list_select_related = ["student", "by"]
    list_filter = ["to_status", "at"]
    search_fields = ["student__username__istartswith", "student__email__istartswith"]
    fields = ["enrollment", "student", "from_status", "to_status", "by", "at", "reason"]
    ordering = ["-id"]
    sortable_by = []

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(enrollment__in=Enrollment.objects.visible_to(user))


@admin.register(PathEnrollment)
class PathEnrollmentAdmin(ReadOnlyAdmin):
    """Who follows which learning path; instructors see those of their own paths."""

    record_of = "student_id"
    list_display = ["student", "path", "percent", "joined_at", "completed_at", "left_at"]
    list_select_related = ["student", "path"]
    list_filter = ["joined_at", "completed_at", "left_at"]
    search_fields = ["student__username__istartswith", "path__title__istartswith"]
    ordering = ["-joined_at", "-id"]
    sortable_by = []

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(path__author=user)
