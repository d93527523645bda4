"""Tables that people send in, row by row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class BulkUpload(TenantModel):
    """A table that somebody sent in: read, checked, shown, and carried out once they say so.

    `kind` names what its rows are (`bulk.kinds`), `about_id` the one thing that they are all about, such as a
    course. `columns` are pairs of the table's titles with what each is read as, "" for not at all.
    While the person chooses what unknown columns are, the cells and problems of the rows are named by titles.
    """

    class Status(models.TextChoices):
        CHOOSING = "choosing", _("Columns to be chosen")
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Waiting for you")
        RUNNING = "running", _("Being carried out")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    #: A job works on it.
    UNDER_WAY = (Status.CHECKING, Status.RUNNING)

    kind = models.CharField(_("kind"), max_length=60)
    about_id = models.UUIDField(_("about"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CHECKING)
    file_name = models.CharField(_("name of the file"), max_length=255)
    options = models.JSONField(_("options"), default=dict, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    done_count = models.PositiveIntegerField(_("rows done"), default=0)
    started_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="bulk_uploads",
        verbose_name=_("imported by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("imported table")
        verbose_name_plural = _("imported tables")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["started_by", "-created_at", "-id"], name="idx_bulk_upload_by"),
            models.Index(fields=["organization", "created_at"], name="idx_bulk_upload_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["choosing", "checking", "ready", "running", "done", "failed"]
                ),
                name="bulk_bulkupload_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["running", "done"]) | Q(confirmed_at__isnull=False),
                name="bulk_bulkupload_run_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["done", "failed"], finished_at__isnull=False)
                | (~Q(status__in=["done", "failed"]) & Q(finished_at__isnull=True)),
                name="bulk_bulkupload_finished_has_time",
            ),
        ]

    def __str__(self):
        return self.file_name

    @property
    def is_under_way(self):
        return self.status in self.UNDER_WAY


class BulkRow(TenantModel):
    """One row: its cells as they came, what would follow from them, and what did."""

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Unchanged")
        REFUSED = "refused", _("Not possible")

    class Result(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    #: Outcomes that are carried out.
    DOING = (Outcome.NEW, Outcome.CHANGED)

    upload = TenantForeignKey(
        BulkUpload,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="rows",
        verbose_name=_("table"),
    )
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(_("cells"), default=dict, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    title = models.CharField(_("title"), max_length=255, blank=True)
    does = models.CharField(_("what is done"), max_length=255, blank=True)
    changes = models.JSONField(_("changes"), default=list, blank=True)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    person = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )

    class Meta:
        verbose_name = _("row of an imported table")
        verbose_name_plural = _("rows of imported tables")
        ordering = ["upload", "number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="bulk_bulkrow_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "new", "changed", "same", "refused"]),
                name="bulk_bulkrow_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["", "done", "refused"]), name="bulk_bulkrow_result_known"
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}".strip()
