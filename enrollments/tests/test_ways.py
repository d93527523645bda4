"""Coming onto a course that is not open to all: by a list of addresses, an invitation, or a code."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Course, CoursePrerequisite, CourseSeats
from courses.tests.factories import CourseFactory
from enrollments import services
from enrollments.decisions import can_enroll, decide_enrollment
from enrollments.models import Enrollment, EnrollmentChange, Invitation, JoinCode, PreApproval
from enrollments.services import codes, invitations, preapprovals
from enrollments.standing import standing_of
from enrollments.tests.factories import EnrollmentFactory
from users.lockout import LockedOut
from users.models import Mail
from users.tests.factories import UserFactory

NOW = timezone.now()
LATER = NOW + timedelta(days=20)
CLOSED = ("approval", "restricted")


@pytest.fixture
def student(organization):
    return UserFactory(email="ada@mail.example", email_verified_at=NOW)


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, enrollment_type="restricted")


def code_of(student, course, now=NOW):
    return decide_enrollment(student, course, now=now).code


def listed(course, *values):
    preapprovals.add_addresses(course.pk, values, by=course.owner, now=NOW)


def invited(course, *addresses, now=NOW):
    return invitations.invite(course, addresses, by=course.owner, now=now).sent


def sees(student, course):
    return Course.objects.visible_to(student).filter(pk=course.pk).exists()


def secret_in(mail):
    return re.search(r"/invitations/([\w-]+)/", mail.text).group(1)


# Lists of addresses


@pytest.mark.parametrize("kind", CLOSED)
@pytest.mark.parametrize("value", ["ada@mail.example", "@mail.example"])
def test_who_is_on_the_list_enrolls_at_once(student, kind, value):
    course = CourseFactory(published=True, enrollment_type=kind)
    assert code_of(student, course) == kind
    listed(course, value)

    place = services.enroll(course.pk, student, by=student, now=NOW)
    assert place.status == "active"
    assert EnrollmentChange.objects.get().reason == "By the list of addresses."
    stored = Enrollment.objects.get()
    assert (stored.approved_by_id, stored.approved_at) == (course.owner.pk, NOW)


@pytest.mark.parametrize(
    "value", ["bo@mail.example", "@example", "@other.example", "@sub.mail.example"]
)
def test_other_entries_let_nobody_in(student, course, value):
    listed(course, value)
    assert code_of(student, course) == "restricted"


def test_address_counts_once_it_is_confirmed(course):
    stranger = UserFactory(email="ada@mail.example", email_verified_at=None)
    listed(course, "ada@mail.example", "@mail.example")
    invited(course, "ada@mail.example")
    assert code_of(stranger, course) == "restricted"
    Course.objects.filter(pk=course.pk).update(visibility="private")
    assert not sees(stranger, course)


def test_who_waits_for_an_answer_is_let_in_when_listed(student):
    course = CourseFactory(published=True, enrollment_type="approval")
    EnrollmentFactory(course=course, student=student, status="pending", approval_requested_at=NOW)
    assert code_of(student, course) == "already_pending"
    listed(course, "@mail.example")
    assert services.enroll(course.pk, student, by=student, now=NOW).status == "active"


def test_list_takes_each_entry_once_and_gives_it_back(course):
    listed(course, "a@b.org", "@b.org")
    assert preapprovals.add_addresses(course.pk, ["a@b.org", "c@b.org"], by=None, now=NOW) == 1
    ids = PreApproval.objects.filter(value__startswith="@").values_list("pk", flat=True)
    elsewhere = CourseFactory()
    assert preapprovals.remove_addresses(elsewhere.pk, ids) == 0
    assert preapprovals.remove_addresses(course.pk, ids) == 1
    assert set(PreApproval.objects.values_list("value", flat=True)) == {"a@b.org", "c@b.org"}


def test_same_address_is_listed_on_several_courses(course):
    listed(course, "a@b.org")
    elsewhere = CourseFactory()
    added = [
        preapprovals.add_addresses(elsewhere.pk, ["a@b.org"], by=None, now=NOW) for _ in range(2)
    ]
    assert added == [1, 0]
    assert PreApproval.objects.filter(value="a@b.org").count() == 2


@pytest.mark.parametrize("before", [None, "pending", "withdrawn"])
def test_who_is_let_in_to_a_full_course_is_approved_while_they_wait(student, before):
    course = CourseFactory(published=True, enrollment_type="approval", max_capacity=1)
    EnrollmentFactory(course=course, approved=True)
    asking = {"course": course, "enrolled_at": None, "approval_requested_at": NOW}
    other = EnrollmentFactory(status="pending", **asking)
    if before:
        EnrollmentFactory(student=student, status=before, **asking)
    [invitation] = invited(course, "ada@mail.example")

    services.enroll_or_wait(standing_of(student, course.pk), by=student, now=NOW)

    place = Enrollment.objects.get(course=course, student=student)
    assert (place.status, place.approved_by, place.approved_at) == ("pending", course.owner, NOW)
    assert place.student.pk in course.waitlist.waiting().values_list("student", flat=True)
    invitation.refresh_from_db()
    other.refresh_from_db()
    assert (invitation.accepted_by, other.approved_at) == (student, None)


# Invitations


@pytest.mark.parametrize("kind", CLOSED)
def test_who_is_invited_enrolls_and_uses_it_up(student, kind):
    course = CourseFactory(published=True, enrollment_type=kind)
    [invitation] = invited(course, "ada@mail.example")
    assert code_of(student, course) == ""

    place = services.enroll(course.pk, student, by=student, now=NOW)
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (NOW, student)
    assert EnrollmentChange.objects.get().reason == "By invitation."

    services.withdraw(place.pk, by=student, now=NOW)
    assert code_of(student, course) == kind


def test_invitation_is_mailed_with_a_link_whose_secret_is_kept_nowhere_else(student, course):
    [invitation] = invited(course, "ada@mail.example", "new@mail.example")[:1]
    first, second = Mail.objects.order_by("recipient")
    assert (first.recipient, second.recipient) == ("ada@mail.example", "new@mail.example")
    assert (first.user, second.user) == (student, None)
    secret = secret_in(first)
    assert secret not in str(invitation.__dict__)
    assert invitations.find_by_secret(secret).email == "ada@mail.example"
    assert invitations.find_by_secret(secret + "x") is None
    assert course.title in first.subject
    assert secret in first.html


def test_inviting_twice_sends_one_mail(student, course):
    EnrollmentFactory(course=course, student=UserFactory(email="bo@mail.example"))
    invited(course, "ada@mail.example")
    again = invitations.invite(
        course, ["ada@mail.example", "bo@mail.example"], by=course.owner, now=NOW
    )
    assert again == ([], ["ada@mail.example"], ["bo@mail.example"])
    assert Mail.objects.count() == 1


def test_invitation_ends_and_can_be_sent_again(student, course):
    [invitation] = invited(course, "ada@mail.example")
    assert code_of(student, course, now=LATER) == "invitation_over"
    old = secret_in(Mail.objects.get())

    invitations.resend(course, invitation.pk, by=course.owner, now=LATER)
    assert code_of(student, course, now=LATER) == ""
    assert invitations.find_by_secret(old) is None

    invited(course, "ada@mail.example", now=LATER + timedelta(days=30))
    assert Invitation.objects.waiting().count() == 1


def test_revoked_invitation_lets_nobody_in(student, course):
    [invitation] = invited(course, "ada@mail.example")
    invitations.revoke(course, invitation.pk, now=NOW)
    assert code_of(student, course) == "restricted"
    with pytest.raises(invitations.InvitationGone):
        invitations.revoke(course, invitation.pk, now=NOW)
    with pytest.raises(invitations.InvitationGone):
        invitations.resend(course, invitation.pk, by=None, now=NOW)


def test_revoking_between_look_and_click_refuses(student, course):
    [invitation] = invited(course, "ada@mail.example")
    standing = standing_of(student, course.pk)
    invitations.revoke(course, invitation.pk, now=NOW)
    with pytest.raises(services.EnrollmentRefused) as refused:
        services.enroll_standing(standing, by=student, now=NOW)
    assert refused.value.decision.code == "restricted"
    assert not Enrollment.objects.exists()


def test_second_click_on_an_invitation_finds_the_place_of_the_first(student, course):
    EnrollmentFactory(student=student, enrolled_at=LATER)
    invited(course, "ada@mail.example")
    standing = standing_of(student, course.pk)

    place = services.enroll_standing(standing, by=student, now=NOW)

    assert place.course_id == course.pk
    assert services.enroll_standing(standing, by=student, now=NOW) == place


def test_invitation_that_was_taken_up_is_neither_sent_again_nor_revoked(student, course):
    [invitation] = invited(course, "ada@mail.example")
    services.enroll(course.pk, student, by=student, now=NOW)
    with pytest.raises(invitations.InvitationGone, match="taken up"):
        invitations.resend(course, invitation.pk, by=None, now=NOW)
    with pytest.raises(invitations.InvitationGone, match="taken up"):
        invitations.revoke(course, invitation.pk, now=NOW)


def test_invitation_of_another_course_is_not_touched(course):
    [invitation] = invited(course, "ada@mail.example")
    elsewhere = CourseFactory(published=True)
    with pytest.raises(Invitation.DoesNotExist):
        invitations.resend(elsewhere, invitation.pk, by=None, now=NOW)
    with pytest.raises(Invitation.DoesNotExist):
        invitations.revoke(elsewhere, invitation.pk, now=NOW)
    assert [row.email for row in invited(elsewhere, "ada@mail.example")] == ["ada@mail.example"]
    assert Invitation.objects.waiting().count() == 2


def test_people_of_the_course_are_not_invited_and_not_named_unasked(course):
    there = EnrollmentFactory(course=course, student=UserFactory(email="bo@mail.example")).student
    EnrollmentFactory(course=course)
    left = EnrollmentFactory(course=course, status="withdrawn").student.email

    found = invitations.invite(course, [there.email, left], by=course.owner, now=NOW)

    assert [row.email for row in found.sent] == [left]
    assert (found.waiting, found.on_course) == ([], [there.email])


def test_full_course_leaves_the_invitation_unused(student, course):
    Course.objects.filter(pk=course.pk).update(max_capacity=1)
    invited(course, "ada@mail.example")
    standing = standing_of(student, course.pk)
    EnrollmentFactory(course=course)
    with pytest.raises(services.CourseFull):
        services.enroll_standing(standing, by=student, now=NOW)
    assert Invitation.objects.waiting().count() == 1


def test_private_course_is_seen_by_who_is_invited_or_listed(student):
    course = CourseFactory(published=True, visibility="private", enrollment_type="open")
    assert not sees(student, course)
    assert code_of(student, course) == "private"
    [invitation] = invited(course, "ada@mail.example")
    assert sees(student, course)
    assert standing_of(student, course.pk).is_visible
    assert code_of(student, course) == ""

    invitations.revoke(course, invitation.pk, now=NOW)
    assert not sees(student, course)
    listed(course, "@mail.example")
    assert sees(student, course)


def test_draft_is_not_seen_by_who_is_invited(student):
    course = CourseFactory(visibility="private")
    invited(course, "ada@mail.example")
    assert not sees(student, course)
    assert not standing_of(student, course.pk).is_visible


def test_invitation_does_not_pass_over_what_else_stands_in_the_way(student, course):
    invited(course, "ada@mail.example")
    CoursePrerequisite.objects.create(course=course, required_course=CourseFactory(published=True))
    assert can_enroll(student, course, now=NOW)["reasons"][0]["code"] == "prerequisites"


# Codes


def a_code(course, **limits):
    limits = {"max_uses": None, "ends_at": None} | limits
    return codes.make_code(course.pk, by=course.owner, now=NOW, **limits)


def join(text, student, now=NOW):
    return codes.join_by_code(text, student, now=now, client_ip="192.0.2.7").enrollment


@pytest.mark.parametrize("kind", CLOSED)
def test_code_gives_a_seat_however_it_is_typed(student, kind):
    course = CourseFactory(published=True, enrollment_type=kind, visibility="private")
    code = a_code(course)
    place = join(f" {code.shown.lower()} ", student)
    assert (place.course_id, place.status) == (course.pk, "active")
    assert EnrollmentChange.objects.get().reason == "By a join code."
    code.refresh_from_db()
    assert code.used_count == 1
    assert join(code.code, student).pk == place.pk
    code.refresh_from_db()
    assert code.used_count == 1


def refusal(text, student, now=NOW):
    with pytest.raises(services.EnrollmentRefused) as refused:
        join(text, student, now=now)
    return refused.value.decision.code


def test_code_is_over_by_use_by_time_and_by_hand(student, course):
    used = a_code(course, max_uses=1)
    join(used.code, UserFactory())
    timed = a_code(course, ends_at=NOW + timedelta(hours=1))
    ended = a_code(course)
    codes.end_code(course.pk, ended.pk, now=NOW)

    answers = {
        refusal(used.code, student),
        refusal(timed.code, student, now=NOW + timedelta(hours=1)),
        refusal(ended.code, student),
    }
    assert answers == {"code_over"}
    assert join(timed.code, student).status == "active"


def test_refusal_says_whether_a_code_was_used_up_or_ended(student, course):
    used = a_code(course, max_uses=1, ends_at=LATER)
    ended, timed = a_code(course), a_code(course, ends_at=NOW)
    join(used.code, UserFactory())
    codes.end_code(course.pk, ended.pk, now=NOW)

    texts = {used: "as often as it may be", ended: "no longer valid", timed: "no longer valid"}
    for code, text in texts.items():
        with pytest.raises(services.EnrollmentRefused, match=text):
            join(code.code, student)


def test_who_made_the_code_answers_for_the_place_or_else_the_owner(course):
    helper = UserFactory()
    code = a_code(course)
    JoinCode.objects.update(made_by=helper)
    assert join(code.code, UserFactory()).approved_by_id == helper.pk
    JoinCode.objects.update(made_by=None)
    assert join(code.code, UserFactory()).approved_by_id == course.owner_id


def test_code_that_ended_keeps_the_time_of_its_end(course):
    code = a_code(course)
    for now in (NOW, LATER):
        codes.end_code(course.pk, code.pk, now=now)
    code.refresh_from_db()
    assert code.ended_at == NOW
    with pytest.raises(JoinCode.DoesNotExist):
        codes.end_code(CourseFactory().pk, code.pk, now=NOW)


def test_refused_student_does_not_use_a_code(student, course):
    code = a_code(course, max_uses=1)
    CoursePrerequisite.objects.create(course=course, required_course=CourseFactory(published=True))
    assert refusal(code.code, student) == "prerequisites"
    code.refresh_from_db()
    assert code.used_count == 0


def test_guessing_is_stopped_and_the_right_code_waits_too(student, course):
    code = a_code(course)
    for _ in range(4):
        with pytest.raises(codes.WrongCode):
            join("AAAAAAAA", student)
    with pytest.raises(LockedOut):
        join("AAAAAAAA", student)
    with pytest.raises(LockedOut):
        join(code.code, student)
    assert join(code.code, UserFactory()).status == "active"
    assert join(code.code, student, now=NOW + timedelta(minutes=16)).status == "active"


def test_codes_cannot_be_confused(course):
    made = [a_code(course).code for _ in range(50)]
    assert len(set(made)) == 50
    assert all(re.fullmatch("[A-HJ-KM-NP-Z2-9]{8}", code) for code in made)


def test_code_of_a_full_course_leaves_the_use(student, course):
    Course.objects.filter(pk=course.pk).update(max_capacity=1, waitlist_enabled=False)
    EnrollmentFactory(course=course)
    code = a_code(course, max_uses=1)
    assert refusal(code.code, student) == "full"
    assert JoinCode.objects.get(pk=code.pk).used_count == 0
    assert CourseSeats.objects.get(course=course).taken == 1
