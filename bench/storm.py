"""What the benchmark of the waitlist does, and what must hold afterwards."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from bench import people, writes
from bench.database import SLUG
from bench.load import Job, Result
from bench.measure import send
from courses import services as courses
from courses.models import Course, CourseSeats, Subject
from enrollments import invariants, services
from enrollments.models import Enrollment, WaitlistChange, WaitlistEntry
from enrollments.services import offers
from enrollments.standing import standing_of
from lib.ids import uuid7
from notifications.models import Notification
from tenancy.context import organization_context
from tenancy.models import Organization
from tenancy.services import find_organization, found_organization
from users.models import User

THREADS = 16
STORM_SEATS = 30
PATIENCE = 120  # seconds until the last promise is kept
REFUSALS = (
    services.EnrollmentRefused,
    services.UnlawfulChange,
    services.UnlawfulStep,
    services.OfferGone,
)


def prepare(count: int):
    """The organization, founded where it is missing, and so many students with a session each."""
    try:
        organization = find_organization(SLUG)
    except Organization.DoesNotExist:
        organization = found_organization(name="Benchmark", slug=SLUG, hosts=[people.HOST]).pk
    with organization_context(organization):
        missing = count - User.objects.filter(username__startswith="waiting_").count()
        made = [_student(count - number) for number in range(missing)]
        User.objects.bulk_create(made)
        students = list(User.objects.filter(username__startswith="waiting_").order_by("id")[:count])
        return organization, [
            (student, person.session)
            for student, person in zip(students, people.signed_in(students), strict=True)
        ]


def _student(number):
    name = f"waiting_{number}"
    return User(
        username=name, email=f"{name}@example.org", password="!", email_verified_at=timezone.now()
    )


def found_course(organization, *, seats: int, **fields) -> Course:
    """A published course that nobody is on."""
    name = f"wait-{uuid7().hex}"
    with organization_context(organization):
        owner, _is_new = User.objects.get_or_create(
            username="owner", defaults={"email": "owner@example.org", "role": User.Role.INSTRUCTOR}
        )
        subject, _is_new = Subject.objects.get_or_create(title="Benchmark", slug="benchmark")
        return Course.objects.create(
            subject=subject,
            title=name,
            slug=name,
            owner=owner,
            status=Course.Status.PUBLISHED,
            published_at=timezone.now(),
            max_capacity=seats,
            **fields,
        )


# The rush


def enroll_requests(organization, course: Course, students) -> list[str]:
    path = f"/courses/{course.slug}/enroll/"
    return [writes.form(path, session) for _student, session in students]


def rush(port: int, requests: list[str]) -> Result:
    """All at once, each on a connection of its own."""
    return send(Job(port, requests, len(requests)))


def look_at_rush(organization, course: Course, seats: int, waiting: int) -> list[str]:
    """What is not as it must be once everybody had an answer.

    A place counts those whom the one who joined found committed in front: places without gap or repeat, rising with
    the times, are the order of the commits.
    """
    with organization_context(organization):
        active = Enrollment.objects.filter(course=course, status=Enrollment.Status.ACTIVE).count()
        queue = WaitlistEntry.objects.waiting().filter(course=course)
        places = list(queue.values_list("joined_position", flat=True))
        taken = CourseSeats.objects.get(course=course).taken
    problems = []
    if (active, taken) != (seats, seats):
        problems.append(f"{active} on the course, {taken} seats taken, {seats} there")
    if places != list(range(1, waiting + 1)):
        problems.append(f"{len(places)} in the queue, not in the order of their commits")
    return problems


def look_at_answers(result: Result, count: int) -> list[str]:
    good = sum(number for status, number in result.statuses.items() if status.startswith("302"))
    if good == count and not result.broken:
        return []
    return [f"answers {result.statuses}, {result.broken} connections broke"]


# The storm


def run(organization, students, steps: int, say) -> list[str]:
    """Everything at once, first with offers that are answered, then with seats that a worker gives."""
    problems = []
    for hours, title in ((24, "offers"), (0, "promises and a worker that is killed")):
        course = found_course(organization, seats=STORM_SEATS, offer_hours=hours)
        _fill(organization, course, students)
        chosen = _steps(course, students, steps)
        started = time.perf_counter()
        outcomes = _at_once(organization, chosen, kill=hours == 0)
        say(f"{steps} steps with {title}: {time.perf_counter() - started:.1f} s, {dict(outcomes)}")
        if hours == 0:
            _let_worker_finish(organization, course)
        found = look_at_storm(organization, course)
        found += [f"{count} × {name}" for name, count in outcomes.items() if name.startswith("!")]
        problems += [f"{title}: {each}" for each in found]
    print(f"{steps} random steps at once, twice; once a worker was killed in the middle.")
    return problems


def _fill(organization, course, students):
    """Seats and a queue, half of all people."""
    for student, _session in students[: len(students) // 2]:
        with organization_context(organization):
            _want(course, student)


def _want(course, student):
    services.enroll_or_wait(standing_of(student, course.pk), by=student, now=timezone.now())


def _steps(course, students, count):
    """Random steps: come, leave, give a place by hand, answer an offer, change the number of seats."""
    choose = random.Random(7)  # noqa: S311 -- not a secret
    newcomers = [student for student, _session in students[len(students) // 2 :]]
    kinds = choose.choices(
        ("come", "leave", "place", "answer", "capacity"), (5, 5, 2, 5, 1), k=count
    )
    for kind in kinds:
        if kind == "come":
            yield partial(_want, course, newcomers.pop())
        elif kind == "leave":
            yield partial(_withdraw_one, course, choose.random())
        elif kind == "place":
            yield partial(_place, course, newcomers.pop())
        elif kind == "answer":
            yield partial(_answer_one, course, choose.random())
        else:
            yield partial(_set_capacity, course, choose.randint(STORM_SEATS, STORM_SEATS + 20))


def _withdraw_one(course, where):
    active = Enrollment.objects.filter(course=course, status=Enrollment.Status.ACTIVE)
    ids = list(active.order_by("id").values_list("pk", flat=True))
    services.withdraw(ids[int(where * len(ids))], by=None, now=timezone.now())


def _place(course, student):
    services.place(course.pk, student, by=None, now=timezone.now())


def _answer_one(course, where):
    ids = list(
        WaitlistEntry.objects.offered()
        .filter(course=course)
        .order_by("id")
        .values_list("pk", flat=True)
    )
    if ids:
        answer = services.accept_offer if where < 0.7 else services.decline_offer
        answer(ids[int(where * len(ids))], by=None, now=timezone.now())


def _set_capacity(course, seats):
    courses.update_course(course.pk, by=None, now=timezone.now(), max_capacity=seats)


def _at_once(organization, steps, *, kill: bool) -> Counter:
    """Run the steps in parallel; errors that no reader should see are counted with a `!`."""

    def attempt(step):
        try:
            with organization_context(organization):
                step()
        except REFUSALS as refused:
            return type(refused).__name__
        except Exception as error:
            return f"!{type(error).__name__}: {error}"
        finally:
            connection.close()
        return "done"

    worker = _worker() if kill else None
    with ThreadPoolExecutor(THREADS) as pool:
        results = pool.map(attempt, list(steps))
        if worker:
            time.sleep(3)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        return Counter(results)


def _worker():
    command = [sys.executable, "manage.py", "procrastinate", "worker", "--concurrency", "4"]
    return subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _let_worker_finish(organization, course):
    """Another worker does what the killed one left, until no promise is open."""
    worker = _worker()
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            with organization_context(organization):
                if not WaitlistEntry.objects.offered().filter(course=course).exists():
                    return
            time.sleep(1)
    finally:
        worker.terminate()
        worker.wait()


def look_at_storm(organization, course: Course) -> list[str]:
    """What is not as it must be: seats, the queue, one promotion and one message for each offer."""
    with organization_context(organization), transaction.atomic():
        problems = [str(each) for each in invariants.check()]
        seats = CourseSeats.objects.get(course=course)
        if seats.taken > max(seats.capacity, STORM_SEATS + 20):
            problems.append(f"{seats.taken} seats taken of {seats.capacity}")
        changes = WaitlistChange.objects.filter(course=course)
        if course.offer_hours:
            offered = changes.filter(to_state="offered").count()
        else:
            offered = changes.filter(from_state="offered", to_state="placed").count()
        kind = "waitlist.offered" if course.offer_hours else "waitlist.placed"
        told = Notification.objects.filter(kind=kind, facts__slug=course.slug).count()
        open_promises = WaitlistEntry.objects.filter(
            course=course, pk__in=offers.promised()
        ).count()
        if told != offered:
            problems.append(f"{offered} promotions, {told} messages")
        if open_promises:
            problems.append(
                f"{open_promises} promises not kept after {timedelta(seconds=PATIENCE)}"
            )
        placed = Counter(changes.filter(to_state="placed").values_list("entry", flat=True))
        joined = Counter(changes.filter(to_state="waiting").values_list("entry", flat=True))
        twice = [entry for entry, count in placed.items() if count > joined[entry]]
        if twice:
            problems.append(f"promoted twice: {twice}")
    return problems
