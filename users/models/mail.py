"""The outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models.account import User


class Mail(TenantModel):
    """A mail that is to be sent or was: written in the transaction of the event, sent by the worker."""

    recipient = models.EmailField(pgettext_lazy("mail", "to"), max_length=254)
    user = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    subject = models.CharField(pgettext_lazy("mail", "subject"), max_length=255)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    unsubscribe_url = models.URLField(_("ends these mails"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_users_mail_created"
            )
        ]

    def __str__(self):
        return self.subject
