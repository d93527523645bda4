"""The demo organizations show every feature in use, and everything in them adds up."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from agenda.dates import Span, dates_of
from billing.entitlements import entitlements
from billing.models import Invoice, Order, Payment, Plan, Subscription
from certificates.models import Certificate, CertificateDesign
from config.invariants import differences
from config.seeding.demo import seed_demo
from content.models import LearningPath
from courses.models import Course, CourseReview
from enrollments.models import (
    Enrollment,
    Invitation,
    JoinCode,
    PreApproval,
    Section,
    WaitlistEntry,
)
from enrollments.notices import tell_of_ends
from notifications.models import Notification
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from tenancy.services import find_organization, organization_ids
from users.models import Mail, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

State = WaitlistEntry.State
Status = Enrollment.Status


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Both organizations, made once and taken back after the last test."""
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setattr("django.conf.settings.MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        seed_demo(say=lambda text: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=["harbor", "summit"])
def school(request, seeded, db):
    organization = find_organization(request.param)
    with organization_context(organization):
        yield organization


@pytest.fixture
def harbor(seeded, db):
    organization = find_organization("harbor")
    with organization_context(organization):
        yield organization


def named(username):
    return User.objects.get(username=username)


def course_named(slug):
    return Course.objects.select_related("seats").get(slug=slug)


def test_everything_adds_up(seeded, db):
    assert list(differences()) == []


def test_a_second_run_changes_nothing(seeded, db):
    before = list(organization_ids())
    with organization_context(find_organization("harbor")):
        entries = AuditEntry.objects.count()

    seed_demo(say=lambda text: None)

    assert list(organization_ids()) == before
    with organization_context(find_organization("harbor")):
        assert AuditEntry.objects.count() == entries


def test_nobody_is_mailed_of_what_happened_in_the_seed(school):
    assert not Mail.objects.filter(sent_at__isnull=True).exists()
    assert not Notification.objects.filter(mailed_at__isnull=True).exists()
    assert tell_of_ends(now=timezone.now()) == 0


def test_a_full_course_has_a_queue(school):
    course = course_named("speak-so-people-listen")
    states = set(WaitlistEntry.objects.filter(course=course).values_list("state", flat=True))
    waiting = WaitlistEntry.objects.waiting().filter(course=course)

    assert course.seats.taken == course.seats.capacity
    assert states == {State.WAITING, State.OFFERED, State.PLACED, State.LAPSED, State.SKIPPED}
    assert len(set(waiting.values_list("priority", flat=True))) > 1


def test_the_named_students_wait_for_a_seat_and_for_an_offer(harbor):
    offer = WaitlistEntry.objects.get(student=named("ada"))
    waiting = WaitlistEntry.objects.get(student=named("noor"))

    assert offer.state == State.OFFERED
    assert offer.offer_expires_at > timezone.now()
    assert waiting.state == State.WAITING
    assert waiting.course_id == offer.course_id


def test_a_course_by_approval_has_requests_of_all_ages(harbor):
    course = course_named("data-and-people")
    requests = Enrollment.objects.filter(course=course, approval_requested_at__isnull=False)
    waiting = requests.filter(status=Status.PENDING)

    assert course.enrollment_type == Course.EnrollmentType.APPROVAL
    assert 6 <= waiting.count() <= 10
    assert waiting.values("approval_requested_at").distinct().count() == waiting.count()
    assert waiting.filter(student=named("ada")).exists()
    assert requests.filter(status=Status.ACTIVE, approved_by=course.owner).exists()
    assert requests.get(status=Status.REJECTED).rejection_reason
    assert PreApproval.objects.filter(course=course, value__startswith="@").exists()


def test_a_course_by_invitation_has_invitations_in_every_state_and_a_code(school):
    course = course_named("music-theory-by-ear")
    now = timezone.now()
    invitations = Invitation.objects.filter(course=course)

    assert course.enrollment_type == Course.EnrollmentType.RESTRICTED
    for state in Invitation.STATES:
        assert invitations.in_state(state, now).exists(), state
    former, code = JoinCode.objects.filter(course=course).order_by("ends_at")
    assert (former.is_open(now), code.is_open(now)) == (False, True)
    assert 0 < code.used_count < code.max_uses


def test_two_sections_have_dates_teachers_and_people_of_their_own(harbor):
    sections = list(Section.objects.filter(course__slug="learning-how-to-learn"))

    assert len(sections) == 2
    assert len({section.ends_at for section in sections}) == 2
    assert len({section.staff.get().user_id for section in sections}) == 2
    assert all(section.members.exists() for section in sections)


def test_access_ends_for_some(school):
    now = timezone.now()
    ending = Enrollment.objects.filter(course__slug="git-without-fear", expires_at__gt=now)

    assert ending.filter(status=Status.ACTIVE).exists()
    assert Enrollment.objects.filter(status=Status.EXPIRED).exists()


def test_reviews_are_told_of_the_past_and_answered(school):
    reviews = CourseReview.objects.all()

    assert reviews.count() >= 6
    assert reviews.exclude(reply="").exists()
    assert not reviews.filter(created_at__date__gte=timezone.now().date()).exists()


def test_certificates_hold_and_one_does_not(school):
    completed = Enrollment.objects.filter(
        course__slug="git-without-fear", status=Status.COMPLETED
    ).count()

    assert CertificateDesign.objects.get().signer_name
    assert Certificate.objects.count() == completed
    assert Certificate.objects.exclude(revocation_reason="").count() == 1
    assert Certificate.objects.valid().exists()


def test_ada_holds_a_certificate_and_follows_a_path(harbor):
    assert Certificate.objects.valid().filter(student=named("ada")).exists()
    path = LearningPath.objects.get()
    assert set(path.enrollments.values_list("student__username", flat=True)) == {"ada", "noor"}


def test_the_books_have_orders_in_every_state(school):
    invoices = Invoice.objects.filter(kind=Invoice.Kind.INVOICE)

    assert set(Order.objects.values_list("status", flat=True)) == set(Order.Status.values)
    assert Invoice.objects.get(kind=Invoice.Kind.CREDIT_NOTE).gross == Decimal("-49.00")
    assert invoices.filter(status="open", due_on__lt=timezone.now().date()).exists()
    assert Payment.objects.filter(invoice__status="open").exists()
    assert list(invoices.order_by("issued_on").values_list("year", "number")) == list(
        invoices.order_by("year", "number").values_list("year", "number")
    )
    assert set(Plan.objects.on_offer().values_list("billing_cycle", flat=True)) == {"month", "year"}
    assert Subscription.objects.live().filter(user__isnull=False).count() == 2


def test_nobody_is_on_a_course_without_what_it_asks_for(school):
    now = timezone.now()
    places = Enrollment.objects.select_related("course", "student")
    asked = places.filter(course__enrollment_type=Course.EnrollmentType.APPROVAL)
    invited = places.filter(course__enrollment_type=Course.EnrollmentType.RESTRICTED)

    for place in places.filter(course__price__gt=0):
        assert entitlements(place.student, place.course, now=now), place
    assert not asked.filter(status=Status.ACTIVE, approved_by=None).exists()
    assert not invited.filter(approved_by=None).exists()


def test_a_plan_of_the_organization_opens_a_course_to_everybody(harbor):
    assert Subscription.objects.get(user__isnull=True).plan.scopes.get().course.price
    assert Enrollment.objects.filter(course__slug="drawing-what-you-see").exists()


@pytest.mark.parametrize("username", ["ada", "noor"])
def test_the_agenda_of_the_named_students_is_filled(harbor, username):
    ahead = dates_of([named(username).pk], Span(since=timezone.now()))

    assert len({date.kind for date in ahead}) >= 2
    assert len(ahead) >= 3
