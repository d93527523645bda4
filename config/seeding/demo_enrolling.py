"""Ways onto the demo courses: a waitlist, requests, invitations and a code, sections, and access that ends."""

from datetime import timedelta
from uuid import UUID

from config.seeding.demo_cast import Cast
from content.models import Module
from content.services.outline import update_module
from courses.models import Course
from courses.services import update_course
from enrollments import services
from enrollments.models import Enrollment, Section, WaitlistEntry
from enrollments.notices import tell_of_ends
from enrollments.services.codes import join_by_code, make_code
from enrollments.services.expiry import expire, move_end
from enrollments.services.invitations import invite, revoke
from enrollments.services.offers import serve
from enrollments.services.preapprovals import add_addresses
from enrollments.services.queue import keep
from enrollments.services.sections import put_in_section, save_section
from enrollments.standing import standing_of
from users.models import User

CLIENT_IP = "192.0.2.1"  # an address that nobody has


def add_waitlist(course: Course, cast: Cast) -> None:
    """A full course: one offer lapsed, one was accepted, one waits for the first named student; others queue."""
    _fill(course, cast)
    named = [student for student in cast.students if not _is_on(course, student)]
    leaving = cast.learning(course)[:2]
    early, late, patient, *others = cast.newcomers(course)[:7]
    queue = [early, late, *named[:1], patient, *named[1:], *others]
    entries = [
        _wait(course, person, place, cast.ago(24 - 2.5 * place))
        for place, person in enumerate(queue, 1)
    ]
    _leave(leaving[0], cast.ago(days=6))
    serve(course.pk, now=cast.ago(days=3.9))  # the first has not answered
    services.accept_offer(entries[1], by=late, now=cast.ago(days=3.5))
    _leave(leaving[1], cast.ago(hours=5))
    staff = {"by": course.owner, "now": cast.ago(hours=3)}
    urgent = "Begins a new job on the 1st and has to give talks there."
    services.set_priority(entries[-2], 0, reason=urgent, **staff)
    services.skip(entries[-1], reason="Is abroad until summer and asked us to wait.", **staff)


def _fill(course, cast):
    free = course.seats.capacity - course.seats.taken
    for number, student in enumerate(cast.newcomers(course)[:free]):
        services.enroll(course.pk, student, by=student, now=cast.ago(28 - number / 10))


def _is_on(course, student):
    return Enrollment.objects.filter(course=course, student=student).exists()


def _wait(course, student, place, at) -> UUID:
    """Join the queue in the past; the service of the same name reads the database's own clock."""
    entry = WaitlistEntry.objects.create(
        course=course, student=student, joined_at=at, joined_position=place
    )
    keep(entry, "", by=student, at=at)
    return entry.pk


def _leave(enrollment, at):
    services.withdraw(enrollment.pk, by=enrollment.student, now=at)


def add_requests(course: Course, cast: Cast, texts: dict) -> None:
    """A course by approval: requests of all ages, some answered; addresses that need not ask."""
    people = iter(cast.newcomers(course))
    for wish in texts["requests"]:
        _ask(course, next(people), wish, cast)
    for student, wish in zip(cast.students, texts["requests_of_named"], strict=False):
        _ask(course, student, wish, cast)
    listed = ["@harborclinic.example", "registry@townhall.example"]
    add_addresses(course.pk, listed, by=course.owner, now=cast.now)
    closes_at = _morning(cast, days=12)
    update_course(course.pk, enrollment_closes_at=closes_at, by=course.owner, now=cast.now)


def _ask(course, student, wish, cast):
    asked_at, answered_at = cast.ago(wish["days"]), cast.ago(wish["days"] - 0.8)
    standing = standing_of(student, course.pk)
    request = services.request_place(standing, by=student, now=asked_at, message=wish["text"])
    if wish.get("approved"):
        services.approve(request.pk, by=course.owner, now=answered_at)
    elif "answer" in wish:
        services.reject(request.pk, by=course.owner, now=answered_at, reason=wish["answer"])


def add_invitations(course: Course, cast: Cast) -> None:
    """A course by invitation: one waits for the last named student, others in every state; a code, and a former one."""
    members = cast.newcomers(course)[:9]
    _invite(course, [members[0].email, "choir@harborchurch.example"], cast.ago(30))
    _invite(course, [members[1].email], cast.ago(16))
    _invite(course, ["mail@old-address.example"], cast.ago(8), is_revoked=True)
    _invite(course, [cast.students[-1].email, "mira@quay.example"], cast.ago(3))
    services.enroll(course.pk, members[0], by=members[0], now=cast.ago(28))
    services.enroll(course.pk, members[1], by=members[1], now=cast.ago(15))
    _tell_code(course, members[2:4], cast.ago(60), ends_at=cast.ago(32))
    _tell_code(course, members[4:], cast.ago(14), ends_at=_morning(cast, days=21))


def _tell_code(course, members, at, *, ends_at):
    """A code by which some came, a day after each other."""
    code = make_code(course.pk, by=course.owner, now=at, max_uses=12, ends_at=ends_at)
    for days, member in enumerate(members, 1):
        join_by_code(code.code, member, now=at + timedelta(days=days), client_ip=CLIENT_IP)


def _invite(course, addresses, at, *, is_revoked=False):
    invited = invite(course, addresses, by=course.owner, now=at)
    for invitation in invited.sent if is_revoked else ():
        revoke(course, invitation.pk, now=at + timedelta(days=1))


def add_sections(course: Course, cast: Cast) -> None:
    """Two groups that learn a course at their own pace, each with a teacher and a named student in it."""
    groups = [
        Section(
            course=course,
            title="Evening group",
            starts_at=_morning(cast, days=-35),
            ends_at=_morning(cast, days=26),
            max_capacity=12,
        ),
        Section(
            course=course,
            title="Weekend group",
            starts_at=_morning(cast, days=-14),
            ends_at=_morning(cast, days=47),
            max_capacity=8,
        ),
    ]
    now = cast.now
    crowd = cast.learning(course)[:9]
    named = Enrollment.objects.filter(course=course, student__in=cast.students).exclude(
        status=Enrollment.Status.COMPLETED
    )
    named = list(named.order_by("student__created_at", "student"))
    for number, section in enumerate(groups):
        save_section(section, staff=[_other_teacher(course, cast, number)], by=cast.admin, now=now)
        members = crowd[number::2] + named[number::2]
        put_in_section(section, [place.pk for place in members], by=cast.admin, now=now)


def _other_teacher(course, cast, number) -> User:
    others = [teacher for teacher in cast.teachers if teacher != course.owner]
    return [*others, course.owner][number]


def add_ends(course: Course, cast: Cast) -> None:
    """Access that ends soon for the last named student and one of the crowd, and that has ended for another."""
    soon, over, *_others = cast.learning(course)
    staff = {"by": course.owner, "now": cast.ago(days=20)}
    named = Enrollment.objects.get(course=course, student=cast.students[-1])
    if named.status == Enrollment.Status.ACTIVE:
        move_end(named.pk, _morning(cast, days=5), **staff)
    move_end(soon.pk, _morning(cast, days=9), **staff)
    move_end(over.pk, _morning(cast, days=-4), **staff)
    expire(over.pk, now=_morning(cast, days=-4))
    tell_of_ends(now=cast.now)


def add_opening(course: Course, cast: Cast) -> None:
    """The last module of a course opens in some days."""
    module = Module.objects.filter(course=course).order_by("position").last()
    update_module(module, opens_at=_morning(cast, days=6), by=course.owner, now=cast.now)


def _morning(cast, *, days):
    """Seven o'clock UTC, so many days from now."""
    return (cast.now + timedelta(days=days)).replace(hour=7, minute=0, second=0, microsecond=0)
