"""What roles that an organization makes open: the ways that lead there, the pages, the decisions."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.tests.factories import CourseFactory, RoleAssignmentFactory, RoleFactory
from enrollments.tests.factories import EnrollmentFactory
from notifications.models import Notification
from privacy import services as privacy
from privacy.models import ErasureRequest
from tenancy.models import Organization
from users.models import Permission, User
from users.permissions import holders_of
from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True)


@pytest.fixture
def person(organization):
    return UserFactory(username="ada_stone")


def holder(*permissions, course=None, **person):
    """Somebody with a role that grants these permissions, for the organization or for a course."""
    role = RoleFactory(permissions=list(permissions))
    user = UserFactory(**person)
    RoleAssignmentFactory(user=user, role=role, course=course)
    return User.objects.get(pk=user.pk)


def page_for(client, user, path):
    client.force_login(user)
    response = client.get(path)
    return response.status_code, response.content.decode()


def prove(client, user):
    """Sign in and give the password again, as decisions on personal data ask for."""
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def link_to(path):
    return f'href="{path}"'


LOGS = [
    (Permission.ACTIVITY_SEE, "/activity/", "/activity/security/"),
    (Permission.SECURITY_SEE, "/activity/security/", "/activity/"),
]


@pytest.mark.parametrize("built_in", [{}, {"instructor": True}])
@pytest.mark.parametrize(("permission", "path", "other"), LOGS)
def test_menu_leads_holders_to_the_log_that_is_theirs(
    client, organization, permission, path, other, built_in
):
    user = holder(permission, **built_in)

    _status, page = page_for(client, user, "/settings/profile/")

    assert link_to(path) in page
    assert link_to(other) not in page
    assert page_for(client, user, path)[0] == 200
    assert page_for(client, user, other)[0] == 404


@pytest.mark.parametrize("built_in", [{}, {"instructor": True}])
def test_menu_leads_nobody_else_to_the_logs(client, organization, built_in):
    _status, page = page_for(client, UserFactory(**built_in), "/settings/profile/")
    assert link_to("/activity/") not in page
    assert link_to("/activity/security/") not in page


def test_role_for_one_course_leads_to_the_activity_of_this_course_alone(client, organization):
    course, other = CourseFactory(published=True), CourseFactory(published=True)
    user = holder(Permission.ACTIVITY_SEE, Permission.SECURITY_SEE, course=course)
    feed = reverse("activity:of", args=["course", course.pk])

    _status, page = page_for(client, user, course.get_absolute_url())

    assert link_to(feed) in page
    assert link_to("/activity/") not in page
    assert link_to("/activity/security/") not in page
    assert page_for(client, user, feed)[0] == 200
    other_feed = reverse("activity:of", args=["course", other.pk])
    assert link_to(other_feed) not in page_for(client, user, other.get_absolute_url())[1]
    for path in (other_feed, "/activity/", "/activity/security/"):
        assert page_for(client, user, path)[0] == 404, path


def test_people_page_leads_to_the_activity_for_who_may_see_it(client, organization):
    course = CourseFactory(published=True)
    EnrollmentFactory(course=course)
    feed = reverse("activity:of", args=["course", course.pk])
    people = reverse("enrollments:people", args=[course.slug])
    sees_both = holder(Permission.ENROLLMENT_SEE, Permission.ACTIVITY_SEE, course=course)
    sees_people = holder(Permission.ENROLLMENT_SEE, course=course)

    assert link_to(feed) in page_for(client, sees_both, people)[1]
    assert link_to(feed) not in page_for(client, sees_people, people)[1]


@pytest.mark.parametrize("built_in", [{}, {"instructor": True}])
def test_menu_costs_holders_and_others_the_same(
    client, organization, django_assert_num_queries, built_in
):
    for user in (UserFactory(**built_in), holder(Permission.SECURITY_SEE, **built_in)):
        client.force_login(user)
        client.get("/preferences/")
        with django_assert_num_queries(2 + 2):  # organization, person; savepoints of the test
            client.get("/preferences/")


def test_role_that_is_taken_leaves_the_menu_at_the_next_request(client, organization):
    user = holder(Permission.SECURITY_SEE)
    client.force_login(user)
    assert link_to("/activity/security/") in client.get("/preferences/").content.decode()
    user.role_assignments.all().delete()
    assert link_to("/activity/security/") not in client.get("/preferences/").content.decode()
    assert client.get("/activity/security/").status_code == 404


def asked_by(person, now):
    return privacy.request_erasure(person, by=person, now=now)


def test_those_who_may_decide_are_told_of_a_wish_to_be_forgotten(person, admin, now):
    decider = holder(Permission.PRIVACY_DECIDE)
    holder(Permission.PRIVACY_DECIDE, is_active=False)
    holder(Permission.PRIVACY_DECIDE, Permission.ACTIVITY_SEE, course=CourseFactory())
    holder(Permission.ACTIVITY_SEE)

    asked_by(person, now)

    told = Notification.objects.filter(kind="privacy.erasure_asked")
    assert set(told.values_list("user_id", flat=True)) == {admin.pk, decider.pk}


def test_nobody_is_told_of_their_own_wish(organization, admin, now):
    decider = holder(Permission.PRIVACY_DECIDE)
    asked_by(decider, now)
    told = Notification.objects.filter(kind="privacy.erasure_asked")
    assert set(told.values_list("user_id", flat=True)) == {admin.pk}


@pytest.mark.parametrize("built_in", [{}, {"instructor": True}])
def test_holder_opens_and_decides_on_a_wish(client, person, now, built_in):
    asked = asked_by(person, now)
    decider = holder(Permission.PRIVACY_DECIDE, **built_in)
    address = reverse("privacy:erasure", args=[asked.pk])
    prove(client, decider)

    assert link_to(address) in client.get(reverse("privacy:erasures")).content.decode()
    assert "ada_stone" in client.get(address).content.decode()
    client.post(address, {"decision": "approve", "username": "ada_stone"})

    asked.refresh_from_db()
    assert (asked.status, asked.decided_by_id) == (ErasureRequest.Status.APPROVED, decider.pk)


def test_holder_rejects_a_wish(client, person, now):
    asked = asked_by(person, now)
    prove(client, holder(Permission.PRIVACY_DECIDE))
    address = reverse("privacy:erasure", args=[asked.pk])
    client.post(address, {"decision": "reject", "answer": "Your exam is open."})
    asked.refresh_from_db()
    assert asked.status == ErasureRequest.Status.REJECTED


def test_role_for_one_course_decides_on_no_wish(client, person, now):
    asked = asked_by(person, now)
    course = CourseFactory(published=True)
    prove(client, holder(Permission.PRIVACY_DECIDE, Permission.ACTIVITY_SEE, course=course))
    for path in (reverse("privacy:erasures"), reverse("privacy:erasure", args=[asked.pk])):
        assert client.get(path).status_code == 404


def test_holders_are_those_with_the_permission_for_the_organization(organization, admin):
    user = holder(Permission.PERSON_SEE)
    holder(Permission.PERSON_SEE, Permission.ACTIVITY_SEE, course=CourseFactory())
    assert holders_of(Permission.PERSON_SEE) == {admin.pk, user.pk}


def change_organization(client, organization, **values):
    form = {"name": organization.name, "brand_color": "", "settings": "{}"}
    form |= {"-1-TOTAL_FORMS": "0", "-1-INITIAL_FORMS": "0"}
    address = reverse("admin:tenancy_organization_change", args=[organization.pk])
    return client.post(address, form | values)


def test_instructor_with_the_role_changes_the_organizations_settings_and_no_more(
    client, organization
):
    client.force_login(holder(Permission.ORGANIZATION_MANAGE, instructor=True))

    index = client.get("/admin/").content.decode()
    assert link_to("/admin/tenancy/organization/") in index
    assert change_organization(client, organization, name="Harbor College").status_code == 302
    organization.refresh_from_db()
    assert organization.name == "Harbor College"

    for name in ("domain", "auditentry", "securityevent", "missedevent", "idempotencykey"):
        assert link_to(f"/admin/tenancy/{name}/") not in index
        assert client.get(f"/admin/tenancy/{name}/").status_code == 403, name
    change_organization(client, organization, plan="enterprise", slug="mine", is_default="")
    slug, plan = organization.slug, organization.plan
    organization.refresh_from_db()
    assert (organization.slug, organization.plan) == (slug, plan)


def test_others_do_not_change_the_organizations_settings(client, organization):
    course = CourseFactory()
    for user in (
        UserFactory(instructor=True),
        holder(Permission.SECURITY_SEE, instructor=True),
        holder(
            Permission.ORGANIZATION_MANAGE,
            Permission.ACTIVITY_SEE,
            course=course,
            instructor=True,
        ),
    ):
        client.force_login(user)
        assert client.get("/admin/tenancy/organization/").status_code == 403
        assert change_organization(client, organization, name="Mine").status_code == 403
    client.force_login(holder(Permission.ORGANIZATION_MANAGE))  # no back office for students
    assert client.get("/admin/tenancy/organization/", follow=True).status_code == 403
    change_organization(client, organization, name="Mine")
    assert Organization.objects.get().name == organization.name


def test_organization_of_others_is_out_of_reach(client, organization, other_organization):
    client.force_login(holder(Permission.ORGANIZATION_MANAGE, instructor=True))
    assert change_organization(client, other_organization, name="Mine").status_code == 404
