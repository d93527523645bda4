"""What is sent rather than read: signing in, completing lessons, enrolling in one hot course, joining a queue."""

from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import crowd, people
from bench.load import Job
from bench.measure import LOAD, Sample, post, sample, send
from bench.people import HOST
from bench.usage import Processes
from config.seeding.bulk import PASSWORD
from courses.models import Course
from enrollments.models import Enrollment, WaitlistEntry
from lib.ids import uuid7
from progress.models import LessonProgress

HOT = "sized-hot"
CLIENTS = 64
SEATS = 40  # that CLIENTS want in each round
CSRF = (
    "benchbenchbenchbenchbenchbench00"  # 32 characters: a form may send the cookie's value as it is
)


@dataclass(frozen=True)
class Writes:
    """Measured requests that change something, and what went wrong with them."""

    sample: Sample
    problem: str = ""


def sign_ins(port: int, processes: Processes, count: int) -> Writes:
    """Sign in people one after another by the form, at LOAD connections."""
    requests = [
        form("/accounts/login/", "", login=f"scale_student{number}", password=PASSWORD)
        for number in range(count)
    ]
    return checked(sample(Job(port, requests, LOAD), processes), count)


def enrollments(port: int, processes: Processes, count: int) -> Writes:
    """Enroll so many students in one course without a limit, with CLIENTS at once."""
    with people.organization():
        Course.objects.filter(slug=HOT).update(max_capacity=None)
        before = places()
        requests = enroll_requests(count)
    sampled = sample(Job(port, requests, CLIENTS), processes)
    with people.organization():
        made = places() - before
    return checked(sampled, count, "" if made == count else f"{made} of {count} got a place")


def joins(port: int, processes: Processes, count: int) -> Writes:
    """Let so many students join the queue of thousands, with LOAD at once; afterwards they are gone from it."""
    with people.organization():
        users = people.outsiders(crowd.LARGE, count)
        requests = enroll_requests_of(users, crowd.LARGE)
    sampled = sample(Job(port, requests, LOAD), processes)
    with people.organization():
        entries = WaitlistEntry.objects.waiting().filter(
            course__slug=crowd.LARGE, student__in=[user.pk for user in users]
        )
        made, _kinds = entries.count(), entries.delete()
    return checked(
        sampled, len(users), "" if made == len(users) else f"{made} of {len(users)} wait"
    )


def rushes(port: int, rounds: int) -> tuple[int, int]:
    """CLIENTS want SEATS seats, again and again; returns rounds that went wrong, and seats given in all.

    Each round gives the course SEATS more seats than it has students and lets other students rush at them.
    """
    wrong = given = 0
    with people.organization():
        requests = enroll_requests(rounds * CLIENTS)
    for number in range(rounds):
        with people.organization():
            before = places()
            Course.objects.filter(slug=HOT).update(max_capacity=before + SEATS)
        send(Job(port, requests[number * CLIENTS : (number + 1) * CLIENTS], CLIENTS))
        with people.organization():
            after = places()
            counted = Course.objects.values_list("seats__taken", flat=True).get(slug=HOT)
        wrong += after != before + SEATS or counted != after
        given += after - before
    with people.organization():
        Course.objects.filter(slug=HOT).update(max_capacity=None)
    return wrong, given


def completions(port: int, processes: Processes, count: int) -> Writes:
    """Mark lessons complete for the first time: each request is another student's."""
    slug = "sized-people"
    with people.organization():
        done = LessonProgress.objects.filter(
            enrollment__course__slug=slug, lesson__slug="lesson-1-1", completed_at__isnull=False
        )
        learning = Enrollment.objects.filter(course__slug=slug, status=Enrollment.Status.ACTIVE)
        learning = learning.exclude(pk__in=done.values("enrollment"))
        users = [row.student for row in learning.select_related("student").order_by("id")[:count]]
        requests = [
            form(f"/courses/{slug}/lessons/lesson-1-1/complete/", person.session)
            for person in people.signed_in(users)
        ]
        before = done.count()
    sampled = sample(Job(port, requests, LOAD), processes)
    with people.organization():
        made = done.count() - before
    return checked(
        sampled, len(users), "" if made == len(users) else f"{made} of {len(users)} stored"
    )


@contextmanager
def hot_course():
    """The hot course without a waitlist: every free seat is for those who rush at it. Nobody is on it before or after."""
    course = Course.objects.filter(slug=HOT)
    with people.organization():
        _clear_hot_course()
        course.update(waitlist_enabled=False)
    try:
        yield
    finally:
        with people.organization():
            _clear_hot_course()
            course.update(waitlist_enabled=True)


def _clear_hot_course() -> None:
    WaitlistEntry.objects.filter(course__slug=HOT).delete()
    Enrollment.objects.filter(course__slug=HOT).delete()


def enroll_requests(count: int) -> list[str]:
    return enroll_requests_of(people.outsiders(HOT, count), HOT)


def enroll_requests_of(users, slug: str) -> list[str]:
    return [form(f"/courses/{slug}/enroll/", person.session) for person in people.signed_in(users)]


def places() -> int:
    return Enrollment.objects.holding_seats().filter(course__slug=HOT).count()


def form(path: str, session: str, **fields: str) -> str:
    sent = {"csrfmiddlewaretoken": CSRF, "idempotency_key": str(uuid7())} | fields
    return post(path, HOST, session, urlencode(sent), CSRF)


def checked(sampled: Sample, count: int, problem: str = "") -> Writes:
    """A success here is a redirect; everything else is named."""
    statuses = sampled.result.statuses
    good = sum(number for status, number in statuses.items() if status.startswith(("302", "303")))
    if sampled.result.broken:
        problem = f"{sampled.result.broken} connections broke"
    elif good != count:
        problem = ", ".join(f"{number} × {status}" for status, number in statuses.items())
    return Writes(sampled, problem)
