"""Subjects, courses and who teaches them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses import visibility
from courses.teaching import CO_INSTRUCTOR_MAY, LOOKING_AFTER, OWNER_MAY
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import TenantModel
from users.models import Permission, User
from users.permissions import courses_with, holds

#: Of the condition for the courses on which somebody has a permission.
EVERY_COURSE = Q()


class Subject(TenantModel):
    """A field of study under which courses are filed."""

    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(_("short name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["position", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="courses_subject_slug_once",
                violation_error_message=_("Another subject has this short name."),
            )
        ]

    def __str__(self):
        return self.title


class CourseQuerySet(models.QuerySet):
    def live(self):
        """Not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def listed(self):
        """What the catalogue shows to everyone."""
        return self.live().filter(
            status=Course.Status.PUBLISHED, visibility=Course.Visibility.PUBLIC
        )

    def visible_to(self, user):
        """Those the person may open: what is published to all, what they look after, and what other apps show them.

        Who looks after every course sees everything but the trash. Drafts, private and archived courses are
        seen by those who look after them and by the people on them.
        """
        looked_after = self._permitted(user, LOOKING_AFTER)
        if looked_after is EVERY_COURSE:
            return self.live()
        seen = Q(status=Course.Status.PUBLISHED, visibility=Course.Visibility.PUBLIC) | looked_after
        if user.is_authenticated and user.is_active:
            seen |= visibility.also_visible_to(user)
        return self.live().filter(seen)

    def permitted_to(self, user, *permissions):
        """Those on which the person has one of the permissions: by built-in role, by teaching, by a role.

        Also in the trash. One query at most for the roles, none for who has none.
        """
        condition = self._permitted(user, permissions)
        return self if condition is EVERY_COURSE else self.filter(condition)

    def editable_by(self, user):
        """Those the person may change; a course in the trash nobody may."""
        return self.live().permitted_to(user, Permission.COURSE_EDIT)

    def _permitted(self, user, permissions):
        if any(holds(user, permission) for permission in permissions):
            return EVERY_COURSE
        condition = Q(pk__in=courses_with(user, permissions))
        if not user.is_authenticated or not user.is_instructor:
            return condition
        if not OWNER_MAY.isdisjoint(permissions):
            condition |= Q(owner=user)
        if not CO_INSTRUCTOR_MAY.isdisjoint(permissions):
            condition |= Q(pk__in=CourseStaff.objects.filter(user=user).values("course"))
        return condition

    def with_seats(self):
        """Adds `taken_seats` and `free_seats`, NULL where the number of seats is not limited."""
        return self.annotate(
            taken_seats=F("seats__taken"), free_seats=F("seats__capacity") - F("seats__taken")
        )


class Course(TenantModel):
    """A course: what it is about, who may see it, who may join it, and what it costs."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")

    class EnrollmentType(models.TextChoices):
        OPEN = "open", _("Open to everyone")
        APPROVAL = "approval", _("By approval")
        RESTRICTED = "restricted", _("By invitation")

    class Difficulty(models.TextChoices):
        BEGINNER = "beginner", _("Beginner")
        INTERMEDIATE = "intermediate", _("Intermediate")
        ADVANCED = "advanced", _("Advanced")

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("short name"), max_length=200, help_text=_("Part of the address of the course.")
    )
    summary = models.CharField(
        _("summary"), max_length=500, blank=True, help_text=_("One or two sentences.")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    description_html = models.TextField(blank=True, editable=False)
    objectives = ArrayField(
        models.CharField(max_length=300),
        verbose_name=_("what one learns"),
        default=list,
        blank=True,
    )
    requirements = ArrayField(
        models.CharField(max_length=300), verbose_name=_("what one needs"), default=list, blank=True
    )
    tags = ArrayField(
        models.CharField(max_length=50), verbose_name=_("tags"), default=list, blank=True
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    subject = TenantForeignKey(
        Subject, on_delete=models.PROTECT, related_name="courses", verbose_name=_("subject")
    )
    owner = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_courses",
        verbose_name=_("owner"),
    )
    thumbnail = models.ImageField(_("picture"), upload_to="thumbnails/", blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    visibility = models.CharField(
        _("who sees it"), max_length=20, choices=Visibility, default=Visibility.PUBLIC
    )
    enrollment_type = models.CharField(
        _("who joins"), max_length=20, choices=EnrollmentType, default=EnrollmentType.OPEN
    )
    max_capacity = models.PositiveIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    waitlist_enabled = models.BooleanField(_("waitlist"), default=True)
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept an offered seat"),
        default=48,
        db_default=48,
        validators=[MaxValueValidator(30 * 24)],
        help_text=_("0: whoever is next gets the seat at once."),
    )
    enrollment_closes_at = models.DateTimeField(
        _("enrollment closes"),
        null=True,
        blank=True,
        help_text=_("From then on nobody joins, and the waitlist stands still."),
    )
    access_ends_at = models.DateTimeField(_("access ends on a day"), null=True, blank=True)
    access_days = models.PositiveSmallIntegerField(
        _("access ends after days"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    difficulty_level = models.CharField(
        _("difficulty"), max_length=20, choices=Difficulty, blank=True
    )
    duration_minutes = models.PositiveIntegerField(
        _("duration in minutes"), null=True, blank=True, validators=[MaxValueValidator(60 * 10_000)]
    )
    is_sequential = models.BooleanField(
        _("lessons in order"),
        default=False,
        help_text=_("A lesson opens when those before it are complete."),
    )
    certificate_enabled = models.BooleanField(_("certificate"), default=False)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        _("in the trash since"), null=True, blank=True, editable=False
    )
    copied_from = TenantForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name=_("copied from"),
    )
    outline_version = models.PositiveBigIntegerField(default=1, editable=False)
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)
    search_vector = SearchVectorField(null=True, editable=False)

    prerequisites = models.ManyToManyField(
        "self",
        through="CoursePrerequisite",
        symmetrical=False,
        related_name="+",
        verbose_name=_("prerequisites"),
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "status", "-published_at", "-id"],
                name="idx_courses_course_status",
            ),
            models.Index(
                fields=["organization", "enrollment_type"], name="idx_courses_course_type"
            ),
            models.Index(
                fields=["organization", "subject", "status"], name="idx_courses_course_subject"
            ),
            models.Index(
                fields=["organization", "enrollment_type", "status", "max_capacity"],
                name="idx_courses_course_seats",
            ),
            models.Index(fields=["owner"], name="idx_courses_course_owner"),
            models.Index(
                fields=["organization", "-deleted_at", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="idx_courses_course_trash",
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_courses_course_created"
            ),
            GinIndex(fields=["organization", "search_vector"], name="idx_courses_course_search"),
            # Trigrams know no case; on the bare column, since UPPER() is not leakproof.
            GinIndex(
                F("organization"),
                OpClass("title", name="gin_trgm_ops"),
                name="idx_courses_course_trigrams",
            ),
            models.Index(
                F("organization"),
                F("status"),
                Lower("title"),
                F("id"),
                name="idx_courses_course_title",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="courses_course_slug_once",
                violation_error_message=_("Another course has this short name."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "published", "archived"]),
                name="courses_course_status_known",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "private"]),
                name="courses_course_visibility_known",
            ),
            models.CheckConstraint(
                condition=Q(enrollment_type__in=["open", "approval", "restricted"]),
                name="courses_course_enrollment_type_known",
            ),
            models.CheckConstraint(
                condition=Q(difficulty_level__in=["", "beginner", "intermediate", "advanced"]),
                name="courses_course_difficulty_known",
            ),
            models.CheckConstraint(
                condition=Q(max_capacity__isnull=True) | Q(max_capacity__gt=0),
                name="courses_course_capacity_positive",
            ),
            models.CheckConstraint(
                condition=Q(offer_hours__lte=30 * 24), name="courses_course_offer_hours_range"
            ),
            models.CheckConstraint(
                condition=Q(access_ends_at__isnull=True) | Q(access_days__isnull=True),
                name="courses_course_access_ends_once",
                violation_error_message=_("Access ends on a day or after days, not both."),
            ),
            models.CheckConstraint(
                condition=Q(access_days__isnull=True) | Q(access_days__gt=0),
                name="courses_course_access_days_positive",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="courses_course_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="courses_course_published_has_time",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="courses_course_title_not_empty"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("courses:detail", args=[self.slug])

    @property
    def is_listed(self):
        """Whether the catalogue shows it to everyone."""
        return self.is_published and self.visibility == self.Visibility.PUBLIC

    @property
    def is_published(self):
        return self.status == self.Status.PUBLISHED and self.deleted_at is None


class CourseSeats(TenantModel):
    """How many seats a course has and how many are taken: narrow, because many requests meet here.

    Written by triggers alone: `capacity` follows `Course.max_capacity`, `taken` the enrollments that hold
    a seat. The database refuses to take a seat beyond the capacity.
    """

    id = None
    course = TenantOneToOneField(
        Course,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="seats",
        verbose_name=_("course"),
    )
    capacity = models.PositiveIntegerField(_("seats"), null=True, editable=False)
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    student_count = models.PositiveIntegerField(_("students"), default=0, editable=False)
    completed_count = models.PositiveIntegerField(_("completed"), default=0, editable=False)

    class Meta:
        verbose_name = _("seats of a course")
        verbose_name_plural = _("seats of courses")

    def __str__(self):
        return f"{self.taken}/{self.capacity or '∞'}"


class CourseStaff(TenantModel):
    """Somebody who teaches a course beside its owner."""

    class Role(models.TextChoices):
        CO_INSTRUCTOR = "co_instructor", _("Co-instructor")

    course = TenantForeignKey(
        Course, on_delete=models.CASCADE, related_name="staff", verbose_name=_("course")
    )
    user = TenantForeignKey(
        User, on_delete=models.CASCADE, related_name="course_roles", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.CO_INSTRUCTOR)

    class Meta:
        verbose_name = _("teacher")
        verbose_name_plural = _("teachers")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "user"],
                name="courses_coursestaff_once",
                violation_error_message=_("This person teaches the course already."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["co_instructor"]), name="courses_coursestaff_role_known"
            ),
        ]

    def __str__(self):
        return str(self.get_role_display())


class CoursePrerequisite(TenantModel):
    """A course that must be completed before another one may be joined."""

    course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        related_name="prerequisite_links",
        verbose_name=_("course"),
    )
    required_course = TenantForeignKey(
        Course,
        on_delete=models.CASCADE,
        related_name="required_by_links",
        verbose_name=_("must be completed first"),
    )

    class Meta:
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "required_course"], name="courses_prerequisite_once"
            ),
            models.CheckConstraint(
                condition=~Q(course=F("required_course")), name="courses_prerequisite_not_itself"
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)


class FormerSlug(TenantModel):
    """A short name that a course had before; its old addresses lead to the new one."""

    course = TenantForeignKey(
        Course, on_delete=models.CASCADE, related_name="former_slugs", verbose_name=_("course")
    )
    slug = models.SlugField(_("short name"), max_length=200)

    class Meta:
        verbose_name = _("former short name")
        verbose_name_plural = _("former short names")
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="courses_formerslug_once")
        ]

    def __str__(self):
        return self.slug
