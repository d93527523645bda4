"""Lessons and items that are being written, and what lessons said when they were published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from content.models.item import ContentItem, Shown
from content.models.outline import Lesson
from courses.models.draft import Draft, Version, WordsDraft
from tenancy.fields import TenantForeignKey, TenantOneToOneField


class ItemDraft(Draft, Shown):
    """What a content item will say with its next version; an address may be unfinished."""

    id = None
    item = TenantOneToOneField(
        ContentItem,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="draft",
        verbose_name=_("content item"),
    )
    title = models.CharField(_("title"), max_length=255)
    url = models.CharField(_("address"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("draft of a content item")
        verbose_name_plural = _("drafts of content items")

    def __str__(self):
        return f"{self.title} r{self.revision}"


class LessonDraft(WordsDraft):
    """Changed words of a published lesson."""

    lesson = TenantOneToOneField(
        Lesson,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="draft",
        verbose_name=_("lesson"),
    )

    class Meta:
        verbose_name = _("draft of a lesson")
        verbose_name_plural = _("drafts of lessons")

    def __str__(self):
        return f"{self.lesson_id} r{self.revision}"


class LessonVersion(Version):
    """A published state of a lesson: its own words and which version of which item it showed; never changed."""

    lesson = TenantForeignKey(
        Lesson, on_delete=models.CASCADE, related_name="versions", verbose_name=_("lesson")
    )

    class Meta:
        verbose_name = _("version of a lesson")
        verbose_name_plural = _("versions of lessons")
        ordering = ["lesson", "-number"]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["lesson", "number"], name="content_lessonversion_number_once"
            ),
        ]

    def __str__(self):
        return f"{self.lesson_id} v{self.number}"
