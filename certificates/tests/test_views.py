import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates import codes, services
from certificates.models import Certificate, CertificateDesign
from certificates.tests.factories import NOW, certificate_for, completed_enrollment, picture
from courses.tests.factories import CourseFactory, RoleAssignmentFactory, RoleFactory
from lib.ids import uuid7
from users.models import Permission
from users.tests.factories import UserFactory


def address_of(certificate):
    return reverse("certificates:verify", args=[codes.unseal(certificate.code_sealed)])


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def certificate(organization):
    return certificate_for(title="Knots")


@pytest.fixture
def admin(organization):
    return UserFactory(role="admin")


def test_public_page_says_what_the_owner_agreed_to(client, certificate):
    hidden = page(client, address_of(certificate))
    services.show_name(certificate.pk, is_shown=True)
    shown = page(client, address_of(certificate))

    assert "This certificate is valid" in hidden
    assert "Knots" in hidden
    assert "Ada Okafor" not in hidden
    assert "Ada Okafor" in shown


def test_public_page_is_found_by_nobody_else(client, certificate):
    answer = client.get(address_of(certificate))

    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "same-origin"


def test_public_page_opens_to_another_student(client, certificate):
    client.force_login(UserFactory())

    assert "This certificate is valid" in page(client, address_of(certificate))


def test_public_page_says_that_it_was_revoked_and_not_why(client, certificate, admin):
    services.revoke(certificate.pk, reason="Copied from Eve.", by=admin, now=NOW)

    told = page(client, address_of(certificate))

    assert "was revoked" in told
    assert "Eve" not in told


def test_public_page_of_a_former_certificate_says_so(client, certificate, admin):
    services.reissue(certificate.pk, by=admin, now=NOW)

    assert "A newer certificate has replaced this one" in page(client, address_of(certificate))


@pytest.mark.parametrize("code", ["a" * 26, "x", "ä", "%00", "a" * 3000, "%ED%A0%80"])
def test_unknown_code_is_not_found(client, organization, code):
    assert "No certificate has this code" in page(client, f"/certificates/{code}/", status=404)


def test_certificate_of_another_organization_is_unknown(client, certificate, other_organization):
    client.defaults["SERVER_NAME"] = "summit.localhost"

    page(client, address_of(certificate), status=404)


def test_many_questions_of_one_address_wait(client, certificate, memory_cache, monkeypatch):
    monkeypatch.setattr("certificates.throttle.PER_MINUTE", 2)
    address = address_of(certificate)

    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]


def test_typed_code_leads_to_its_page(client, certificate):
    typed = codes.in_groups(codes.unseal(certificate.code_sealed)).upper()

    answer = client.post(reverse("certificates:check"), {"code": typed})

    assert answer["Location"] == address_of(certificate)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Type a code, or bring a credential."),
        ({"code": "abc"}, "A code has 26 letters and digits."),
        ({"credential": "hello"}, "This is no Open Badges credential"),
        ({"credential": "{" * 5000}, "This is no Open Badges credential"),
        ({"credential": "a.b.c"}, "This is no Open Badges credential"),
    ],
)
def test_what_cannot_be_checked_is_said_beside_the_field(client, organization, sent, said):
    answer = client.post(reverse("certificates:check"), sent)

    assert said in answer.content.decode()


def test_owner_sees_downloads_and_shows_the_name(client, certificate):
    client.force_login(certificate.student)
    detail = reverse("certificates:detail", args=[certificate.pk])

    listed = page(client, reverse("certificates:list"))
    seen = page(client, detail)
    paper = client.get(reverse("certificates:paper", args=[certificate.pk]))
    token = client.get(reverse("certificates:credential", args=[certificate.pk]))
    client.post(detail, {"shows_name": "yes"})

    assert detail in listed
    assert address_of(certificate) in seen
    assert '<svg class="certificate"' in seen
    assert paper.content.startswith(b"%PDF-")
    assert paper["Content-Disposition"] == 'attachment; filename="knots.pdf"'
    assert token.content.count(b".") == 2
    certificate.refresh_from_db()
    assert certificate.shows_name


def test_nobody_else_opens_a_certificate(client, certificate, admin):
    for user in (UserFactory(), admin):
        client.force_login(user)
        for name in ("detail", "paper", "credential"):
            page(client, reverse(f"certificates:{name}", args=[certificate.pk]), status=404)


def test_revoked_certificate_gives_no_credential(client, certificate, admin):
    services.revoke(certificate.pk, reason="Copied.", by=admin, now=NOW)
    client.force_login(certificate.student)

    token = client.get(reverse("certificates:credential", args=[certificate.pk]))
    detail = page(client, reverse("certificates:detail", args=[certificate.pk]))

    assert token.status_code == 302
    assert "Copied." in detail


def test_certificate_whose_code_cannot_be_read_is_still_shown(client, certificate, settings):
    settings.SECRET_KEY = "another"  # noqa: S105 -- the key that sealed the code is gone
    client.force_login(certificate.student)

    assert "Knots" in page(client, reverse("certificates:detail", args=[certificate.pk]))
    page(client, reverse("certificates:paper", args=[certificate.pk]), status=404)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_lists_are_constant(
    client, organization, count, django_assert_max_num_queries
):
    course = CourseFactory(published=True, certificate_enabled=True)
    student, owner = UserFactory(), course.owner
    for _ in range(count):
        services.issue(completed_enrollment(course=course, student=UserFactory()).pk, now=NOW)
        certificate_for(student)
    for user, address in (
        (student, reverse("certificates:list")),
        (owner, reverse("certificates:course_list", args=[course.slug])),
    ):
        client.force_login(user)
        client.get(address)
        with django_assert_max_num_queries(8):
            page(client, address)


def test_list_of_a_course_is_filtered(client, admin, organization):
    course = CourseFactory(published=True, certificate_enabled=True)
    held = [
        services.issue(
            completed_enrollment(course=course, student=UserFactory(first_name=name)).pk, now=NOW
        )
        for name in ("Zora", "Mirelle")
    ]
    services.revoke(held[1].pk, reason="x", by=admin, now=NOW)
    client.force_login(admin)
    here = reverse("certificates:course_list", args=[course.slug])

    def names(query):
        told = page(client, here + query)
        return [name for name in ("Zora", "Mirelle") if name in told]

    assert names("") == ["Zora", "Mirelle"]
    assert names("?state=revoked") == ["Mirelle"]
    assert names("?state=valid") == names("?q=zora") == ["Zora"]
    assert names("?state=nonsense") == ["Zora", "Mirelle"]
    assert "No certificate fits" in page(client, here + "?q=nobody")
    assert names("?q=%00zora") == ["Zora"]


def test_staff_revoke_undo_and_issue_anew(client, admin, certificate):
    client.force_login(admin)
    here = reverse(
        "certificates:course_certificate", args=[certificate.course.slug, certificate.pk]
    )

    client.post(here, {"part": "revoke", "reason": ""})
    certificate.refresh_from_db()
    assert certificate.is_valid

    client.post(here, {"part": "revoke", "reason": "Copied."})
    certificate.refresh_from_db()
    assert certificate.state == "revoked"

    client.post(here, {"part": "restore"})
    answer = client.post(here, {"part": "reissue", "idempotency_key": str(uuid7())})
    newer = Certificate.objects.valid().get()
    assert newer.replaces_id == certificate.pk
    assert answer["Location"].endswith(f"{newer.pk}/")


def test_page_about_the_place_leads_to_the_certificate(client, admin, certificate):
    client.force_login(admin)
    here = reverse("enrollments:person", args=[certificate.course.slug, certificate.enrollment_id])
    there = reverse(
        "certificates:course_certificate", args=[certificate.course.slug, certificate.pk]
    )

    assert "Valid" in page(client, here)
    assert f'href="{there}"' in page(client, here)


def test_who_only_sees_people_revokes_nothing(client, certificate):
    role = RoleFactory(permissions=[Permission.ENROLLMENT_SEE])
    helper = RoleAssignmentFactory(course=certificate.course, role=role).user
    client.force_login(helper)
    slug = certificate.course.slug
    here = reverse("certificates:course_certificate", args=[slug, certificate.pk])

    assert "Ada Okafor" in page(client, here)
    assert client.post(here, {"part": "revoke", "reason": "x"}).status_code == 403
    certificate.refresh_from_db()
    assert certificate.is_valid


def test_students_do_not_see_the_list_of_a_course(client, certificate):
    client.force_login(certificate.student)
    slug = certificate.course.slug

    page(client, reverse("certificates:course_list", args=[slug]), status=404)
    page(
        client, reverse("certificates:course_certificate", args=[slug, certificate.pk]), status=404
    )


def test_design_is_saved_previewed_and_given_up(client, admin, organization):
    course = CourseFactory(published=True, certificate_enabled=True, title="Knots")
    client.force_login(admin)
    here = reverse("certificates:course_design", args=[course.slug])
    look = {"orientation": "portrait", "heading": "Well done, {name}", "color": "#6B3FA0"}

    preview = client.post(here, look | {"part": "preview"}).content.decode()
    assert "Well done, First name Last name" in preview
    assert 'viewBox="0 0 210.0 297.0"' in preview
    assert not CertificateDesign.objects.exists()

    client.post(here, look | {"signature": SimpleUploadedFile("s.png", picture())})
    design = CertificateDesign.objects.get()
    assert (design.course, design.heading, design.orientation) == (
        course,
        look["heading"],
        "portrait",
    )
    assert "data:image/png;base64," in page(client, here)

    client.post(here, {"part": "reset"})
    assert not CertificateDesign.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": "for {nmae}"}, "“{nmae}” stands for nothing"),
        ({"color": "#FFFF00"}, "too pale"),
        ({"orientation": "round"}, "Select a valid choice"),
        ({"signature": SimpleUploadedFile("s.png", b"no picture")}, "This is no PNG"),
    ],
)
def test_what_is_wrong_with_a_design_is_said_beside_its_field(client, admin, wrong, said):
    client.force_login(admin)

    answer = client.post(
        reverse("certificates:default_design"), {"orientation": "landscape"} | wrong
    )

    assert said in answer.content.decode()
    assert not CertificateDesign.objects.exists()


def test_instructor_designs_the_own_course_and_not_the_default(client, organization):
    course = CourseFactory(published=True)
    client.force_login(course.owner)

    page(client, reverse("certificates:course_design", args=[course.slug]))
    page(client, reverse("certificates:default_design"), status=403)


def test_finished_course_leads_to_its_certificate(client, certificate):
    client.force_login(certificate.student)
    link = reverse("certificates:detail", args=[certificate.pk])

    assert link in page(client, certificate.course.get_absolute_url())
    assert link in page(client, reverse("progress:course_progress", args=[certificate.course.slug]))
