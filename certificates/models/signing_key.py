"""The keys by which an organization signs credentials."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantModel


class SigningKey(TenantModel):
    """A pair of keys. One is in use; those before it stay public, since credentials that they signed are still about."""

    kid = models.CharField(_("key id"), max_length=64, editable=False)
    public_jwk = models.JSONField(_("public key"), editable=False)
    private_sealed = models.TextField(_("encrypted private key"), editable=False)
    retired_at = models.DateTimeField(_("no longer used since"), null=True, blank=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kid"], name="certificates_signingkey_kid_once"
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(retired_at__isnull=True),
                name="certificates_signingkey_one_in_use",
            ),
        ]

    def __str__(self):
        return self.kid
