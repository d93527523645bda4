"""What those who learned say about a course."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.course import Course
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import TenantModel
from users.models import User


class CourseReviewQuerySet(models.QuerySet):
    def shown(self):
        """What everybody who sees the course may read."""
        return self.filter(hidden_at__isnull=True)

    def unanswered(self):
        """Those that are shown and wait for a word of the staff."""
        return self.shown().filter(reply="")

    def with_people(self):
        """With the author and who answered, whose names stand beside the texts."""
        return self.select_related("author__profile", "replied_by__profile")


class CourseReview(TenantModel):
    """A rating from 1 to 5 with a few words, by one person for one course; staff may answer or hide it."""

    course = TenantForeignKey(
        Course, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("course")
    )
    author = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    rating = models.PositiveSmallIntegerField(
        _("rating"), choices=[(number, str(number)) for number in range(1, 6)]
    )
    text = models.TextField(_("review"), max_length=4000, blank=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    reply = models.TextField(_("answer"), max_length=4000, blank=True)
    replied_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    replied_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True, editable=False)
    hidden_by = TenantForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("hidden by"),
    )
    hidden_reason = models.CharField(_("reason for hiding"), max_length=500, blank=True)

    objects = CourseReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["course", "-created_at", "-id"], name="idx_courses_review_course"),
            models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_courses_review_created"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "author"],
                name="courses_coursereview_once",
                violation_error_message=_("You have reviewed this course already."),
            ),
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="courses_coursereview_rating_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True) | ~Q(hidden_reason=""),
                name="courses_coursereview_hidden_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.rating}/5"


class CourseRating(TenantModel):
    """The sum of the ratings that are shown for a course; written by a trigger alone."""

    id = None
    course = TenantOneToOneField(
        Course,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="rating",
        verbose_name=_("course"),
    )
    review_count = models.PositiveIntegerField(_("reviews"), default=0, editable=False)
    rating_sum = models.PositiveIntegerField(_("sum of ratings"), default=0, editable=False)

    class Meta:
        verbose_name = _("rating of a course")
        verbose_name_plural = _("ratings of courses")

    def __str__(self):
        return f"{self.rating_sum}/{self.review_count}"
