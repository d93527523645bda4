"""The organization's own pages in the admin."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenancy.context import organization_context
from tenancy.models import AuditEntry, Domain, IdempotencyKey, Organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client, organization):
    client.force_login(UserFactory(admin=True, username="school_admin"))
    return client


def change(client, organization, **values):
    form = {"name": organization.name, "brand_color": "", "settings": "{}"}
    form |= {"-1-TOTAL_FORMS": "0", "-1-INITIAL_FORMS": "0"}
    return client.post(f"/admin/tenancy/organization/{organization.pk}/change/", form | values)


def test_an_admin_sees_their_own_organization_alone(admin_client, organization, other_organization):
    text = admin_client.get("/admin/tenancy/organization/").content.decode()
    assert "Harbor School" in text
    assert "Summit Institute" not in text
    address = "/admin/tenancy/organization/{}/change/"
    assert admin_client.get(address.format(organization.pk)).status_code == 200
    assert admin_client.get(address.format(other_organization.pk)).status_code == 404
    assert admin_client.get("/admin/tenancy/organization/add/").status_code == 403
    delete = f"/admin/tenancy/organization/{organization.pk}/delete/"
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_colour_and_logo_are_checked(admin_client, organization):
    answer = change(admin_client, organization, brand_color="#FFFF00")
    assert "field-brand_color" in answer.content.decode().partition("errors")[2]
    bad = SimpleUploadedFile("logo.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    assert change(admin_client, organization, logo=bad).status_code == 200
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "#0B6B63").save(file, "PNG")
    good = SimpleUploadedFile("logo.png", file.getvalue(), "image/png")
    answer = change(admin_client, organization, brand_color="#0B6B63", logo=good)
    assert answer.status_code == 302
    stored = Organization.objects.get()
    assert stored.brand_color == "#0B6B63"
    answer = admin_client.get(stored.logo_url)
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).width == 320
    assert stored.logo_url in admin_client.get("/preferences/").content.decode()


def test_change_is_in_the_audit_log(admin_client, organization):
    change(admin_client, organization, name="Harbour School", settings='{"secret": "x", "a": 1}')

    (entry,) = AuditEntry.objects.filter(table_name="tenancy_organization")
    assert (entry.organization_id, entry.row_id) == (organization.pk, organization.pk)
    assert (entry.before["name"], entry.after["name"]) == ("Harbor School", "Harbour School")
    assert entry.after["settings"] == {"a": 1}
    assert entry.is_by_staff


def test_instructors_see_none_of_it(client, organization):
    client.force_login(UserFactory(instructor=True))
    for name in ("organization", "domain", "auditentry", "idempotencykey"):
        assert client.get(f"/admin/tenancy/{name}/").status_code == 403


def test_audit_log_can_be_read_found_in_and_not_changed(admin_client, other_organization):
    with organization_context(other_organization):
        UserFactory(username="far_person")
    admin_client.post("/admin/tenancy/domain/add/", {"host": "learn.harbor.localhost"})
    domain = Domain.objects.get(host="learn.harbor.localhost")
    entry = AuditEntry.objects.get(row_id=domain.pk)
    text = admin_client.get("/admin/tenancy/auditentry/", {"q": str(domain.pk)}).content.decode()
    assert "school_admin" in text
    assert "1 audit" in text
    assert (
        "learn.harbor.localhost"
        in admin_client.get(f"/admin/tenancy/auditentry/{entry.pk}/change/").content.decode()
    )
    for query in (
        "?q=nonsense",
        "?table_name=users_user",
        "?operation__exact=DELETE",
        "?at__gte=x",
    ):
        answer = admin_client.get(f"/admin/tenancy/auditentry/{query}", follow=True)
        assert answer.status_code == 200
        assert "far_person" not in answer.content.decode()
    for what in ("delete", "change"):
        path = f"/admin/tenancy/auditentry/{entry.pk}/{what}/"
        assert admin_client.post(path, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("object_id", ["x", "0", "9" * 40, "-1", "é"])
def test_unknown_audit_entries_are_not_found(admin_client, object_id):
    assert admin_client.get(f"/admin/tenancy/auditentry/{object_id}/change/").status_code == 404


def test_answered_forms_are_listed(admin_client, organization):
    IdempotencyKey.objects.create(key=organization.pk, scope="x", location="/")
    assert admin_client.get("/admin/tenancy/idempotencykey/").status_code == 200
