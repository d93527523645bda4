"""Actions on many rows of the back office: services do them, pages ask first, nothing of others is touched."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.tests.factories import SubscriptionFactory
from certificates.models import Certificate
from certificates.tests.factories import certificate_for
from content.models import Lesson, MediaAsset
from content.services import media
from content.tests.factories import LessonFactory
from courses.models import Course
from courses.tests.factories import (
    CourseFactory,
    RoleAssignmentFactory,
    RoleFactory,
    SubjectFactory,
)
from enrollments.models import Enrollment, Invitation, JoinCode, PreApproval, WaitlistEntry
from enrollments.services import codes, invitations, join_waitlist, preapprovals
from enrollments.tests.factories import EnrollmentFactory
from tenancy.backoffice import actions
from tenancy.models import SecurityEvent
from users.models import Mail, Permission, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
CONFIRMED = {actions.CONFIRMED: "1"}


@pytest.fixture
def admin(organization):
    return UserFactory(username="root", admin=True)


@pytest.fixture
def ines(organization):
    return UserFactory(username="ines", instructor=True)


def list_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")


def act(client, action, *rows, query="", **asked):
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(list_of(rows[0]) + query, chosen | asked, follow=True).content.decode()


def waiting_on(course):
    EnrollmentFactory(course=course)
    student = UserFactory()
    waiting = join_waitlist(course.pk, student, by=student, now=NOW)
    return WaitlistEntry.objects.get(pk=waiting.entry_id)


def text_file(owner, **fields):
    file = io.BytesIO(f"Read me, {owner.pk}.".encode())
    return media.add_media(file, name="read.txt", by=owner, now=NOW, **fields)


def values(model, *names):
    return set(model.objects.values_list(*names, flat=len(names) == 1))


# The page that asks


def test_the_page_names_what_was_chosen_and_nothing_is_done_yet(client, ines):
    tea, milk = CourseFactory(title="Tea", owner=ines), CourseFactory(title="Milk", owner=ines)
    client.force_login(ines)

    page = act(client, "tag", tea, milk, query="?status__exact=draft")

    assert all(f'name="_selected_action" value="{row.pk}"' in page for row in (tea, milk))
    assert 'action="/admin/courses/course/?status__exact=draft"' in page
    assert 'href="/admin/courses/course/?status__exact=draft"' in page
    assert "Tea" in page
    assert "Milk" in page
    assert not Course.objects.exclude(tags=[]).exists()


def test_an_error_stands_beside_the_field_and_the_selection_stays(client, ines):
    course = CourseFactory(owner=ines)
    client.force_login(ines)

    page = act(client, "tag", course, **CONFIRMED, tags=" , ")

    assert "This field is required" in page
    assert f'name="_selected_action" value="{course.pk}"' in page


def test_all_of_a_filtered_list_are_kept_row_by_row(client, ines):
    courses = [CourseFactory(owner=ines) for _ in range(3)]
    published = CourseFactory(owner=ines, published=True)
    client.force_login(ines)
    everything = {"action": "tag", "select_across": "1", "index": "0", "_selected_action": "x"}

    page = client.post(list_of(published) + "?status__exact=draft", everything).content.decode()

    assert all(f'value="{course.pk}"' in page for course in courses)
    assert str(published.pk) not in page


@pytest.mark.parametrize("asked", [{}, CONFIRMED])
def test_more_than_can_be_done_at_once_are_not_begun(client, ines, monkeypatch, asked):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)
    courses = [CourseFactory(owner=ines) for _ in range(3)]
    client.force_login(ines)

    page = act(client, "tag", *courses, tags="new", **asked)

    assert "At most 2 entries" in page
    assert not Course.objects.filter(tags__contains=["new"]).exists()


def test_a_list_says_how_many_can_be_changed_at_once(client, admin, monkeypatch):
    monkeypatch.setattr("tenancy.backoffice.model_admin.MOST_AT_ONCE", 1)
    client.force_login(admin)
    SubjectFactory()
    assert "at once" not in client.get(reverse("admin:courses_subject_changelist")).content.decode()
    course = CourseFactory()
    CourseFactory()
    assert "at once" in client.get(list_of(course)).content.decode()


def test_those_who_are_named_on_the_page_are_disclosed(client, admin):
    place = EnrollmentFactory()
    client.force_login(admin)

    act(client, "suspend", place)

    assert SecurityEvent.objects.get(kind="record_disclosed").user_id == place.student_id


def test_refusals_are_said_with_how_many_there_are(client, admin):
    places = [EnrollmentFactory(status="paused") for _ in range(8)]
    client.force_login(admin)

    page = act(client, "suspend", *places, EnrollmentFactory(), **CONFIRMED)

    assert "Done for 1 entry." in page
    assert "and 3 more" in page


@pytest.mark.parametrize("nonsense", ["\x00", "\ud800", "9" * 400, "x" * 100_000])
def test_hostile_reasons_are_answered(client, admin, nonsense):
    person = UserFactory()
    client.force_login(admin)
    nonsense = nonsense.encode("utf-8", "surrogatepass")

    act(client, "suspend", person, **CONFIRMED, reason=nonsense)

    person.refresh_from_db()
    assert len(person.suspension_reason) <= 255


# Whose they are


def test_rows_of_others_are_neither_named_nor_touched(client, admin, ines):
    mine, theirs = CourseFactory(owner=ines), CourseFactory(title="Theirs", owner=admin)
    client.force_login(ines)

    assert "Theirs" not in act(client, "tag", mine, theirs)
    act(client, "tag", mine, theirs, **CONFIRMED, tags="taken")

    assert [course.pk for course in Course.objects.filter(tags=["taken"])] == [mine.pk]


def scoped(model_name, owner):
    """A row of somebody's course, with the action that changes it and what that asks for."""
    course = CourseFactory(owner=owner, published=True, max_capacity=1)
    if model_name == "lesson":
        lesson = LessonFactory(module__course=course)
        return lesson, "change_completion", {"completion": "viewed"}
    if model_name == "invitation":
        sent = invitations.invite(course, ["a@example.com"], by=owner, now=NOW).sent
        return sent[0], "revoke", {}
    if model_name == "code":
        code = codes.make_code(course.pk, by=owner, now=NOW, max_uses=None, ends_at=None)
        return code, "end", {}
    if model_name == "address":
        preapprovals.add_addresses(course.pk, ["@example.com"], by=owner, now=NOW)
        return PreApproval.objects.get(course=course), "remove", {}
    if model_name == "wait":
        return waiting_on(course), "skip", {"reason": "Gone."}
    return text_file(owner, course=course), "change_access", {"access": "public"}


def is_changed(row):
    found = type(row).objects.filter(pk=row.pk).values().first()
    kept = type(row)._meta.concrete_fields
    return found is None or any(
        found[field.attname] != getattr(row, field.attname)
        for field in kept
        if field.name != "updated_at"
    )


@pytest.mark.parametrize("what", ["lesson", "invitation", "code", "address", "wait", "media"])
def test_actions_change_what_is_ones_own_and_nothing_else(client, admin, ines, what):
    mine, action, asked = scoped(what, ines)
    theirs, _action, _asked = scoped(what, admin)
    client.force_login(ines)

    act(client, action, mine, theirs, **asked)
    assert not is_changed(mine)
    act(client, action, mine, theirs, **CONFIRMED, **asked)

    assert is_changed(mine)
    assert not is_changed(theirs)


def test_what_one_may_see_and_not_change_stays(client, admin, ines):
    mine, seen = CourseFactory(owner=ines), CourseFactory(title="Only seen", owner=admin)
    role = RoleFactory(permissions=[Permission.COURSE_PUBLISH])
    RoleAssignmentFactory(user=ines, role=role, course=seen)
    client.force_login(ines)

    page = act(client, "tag", mine, seen, **CONFIRMED, tags="taken")

    assert "Only seen: This is not yours to change." in page
    assert [course.pk for course in Course.objects.filter(tags=["taken"])] == [mine.pk]


# What they do


def test_tags_are_added_and_taken_away(client, ines):
    course = CourseFactory(owner=ines, tags=["Tea", "milk"])
    asset = text_file(ines, tags=["Tea", "milk"])
    client.force_login(ines)
    for row in (course, asset):
        act(client, "tag", row, **CONFIRMED, tags="tea, sugar")
        act(client, "untag", row, **CONFIRMED, tags="MILK")
        row.refresh_from_db()
        assert row.tags == ["Tea", "sugar"]


def test_more_tags_than_are_possible_are_refused(client, ines):
    course = CourseFactory(owner=ines, tags=[f"t{number}" for number in range(20)])
    asset = text_file(ines, tags=[f"t{number}" for number in range(20)])
    client.force_login(ines)
    for row in (course, asset):
        assert "at most 20 tags" in act(client, "tag", row, **CONFIRMED, tags="one-more")
        row.refresh_from_db()
        assert "one-more" not in row.tags


def test_courses_get_another_subject(client, ines):
    course, subject = CourseFactory(owner=ines), SubjectFactory()
    client.force_login(ines)
    act(client, "change_subject", course, **CONFIRMED, subject=str(subject.pk))
    assert values(Course, "subject") == {subject.pk}


def test_lessons_are_published_hidden_and_completed_otherwise(client, ines):
    lesson = LessonFactory(module__course__owner=ines, is_draft=True)
    client.force_login(ines)
    act(client, "publish", lesson)
    assert values(Lesson, "is_draft") == {False}
    act(client, "hide", lesson)
    assert values(Lesson, "is_draft") == {True}
    timed = {"completion": "time", "completion_seconds": ""}
    assert "how many seconds" in act(client, "change_completion", lesson, **CONFIRMED, **timed)
    act(client, "change_completion", lesson, **CONFIRMED, **timed | {"completion_seconds": "90"})
    assert values(Lesson, "completion", "completion_seconds") == {("time", 90)}


@pytest.mark.parametrize(("action", "is_draft"), [("publish", True), ("hide", False)])
def test_who_may_only_edit_a_course_neither_publishes_nor_hides(client, ines, action, is_draft):
    lesson = LessonFactory(is_draft=is_draft)
    role = RoleFactory(permissions=[Permission.COURSE_EDIT])
    RoleAssignmentFactory(user=ines, role=role, course=lesson.course)
    client.force_login(ines)
    page = act(client, action, lesson)
    assert "Only the owner or an admin may do that." in page
    assert values(Lesson, "is_draft") == {is_draft}


def test_the_end_of_access_is_moved_for_many(client, admin):
    places = [EnrollmentFactory() for _ in range(2)]
    pending = EnrollmentFactory(status="pending", approval_requested_at=NOW)
    client.force_login(admin)
    assert "Say when access ends" in act(client, "move_end", *places, **CONFIRMED)

    until = (NOW + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    page = act(client, "move_end", *places, pending, **CONFIRMED, ends_at=until, reason="Ill.")

    assert "Done for 2 entries." in page
    assert "Only for people who are on the course" in page
    ending = Enrollment.objects.filter(expires_at__isnull=False)
    assert {place.pk for place in ending} == {place.pk for place in places}


def test_who_waits_is_told_why_they_wait_no_more(client, admin):
    entry = waiting_on(CourseFactory(published=True, max_capacity=1))
    client.force_login(admin)
    assert "required" in act(client, "skip", entry, **CONFIRMED, reason=" ")
    act(client, "skip", entry, **CONFIRMED, reason="You have a place elsewhere.")
    assert values(WaitlistEntry, "state") == {"skipped"}


def test_invitations_are_sent_again_and_revoked(client, ines):
    course = CourseFactory(owner=ines, published=True)
    (invitation,) = invitations.invite(course, ["a@example.com"], by=ines, now=NOW).sent
    client.force_login(ines)
    act(client, "send_again", invitation)
    assert Mail.objects.filter(recipient="a@example.com").count() == 2
    act(client, "revoke", invitation, **CONFIRMED)
    assert Invitation.objects.get().revoked_at is not None
    assert "has been revoked" in act(client, "send_again", invitation)


def test_codes_end_and_addresses_leave_their_list(client, ines):
    code, _end, _asked = scoped("code", ines)
    address, _remove, _asked = scoped("address", ines)
    client.force_login(ines)
    act(client, "end", code, **CONFIRMED)
    act(client, "remove", address, **CONFIRMED)
    assert JoinCode.objects.get().ended_at is not None
    assert not PreApproval.objects.exists()


def test_certificates_are_revoked_with_a_reason(client, admin):
    certificate = certificate_for()
    client.force_login(admin)
    assert "required" in act(client, "revoke", certificate, **CONFIRMED, reason="")
    act(client, "revoke", certificate, **CONFIRMED, reason="Copied.")
    assert values(Certificate, "revocation", "revocation_reason", "revoked_by") == {
        ("staff", "Copied.", admin.pk)
    }


def test_subscriptions_end_after_a_warning(client, admin):
    subscription = SubscriptionFactory()
    client.force_login(admin)
    assert "close at once" in act(client, "end", subscription)
    subscription.refresh_from_db()
    assert subscription.status == "active"


def test_roles_change_for_many(client, admin):
    people = [UserFactory(), UserFactory()]
    client.force_login(admin)

    page = act(client, "change_role", *people, admin, **CONFIRMED, role="instructor")

    assert "You cannot do this to your own account." in page
    assert {person.role for person in User.objects.exclude(pk=admin.pk)} == {"instructor"}
    assert "Select a valid choice" in act(client, "change_role", *people, **CONFIRMED, role="god")


def test_media_is_opened_to_others(client, ines):
    asset = text_file(ines)
    client.force_login(ines)
    act(client, "change_access", asset, **CONFIRMED, access="public")
    assert values(MediaAsset, "access") == {"public"}


def test_who_manages_accounts_makes_nobody_an_admin(client, ines):
    person = UserFactory()
    RoleAssignmentFactory(user=ines, role=RoleFactory(permissions=[Permission.PERSON_MANAGE]))
    client.force_login(ines)
    act(client, "change_role", person, **CONFIRMED, role="admin")
    assert User.objects.get(pk=person.pk).role == "student"
