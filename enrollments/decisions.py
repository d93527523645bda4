"""May this person enroll on this course? One answer, with reasons, for the page, the admin and the API."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Course
from enrollments.ending import access_is_over
from enrollments.models import Enrollment
from enrollments.standing import Standing, standing_of
from lib.decisions import Decision, Reason, allow, refuse
from users.models import Permission

Check = Callable[[Standing, datetime], Reason | None]

Status = Enrollment.Status

#: The questions in the order in which they are asked; the first objection is the answer. What is asked of payment,
#: the floor above that sells says.
STEPS = ("status", "visibility", "type", "duplicate", "prerequisites", "payment", "capacity")

_checks: dict[str, list[Check]] = {step: [] for step in STEPS}


def asks(step: str) -> Callable[[Check], Check]:
    """Add a check to a step: `check(standing, now)` returns the reason against enrolling, or None."""

    def add(check: Check) -> Check:
        _checks[step].append(check)
        return check

    return add


def decide_enrollment(user, course, *, now: datetime) -> Decision:
    """Whether `user` may enroll on `course` at `now`. One query; the claim of the seat has the last word."""
    return decide(standing_of(user, course.pk), now=now)


def decide(standing: Standing, *, now: datetime, steps=STEPS) -> Decision:
    """The decision on a standing that was read already; of some steps alone where not all are in question."""
    objection = next(_objections(standing, now, steps), None)
    return allow() if objection is None else refuse(objection)


def decide_request(standing: Standing, *, now: datetime) -> Decision:
    """Whether somebody may ask for a place: where all that keeps them from enrolling is that they must ask.

    A full course may be asked for if it has a waitlist, which approval then leads to.
    """
    objections = list(_objections(standing, now, STEPS))
    if not any(reason.code == "approval" for reason in objections):
        free = Reason("no_request", _("You need not ask: you can enroll at once."))
        return refuse(objections[0] if objections else free)
    passed = {"approval", "full"} if standing.waitlist_enabled else {"approval"}
    others = [reason for reason in objections if reason.code not in passed]
    return refuse(others[0]) if others else allow()


def _objections(standing, now, steps):
    for step in steps:
        for check in _checks[step]:
            reason = check(standing, now)
            if reason is not None:
                yield reason


def can_enroll(user, course, *, now: datetime) -> dict:
    """The decision as data: `allowed`, `message` and `reasons`."""
    return decide_enrollment(user, course, now=now).as_dict()


@asks("status")
def course_is_published(standing, now):
    if standing.deleted_at is not None or standing.status == Course.Status.DRAFT:
        return Reason("not_published", _("This course is not published yet."))
    if standing.status == Course.Status.ARCHIVED:
        return Reason(
            "archived",
            _("This course is archived and takes no new students."),
            reverse("courses:list"),
            _("Find another course"),
        )
    return None


@asks("status")
def enrollment_is_not_over(standing, now):
    closed_at = standing.enrollment_closes_at
    if closed_at is None or now < closed_at or standing.holds_seat:
        return None
    values = {"day": date_format(timezone.localtime(closed_at), "DATE_FORMAT")}
    return Reason("closed", _("Enrollment ended on %(day)s.") % values)


@asks("status")
def access_is_not_over(standing, now):
    return None if standing.holds_seat else access_is_over(standing, now=now)


@asks("visibility")
def course_is_public(standing, now):
    is_asked_in = standing.is_on_it or standing.is_let_in
    if standing.visibility == Course.Visibility.PRIVATE and not is_asked_in:
        return Reason("private", _("This course is private. Its teachers decide who joins."))
    return None


@asks("type")
def is_signed_in(standing, now):
    if standing.user is not None:
        return None
    here = reverse("courses:detail", args=[standing.slug])
    return Reason(
        "sign_in",
        _("Sign in to enroll."),
        f"{reverse('account_login')}?next={here}",
        _("Sign in to enroll"),
    )


@asks("type")
def role_may_enroll(standing, now):
    if not standing.may(Permission.COURSE_ENROLL):
        return Reason(
            "guest_account",
            _("Your account may look around but not enroll. Ask an admin for a student account."),
        )
    return None


@asks("type")
def does_not_teach_it(standing, now):
    if standing.teaches and not standing.holds_seat:
        return Reason(
            "teaches",
            _("You look after this course: every lesson is open to you, without taking a seat."),
        )
    return None


@asks("type")
def course_is_open(standing, now):
    is_open = standing.enrollment_type == Course.EnrollmentType.OPEN
    has_asked = standing.holds_seat or standing.state == Status.PENDING
    if is_open or has_asked or has_way_in(standing, now):
        return None
    if standing.enrollment_type == Course.EnrollmentType.APPROVAL:
        here = reverse("enrollments:request", args=[standing.slug])
        text = _("The teachers of this course decide who joins.")
        return Reason("approval", text, here, _("Ask for a place"))
    if standing.way is not None:
        return Reason("invitation_over", _("Your invitation is out of date. Ask for another one."))
    return by_invitation_only()


def has_way_in(standing: Standing, now: datetime) -> bool:
    """Whether an invitation, a code or the list of addresses lets this person in, without asking."""
    return standing.way is not None and standing.way.is_open(now)


def by_invitation_only() -> Reason:
    """The reason of courses that nobody joins by themselves."""
    return Reason("restricted", _("This course is by invitation. Ask its teachers to add you."))


@asks("duplicate")
def has_no_place_yet(standing, now):
    if standing.state is None or standing.state in REJOINING:
        return None
    if standing.is_approved or (standing.state == Status.PENDING and has_way_in(standing, now)):
        return None  # what they asked for, they may take
    url = reverse("courses:detail", args=[standing.slug])
    texts = {
        Status.PENDING: _("Your request is waiting for an answer."),
        Status.ACTIVE: _("You are on this course already."),
        Status.COMPLETED: _("You have completed this course. It stays open to you."),
        Status.PAUSED: _("You have paused this course. Resume it to go on."),
        Status.SUSPENDED: _("Your place on this course is suspended. Ask its teachers why."),
    }
    return Reason(f"already_{standing.state}", texts[standing.state], url, _("Open the course"))


@asks("duplicate")
def does_not_wait_yet(standing, now):
    here = reverse("courses:detail", args=[standing.slug])
    if standing.is_waiting:
        return Reason("waiting", _("You are on the waitlist."), here, _("Open the course"))
    if standing.has_offer:
        return Reason("offered", _("A seat is held for you."), here, _("Open the course"))
    return None


@asks("prerequisites")
def prerequisites_are_done(standing, now):
    if not standing.missing:
        return None
    first = standing.missing[0]
    titles = ", ".join(_("“%(text)s”") % {"text": course["title"]} for course in standing.missing)
    return Reason(
        "prerequisites",
        _("Complete %(courses)s first.") % {"courses": titles},
        reverse("courses:detail", args=[first["slug"]]),
        _("Go to “%(course)s”") % {"course": first["title"]},
    )


@asks("capacity")
def seat_is_free(standing, now):
    return course_full(standing) if standing.free_seats == 0 else None


def course_full(standing: Standing) -> Reason:
    """The reason of the last step, also given when the claim of a seat came too late."""
    text = ngettext("The only seat is taken.", "All %(seats)s seats are taken.", standing.capacity)
    text %= {"seats": standing.capacity}
    if standing.waitlist_enabled:
        here = reverse("courses:detail", args=[standing.slug])
        return Reason("full", text, here, _("Join the waitlist"))
    return Reason("full", text, reverse("courses:list"), _("Find another course"))


def can_wait(standing: Standing, decision: Decision) -> bool:
    """Whether all that keeps somebody from enrolling is a seat, and the course has a waitlist."""
    return decision.code == "waiting" or (decision.code == "full" and standing.waitlist_enabled)


#: States from which one asks for a place again.
REJOINING = frozenset({Status.WITHDRAWN, Status.REJECTED, Status.EXPIRED})
