"""Ways onto courses, in the back office: made on the pages of each course, ended here too."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from enrollments.models import Invitation, JoinCode, PreApproval
from enrollments.services import codes, invitations, preapprovals
from tenancy.admin import ReadOnlyAdmin, service_action
from users.models import Permission


class WayAdmin(ReadOnlyAdmin):
    """Rows of a course; instructors see those of courses whose people they look after, so may end them."""

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
    actions = ["remove"]

    @service_action(
        _("Take off the list …"),
        permission="view",
        warning=_("These addresses have to ask for a place from now on. Who came by them stays."),
    )
    def remove(self, request, entry):
        preapprovals.remove_addresses(entry.course_id, [entry.pk])


@admin.register(Invitation)
class InvitationAdmin(WayAdmin):
    page = "enrollments:invitations"
    list_display = ["email", "course", "invited_by", "sent_at", "expires_at", "accepted_at"]
    list_display += ["revoked_at"]
    list_select_related = ["course", "invited_by"]
    search_fields = ["email__startswith"]
    search_help_text = _("The beginning of an e-mail.")
    exclude = ["secret_hash"]
    actions = ["send_again", "revoke"]
    refusals = (invitations.InvitationGone,)

    @service_action(_("Send again"), permission="view")
    def send_again(self, request, invitation):
        who = {"by": request.user, "now": request.now}
        invitations.resend(invitation.course, invitation.pk, **who)

    @service_action(
        _("Revoke …"),
        permission="view",
        warning=_("The links in these mails let nobody in any more."),
    )
    def revoke(self, request, invitation):
        invitations.revoke(invitation.course, invitation.pk, now=request.now)


@admin.register(JoinCode)
class JoinCodeAdmin(WayAdmin):
    page = "enrollments:codes"
    list_display = ["told", "course", "made_by", "used_count", "max_uses", "ends_at", "ended_at"]
    list_select_related = ["course", "made_by"]
    search_fields = ["code__startswith"]
    search_help_text = _("The beginning of a code.")
    actions = ["end"]

    @admin.display(description=_("code"), ordering="code")
    def told(self, code):
        return code.shown

    @service_action(
        _("End …"),
        permission="view",
        warning=_("These codes let nobody in any more. Who came by them stays."),
    )
    def end(self, request, code):
        codes.end_code(code.course_id, code.pk, now=request.now)
