"""What students and teachers are told about places on courses."""

from datetime import date, datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Course
from enrollments.models import EnrollmentChange
from enrollments.signals import student_placed, student_removed, student_suspended
from lib.events import listens_to
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence
from notifications.services import notify


def _of_course(facts):
    return {"course": facts["title"]}, reverse("courses:detail", args=[facts["slug"]])


def _placed(facts):
    values, url = _of_course(facts)
    return Message(_("You are on “%(course)s” now") % values, _("You can begin at once."), url)


def _removed(facts):
    values, url = _of_course(facts)
    title = _("You were taken off “%(course)s”") % values
    return Message(title, facts["reason"] or _("What you did there is kept."), url)


def _suspended(facts):
    values, url = _of_course(facts)
    title = _("Your place on “%(course)s” is suspended") % values
    return Message(title, facts["reason"] or _("Ask its teachers why."), url)


def _summary(facts):
    joined, completed = facts["joined"], facts["completed"]
    texts = []
    if joined:
        texts.append(
            ngettext("%(count)s person joined", "%(count)s people joined", joined)
            % {"count": joined}
        )
    if completed:
        texts.append(
            ngettext("%(count)s person completed it", "%(count)s people completed it", completed)
            % {"count": completed}
        )
    title = _("Yesterday on “%(course)s”") % {"course": facts["title"]}
    return Message(title, " · ".join(texts), reverse("enrollments:people", args=[facts["slug"]]))


def _teaches(user):
    return user.is_staff


PLACED = declare(
    Kind("enrollment.placed", gettext_lazy("I am put on a course"), _placed, Cadence.NOW)
)
REMOVED = declare(
    Kind("enrollment.removed", gettext_lazy("I am taken off a course"), _removed, Cadence.NOW)
)
SUSPENDED = declare(
    Kind("enrollment.suspended", gettext_lazy("My place is suspended"), _suspended, Cadence.NOW)
)
SUMMARY = declare(
    Kind(
        "teaching.summary",
        gettext_lazy("Who joined and completed my courses"),
        _summary,
        Cadence.WEEKLY,
        is_for=_teaches,
    )
)


def _tell(kind, enrollment, at, **facts):
    course = enrollment.course
    notify(
        [enrollment.student_id],
        kind,
        source=f"enrollment:{enrollment.pk}:{at.isoformat()}",
        facts={"title": course.title, "slug": course.slug} | facts,
        now=at,
    )


@listens_to(student_placed)
def tell_of_place(sender, *, enrollment, at, **facts):
    _tell(PLACED, enrollment, at)


@listens_to(student_removed)
def tell_of_removal(sender, *, enrollment, at, reason, **facts):
    _tell(REMOVED, enrollment, at, reason=reason)


@listens_to(student_suspended)
def tell_of_suspension(sender, *, enrollment, at, reason, **facts):
    _tell(SUSPENDED, enrollment, at, reason=reason)


def tell_teachers_of_day(day: date, *, now: datetime) -> int:
    """Tell those who look after a course how many joined and completed it on a day (UTC). Returns the courses.

    One notification for a course and day, however busy it was; a repeat tells nothing twice.
    """
    counted = (
        EnrollmentChange.objects.filter(at__date=day, to_status__in=["active", "completed"])
        .values("enrollment__course")
        .annotate(
            joined=Count("enrollment", filter=Q(from_status=""), distinct=True),
            completed=Count("enrollment", filter=Q(to_status="completed"), distinct=True),
        )
    )
    numbers = {row.pop("enrollment__course"): row for row in counted.order_by()}
    courses = Course.objects.filter(pk__in=numbers).prefetch_related("staff")
    told = 0
    for course in courses:
        counts = numbers[course.pk]
        teachers = {member.user_id for member in course.staff.all()} | {course.owner_id} - {None}
        if not teachers or not any(counts.values()):
            continue
        facts = {"title": course.title, "slug": course.slug} | counts
        notify(teachers, SUMMARY, source=f"course:{course.pk}:{day}", facts=facts, now=now)
        told += 1
    return told
