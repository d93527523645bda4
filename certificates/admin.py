"""Certificates in the back office: they are issued and revoked by services, never edited."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import permissions, services
from certificates.credentials.keys import KeyRetired, rotate_key
from certificates.forms import RevokeForm
from certificates.models import Certificate, CertificateDesign, SigningKey
from enrollments.models import Enrollment
from tenancy.admin import ReadOnlyAdmin, TenantAdmin, service_action


@admin.register(Certificate)
class CertificateAdmin(TenantAdmin):
    """Who has which certificate; instructors see those of their courses."""

    record_of = "student_id"
    list_display = [
        "name",
        "course_title",
        "completed_on",
        "issued_at",
        "revoked_at",
        "replaced_at",
    ]
    list_filter = ["language", "issued_at", "revocation"]
    search_fields = ["name__istartswith", "course_title__istartswith"]
    ordering = ["-issued_at", "-id"]
    sortable_by = []
    actions = ["revoke", "restore", "reissue"]
    refusals = (services.CertificateRefused,)
    fields = readonly_fields = [
        "student",
        "course",
        "name",
        "course_title",
        "organization_name",
        "completed_on",
        "issued_at",
        "shows_name",
        "revoked_at",
        "revocation",
        "revocation_reason",
        "revoked_by",
        "replaces",
        "replaced_at",
    ]

    def scope_for_instructor(self, user, queryset):
        return queryset.filter(enrollment__in=Enrollment.objects.visible_to(user))

    def can_add(self, user):
        return False

    def can_change(self, user, obj=None):
        return obj is None or permissions.can_manage_certificates(user, obj.course)

    def can_delete(self, user, obj=None):
        return False  # what was certified stays on record; a revocation ends it

    def view_on_site(self, obj):
        return reverse("certificates:course_certificate", args=[obj.course.slug, obj.pk])

    @service_action(
        _("Revoke …"),
        asks=lambda data, request: RevokeForm(data),
        warning=_("These certificates no longer hold; who checks one is told so."),
    )
    def revoke(self, request, certificate, *, reason):
        services.revoke(certificate.pk, reason=reason, by=request.user, now=request.now)

    @service_action(_("Issue anew"))
    def reissue(self, request, certificate):
        services.reissue(certificate.pk, by=request.user, now=request.now)

    @service_action(_("Take the revocation back"))
    def restore(self, request, certificate):
        services.restore(certificate.pk, by=request.user, now=request.now)


@admin.register(CertificateDesign)
class CertificateDesignAdmin(ReadOnlyAdmin):
    """How certificates look; they are designed on the pages with the preview."""

    list_display = ["course", "orientation", "signer_name", "updated_at"]
    list_select_related = ["course"]
    ordering = ["-updated_at", "-id"]
    sortable_by = []

    def view_on_site(self, obj):
        if obj.course_id is None:
            return reverse("certificates:default_design")
        return reverse("certificates:course_design", args=[obj.course.slug])


@admin.register(SigningKey)
class SigningKeyAdmin(TenantAdmin):
    """The keys that sign credentials; the private halves are never shown."""

    list_display = ["kid", "created_at", "retired_at"]
    fields = readonly_fields = ["kid", "public_jwk", "created_at", "retired_at"]
    ordering = ["-created_at", "-id"]
    sortable_by = []
    actions = ["rotate"]
    refusals = (KeyRetired,)

    def can_add(self, user):
        return False

    def can_delete(self, user, obj=None):
        return False  # credentials that it signed are still about

    @service_action(_("Replace by a new key"))
    def rotate(self, request, key):
        rotate_key(key.pk, by=request.user, now=request.now)
