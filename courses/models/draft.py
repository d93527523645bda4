"""What is being written and not published yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class Draft(TenantModel):
    """Changes that students do not see yet: one draft for each thing, shared by all who edit it.

    `revision` grows with every save; who saves names the one they started from, so nobody overwrites what
    they have not seen. `base_number` is the published version that the draft began from, 0 for none.
    """

    revision = models.PositiveIntegerField(_("revision"), default=1)
    base_number = models.PositiveIntegerField(_("begun from version"), default=0)
    edited_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last edited by"),
    )
    edited_at = models.DateTimeField(_("last edited"))

    class Meta:
        abstract = True
