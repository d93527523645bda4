"""Ways onto courses, in the back office: to read. They are made and ended on the pages of each course."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from enrollments.models import Invitation, JoinCode, PreApproval
from tenancy.admin import ReadOnlyAdmin
from users.models import Permission


class WayAdmin(ReadOnlyAdmin):
    """Rows of a course; instructors see those of courses whose people they look after."""

    page = ""
    list_filter = ["course", "created_at"]
    ordering = ["-created_at", "-id"]
    sortable_by = []

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(
            course__in=Course.objects.live().permitted_to(user, Permission.ENROLLMENT_MANAGE)
        )

    def view_on_site(self, obj):
        return reverse(self.page, args=[obj.course.slug])


@admin.register(PreApproval)
class PreApprovalAdmin(WayAdmin):
    page = "enrollments:addresses"
    list_display = ["value", "course", "added_by", "created_at"]
    list_select_related = ["course", "added_by"]
    search_fields = ["value__startswith"]
    search_help_text = _("The beginning of an address, or @ and a domain.")


@admin.register(Invitation)
class InvitationAdmin(WayAdmin):
    page = "enrollments:invitations"
    list_display = ["email", "course", "invited_by", "sent_at", "expires_at", "accepted_at"]
    list_display += ["revoked_at"]
    list_select_related = ["course", "invited_by"]
    search_fields = ["email__startswith"]
    search_help_text = _("The beginning of an e-mail.")
    exclude = ["secret_hash"]


@admin.register(JoinCode)
class JoinCodeAdmin(WayAdmin):
    page = "enrollments:codes"
    list_display = ["told", "course", "made_by", "used_count", "max_uses", "ends_at", "ended_at"]
    list_select_related = ["course", "made_by"]
    search_fields = ["code__startswith"]
    search_help_text = _("The beginning of a code.")

    @admin.display(description=_("code"), ordering="code")
    def told(self, code):
        return code.shown
