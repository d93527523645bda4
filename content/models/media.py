"""Files of an organization and what is known about them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models.outline import in_trash
from courses.models import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class MediaAsset(TenantModel):
    """A file in the media library, checked by its content when it came in."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        DOCUMENT = "document", _("Document")
        PRESENTATION = "presentation", _("Presentation")
        CAPTIONS = "captions", _("Captions")
        OTHER = "other", _("Other file")

    class Access(models.TextChoices):
        PUBLIC = "public", _("Everyone")
        COURSE = "course", _("People of the course")
        STAFF = "staff", _("Staff only")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=255)
    file = models.FileField(_("file"), upload_to="library/", max_length=255)
    mime_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    width = models.PositiveIntegerField(_("width in pixels"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height in pixels"), null=True, blank=True)
    variants = models.JSONField(_("smaller sizes"), default=list, blank=True)
    tags = ArrayField(
        models.CharField(max_length=50), verbose_name=_("tags"), default=list, blank=True
    )
    alt = models.CharField(_("alternative text"), max_length=500, blank=True)
    access = models.CharField(
        _("who may open it"), max_length=20, choices=Access, default=Access.COURSE
    )
    course = TenantForeignKey(
        Course,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="media",
        verbose_name=_("course"),
    )
    owner = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media library")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "kind", "-created_at", "-id"], name="idx_content_media_kind"
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_content_media_created"
            ),
            models.Index(fields=["organization", "sha256"], name="idx_content_media_sha"),
            in_trash("idx_content_media_trash"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "source"],
                condition=~Q(source=""),
                name="content_mediaasset_source_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "image",
                        "video",
                        "audio",
                        "document",
                        "presentation",
                        "captions",
                        "other",
                    ]
                ),
                name="content_mediaasset_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(access__in=["public", "course", "staff"]),
                name="content_mediaasset_access_known",
            ),
        ]

    def __str__(self):
        return self.title


class VideoAsset(TenantModel):
    """A video, at a provider or as a file of ours, with what a player needs to know."""

    class Provider(models.TextChoices):
        FILE = "file", _("Own file")
        YOUTUBE = "youtube", "YouTube"
        VIMEO = "vimeo", "Vimeo"

    class Status(models.TextChoices):
        PROCESSING = "processing", _("Processing")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    title = models.CharField(_("title"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    provider = models.CharField(_("provider"), max_length=50, choices=Provider)
    provider_id = models.CharField(_("id at the provider"), max_length=255, blank=True)
    file = TenantForeignKey(
        MediaAsset,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    poster = TenantForeignKey(
        MediaAsset,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("poster"),
    )
    captions = TenantForeignKey(
        MediaAsset,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("captions"),
    )
    status = models.CharField(_("status"), max_length=50, choices=Status, default=Status.PROCESSING)
    problem = models.CharField(_("problem"), max_length=500, blank=True, editable=False)
    duration_seconds = models.PositiveIntegerField(_("duration in seconds"), null=True, blank=True)

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(provider="file", file__isnull=False)
                | (Q(provider__in=["youtube", "vimeo"]) & ~Q(provider_id="")),
                name="content_videoasset_has_source",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["processing", "ready", "failed"]),
                name="content_videoasset_status_known",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def duration_minutes(self):
        """Whole minutes, rounded up; None while unknown."""
        return None if self.duration_seconds is None else -(-self.duration_seconds // 60)
