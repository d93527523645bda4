"""Who is on which course, in which state, since when and why."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from content.models import Lesson
from courses.models import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import Permission, User
from users.permissions import holds

#: Who has one of these on a course sees who is on it.
SEE_PEOPLE = (Permission.ENROLLMENT_SEE, Permission.ENROLLMENT_MANAGE)


class EnrollmentQuerySet(models.QuerySet):
    def holding_seats(self):
        """Those that count against the capacity of their course."""
        return self.filter(status__in=Enrollment.SEAT_HOLDING)

    def learning(self):
        """Those whose student may work in the course now."""
        return self.filter(status__in=Enrollment.LEARNING)

    def waiting_for_answer(self):
        """Requests that nobody has answered."""
        return self.filter(status=Enrollment.Status.PENDING, approved_at__isnull=True)

    def with_beginning(self):
        """Adds `begins_at`: when the section begins that somebody is in, NULL without one."""
        begins_at = F("section_places__section__starts_at")
        return self.annotate(begins_at=begins_at)

    def of_student(self, user):
        """Those of somebody who is on a course, or may still read what became of their place."""
        return self.filter(student=user).exclude(status=Enrollment.Status.WITHDRAWN)

    def visible_to(self, user):
        """A student's own, and those of the courses whose people the person may see."""
        if any(holds(user, permission) for permission in SEE_PEOPLE):
            return self
        return self.filter(
            Q(student=user) | Q(course__in=Course.objects.live().permitted_to(user, *SEE_PEOPLE))
        )

    def manageable_by(self, user):
        """Those that the person may suspend, lift, withdraw and bring back."""
        if holds(user, Permission.ENROLLMENT_MANAGE):
            return self
        return self.filter(
            course__in=Course.objects.live().permitted_to(user, Permission.ENROLLMENT_MANAGE)
        )


class Enrollment(TenantModel):
    """A student's place on a course, kept for good: withdrawing and coming back change its state."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for approval")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        SUSPENDED = "suspended", _("Suspended")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Expired")

    #: States that hold one of the course's seats; the database's trigger names the same ones.
    SEAT_HOLDING = (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.COMPLETED)
    #: States in which the lessons are open and work counts.
    LEARNING = (Status.ACTIVE, Status.COMPLETED)

    course = TenantForeignKey(
        Course,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="enrollments",
        verbose_name=_("course"),
    )
    student = TenantForeignKey(
        User,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="enrollments",
        verbose_name=_("student"),
    )
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.ACTIVE)
    enrolled_at = models.DateTimeField(_("enrolled"), null=True, blank=True)
    approval_requested_at = models.DateTimeField(_("approval requested"), null=True, blank=True)
    approved_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    request_message = models.TextField(
        _("message of the request"), blank=True, default="", db_default=""
    )
    rejection_reason = models.TextField(_("reason of the rejection"), blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    expires_at = models.DateTimeField(_("access ends"), null=True, blank=True)
    percent = models.DecimalField(
        _("progress"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    completed_lesson_count = models.PositiveIntegerField(_("lessons done"), default=0)
    #: The version of the course's outline that the progress was derived from; 0 before the first time.
    outline_version = models.PositiveBigIntegerField(default=0, editable=False)
    last_lesson = TenantForeignKey(
        Lesson,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("last lesson"),
    )
    total_time_seconds = models.PositiveIntegerField(_("time spent in seconds"), default=0)
    last_accessed_at = models.DateTimeField(_("last opened"), null=True, blank=True)
    last_activity_at = models.DateTimeField(_("last activity"), null=True, blank=True)
    engagement_score = models.DecimalField(
        _("engagement"),
        max_digits=3,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        ordering = ["-enrolled_at", "-id"]
        # Every index is paid for by everyone who enrolls: none that another one covers, and none that a
        # new row need not enter.
        indexes = [
            models.Index(fields=["student", "status"], name="idx_enrollment_student_status"),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_enrollment_created"
            ),
            models.Index(
                fields=["organization", "-last_accessed_at"], name="idx_enrollment_accessed"
            ),
            models.Index(
                fields=["organization", "approval_requested_at"],
                condition=Q(status="pending"),
                name="idx_enrollment_pending",
            ),
            # Looked through every minute for access whose time is over.
            models.Index(
                fields=["organization", "expires_at"],
                condition=Q(expires_at__isnull=False, status__in=["active", "paused"]),
                name="idx_enrollment_expires",
            ),
            models.Index(
                fields=["course", "approval_requested_at", "id"],
                condition=Q(status="pending", approved_at__isnull=True),
                name="idx_enrollment_requests",
            ),
            models.Index(
                fields=["approved_by"],
                condition=Q(approved_by__isnull=False),
                name="idx_enrollment_approver",
            ),
            models.Index(
                fields=["last_lesson"],
                condition=Q(last_lesson__isnull=False),
                name="idx_enrollment_last_lesson",
            ),
            models.Index(
                fields=["course", "status", "last_accessed_at"], name="idx_enrollment_course_seen"
            ),
            models.Index(
                fields=["course", "-created_at", "-id"], name="idx_enrollment_course_created"
            ),
            # The orders of the list of a course's people.
            models.Index(fields=["course", "percent", "id"], name="idx_enrollment_course_percent"),
            models.Index(
                "course",
                Coalesce("last_accessed_at", "created_at").desc(),
                F("id").desc(),
                name="idx_enrollment_course_last",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "student"],
                name="enrollments_enrollment_once",
                violation_error_message=_("This person is on the course already."),
            ),
            models.UniqueConstraint(
                fields=["organization", "id", "student"], name="enrollments_enrollment_student_key"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "active",
                        "paused",
                        "suspended",
                        "completed",
                        "withdrawn",
                        "rejected",
                        "expired",
                    ]
                ),
                name="enrollments_enrollment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="enrollments_enrollment_percent_range",
            ),
            models.CheckConstraint(
                condition=Q(engagement_score__gte=0, engagement_score__lte=1),
                name="enrollments_enrollment_engagement_range",
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                | (~Q(status="completed") & Q(completed_at__isnull=True)),
                name="enrollments_enrollment_completed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "paused", "suspended", "completed"])
                | Q(enrolled_at__isnull=False),
                name="enrollments_enrollment_enrolled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=False) | Q(approved_by__isnull=True),
                name="enrollments_enrollment_approver_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(approval_requested_at__isnull=False),
                name="enrollments_enrollment_pending_has_time",
            ),
        ]

    def __str__(self):
        loaded = self._state.fields_cache  # names where a list has joined them, never a query
        student, course = (
            loaded.get("student", self.student_id),
            loaded.get("course", self.course_id),
        )
        return f"{student} · {course}"

    @property
    def is_learning(self):
        return self.status in self.LEARNING

    @property
    def is_waiting_for_answer(self):
        """Whether it is a request that nobody has answered; an approved one may still wait for a seat."""
        return self.status == self.Status.PENDING and self.approved_at is None

    def has_ended(self, now):
        """Whether the time of access is over; a completed course stays open."""
        return (
            self.status != self.Status.COMPLETED
            and self.expires_at is not None
            and self.expires_at <= now
        )


class EnrollmentChange(TenantModel):
    """One step in an enrollment's life: from which state to which, by whom, when and why."""

    enrollment = TenantForeignKey(
        Enrollment,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="changes",
        verbose_name=_("enrollment"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("student")
    )
    from_status = models.CharField(_("from"), max_length=20, choices=Enrollment.Status, blank=True)
    to_status = models.CharField(_("to"), max_length=20, choices=Enrollment.Status)
    by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("when"))
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("change of an enrollment")
        verbose_name_plural = _("changes of enrollments")
        ordering = ["enrollment", "at", "id"]
        indexes = [models.Index(fields=["enrollment", "at"], name="idx_enrollment_change_at")]

    def __str__(self):
        return f"{self.get_from_status_display() or '–'} → {self.get_to_status_display()}"
