"""What was undone, and by which change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class Undo(TenantModel):
    """A change that was undone as a whole: all that one request did, put back by another.

    An undo that is itself undone is taken back: the first change holds again.
    """

    request_id = models.UUIDField(_("what was undone"))
    undo_request_id = models.UUIDField(_("by which change"))
    by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    undone_at = models.DateTimeField(_("when"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("undone change")
        verbose_name_plural = _("undone changes")
        ordering = ["-undone_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "request_id"],
                condition=models.Q(taken_back_at__isnull=True),
                name="activity_undo_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "undo_request_id", "request_id"],
                name="activity_undo_by_request_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "-undone_at", "-id"], name="idx_activity_undo_time"
            )
        ]

    def __str__(self):
        return str(self.request_id)
