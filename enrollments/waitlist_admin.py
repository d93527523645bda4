"""Waitlists in the back office: looked at here, and moved through services alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from enrollments import permissions, services
from enrollments.forms import NoticeForm
from enrollments.models import SEE_PEOPLE, WaitlistChange, WaitlistEntry
from tenancy.admin import ReadOnlyAdmin, ReadOnlyInline, TenantAdmin, service_action

SEARCHED = [
    "student__username__istartswith",
    "student__email__istartswith",
    "student__last_name__istartswith",
    "student__first_name__istartswith",
]


class WaitlistChangeInline(ReadOnlyInline):
    model = WaitlistChange
    fk_name = "entry"
    fields = ["at", "from_state", "to_state", "from_priority", "to_priority", "by", "reason"]
    ordering = ["-at", "-id"]
    show_change_link = False
    verbose_name_plural = _("history")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(TenantAdmin):
    """Who waits for which course; instructors see those of their courses."""

    record_of = "student_id"
    list_display = ["student", "course", "state", "priority", "joined_at", "offer_expires_at"]
    list_select_related = ["student", "course"]
    list_filter = ["state", "course", "joined_at"]
    search_fields = SEARCHED
    search_help_text = _("The beginning of a name, a username or an e-mail.")
    ordering = ["-created_at", "-id"]
    sortable_by = []
    fields = [
        "student",
        "course",
        "state",
        "priority",
        "joined_at",
        "joined_position",
        "offered_at",
        "offer_expires_at",
        "notified_at",
        "created_at",
        "updated_at",
    ]
    readonly_fields = fields
    inlines = [WaitlistChangeInline]
    actions = ["move_to_front", "move_to_end", "offer_now", "skip", "put_back"]
    refusals = (services.EnrollmentRefused, services.UnlawfulStep, services.OfferGone)

    def scope_for_instructor(self, user, queryset):
        seen = Course.objects.live().permitted_to(user, *SEE_PEOPLE)
        return queryset.filter(course__in=seen)

    def can_add(self, user):
        return False  # the course's page adds, at the end of the queue

    def can_change(self, user, obj=None):
        return obj is None or permissions.can_manage_waitlist(user, obj)

    def can_delete(self, user, obj=None):
        return False  # leaving is a state; the record stays

    @service_action(_("Move to the front"))
    def move_to_front(self, request, entry):
        services.move_to_front(entry.pk, by=request.user, now=request.now, reason="")

    @service_action(_("Move to the end"))
    def move_to_end(self, request, entry):
        services.move_to_end(entry.pk, by=request.user, now=request.now, reason="")

    @service_action(_("Offer a free seat now"))
    def offer_now(self, request, entry):
        services.offer_now(entry.pk, by=request.user, now=request.now, reason="")

    @service_action(_("Take off the waitlist …"), asks=lambda data, request: NoticeForm(data))
    def skip(self, request, entry, *, reason):
        services.skip(entry.pk, by=request.user, now=request.now, reason=reason)

    @service_action(_("Put back into the queue"))
    def put_back(self, request, entry):
        services.put_back(entry.pk, by=request.user, now=request.now)


@admin.register(WaitlistChange)
class WaitlistChangeAdmin(ReadOnlyAdmin):
    """The history of all waitlists: each step, by whom and why."""

    record_of = "student_id"
    list_display = ["at", "student", "course", "from_state", "to_state", "by", "reason"]
    list_display_links = ["at"]
    list_select_related = ["student", "course", "by"]
    list_filter = ["to_state", "at"]
    search_fields = SEARCHED
    fields = [
        "entry",
        "course",
        "student",
        "from_state",
        "to_state",
        "from_priority",
        "to_priority",
        "by",
        "at",
        "reason",
    ]
    ordering = ["-id"]
    sortable_by = []

    def scope_for_instructor(self, user, queryset):
        seen = Course.objects.live().permitted_to(user, *SEE_PEOPLE)
        return queryset.filter(course__in=seen)
