"""Who waits for a seat on which full course, who was offered one, and how that came."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from tenancy.fields import TenantForeignKey
from tenancy.models import TenantModel
from users.models import User


class WaitlistQuerySet(models.QuerySet):
    def waiting(self):
        """Those in the queue, first come first."""
        return self.filter(state=WaitlistEntry.State.WAITING).order_by(*WaitlistEntry.ORDER)

    def offered(self):
        """Those for whom a seat is held."""
        return self.filter(state=WaitlistEntry.State.OFFERED)

    def open(self):
        """Those who wait or have an offer."""
        return self.filter(state__in=WaitlistEntry.OPEN)


class WaitlistEntry(TenantModel):
    """A student's place on the waitlist of a course: one row for good, however often they join again.

    The queue goes by `priority` (lower first), then by `joined_at`, then by id. An offer holds a seat of
    the course until it is answered or `offer_expires_at` has passed; an offer without an end is a promise:
    the seat is the student's, and a job puts them on the course.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Seat offered")
        PLACED = "placed", _("On the course")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("Not answered in time")
        LEFT = "left", _("Left the waitlist")
        SKIPPED = "skipped", _("Skipped by staff")

    #: The order in which seats are offered.
    ORDER = ("priority", "joined_at", "id")
    #: States in which the student may still get a seat without joining again.
    OPEN = (State.WAITING, State.OFFERED)

    course = TenantForeignKey(
        Course,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="waitlist",
        verbose_name=_("course"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("student")
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    priority = models.SmallIntegerField(
        _("priority"), default=1, db_default=1, help_text=_("Lower numbers come first.")
    )
    joined_at = models.DateTimeField(_("joined the waitlist"))
    joined_position = models.PositiveIntegerField(_("place in the queue when joining"), default=0)
    offered_at = models.DateTimeField(_("seat offered"), null=True, blank=True)
    offer_expires_at = models.DateTimeField(_("offer ends"), null=True, blank=True)
    notified_at = models.DateTimeField(_("told of the opening"), null=True, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("place on a waitlist")
        verbose_name_plural = _("places on waitlists")
        ordering = ["priority", "joined_at", "id"]
        indexes = [
            models.Index(
                fields=["course", "priority", "joined_at", "id"],
                include=[
                    "organization",
                    "student",
                ],  # what the policies look at: counted without the rows
                condition=Q(state="waiting"),
                name="idx_waitlist_queue",
            ),
            models.Index(
                fields=["organization", "offer_expires_at"],
                condition=Q(state="offered"),
                name="idx_waitlist_offers",
            ),
            models.Index(
                fields=["course", "offered_at", "id"],
                condition=Q(state="offered"),
                name="idx_waitlist_course_offers",
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_waitlist_created"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "student"],
                name="enrollments_waitlistentry_once",
                violation_error_message=_("This person is on the waitlist already."),
            ),
            models.UniqueConstraint(
                fields=["organization", "id", "student"],
                name="enrollments_waitlistentry_student_key",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "waiting",
                        "offered",
                        "placed",
                        "declined",
                        "lapsed",
                        "left",
                        "skipped",
                    ]
                ),
                name="enrollments_waitlistentry_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offered_at__isnull=False)
                | (~Q(state="offered") & Q(offer_expires_at__isnull=True)),
                name="enrollments_waitlistentry_offer_has_times",
            ),
            models.CheckConstraint(
                condition=Q(offer_expires_at__isnull=True)
                | Q(offer_expires_at__gte=F("offered_at")),
                name="enrollments_waitlistentry_offer_ends_after_start",
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
    def is_open(self):
        return self.state in self.OPEN

    @property
    def is_promise(self):
        """The seat is the student's without an answer."""
        return self.state == self.State.OFFERED and self.offer_expires_at is None

    def has_run_out(self, now):
        """Whether the offer's time has passed, though nobody may have taken it back yet."""
        return self.offer_expires_at is not None and self.offer_expires_at <= now


class WaitlistChange(TenantModel):
    """One step of somebody on a waitlist: from which state to which, by whom, when and why. Never edited.

    The steps of one entry follow each other by id: `at` is when the request began that made them.
    """

    entry = TenantForeignKey(
        WaitlistEntry,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="changes",
        verbose_name=_("place on a waitlist"),
    )
    course = TenantForeignKey(
        Course,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("course"),
    )
    student = TenantForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("student")
    )
    from_state = models.CharField(_("from"), max_length=20, choices=WaitlistEntry.State, blank=True)
    to_state = models.CharField(_("to"), max_length=20, choices=WaitlistEntry.State)
    from_priority = models.SmallIntegerField(_("priority before"), null=True, blank=True)
    to_priority = models.SmallIntegerField(_("priority"))
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
        verbose_name = _("change on a waitlist")
        verbose_name_plural = _("changes on waitlists")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["entry", "at", "id"], name="idx_waitlist_change_entry"),
            models.Index(fields=["course", "-at", "-id"], name="idx_waitlist_change_course"),
            models.Index(
                fields=["course", "at"],
                include=["organization", "student"],
                condition=Q(from_state="waiting", to_state__in=["offered", "placed"]),
                name="idx_waitlist_change_pace",
            ),
        ]

    def __str__(self):
        return f"{self.get_from_state_display() or '–'} → {self.get_to_state_display()}"

    @property
    def is_move(self):
        """Whether it changed the place in the queue alone."""
        return self.from_state == self.to_state
