"""What students and teachers are told about places on courses."""

from datetime import date, datetime
from itertools import islice

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Course
from enrollments.ending import day_of
from enrollments.models import EnrollmentChange
from enrollments.services.expiry import BATCH, ending_soon
from enrollments.signals import (
    access_ended,
    place_requested,
    request_approved,
    request_rejected,
    student_placed,
    student_removed,
    student_suspended,
)
from lib.events import listens_to
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence, Notification
from notifications.services import notify
from tenancy.context import acting_for_everyone


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


def _ends_soon(facts):
    values, url = _of_course(facts)
    values["day"] = day_of(datetime.fromisoformat(facts["ends_at"]))
    title = _("Your access to “%(course)s” ends on %(day)s") % values
    return Message(title, _("Ask its teachers if you need more time. What you did is kept."), url)


def _ended(facts):
    values, url = _of_course(facts)
    title = _("Your access to “%(course)s” has ended") % values
    return Message(title, _("What you did is kept, and you can still see it."), url)


def _message(facts):
    values, url = _of_course(facts)
    values["sender"] = facts["sender"]
    greeting = _("%(sender)s writes to you about “%(course)s”:") % values
    return Message(facts["subject"], f"{greeting}\n\n{facts['text']}", url)


def _requested(facts):
    values = {"course": facts["title"], "name": facts["name"]}
    title = _("%(name)s asks for a place on “%(course)s”") % values
    return Message(title, facts["message"], reverse("enrollments:requests", args=[facts["slug"]]))


def _approved(facts):
    values, url = _of_course(facts)
    title = _("You are accepted on “%(course)s”") % values
    if facts["is_waiting"]:
        text = _("All seats are taken, so you are on the waitlist. You are told of a free seat.")
        return Message(title, text, url)
    return Message(title, _("You can begin at once."), url)


def _rejected(facts):
    values, url = _of_course(facts)
    return Message(_("You were not accepted on “%(course)s”") % values, facts["reason"], url)


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
ENDS_SOON = declare(
    Kind(
        "enrollment.ends_soon",
        gettext_lazy("My access to a course ends soon"),
        _ends_soon,
        Cadence.NOW,
    )
)
ENDED = declare(
    Kind("enrollment.ended", gettext_lazy("My access to a course has ended"), _ended, Cadence.NOW)
)
MESSAGE = declare(
    Kind("enrollment.message", gettext_lazy("My teachers write to me"), _message, Cadence.NOW)
)
APPROVED = declare(
    Kind("enrollment.approved", gettext_lazy("My request is approved"), _approved, Cadence.NOW)
)
REJECTED = declare(
    Kind("enrollment.rejected", gettext_lazy("My request is rejected"), _rejected, Cadence.NOW)
)
REQUESTED = declare(
    Kind(
        "teaching.request",
        gettext_lazy("Somebody asks for a place on my courses"),
        _requested,
        Cadence.DAILY,
        is_for=_teaches,
    )
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


@listens_to(access_ended)
def tell_of_end(sender, *, enrollment, at, **facts):
    _tell(ENDED, enrollment, at)


def tell_of_ends(*, now: datetime) -> int:
    """Tell those whose access ends within a week, and again within a day; returns how many were told now.

    Nobody is told twice of the same end; of another one they are.
    """
    told = 0
    ending = ending_soon(now=now)
    while batch := list(islice(ending, BATCH)):
        sources = [_source_of_end(enrollment, days) for enrollment, days in batch]
        with acting_for_everyone():
            known = Notification.objects.filter(kind=ENDS_SOON.code, source__in=sources)
            known = set(known.values_list("source", flat=True))
        for (enrollment, _days), source in zip(batch, sources, strict=True):
            if source in known:
                continue
            course, ends_at = enrollment.course, enrollment.expires_at.isoformat()
            facts = {"title": course.title, "slug": course.slug, "ends_at": ends_at}
            notify([enrollment.student_id], ENDS_SOON, source=source, facts=facts, now=now)
            told += 1
    return told


def _source_of_end(enrollment, days):
    return f"access:{enrollment.pk}:{enrollment.expires_at.isoformat()}:{days}"


@listens_to(place_requested)
def tell_of_request(sender, *, enrollment, at, **facts):
    course = enrollment.course
    notify(
        _teachers_of(course),
        REQUESTED,
        source=f"request:{enrollment.pk}:{at.isoformat()}",
        facts={
            "title": course.title,
            "slug": course.slug,
            "name": enrollment.student.display_name,
            "message": enrollment.request_message,
        },
        now=at,
    )


@listens_to(request_approved)
def tell_of_approval(sender, *, enrollment, at, **facts):
    _tell(APPROVED, enrollment, at, is_waiting=not enrollment.is_learning)


@listens_to(request_rejected)
def tell_of_rejection(sender, *, enrollment, at, reason, **facts):
    _tell(REJECTED, enrollment, at, reason=reason)


def _teachers_of(course):
    return {member.user_id for member in course.staff.all()} | {course.owner_id} - {None}


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
        teachers = _teachers_of(course)
        if not teachers or not any(counts.values()):
            continue
        facts = {"title": course.title, "slug": course.slug} | counts
        notify(teachers, SUMMARY, source=f"course:{course.pk}:{day}", facts=facts, now=now)
        told += 1
    return told
