"""People of a course by table: what is shown for each row is what its services do once it is confirmed."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from activity.undo import undo
from bulk import kinds, services, tasks
from bulk.models import BulkUpload
from courses.models import Course
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment, Invitation, WaitlistEntry
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import require_organization_id
from users.models import Mail, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True)


@pytest.fixture
def course(organization):
    owner = UserFactory(instructor=True)
    return CourseFactory(slug="tea", published=True, owner=owner)


def send(text, course, *, by, **options):
    upload = services.receive(
        io.BytesIO(text.encode()),
        "people.csv",
        kind=kinds.kind_named("people"),
        about_id=course.pk,
        options=options,
        by=by,
        now=NOW,
    )
    services.choose_columns(upload.pk, {})
    tasks.check_upload(str(require_organization_id()), str(upload.pk))
    upload.refresh_from_db()
    return upload


def carry_out(upload, *, by):
    services.confirm(upload.pk, by=by, now=NOW)
    tasks.run_upload(str(require_organization_id()), str(upload.pk))
    upload.refresh_from_db()
    return upload


def told(upload):
    """Outcome, and what is done or wrong, of each row."""
    return [
        (row.outcome, row.does or " ".join(text for _label, text in row.problems))
        for row in upload.rows.order_by("number")
    ]


def states(course):
    rows = Enrollment.objects.filter(course=course)
    return dict(rows.values_list("student__username", "status"))


def test_people_are_enrolled_and_a_second_time_nothing_changes(admin, course):
    ann, bea = UserFactory(username="ann"), UserFactory(username="bea")
    EnrollmentFactory(course=course, student=bea)
    text = f"E-Mail;Vorname\n{ann.email.upper()};Ann\n{bea.email};Bea\nnobody@example.com;N\n;Who\n"

    upload = send(text, course, by=admin)
    assert [outcome for outcome, _text in told(upload)] == ["new", "same", "refused", "refused"]
    assert states(course) == {"bea": "active"}

    carry_out(upload, by=admin)
    assert states(course) == {"ann": "active", "bea": "active"}
    again = send(text, course, by=admin)
    assert [outcome for outcome, _text in told(again)] == ["same", "same", "refused", "refused"]


def test_rows_beyond_the_seats_wait_or_are_refused(admin, course):
    people = UserFactory.create_batch(3)
    text = "username\n" + "\n".join(person.username for person in people)
    Course.objects.filter(pk=course.pk).update(max_capacity=2, waitlist_enabled=False)
    assert [outcome for outcome, _text in told(send(text, course, by=admin))] == [
        "new",
        "new",
        "refused",
    ]
    Course.objects.filter(pk=course.pk).update(waitlist_enabled=True)

    upload = carry_out(send(text, course, by=admin), by=admin)

    assert told(upload)[2] == ("new", "Put on the waitlist")
    assert sorted(states(course).values()) == ["active", "active"]
    assert WaitlistEntry.objects.get(course=course).student == people[2]


def test_a_table_frees_seats_and_gives_them_away(admin, course):
    EnrollmentFactory(course=course, student=UserFactory(username="old"))
    UserFactory(username="new")
    Course.objects.filter(pk=course.pk).update(max_capacity=1)

    upload = send("login,Operation\nold,delete\nnew,add\nold,jump\n", course, by=admin)
    carry_out(upload, by=admin)

    assert [outcome for outcome, _text in told(upload)] == ["changed", "new", "refused"]
    assert states(course) == {"old": "withdrawn", "new": "active"}


def test_requests_are_approved(admin, course):
    Course.objects.filter(pk=course.pk).update(enrollment_type="approval")
    asking = EnrollmentFactory(
        course=course, status="pending", enrolled_at=None, approval_requested_at=NOW
    )
    other = UserFactory()
    text = f"email\n{asking.student.email}\n{other.email}\n"

    upload = carry_out(send(text, course, by=admin, action="approve"), by=admin)

    assert [outcome for outcome, _text in told(upload)] == ["changed", "refused"]
    asking.refresh_from_db()
    assert (asking.status, asking.approved_by) == ("active", admin)


def test_accounts_are_made_where_that_was_chosen(admin, course):
    text = "username,password,firstname,lastname,email,course1\n,x,Tom,Jones,Jonest@Example.com,m\n"
    assert told(send(text, course, by=admin))[0][0] == "refused"

    upload = carry_out(send(text, course, by=admin, makes_accounts=True), by=admin)

    tom = User.objects.get(email="jonest@example.com")
    assert (tom.username, tom.first_name, tom.role) == ("jonest", "Tom", "student")
    assert not tom.has_usable_password()
    assert states(course) == {"jonest": "active"}
    assert Mail.objects.filter(user=tom).exists()
    assert ["password", ""] in upload.columns
    assert upload.rows.get().person == tom


def test_bad_values_of_accounts_are_told_by_column(admin, course):
    text = "email,username,first name\nno address,a,B\nx@example.com,not good,B\n"

    upload = send(text, course, by=admin, makes_accounts=True)

    assert [row.problems[0][0] for row in upload.rows.order_by("number")] == ["E-mail", "Username"]


def test_teachers_learn_nothing_of_accounts_and_invite(course):
    somebody = UserFactory()
    text = f"email\n{somebody.email}\nnobody@example.com\n"

    upload = send(text, course, by=course.owner, action="enroll", makes_accounts=True)

    assert told(upload) == [("new", "Mail an invitation")] * 2
    assert list(upload.rows.values_list("person", flat=True)) == [None, None]
    carry_out(upload, by=course.owner)
    assert states(course) == {}
    assert set(Invitation.objects.values_list("email", flat=True)) == {
        somebody.email,
        "nobody@example.com",
    }
    again = send(text, course, by=course.owner)
    assert {outcome for outcome, _text in told(again)} == {"same"}
    assert told(send(f"username\n{somebody.username}\nxyz\n", course, by=course.owner))[0] == (
        "refused",
        "An invitation needs an e-mail.",
    )


def test_who_does_not_look_after_the_course_is_shown_nothing(client, course):
    client.force_login(UserFactory(instructor=True))
    assert client.get(reverse("enrollments:people_table", args=["tea"])).status_code == 404
    upload = send("email\na@example.com\n", course, by=course.owner)
    Course.objects.filter(pk=course.pk).update(owner=UserFactory(instructor=True))
    client.force_login(course.owner)
    assert client.get(reverse("bulk:upload", args=[upload.pk])).status_code == 404
    services.confirm(upload.pk, by=course.owner, now=NOW)
    tasks.run_upload(str(require_organization_id()), str(upload.pk))
    assert not Invitation.objects.exists()


def test_what_a_table_did_is_undone_at_once(admin, course):
    people = UserFactory.create_batch(2)
    text = "username\n" + "\n".join(person.username for person in people)
    upload = carry_out(send(text, course, by=admin), by=admin)
    assert sorted(states(course).values()) == ["active", "active"]

    decision = undo(upload.pk, by=admin, now=NOW)

    assert decision, decision.message
    assert sorted(states(course).values()) == ["withdrawn", "withdrawn"]


def test_the_page_takes_a_table_and_leads_to_what_would_follow(client, admin, course):
    client.force_login(admin)
    people = client.get(reverse("enrollments:people", args=["tea"])).content.decode()
    address = reverse("enrollments:people_table", args=["tea"])
    assert f'href="{address}"' in people
    person = UserFactory(first_name="Ann", last_name="Lee")
    file = SimpleUploadedFile("p.csv", f"email\n{person.email}\n".encode())

    page = client.post(address, {"file": file, "action": "enroll", "makes_accounts": "on"}).url

    upload = BulkUpload.objects.get()
    assert upload.options == {"action": "enroll", "makes_accounts": True}
    tasks.check_upload(str(require_organization_id()), str(upload.pk))
    shown = client.get(page).content.decode()
    assert "Ann Lee" in shown
    assert "Enroll" in shown


def test_a_table_without_people_is_refused(client, admin, course):
    client.force_login(admin)
    page = client.post(
        reverse("enrollments:people_table", args=["tea"]),
        {"file": SimpleUploadedFile("p.csv", b"first name\nAnn\n"), "action": "enroll"},
    ).content.decode()

    assert "e-mails or usernames" in page
