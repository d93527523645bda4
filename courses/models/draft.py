"""What is being written and not published yet, and what was published."""

from django.db import models
from django.db.models import Q
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


class WordsDraft(Draft):
    """Changed words of something published: `changes` holds the fields that differ, by name."""

    id = None
    changes = models.JSONField(_("changes"), default=dict, blank=True)

    class Meta:
        abstract = True


class Version(TenantModel):
    """A published state of something, never changed; `number` counts from 1."""

    number = models.PositiveIntegerField(_("number"))
    snapshot = models.JSONField(_("content"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gt=0), name="%(app_label)s_%(class)s_number_positive"
            )
        ]
