"""The pages that let people onto a course, and coming by them."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from courses.models import Course
from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments import services
from enrollments.models import Enrollment, Invitation, JoinCode, PreApproval
from enrollments.services import codes, invitations, preapprovals
from lib.ids import uuid7
from tenancy.models import Organization
from tenancy.personal import about_people, declaration_of
from users.models import Mail, User
from users.tests.factories import PASSWORD, UserFactory

NOW = timezone.now()
TABS = ("invitations", "codes", "addresses")


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, enrollment_type="restricted", visibility="private")


@pytest.fixture
def owner(client, course):
    client.force_login(course.owner)
    return client


def page_of(course, tab):
    return f"/studio/courses/{course.slug}/{tab}/"


def text_of(response):
    return response.content.decode()


def invited(course, email="ada@mail.example", now=NOW):
    [invitation] = invitations.invite(course, [email], by=course.owner, now=now).sent
    return invitation


def link():
    mail = Mail.objects.filter(text__contains="/invitations/").latest("created_at")
    return re.search(r"/invitations/[\w-]+/", mail.text).group()


# Staff


def test_owner_invites_several_and_is_told_what_happened(owner, course):
    invited(course, "bo@mail.example")
    addresses = "Ada <ada@mail.example>\nBO@mail.example, chi@mail.example"
    page = owner.post(page_of(course, "invitations"), {"addresses": addresses}, follow=True)
    assert "2 invitations sent." in text_of(page)
    assert "Invited already: bo@mail.example" in text_of(page)
    assert Invitation.objects.count() == 3


@pytest.mark.parametrize("text", ["", "nobody", "a@b", "a\x00@mail.example", "x" * 500_001])
def test_what_is_no_address_is_an_error_beside_the_field(owner, course, text):
    for tab in ("invitations", "addresses"):
        page = owner.post(page_of(course, tab), {"addresses": text})
        assert page.status_code == 200
        assert "error-summary" in text_of(page)
    assert Invitation.objects.count() == PreApproval.objects.count() == 0


def test_at_most_so_many_are_invited_at_once(owner, course):
    many = " ".join(f"p{number}@mail.example" for number in range(201))
    page = owner.post(page_of(course, "invitations"), {"addresses": many})
    assert "At most 200 at once." in text_of(page)
    assert not Invitation.objects.exists()


def test_invitation_is_sent_again_and_revoked(owner, course):
    invitation = invited(course)
    base = f"{page_of(course, 'invitations')}{invitation.pk}/"
    before = link()
    assert "gets a new link" in text_of(owner.post(f"{base}send/", follow=True))
    assert link() != before
    assert "is revoked" in text_of(owner.post(f"{base}revoke/", follow=True))
    assert "has been revoked" in text_of(owner.post(f"{base}send/", follow=True))
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None


def test_rows_of_another_course_are_not_found(owner, course):
    elsewhere = CourseFactory()
    invitation = invited(elsewhere)
    code = codes.make_code(elsewhere.pk, by=None, now=NOW, max_uses=None, ends_at=None)
    preapprovals.add_addresses(elsewhere.pk, ["@b.org"], by=None, now=NOW)
    entry = PreApproval.objects.get()
    for path in (f"invitations/{invitation.pk}/revoke", f"codes/{code.pk}/end"):
        assert owner.post(f"/studio/courses/{course.slug}/{path}/").status_code == 404
    owner.post(f"{page_of(course, 'addresses')}remove/", {"entry": [entry.pk, "nonsense"]})
    assert PreApproval.objects.exists()


def test_code_is_made_with_limits_and_ended(owner, course):
    owner.post(page_of(course, "codes"), {"max_uses": "30", "ends_at": "2030-01-02T03:04"})
    code = JoinCode.objects.get()
    assert (code.max_uses, code.ends_at.year) == (30, 2030)
    assert code.shown in text_of(owner.get(page_of(course, "codes")))
    page = owner.post(f"{page_of(course, 'codes')}{code.pk}/end/", follow=True)
    assert "lets nobody in any more" in text_of(page)
    code.refresh_from_db()
    assert not code.is_open(NOW)


@pytest.mark.parametrize(
    "sent",
    [{"max_uses": "0"}, {"max_uses": "9" * 30}, {"ends_at": "2001-01-01T00:00"}, {"ends_at": "x"}],
)
def test_limits_that_make_no_sense_are_refused(owner, course, sent):
    assert owner.post(page_of(course, "codes"), sent).status_code == 200
    assert not JoinCode.objects.exists()


def test_addresses_are_added_filtered_and_removed(owner, course):
    page = page_of(course, "addresses")
    owner.post(page, {"addresses": "ada@mail.example, other.example"})
    assert set(PreApproval.objects.values_list("value", flat=True)) == {
        "ada@mail.example",
        "@other.example",
    }
    found = text_of(owner.get(f"{page}?q=OTHER"))
    assert "@other.example" in found
    assert "ada@mail.example" not in found.partition("<table")[2]
    entry = PreApproval.objects.get(value="@other.example")
    assert "1 entry removed." in text_of(
        owner.post(f"{page}remove/", {"entry": entry.pk}, follow=True)
    )
    assert PreApproval.objects.count() == 1


def test_invitations_are_filtered_by_state_and_address(owner, course):
    for email, now in (("ada@mail.example", NOW), ("bo@mail.example", NOW - timedelta(days=30))):
        invited(course, email, now)
    invitations.revoke(course, invited(course, "chi@mail.example").pk, now=NOW)

    def found(query):
        html = text_of(owner.get(page_of(course, "invitations") + query)).partition("<table")[2]
        return set(re.findall(r"(\w+)@mail\.example</span><br>", html))

    assert found("") == {"ada", "bo", "chi"}
    assert found("?state=waiting") == {"ada"}
    assert found("?state=over") == {"bo"}
    assert found("?state=revoked") == {"chi"}
    assert found("?state=nonsense&q=B") == {"bo"}
    assert found("?q=%01") == set()


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(owner, course, tab, count, django_assert_max_num_queries):
    for number in range(count):
        invited(course, f"p{number}@mail.example")
        codes.make_code(course.pk, by=UserFactory(), now=NOW, max_uses=None, ends_at=None)
    values = [f"p{number}@mail.example" for number in range(count)]
    preapprovals.add_addresses(course.pk, values, by=course.owner, now=NOW)
    owner.get(page_of(course, tab))
    with django_assert_max_num_queries(8):  # with the savepoint, the frame and who else is here
        assert owner.get(page_of(course, tab)).status_code == 200


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("co", 200), ("admin", 200), ("instructor", 404), ("student", 404)],
)
def test_pages_are_for_those_who_look_after_the_people(client, course, tab, who, status):
    user = {"owner": lambda: course.owner, "co": lambda: CourseStaffFactory(course=course).user}
    client.force_login(user.get(who, lambda: UserFactory(role=who))())
    assert client.get(page_of(course, tab)).status_code == status


# Those who come


def test_link_leads_the_invited_person_to_the_course_and_works_once(client, course):
    ada = UserFactory(email="ada@mail.example", email_verified_at=NOW)
    invited(course)
    client.force_login(ada)
    page = client.get(link(), follow=True)
    assert page.redirect_chain[-1][0] == f"/courses/{course.slug}/"
    assert "You are invited to this course." in text_of(page)
    client.post(f"/courses/{course.slug}/enroll/")
    assert Enrollment.objects.get().status == "active"

    services.withdraw(Enrollment.objects.get().pk, by=course.owner, now=NOW)
    assert client.get(link(), follow=True).status_code == 404
    assert client.post(f"/courses/{course.slug}/enroll/").status_code == 404


def test_link_lets_nobody_else_in(client, course):
    invited(course)
    client.force_login(UserFactory(email_verified_at=NOW))
    page = client.get(link())
    assert "You are signed in with another address" in text_of(page)
    assert client.get(f"/courses/{course.slug}/").status_code == 404
    assert client.post(f"/courses/{course.slug}/enroll/").status_code == 404


def test_address_that_is_not_confirmed_yet_has_to_be(client, course):
    invited(course)
    client.force_login(UserFactory(email="ada@mail.example"))
    assert "Confirm first" in text_of(client.get(link()))
    assert client.get(f"/courses/{course.slug}/").status_code == 404


@pytest.mark.parametrize("state", ["over", "revoked", "accepted", "unknown"])
def test_dead_link_says_why(client, course, state):
    invitation = invited(course, now=NOW - timedelta(days=30) if state == "over" else NOW)
    if state == "revoked":
        invitations.revoke(course, invitation.pk, now=NOW)
    if state == "accepted":
        invitations.use_up(invitation.pk, UserFactory(), now=NOW)
    page = client.get("/invitations/nonsense/" if state == "unknown" else link())
    assert page.status_code == 410
    assert "no longer works" in text_of(page)
    assert ("revoked" in text_of(page)) == (state == "revoked")


def test_somebody_without_account_signs_up_and_arrives_at_the_course(client, course):
    invited(course)
    path = link()
    page = text_of(client.get(path))
    [sign_up] = re.findall(r'href="(/accounts/signup/[^"]+)"', page)
    sign_up = sign_up.replace("&amp;", "&")
    assert "ada@mail.example" in text_of(client.get(sign_up))

    fields = {"username": "ada", "email": "ada@mail.example", "password1": PASSWORD}
    client.post(sign_up, fields | {"next": path})
    mail = Mail.objects.filter(recipient="ada@mail.example").latest("created_at")
    confirm = re.search(r"/accounts/confirm-email/[^\s]+", mail.text).group()
    answer = client.post(confirm)
    assert EmailAddress.objects.get(email="ada@mail.example").verified
    assert answer.headers["Location"] == path
    assert client.get(path, follow=True).redirect_chain[-1][0] == f"/courses/{course.slug}/"
    client.post(f"/courses/{course.slug}/enroll/")
    assert Enrollment.objects.get().student == User.objects.get(username="ada")


def test_where_accounts_are_given_out_the_link_offers_no_sign_up(client, course):
    invited(course)
    Organization.objects.update(is_signup_open=False)
    page = text_of(client.get(link()))
    assert "gives out accounts itself" in page
    assert "Create an account" not in page


def test_code_is_typed_on_its_page_and_on_that_of_the_course(client, course):
    Course.objects.filter(pk=course.pk).update(visibility="public")
    code = codes.make_code(course.pk, by=course.owner, now=NOW, max_uses=None, ends_at=None)
    student = UserFactory()
    client.force_login(student)
    assert 'action="/join/"' in text_of(client.get(f"/courses/{course.slug}/"))
    page = client.post("/join/", {"code": "AAAA-AAAA"})
    assert "No course has this code." in text_of(page)
    answer = client.post("/join/", {"code": code.shown.lower()})
    assert answer.headers["Location"] == f"/courses/{course.slug}/continue/"
    assert Enrollment.objects.get().student == student


def test_guesses_are_stopped_with_a_word_about_it(client, organization):
    client.force_login(UserFactory())
    pages = [text_of(client.post("/join/", {"code": "AAAA-AAAA"})) for _ in range(6)]
    assert "Too many wrong codes. Try again in 15 minutes." in pages[-1]


@pytest.mark.parametrize("code", ["", "\x00", "x" * 1_000_000, "ß" * 8, "' OR 1=1"])
def test_hostile_codes_are_refused(client, organization, code):
    client.force_login(UserFactory())
    assert client.post("/join/", {"code": code}).status_code == 200
    assert client.get("/join/", {"code": "x" * 5000}).status_code == 200


def test_code_of_a_full_course_leads_to_its_waitlist(client, organization):
    course = CourseFactory(published=True, enrollment_type="approval", max_capacity=1)
    services.place(course.pk, UserFactory(), by=course.owner, now=NOW)
    code = codes.make_code(course.pk, by=course.owner, now=NOW, max_uses=1, ends_at=None)
    student = UserFactory()
    client.force_login(student)
    page = client.post("/join/", {"code": code.code}, follow=True)
    assert "is full: you are on the waitlist" in text_of(page)
    place = Enrollment.objects.get(student=student)
    assert (place.status, place.approved_by) == ("pending", course.owner)
    assert course.waitlist.get().student == student


def test_join_twice_by_the_same_form_uses_the_code_once(client, course):
    code = codes.make_code(course.pk, by=course.owner, now=NOW, max_uses=2, ends_at=None)
    client.force_login(UserFactory())
    key = str(uuid7())
    for _ in range(2):
        client.post("/join/", {"code": code.code, "idempotency_key": key})
    client.post("/join/", {"code": code.code})
    code.refresh_from_db()
    assert code.used_count == 1


def test_guest_is_asked_to_sign_in_before_typing_a_code(organization):
    answer = Client(SERVER_NAME="harbor.localhost").get("/join/")
    assert answer.headers["Location"].endswith("?next=/join/")


def test_erasure_takes_invitations_and_entries_of_lists(course):
    ada = UserFactory(email="ada@mail.example", email_verified_at=NOW)
    for email in ("ada@mail.example", "bo@mail.example"):
        invited(course, email)
        preapprovals.add_addresses(course.pk, [email], by=None, now=NOW)
    found = {
        data.label: list(data.rows_of(ada.pk))
        for data in about_people()
        if data.model in (Invitation, PreApproval)
    }
    assert [row.email for row in found["enrollments.Invitation"]] == ["ada@mail.example"]
    assert [row.value for row in found["enrollments.PreApproval"]] == ["ada@mail.example"]
    assert all(declaration_of(model).rows == "go" for model in (Invitation, PreApproval))
