"""The agenda outside of this site: each person's own feed for their calendar program."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class CalendarFeed(TenantModel):
    """The secret address at which a calendar program reads one person's dates, until they renew it or end it.

    Looked up by its hash; kept encrypted beside that, since its owner copies it again for their next device.
    """

    user = TenantForeignKey(
        User, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("person")
    )
    secret_hash = models.CharField(_("hash of the secret"), max_length=64, editable=False)
    sealed_secret = models.TextField(_("secret, encrypted"), editable=False)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_agenda_feed_created"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["user"], name="agenda_calendarfeed_one_each"),
            models.UniqueConstraint(
                fields=["organization", "secret_hash"], name="agenda_calendarfeed_hash_once"
            ),
        ]

    def __str__(self):
        return str(self.user_id)
