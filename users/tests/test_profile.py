import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenancy.context import organization_context
from users.models import InstructorProfile, Profile, StudentProfile, User
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
        [
            "display_name",
            "bio",
            "job_title",
            "company",
            "location",
            "website",
            "phone",
            "birth_date",
        ],
        "",
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
        ("website", "ftp://example.org/"),
        ("phone", "call me"),
        ("birth_date", "2999-01-01"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "yesterday"),
        ("bio_audience", "world"),
        ("goals", "x" * 5001),
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


@pytest.fixture
def folder(settings, tmp_path):
    """Where this test's pictures are stored."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "avatars"


def stored_in(folder):
    return {path.name for path in folder.glob("*")}


def form_values(answer):
    """What a browser would send of a page of the admin, as it was opened."""
    forms = [answer.context["adminform"].form]
    for inline in answer.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def test_picture_comes_in_squares_of_the_sizes_that_pages_show(client, ada):
    client.force_login(ada)
    assert edit(client, picture=picture()).status_code == 302
    address = User.objects.with_person().get(pk=ada.pk).avatar_url
    page = client.get(f"/people/{ada.pk}/").content.decode()
    for query, side in (("&size=48", 48), ("&size=96", 96), ("", 256), ("&size=9999", 256)):
        answer = client.get(address + query)
        assert answer["Content-Type"] == "image/webp"
        assert "immutable" in answer["Cache-Control"]
        assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (side, side)
    assert f'{address}&amp;size=48 48w, {address}&amp;size=96 96w, {address} 256w"' in page


def test_files_of_a_former_picture_go_once_the_change_stands(
    client, ada, folder, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    edit(client, picture=picture())
    former = stored_in(folder)
    with django_capture_on_commit_callbacks() as callbacks:
        edit(client, picture=picture((40, 40), "JPEG"))
    assert former < stored_in(folder)
    for callback in callbacks:
        callback()
    present = stored_in(folder)
    assert len(present) == 3
    assert not former & present
    with django_capture_on_commit_callbacks(execute=True):
        edit(client, remove_picture="on")
    assert stored_in(folder) == set()
    assert User.objects.with_person().get(pk=ada.pk).avatar_url == ""


def test_picture_of_a_suspended_person_is_for_admins(client, ada):
    client.force_login(ada)
    edit(client, picture=picture())
    User.objects.filter(pk=ada.pk).update(is_active=False)
    for viewer, status in ((UserFactory(), 404), (UserFactory(admin=True), 200)):
        client.force_login(viewer)
        answer = client.get(f"/people/{ada.pk}/picture/")
        b"".join(answer)  # reads the file to its end, which closes it
        assert answer.status_code == status


def test_hostile_pictures_are_refused_in_words_or_made_harmless(client, ada, test_data, folder):
    client.force_login(ada)
    refused = []
    for path in sorted(Path(test_data("hostile-files/images")).iterdir()):
        answer = edit(client, picture=SimpleUploadedFile(path.name, path.read_bytes()))
        if answer.status_code == 200:
            assert re.search(r'id="error_\d_id_picture"', answer.content.decode()), path.name
            refused.append(path.name)
    assert "decompression_bomb.gif" in refused
    assert "truncated_image.png" in refused
    for file in folder.glob("*"):
        assert file.read_bytes()[8:12] == b"WEBP"
        assert b"script" not in file.read_bytes().lower()


def test_admin_changes_the_picture_through_the_same_door(client, ada, folder):
    client.force_login(UserFactory(admin=True))
    address = f"/admin/users/user/{ada.pk}/change/"
    sent = form_values(client.get(address)) | {"profile-0-picture": picture()}
    answer = client.post(address, sent)
    assert answer.status_code == 302
    assert len(stored_in(folder)) == 3
    bad = SimpleUploadedFile("me.png", b"<svg onload=alert(1)>")
    answer = client.post(address, sent | {"profile-0-picture": bad})
    assert "This is no PNG, JPEG, GIF or WebP picture" in answer.content.decode()


def test_choices_of_who_sees_what_are_stored_and_kept_where_none_is_sent(client, ada):
    client.force_login(ada)
    edit(client, phone="+44 20 7946", phone_audience="courses", bio_audience="staff")
    edit(client, bio_audience="me")
    ada.profile.refresh_from_db()
    assert ada.profile.visibility["phone"] == "courses"
    assert ada.profile.visibility["bio"] == "me"


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("student", {"goals"}, {"instructor_bio", "expertise", "office_hours"}),
        ("instructor", {"instructor_bio", "expertise", "office_hours"}, {"goals"}),
        ("guest", set(), {"goals", "expertise"}),
    ],
)
def test_form_asks_each_what_concerns_them_and_takes_no_more(client, ada, role, shown, hidden):
    ada.role = role
    ada.save()
    client.force_login(ada)
    page = client.get("/settings/profile/").content.decode()
    assert {name for name in shown | hidden if f'name="{name}"' in page} == shown
    sent = dict.fromkeys(shown | hidden, "Told") | {"student_number": "S-1", "program": "P"}
    assert edit(client, **sent).status_code == 302
    student = StudentProfile.objects.filter(user=ada).first()
    instructor = InstructorProfile.objects.filter(user=ada).first()
    assert (student and student.goals, instructor and instructor.bio) == (
        "Told" if role == "student" else None,
        "Told" if role == "instructor" else None,
    )
    assert not student or (student.student_number, student.program) == ("", "")


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
