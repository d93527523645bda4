import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenancy.context import organization_context
from users.models import Profile, User
from users.tests.factories import ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db


def picture(size=(600, 400), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size, "#0B6B63").save(file, kind)
    return SimpleUploadedFile("me.png", file.getvalue(), "image/png")


@pytest.fixture
def ada(organization):
    user = UserFactory(username="ada", first_name="Ada", last_name="Stone")
    ProfileFactory(user=user, bio="I count stones.\n\nAnd more.", website="https://example.org/")
    return user


def edit(client, **values):
    blank = {"first_name": "Ada", "last_name": "Stone", "language": "", "time_zone": ""}
    blank |= dict.fromkeys(
        ["display_name", "bio", "job_title", "company", "location", "website"], ""
    )
    return client.post("/settings/profile/", blank | values)


def test_profile_is_for_members_alone(client, ada):
    assert client.get(f"/people/{ada.pk}/").status_code == 302


def test_profile_shows_the_email_to_its_owner_and_admins(client, ada):
    for viewer, sees in ((ada, True), (UserFactory(admin=True), True), (UserFactory(), False)):
        client.force_login(viewer)
        text = client.get(f"/people/{ada.pk}/").content.decode()
        assert "I count stones." in text
        assert ("ada@example.org" in text) == sees


def test_profile_of_another_organization_or_a_suspended_person_is_not_there(
    client, ada, other_organization
):
    with organization_context(other_organization):
        far = UserFactory()
    client.force_login(ada)
    gone = UserFactory(is_active=False)
    for person in (far, gone):
        assert client.get(f"/people/{person.pk}/").status_code == 404
        assert client.get(f"/people/{person.pk}/picture/").status_code == 404


def test_profile_without_a_row_of_its_own_is_drawn(client, organization):
    user = UserFactory()
    client.force_login(user)
    assert client.get(f"/people/{user.pk}/").status_code == 200
    assert client.get("/settings/profile/").status_code == 200
    edit(client, bio="New")
    assert user.profile.bio == "New"


def test_edit_stores_account_and_person(client, ada):
    client.force_login(ada)
    answer = edit(
        client,
        first_name="Augusta",
        display_name="Countess",
        language="de",
        time_zone="Europe/Berlin",
        website="example.org",
    )
    assert answer.status_code == 302
    ada.refresh_from_db()
    assert (ada.first_name, ada.language, ada.time_zone) == ("Augusta", "de", "Europe/Berlin")
    assert ada.profile.display_name == "Countess"
    text = client.get(f"/people/{ada.pk}/").content.decode()
    assert 'lang="de"' in text
    assert "Countess" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "nonsense with spaces"),
        ("time_zone", "Mars/Olympus"),
        ("language", "tlh"),
        ("bio", "x" * 5001),
        ("bio", "nul\x00"),
        ("first_name", "x" * 151),
        ("display_name", "x" * 201),
    ],
)
def test_bad_values_are_errors_of_the_form(client, ada, field, value):
    client.force_login(ada)
    answer = edit(client, **{field: value})
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert Profile.objects.get(user=ada).bio.startswith("I count")


def test_picture_is_cleaned_shown_replaced_and_removed(client, ada):
    client.force_login(ada)
    assert edit(client, picture=picture()).status_code == 302
    person = User.objects.with_person().get(pk=ada.pk)
    answer = client.get(person.avatar_url)
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).width <= 256
    edit(client, picture=picture((40, 40), "JPEG"))
    assert User.objects.with_person().get(pk=ada.pk).avatar_url != person.avatar_url
    edit(client, remove_picture="on")
    assert User.objects.with_person().get(pk=ada.pk).avatar_url == ""


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 20]
)
def test_what_is_no_picture_is_an_error_of_the_field(client, ada, content):
    client.force_login(ada)
    answer = edit(client, picture=SimpleUploadedFile("me.png", content, "image/png"))
    assert answer.status_code == 200
    assert "div_id_picture" in answer.content.decode()


def test_frame_costs_no_query_of_its_own(client, ada, django_assert_max_num_queries):
    client.force_login(ada)
    client.get(f"/people/{ada.pk}/")
    with django_assert_max_num_queries(8):
        client.get(f"/people/{ada.pk}/")


def test_preferences_of_a_guest_are_cookies(client, organization):
    assert client.get("/preferences/?theme=dark&language=de").status_code == 200
    assert "theme" not in client.cookies
    answer = client.post("/preferences/", {"theme": "dark", "language": "de", "next": "/courses/"})
    assert answer["Location"] == "/courses/"
    assert (client.cookies["theme"].value, client.cookies["django_language"].value) == (
        "dark",
        "de",
    )
    assert client.cookies["theme"]["samesite"] == "Lax"
    text = client.get("/preferences/").content.decode()
    assert 'data-bs-theme="dark"' in text
    assert 'lang="de"' in text


def test_preferences_lead_nowhere_else_and_take_no_nonsense(client, organization):
    for address in ("https://evil.example/", "//evil.example", "\\\\evil.example"):
        answer = client.post("/preferences/", {"theme": "light", "next": address})
        assert answer["Location"] == "/preferences/"
    for bad in ({"theme": "pink"}, {"language": "tlh"}, {"language": "\x00"}):
        assert client.post("/preferences/", bad).status_code == 200


def test_language_of_a_member_goes_with_the_account(client, ada):
    client.force_login(ada)
    client.post("/preferences/", {"language": "de"})
    ada.refresh_from_db()
    assert ada.language == "de"


def test_unknown_stored_time_zone_harms_nothing(client, ada):
    User.objects.filter(pk=ada.pk).update(time_zone="Mars/Olympus", language="xx")
    client.force_login(ada)
    assert client.get(f"/people/{ada.pk}/").status_code == 200
