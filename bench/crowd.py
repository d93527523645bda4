"""People who wait, ask, were invited, were certified and owe money, on top of what the seed makes.

The course of 10,000 students gets a queue of 5,000 and all else that its staff look after. Two copies of it have a
queue of 50, and 1,000 requests.
"""

from datetime import timedelta
from hashlib import sha256
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from billing.models import Invoice, Order, Payment
from certificates.models import Certificate
from config.seeding.rows import insert_rows
from content.services.copying_course import copy_course
from courses.models import Course
from enrollments.models import (
    Enrollment,
    Invitation,
    Section,
    SectionMember,
    WaitlistChange,
    WaitlistEntry,
)
from lib.ids import uuid7
from tenancy.context import require_organization_id
from users.models import Profile, User

LARGE, SMALL, ASKED = "sized-people", "queue-50", "requests-1000"
QUEUES = {LARGE: 5_000, SMALL: 50}
OFFERS = 20  # that are open
PACE = 300  # offers of the past weeks that were not answered
NEWCOMERS = 300  # who want nothing yet
REQUESTS, INVITATIONS, CERTIFICATES, INVOICES = 1_000, 2_000, 3_000, 3_000
SECTIONS, MEMBERS = 3, 300
#: Known beforehand, for the addresses of pages: a section of the large course, and somebody's place on it.
SECTION, PLACE = uuid5(NAMESPACE_URL, "bench section 0"), uuid5(NAMESPACE_URL, "bench place")
STAMP = ("id", "organization_id", "created_at", "updated_at")


@transaction.atomic
def gather() -> None:
    """Make the crowd, unless it is there."""
    if User.objects.filter(username="crowd0").exists():
        return
    now = timezone.now()
    crowd = add_people(max(QUEUES.values()) + NEWCOMERS + PACE + 1, now)
    large = Course.objects.select_related("owner").get(slug=LARGE)
    small, asked = copied(large, SMALL, now), copied(large, ASKED, now)
    add_enrollments(asked, crowd[:REQUESTS], now, status="pending")
    add_enrollments(small, crowd[-1:], now)
    add_enrollments(large, crowd[-1:], now, ids=[PLACE])
    places = list(
        Enrollment.objects.filter(course=large, status="active")
        .exclude(pk=PLACE)
        .order_by("id")
        .values_list("pk", "student")[:CERTIFICATES]
    )
    for course in (small, large):
        add_queue(course, crowd[: QUEUES[course.slug]], crowd[-PACE - 1 : -1], now)
    Course.objects.filter(slug=ASKED).update(enrollment_type=Course.EnrollmentType.APPROVAL)
    add_sections(large, places, now)
    add_invitations(large, now)
    add_certificates(large, [*places[1:], (PLACE, crowd[-1])], now)
    add_invoices(large, [*(student for _place, student in places[1:]), crowd[-1]], now)


def row(now, *values, row_id: UUID | None = None) -> tuple:
    return (row_id or uuid7(), require_organization_id(), now, now, *values)


def add_people(count: int, now) -> list[UUID]:
    ids = [uuid7() for _ in range(count)]
    columns = ("username", "email", "first_name", "last_name", "password", "email_verified_at")
    insert_rows(
        User,
        (*STAMP, *columns),
        (
            row(now, f"crowd{n}", f"crowd{n}@example.org", "Ada", f"Crowd{n % 997}", "!", now, row_id=id_)
            for n, id_ in enumerate(ids)
        ),
    )  # fmt: skip
    insert_rows(
        Profile,
        ("user_id", *STAMP[1:]),
        (row(now, row_id=id_) for id_ in ids),
    )
    return ids


def copied(course: Course, slug: str, now) -> Course:
    """A published copy."""
    copy = copy_course(course, title=slug, slug=slug, by=course.owner, now=now)
    Course.objects.filter(pk=copy.pk).update(status=Course.Status.PUBLISHED, published_at=now)
    return copy


def add_enrollments(course: Course, students, now, *, status: str = "active", ids=None) -> None:
    """Students who are on the course, or who asked for a place minutes after each other."""
    columns = (
        "course_id", "student_id", "status", "enrolled_at", "approval_requested_at", "request_message",
        "outline_version",
    )  # fmt: skip
    is_asked = status == "pending"
    insert_rows(
        Enrollment,
        (*STAMP, *columns),
        (
            row(
                now, course.pk, student, status, None if is_asked else now,
                now - timedelta(minutes=n) if is_asked else None, "I would like to learn this.", 0,
                row_id=id_,
            )
            for n, (student, id_) in enumerate(zip(students, ids or [None] * len(students), strict=True))
        ),
    )  # fmt: skip


def add_queue(course: Course, waiting, past, now) -> None:
    """A full course, and before it those who wait, those with an offer, and those who let one pass."""
    offered = min(OFFERS, len(waiting) // 5)
    entries, changes = [], []
    for place, student in enumerate(waiting, 1):
        joined = now - timedelta(days=40) + timedelta(minutes=place)
        has_offer = place <= offered
        entry = row(
            joined, course.pk, student, "offered" if has_offer else "waiting", joined, place,
            *((now, now + timedelta(days=7), now) if has_offer else (None, None, None)),
        )  # fmt: skip
        entries.append(entry)
        changes.append(row(joined, entry[0], course.pk, student, "", "waiting", 1, joined))
        if has_offer:
            changes.append(row(now, entry[0], course.pk, student, "waiting", "offered", 1, now))
    for number, student in enumerate(past):
        joined, at = now - timedelta(days=50), now - timedelta(minutes=200 * number)
        entry = row(joined, course.pk, student, "lapsed", joined, number + 1, at, None, at)
        entries.append(entry)
        for before, after, when in (
            ("", "waiting", joined),
            ("waiting", "offered", at),
            ("offered", "lapsed", at),
        ):
            changes.append(row(when, entry[0], course.pk, student, before, after, 1, when))
    columns = (
        "course_id", "student_id", "state", "joined_at", "joined_position", "offered_at",
        "offer_expires_at", "notified_at",
    )  # fmt: skip
    taken = Enrollment.objects.holding_seats().filter(course=course).count()
    Course.objects.filter(pk=course.pk).update(max_capacity=taken + offered, offer_hours=168)
    insert_rows(WaitlistEntry, (*STAMP, *columns), entries)
    columns = ("entry_id", "course_id", "student_id", "from_state", "to_state", "to_priority", "at")
    insert_rows(WaitlistChange, (*STAMP, *columns), changes)


def add_sections(course: Course, places, now) -> None:
    ids = [uuid5(NAMESPACE_URL, f"bench section {n}") for n in range(SECTIONS)]
    insert_rows(
        Section,
        (*STAMP, "course_id", "title", "starts_at", "ends_at"),
        (
            row(now, course.pk, f"Section {n + 1}", now - timedelta(days=30), now + timedelta(days=60), row_id=id_)
            for n, id_ in enumerate(ids)
        ),
    )  # fmt: skip
    insert_rows(
        SectionMember,
        (*STAMP, "section_id", "enrollment_id", "student_id"),
        (
            row(now, ids[n % SECTIONS], place, student)
            for n, (place, student) in enumerate(places[: SECTIONS * MEMBERS])
        ),
    )


def add_invitations(course: Course, now) -> None:
    insert_rows(
        Invitation,
        (*STAMP, "course_id", "email", "secret_hash", "sent_at", "expires_at"),
        (
            row(
                now - timedelta(minutes=n), course.pk, f"invited{n}@example.org",
                sha256(f"invitation {n}".encode()).hexdigest(), now, now + timedelta(days=14),
            )
            for n in range(INVITATIONS)
        ),
    )  # fmt: skip


def add_certificates(course: Course, places, now) -> None:
    columns = (
        "enrollment_id", "student_id", "course_id", "name", "course_title", "organization_name", "language",
        "completed_at", "completed_on", "issued_at", "code_hash", "color",
    )  # fmt: skip
    insert_rows(
        Certificate,
        (*STAMP, *columns),
        (
            row(
                now, place, student, course.pk, "Ada Crowd", course.title, "Benchmark", "en", now, now.date(),
                now - timedelta(minutes=n), sha256(f"certificate {n}".encode()).hexdigest(),
                "#123456",
            )
            for n, (place, student) in enumerate(places)
        ),
    )  # fmt: skip


def add_invoices(course: Course, students, now) -> None:
    """An order and its invoice for everybody; every other one is paid."""
    orders = [
        row(now, course.pk, student, "open" if n % 2 else "paid", now - timedelta(minutes=n))
        for n, student in enumerate(students[:INVOICES])
    ]
    insert_rows(Order, (*STAMP, "course_id", "buyer_id", "status", "ordered_at"), orders)
    columns = (
        "order_id", "buyer_id", "status", "issued_on", "due_on", "language", "seller_name", "buyer_name",
        "lines", "currency", "tax_rate", "net", "tax", "gross", "year",
    )  # fmt: skip
    due = now.date() + timedelta(days=14)
    invoices = [
        row(
            now, order[0], order[5], "open", now.date(), due, "en", "Benchmark", "Ada Crowd",
            '[{"text": "A course", "amount": "12.00"}]', "EUR", 0, 12, 0, 12, now.year,
        )
        for order in orders
    ]  # fmt: skip
    insert_rows(Invoice, (*STAMP, *columns), invoices)
    columns = (
        "invoice_id", "buyer_id", "amount", "currency", "method", "received_on", "recorded_at",
    )  # fmt: skip
    insert_rows(
        Payment,
        (*STAMP, *columns),
        (row(now, each[0], each[5], 12, "EUR", "transfer", now.date(), now) for each in invoices[::2]),
    )  # fmt: skip
