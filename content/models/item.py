"""Reusable pieces of content and their versions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models.media import MediaAsset, VideoAsset
from content.models.outline import in_trash
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class ContentItem(TenantModel):
    """A piece of content that lessons show; what it says is in its versions."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        IMAGE = "image", _("Image")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        FILE = "file", _("File")
        PRESENTATION = "presentation", _("Presentation")
        EMBED = "embed", _("Embedded page")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=255)
    owner = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    current_version = TenantForeignKey(
        "content.ContentVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("current version"),
    )
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    deleted_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("content item")
        verbose_name_plural = _("content items")
        ordering = ["title", "id"]
        indexes = [
            models.Index(
                fields=["organization", "kind", "title", "id"], name="idx_content_item_kind"
            ),
            models.Index(fields=["organization", "title", "id"], name="idx_content_item_title"),
            in_trash("idx_content_item_trash"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["text", "image", "video", "audio", "file", "presentation", "embed"]
                ),
                name="content_contentitem_kind_known",
            )
        ]

    def __str__(self):
        return self.title


class Shown(TenantModel):
    """What an item shows, in a version as in a draft."""

    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    media = TenantForeignKey(
        MediaAsset,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    video = TenantForeignKey(
        VideoAsset,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("video"),
    )
    caption = models.CharField(_("caption"), max_length=500, blank=True)

    class Meta:
        abstract = True


class ContentVersion(Shown):
    """What a content item said from one moment on; never changed afterwards."""

    item = TenantForeignKey(
        ContentItem,
        on_delete=models.CASCADE,
        related_name="versions",
        verbose_name=_("content item"),
    )
    number = models.PositiveIntegerField(_("number"))
    html = models.TextField(blank=True, editable=False)
    url = models.URLField(_("address"), max_length=500, blank=True)
    created_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"], name="content_contentversion_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gt=0), name="content_contentversion_number_positive"
            ),
        ]

    def __str__(self):
        return f"{self.item_id} v{self.number}"


class LessonItem(TenantModel):
    """A content item at its place in a lesson; the newest version unless one is pinned."""

    lesson = TenantForeignKey(
        "content.Lesson", on_delete=models.CASCADE, related_name="items", verbose_name=_("lesson")
    )
    item = TenantForeignKey(
        ContentItem, on_delete=models.PROTECT, related_name="uses", verbose_name=_("content item")
    )
    pinned_version = TenantForeignKey(
        ContentVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pinned version"),
    )
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        verbose_name = _("lesson item")
        verbose_name_plural = _("lesson items")
        ordering = ["lesson", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "position"],
                name="content_lessonitem_position_once",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self):
        return f"{self.lesson_id} #{self.position}"


class MediaUse(TenantModel):
    """A file that a version shows: as its own file, its video, its poster, or within its text."""

    version = TenantForeignKey(
        ContentVersion,
        on_delete=models.CASCADE,
        related_name="media_uses",
        verbose_name=_("version"),
    )
    media = TenantForeignKey(
        MediaAsset, on_delete=models.PROTECT, related_name="uses", verbose_name=_("file")
    )
    src = models.CharField(
        _("as written"), max_length=500, blank=True, help_text=_("What the text calls the file.")
    )

    class Meta:
        verbose_name = _("use of a file")
        verbose_name_plural = _("uses of files")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "media", "src"], name="content_mediause_once"
            )
        ]

    def __str__(self):
        return f"{self.version_id} · {self.media_id}"
