"""How certificates read and look."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from tenancy.fields import TenantOneToOneField
from tenancy.models import HEX_COLOR, TenantModel


class Look(models.Model):
    """What a design says and a certificate keeps of it. The texts may hold the placeholders of `certificates.wording`."""

    class Orientation(models.TextChoices):
        LANDSCAPE = "landscape", _("Landscape")
        PORTRAIT = "portrait", _("Portrait")

    orientation = models.CharField(
        _("orientation"), max_length=10, choices=Orientation, default=Orientation.LANDSCAPE
    )
    color = models.CharField(_("colour"), max_length=7, blank=True, validators=[HEX_COLOR])
    heading = models.CharField(_("heading"), max_length=80, blank=True)
    opening = models.CharField(_("line above the name"), max_length=160, blank=True)
    text = models.TextField(_("text below the name"), max_length=500, blank=True)
    signer_name = models.CharField(_("who signs"), max_length=120, blank=True)
    signer_role = models.CharField(_("their role"), max_length=120, blank=True)
    signature = models.ImageField(_("signature"), upload_to="signatures/", blank=True)

    class Meta:
        abstract = True


class CertificateDesign(TenantModel, Look):
    """How certificates of a course will look; without a course, those of all courses that have no design of their own.

    An empty text is the product's own in the language of the course, an empty colour the organization's.
    """

    course = TenantOneToOneField(
        Course,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
    )

    class Meta:
        verbose_name = _("design of certificates")
        verbose_name_plural = _("designs of certificates")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(course__isnull=True),
                name="certificates_design_one_default",
            ),
            models.CheckConstraint(
                condition=Q(orientation__in=["landscape", "portrait"]),
                name="certificates_design_orientation_known",
            ),
            models.CheckConstraint(
                condition=Q(color="") | Q(color__regex=r"^#[0-9a-fA-F]{6}$"),
                name="certificates_design_color_hex",
            ),
        ]

    def __str__(self):
        return str(self.course_id or _("All courses"))
