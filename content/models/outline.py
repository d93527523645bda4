"""The outline of a course: modules and their lessons."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel


class LiveQuerySet(models.QuerySet):
    def live(self):
        """Not in the trash."""
        return self.filter(deleted_at__isnull=True)


class PartQuerySet(LiveQuerySet):
    def published(self):
        """Neither in the trash nor still being written. Students see such lessons of such modules."""
        return self.live().filter(is_draft=False)


def in_trash(name):
    """For the list of the trash, the last thrown away first."""
    return models.Index(
        fields=["organization", "-deleted_at", "-id"],
        condition=Q(deleted_at__isnull=False),
        name=name,
    )


class Release(models.Model):
    """When students may enter: at a time, or some days after they enrolled; neither means at once."""

    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    opens_after_days = models.PositiveSmallIntegerField(
        _("opens after days"),
        null=True,
        blank=True,
        help_text=_("Counted from the day a student enrolled."),
    )

    class Meta:
        abstract = True


def one_release(name):
    """A part of a course opens at a time or after some days, not both."""
    return models.CheckConstraint(
        condition=Q(opens_at__isnull=True) | Q(opens_after_days__isnull=True),
        name=name,
        violation_error_message=_("Choose a date or a number of days, not both."),
    )


class Module(Release, TenantModel):
    """A chapter of a course."""

    class Order(models.TextChoices):
        AS_COURSE = "course", _("As the course has it")
        SEQUENTIAL = "sequential", _("One after the other")
        FREE = "free", _("In any order")

    course = TenantForeignKey(
        Course, on_delete=models.CASCADE, related_name="modules", verbose_name=_("course")
    )
    title = models.CharField(_("title"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveIntegerField(_("position"))
    lesson_order = models.CharField(
        _("lessons open"), max_length=20, choices=Order, default=Order.AS_COURSE
    )
    is_draft = models.BooleanField(
        _("not published"), default=False, help_text=_("Students do not see it yet.")
    )
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["course", "position"]
        indexes = [in_trash("idx_content_module_trash")]
        constraints = [
            one_release("content_module_one_release"),
            models.CheckConstraint(
                condition=Q(lesson_order__in=["course", "sequential", "free"]),
                name="content_module_lesson_order_known",
            ),
            models.UniqueConstraint(
                fields=["course", "position"],
                condition=Q(deleted_at__isnull=True),
                name="content_module_position_once",
            ),
            models.UniqueConstraint(
                fields=["course", "source"],
                condition=~Q(source=""),
                name="content_module_source_once",
            ),
        ]

    def __str__(self):
        return self.title


class Lesson(Release, TenantModel):
    """What a student works through in one go."""

    class Completion(models.TextChoices):
        MANUAL = "manual", _("The student marks it complete")
        VIEWED = "viewed", _("Complete once opened")
        TIME = "time", _("Complete after some time")

    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        related_name="lessons",
        editable=False,
        verbose_name=_("course"),
    )
    module = TenantForeignKey(
        Module, on_delete=models.CASCADE, related_name="lessons", verbose_name=_("module")
    )
    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(_("short name"), max_length=200)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    position = models.PositiveIntegerField(_("position"))
    duration_minutes = models.PositiveIntegerField(_("duration in minutes"), null=True, blank=True)
    completion = models.CharField(
        _("complete when"), max_length=20, choices=Completion, default=Completion.MANUAL
    )
    completion_seconds = models.PositiveIntegerField(
        _("time in seconds"),
        null=True,
        blank=True,
        help_text=_("For lessons that complete after some time."),
    )
    is_preview = models.BooleanField(_("preview"), default=False, help_text=_("Open to visitors."))
    is_draft = models.BooleanField(
        _("not published"), default=False, help_text=_("Students do not see it yet.")
    )
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["module", "position"]
        indexes = [
            models.Index(fields=["course", "slug"], name="idx_content_lesson_slug"),
            in_trash("idx_content_lesson_trash"),
        ]
        constraints = [
            one_release("content_lesson_one_release"),
            models.UniqueConstraint(
                fields=["module", "position"],
                condition=Q(deleted_at__isnull=True),
                name="content_lesson_position_once",
            ),
            models.UniqueConstraint(
                fields=["course", "slug"],
                name="content_lesson_slug_once",
                violation_error_message=_("Another lesson of the course has this short name."),
            ),
            models.UniqueConstraint(
                fields=["course", "source"],
                condition=~Q(source=""),
                name="content_lesson_source_once",
            ),
            models.CheckConstraint(
                condition=Q(completion__in=["manual", "viewed"])
                | Q(completion="time", completion_seconds__gt=0, completion_seconds__isnull=False),
                name="content_lesson_completion_known",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("progress:lesson", args=[self.course.slug, self.slug])
