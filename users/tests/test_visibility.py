"""Who sees what: each kind of viewer, each field, each audience."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from users import visibility
from users.models import Audience, InstructorProfile, Profile, StudentProfile, User
from users.services import change_profile
from users.tests.factories import ProfileFactory, UserFactory
from users.visibility import DEFAULTS, FIXED, Sight, audience_of

pytestmark = pytest.mark.django_db

SEEN_BY = {
    Audience.EVERYONE: {"owner", "admin", "instructor", "classmate", "stranger"},
    Audience.COURSES: {"owner", "admin", "instructor", "classmate"},
    Audience.STAFF: {"owner", "admin", "instructor"},
    Audience.ME: {"owner"},
}
VALUES = {
    "bio": "I count stones.",
    "job_title": "Mathematician",
    "company": "Analytical Engines",
    "location": "Marylebone",
    "website": "https://ada.example/",
    "phone": "+44 20 7946 0000",
    "birth_date": date(1985, 12, 10),
}
TEACHING = {
    "instructor_bio": "Engines since 1843.",
    "expertise": "Difference engines",
    "office_hours": "Mondays at noon",
}
GOALS = "To weave algebra."


@pytest.fixture
def viewers(organization, monkeypatch):
    """By kind; `owner` is whom they look at."""
    people = {
        "owner": UserFactory(),
        "admin": UserFactory(admin=True),
        "instructor": UserFactory(instructor=True),
        "classmate": UserFactory(),
        "stranger": UserFactory(),
    }
    sources = [lambda viewer, person: viewer == people["classmate"]]
    monkeypatch.setattr(visibility, "_sources", sources)
    return people


def give(person, **visibility):
    """Everything there is to see."""
    ProfileFactory(user=person, visibility=visibility, **VALUES)
    InstructorProfile.objects.create(
        user=person,
        bio=TEACHING["instructor_bio"],
        expertise=TEACHING["expertise"],
        office_hours=TEACHING["office_hours"],
    )
    StudentProfile.objects.create(user=person, goals=GOALS, student_number="S-1", program="Engines")
    return person


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("field", DEFAULTS)
def test_field_is_seen_by_its_audience(viewers, field, audience):
    profile = Profile(user=viewers["owner"], visibility={field: audience})
    seen = {kind for kind, viewer in viewers.items() if Sight(viewer, viewers["owner"], profile).sees(field)}  # fmt: skip
    assert seen == SEEN_BY[audience]


@pytest.mark.parametrize("field", DEFAULTS | FIXED)
def test_field_is_seen_by_its_usual_audience_until_chosen(viewers, field):
    profile = Profile(user=viewers["owner"])
    seen = {kind for kind, viewer in viewers.items() if Sight(viewer, viewers["owner"], profile).sees(field)}  # fmt: skip
    assert seen == SEEN_BY[(DEFAULTS | FIXED)[field]]


def test_what_staff_set_has_an_audience_that_nobody_chooses():
    assert audience_of("student_number", {"student_number": "everyone"}) == Audience.STAFF


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("role", [User.Role.STUDENT, User.Role.INSTRUCTOR])
def test_page_shows_each_viewer_just_what_they_may_see(client, viewers, audience, role):
    owner = give(viewers["owner"], **dict.fromkeys(DEFAULTS, audience))
    owner.role = role
    owner.save()
    values = [str(value) for name, value in VALUES.items() if name != "birth_date"] + ["1985"]
    values += TEACHING.values() if role == User.Role.INSTRUCTOR else [GOALS]
    for kind, viewer in viewers.items():
        client.force_login(viewer)
        page = client.get(f"/people/{owner.pk}/").content.decode()
        expected = set(values) if kind in SEEN_BY[audience] else set()
        assert {value for value in values if value in page} == expected, kind


@pytest.mark.parametrize(
    ("eyes", "kind"),
    [("everyone", "stranger"), ("courses", "classmate"), ("staff", "instructor")],
)
@pytest.mark.parametrize("audience", Audience)
def test_owner_sees_their_page_through_the_eyes_of_others(client, viewers, audience, eyes, kind):
    owner = give(viewers["owner"], **dict.fromkeys(DEFAULTS, audience))
    values = [str(value) for name, value in VALUES.items() if name != "birth_date"]
    values += ["1985", GOALS, "S-1"]
    pages = {}
    for viewer, query in ((viewers[kind], {}), (owner, {"as": eyes})):
        client.force_login(viewer)
        page = client.get(f"/people/{owner.pk}/", query).content.decode()
        pages[viewer] = {value for value in [*values, owner.email, "Seen by:"] if value in page}

    assert pages[owner] == pages[viewers[kind]]


@pytest.mark.parametrize("eyes", ["me", "nobody", "\0", "x" * 10_000])
def test_only_the_owner_looks_through_others_eyes_and_only_through_some(client, viewers, eyes):
    owner = give(viewers["owner"], bio="staff")
    address = f"/people/{owner.pk}/"
    client.force_login(viewers["stranger"])
    assert VALUES["bio"] not in client.get(address, {"as": "staff"}).content.decode()

    client.force_login(owner)
    assert VALUES["bio"] in client.get(address, {"as": eyes}).content.decode()


def test_back_office_shows_admins_just_what_they_may_see(client, viewers):
    owner = give(viewers["owner"], bio="me", company="staff", instructor_bio="me", goals="me")
    client.force_login(viewers["admin"])
    addresses = [
        f"/admin/users/{page}/{owner.pk}/change/"
        for page in ("user", "profile", "studentprofile", "instructorprofile")
    ]
    for address in addresses:
        page = client.get(address).content.decode()
        hidden = [VALUES["bio"], VALUES["phone"], "1985", TEACHING["instructor_bio"], GOALS]
        assert not [value for value in hidden if value in page], address
    assert VALUES["company"] in client.get(addresses[0]).content.decode()
    for kind in ("profile", "studentprofile", "instructorprofile"):
        page = client.get(f"/admin/users/{kind}/").content.decode()
        assert VALUES["bio"] not in page
        assert GOALS not in page


def test_guests_are_asked_to_sign_in(client, viewers):
    person = give(viewers["owner"])
    answer = client.get(f"/people/{person.pk}/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_suspended_people_are_found_by_admins_alone(client, viewers):
    gone = give(viewers["owner"])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for kind, status in (("admin", 200), ("instructor", 404), ("classmate", 404)):
        client.force_login(viewers[kind])
        assert client.get(f"/people/{gone.pk}/").status_code == status
    client.force_login(viewers["admin"])
    assert "Suspended" in client.get(f"/people/{gone.pk}/").content.decode()


def test_owner_is_told_who_else_sees_a_field(client, viewers):
    owner = give(viewers["owner"], company="staff")
    client.force_login(owner)
    page = client.get(f"/people/{owner.pk}/").content.decode()
    assert page.count("Seen by: Only me") == 2  # phone and date of birth
    assert (
        page.count("Seen by: Staff") == 4
    )  # company, goals, number and program, less what is empty
    client.force_login(viewers["admin"])
    assert "Seen by" not in client.get(f"/people/{owner.pk}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("birth_date", date(1899, 12, 31), "users_profile_birth_date_since_1900"),
        ("website", "ftp://ada.example/", "users_profile_website_on_the_web"),
        ("website", "javascript:alert(1)//http://", "users_profile_website_on_the_web"),
        ("visibility", {"bio": "world"}, "users_profile_audiences_known"),
        ("visibility", {"bio": ["me"]}, "users_profile_audiences_known"),
        ("visibility", ["me"], "users_profile_audiences_known"),
        ("visibility", "me", "users_profile_audiences_known"),
    ],
)
def test_database_refuses_what_no_profile_holds(viewers, field, value, constraint):
    profile = ProfileFactory(user=viewers["owner"])
    setattr(profile, field, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        profile.save()


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("person", "birth_date", date(2999, 1, 1)),
        ("person", "website", "ftp://ada.example/"),
        ("person", "phone", "call me"),
        ("instructor", "expertise", "x" * 256),
    ],
)
def test_service_refuses_what_no_profile_holds(viewers, part, field, value):
    with pytest.raises(ValidationError) as refusal:
        change_profile(viewers["owner"], **{"account": {}, "person": {}, part: {field: value}})
    assert set(refusal.value.message_dict) == {field}
