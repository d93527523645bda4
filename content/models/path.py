"""Learning paths: courses in an order that leads somewhere."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from content.models.outline import LiveQuerySet
from courses.models import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class PathQuerySet(LiveQuerySet):
    def listed(self):
        """What the list of paths shows to everyone."""
        return self.live().filter(status=LearningPath.Status.PUBLISHED)

    def visible_to(self, user):
        """Those whose page the person may open: all but drafts, and the drafts that they may change."""
        if user.is_authenticated and user.is_admin:
            return self.live()
        shown = ~Q(status=LearningPath.Status.DRAFT)
        if user.is_authenticated and user.is_instructor:
            shown |= Q(author=user)
        return self.live().filter(shown)

    def editable_by(self, user):
        """Those the person may change: their own for who makes courses, all for admins."""
        return self.live().owned_by(user)

    def owned_by(self, user):
        """The same, also in the trash."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(author=user) if user.is_instructor else self.none()


class LearningPath(TenantModel):
    """Courses that belong together, in order or free, with an address of their own."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(_("short name"), max_length=200)
    summary = models.CharField(
        _("summary"), max_length=500, blank=True, help_text=_("One or two sentences.")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    description_html = models.TextField(blank=True, editable=False)
    thumbnail = models.ImageField(_("picture"), upload_to="thumbnails/", blank=True)
    author = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    is_sequential = models.BooleanField(
        _("in order"),
        default=True,
        help_text=_("A step opens when those before it are complete."),
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )

    prerequisites = models.ManyToManyField(
        "self",
        through="PathPrerequisite",
        symmetrical=False,
        related_name="+",
        verbose_name=_("prerequisites"),
    )

    objects = PathQuerySet.as_manager()

    class Meta:
        verbose_name = _("learning path")
        verbose_name_plural = _("learning paths")
        ordering = ["title", "id"]
        indexes = [
            models.Index(
                fields=["organization", "status", "title", "id"], name="idx_content_path_status"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="content_learningpath_slug_once",
                violation_error_message=_("Another learning path has this short name."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published", "archived"]),
                name="content_learningpath_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="content_learningpath_published_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(title=""), name="content_learningpath_title_not_empty"
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("content:path", args=[self.slug])


class PathStep(TenantModel):
    """A course at its place in a learning path."""

    path = TenantForeignKey(
        LearningPath, on_delete=models.CASCADE, related_name="steps", verbose_name=_("path")
    )
    course = TenantForeignKey(
        Course, on_delete=models.PROTECT, related_name="path_steps", verbose_name=_("course")
    )
    position = models.PositiveIntegerField(_("position"))
    is_required = models.BooleanField(
        _("required"), default=True, help_text=_("The path is complete without it otherwise.")
    )

    class Meta:
        verbose_name = _("step of a path")
        verbose_name_plural = _("steps of paths")
        ordering = ["path", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "position"],
                name="content_pathstep_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["path", "course"],
                name="content_pathstep_course_once",
                violation_error_message=_("This course is a step of the path already."),
            ),
        ]

    def __str__(self):
        return f"{self.path_id} #{self.position}"


class PathPrerequisite(TenantModel):
    """A path that must be completed before another one may be joined."""

    path = TenantForeignKey(
        LearningPath,
        on_delete=models.CASCADE,
        related_name="prerequisite_links",
        verbose_name=_("path"),
    )
    required_path = TenantForeignKey(
        LearningPath,
        on_delete=models.CASCADE,
        related_name="required_by_links",
        verbose_name=_("must be completed first"),
    )

    class Meta:
        verbose_name = _("prerequisite of a path")
        verbose_name_plural = _("prerequisites of paths")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "required_path"], name="content_pathprerequisite_once"
            ),
            models.CheckConstraint(
                condition=~Q(path=models.F("required_path")),
                name="content_pathprerequisite_not_itself",
            ),
        ]

    def __str__(self):
        return f"{self.path_id} ← {self.required_path_id}"
