"""Roles of an organization: who holds what because of them, and who may make and hand them out."""

import re
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from courses import permissions, services
from courses.models import Course, RoleAssignment
from courses.teaching import FOR_ONE_COURSE, LOOKING_AFTER
from courses.tests.factories import (
    CourseFactory,
    CourseStaffFactory,
    RoleAssignmentFactory,
    RoleFactory,
    SubjectFactory,
)
from lib.ids import uuid7
from tenancy.context import organization_context
from tenancy.models import AuditEntry, SecurityEvent
from users import roles
from users.models import Permission, Role, User
from users.permissions import BUILT_IN, NEEDS_OTHERS_ROWS, can_manage_account, holds
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def course(organization):
    return CourseFactory(status=Course.Status.DRAFT)


def person_with(*granted, course=None, **fields):
    """Somebody with a role of these permissions, read anew as a request would."""
    user = UserFactory(**fields)
    RoleAssignmentFactory(user=user, course=course, role=RoleFactory(permissions=list(granted)))
    return User.objects.get(pk=user.pk)


# What one holds


@pytest.mark.parametrize("permission", Permission)
def test_role_grants_its_permission_everywhere_or_on_one_course(course, permission):
    other = CourseFactory()
    everywhere = person_with(permission, role="guest")
    on_course = person_with(permission, course=course, role="guest")
    nobody = UserFactory(role="guest")
    asked = [
        [
            holds(user, permission),
            *(holds(user, permission, course_id=c.pk) for c in (course, other)),
        ]
        for user in (everywhere, on_course, nobody)
    ]
    assert asked == [[True, True, True], [False, True, False], [False, False, False]]


def test_suspended_people_and_visitors_hold_nothing(course):
    user = person_with(Permission.COURSE_EDIT, is_active=False)
    assert not holds(user, Permission.COURSE_EDIT)
    assert not holds(AnonymousUser(), Permission.COURSE_ENROLL)


def test_people_without_roles_and_admins_cost_no_query(course, django_assert_num_queries):
    student, admin = UserFactory(), UserFactory(admin=True)
    with django_assert_num_queries(0):
        assert not any(holds(student, permission) for permission in NEEDS_OTHERS_ROWS)
        assert all(holds(admin, permission) for permission in Permission)
        assert not permissions.can_edit_course(student, course)


def test_roles_are_read_once(course, django_assert_num_queries):
    user = person_with(Permission.COURSE_EDIT, course=course)
    with django_assert_num_queries(1):
        assert permissions.can_edit_course(user, course)
        assert not permissions.can_publish_course(user, course)
        assert not holds(user, Permission.PERSON_SEE)


@pytest.mark.parametrize(
    ("permission", "rule"),
    [
        (Permission.COURSE_EDIT, permissions.can_edit_course),
        (Permission.COURSE_PUBLISH, permissions.can_publish_course),
        (Permission.COURSE_STAFF, permissions.can_manage_staff),
        (Permission.ENROLLMENT_SEE, permissions.can_see_staff),
    ],
)
def test_rule_opens_by_its_permission_and_on_its_course_alone(course, permission, rule):
    user = person_with(permission, course=course)
    assert rule(user, course)
    assert not rule(user, CourseFactory())
    others = ("can_edit_course", "can_publish_course", "can_manage_staff")
    opened = [name for name in others if getattr(permissions, name)(user, course)]
    assert opened == [rule.__name__][: rule.__name__ in others]
    for never in ("can_give_course_away", "can_trash_course", "can_purge_course"):
        assert not getattr(permissions, never)(user, course)


def test_subjects_and_new_courses(course):
    arranger = person_with(Permission.SUBJECT_MANAGE, instructor=True)
    assert permissions.can_edit_subjects(arranger)
    assert not permissions.can_edit_subjects(UserFactory(instructor=True))
    # Whoever owns a course must be one who may teach.
    assert not permissions.can_create_course(person_with(Permission.COURSE_CREATE))


@pytest.mark.parametrize("permission", sorted(FOR_ONE_COURSE))
def test_course_is_seen_by_those_who_look_after_it(course, permission):
    user = person_with(permission, course=course)
    seen = set(Course.objects.visible_to(user))
    assert seen == ({course} if permission in LOOKING_AFTER else set())
    assert set(Course.objects.permitted_to(user, permission)) == {course}
    assert permissions.can_view_course(user, course) == (permission in LOOKING_AFTER)


def test_role_for_everything_reaches_every_course_but_the_trash(course):
    CourseFactory(deleted_at=NOW)
    user = person_with(Permission.COURSE_EDIT)
    assert set(Course.objects.visible_to(user)) == {course}
    assert set(Course.objects.editable_by(user)) == {course}


# The database's part


def sees(user):
    return User.objects.get(pk=user.pk).sees_private_rows


@pytest.mark.parametrize("permission", Permission)
def test_who_needs_others_rows_sees_them(course, permission):
    user = person_with(permission)
    assert sees(user) == (permission in NEEDS_OTHERS_ROWS)


def test_sight_of_others_rows_comes_and_goes_with_the_roles(course):
    user, other = UserFactory(), UserFactory()
    seeing = RoleFactory(permissions=[Permission.ENROLLMENT_SEE])
    also = RoleFactory(permissions=[Permission.PERSON_SEE])
    first = RoleAssignment.objects.create(user=user, role=seeing)
    second = RoleAssignment.objects.create(user=user, role=also, course=course)
    assert sees(user)
    second.delete()
    assert sees(user)
    Role.objects.filter(pk=seeing.pk).update(permissions=[Permission.COURSE_ENROLL])
    assert not sees(user)
    Role.objects.filter(pk=seeing.pk).update(permissions=[Permission.COURSE_EDIT])
    assert sees(user)
    RoleAssignment.objects.filter(pk=first.pk).update(user=other)
    assert (sees(user), sees(other)) == (False, True)
    seeing.delete()
    assert not sees(other)


def test_an_account_saved_as_it_was_read_gives_nothing_back(course):
    user = UserFactory()
    before = User.objects.get(pk=user.pk)
    assignment = RoleAssignment.objects.create(user=user, role=RoleFactory())
    before.save()
    assert sees(user)
    during = User.objects.get(pk=user.pk)
    assignment.delete()
    during.save()
    assert not sees(user)
    assert not sees(UserFactory(sees_private_rows=True))


@pytest.mark.parametrize("is_for_course", [True, False])
def test_role_is_held_once(course, is_for_course):
    row = {
        "user": UserFactory(),
        "role": RoleFactory(),
        "course": course if is_for_course else None,
    }
    RoleAssignment.objects.create(**row)
    with pytest.raises(IntegrityError, match="courses_roleassignment_once"), transaction.atomic():
        RoleAssignment.objects.create(**row)


@pytest.mark.django_db(transaction=True)
def test_role_changed_while_it_is_given_leaves_no_stale_sight(organization_committed):
    """The one waits for the other, so whichever is last knows of both."""
    with organization_context(organization_committed):
        user, role = UserFactory(), RoleFactory(permissions=[Permission.COURSE_ENROLL])
    given, failures = threading.Event(), []

    def change():
        try:
            given.wait(timeout=10)
            with organization_context(organization_committed):
                Role.objects.filter(pk=role.pk).update(permissions=[Permission.COURSE_EDIT])
        except Exception as error:  # noqa: BLE001 -- told by the main thread
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    with organization_context(organization_committed):
        RoleAssignment.objects.create(user=user, role=role)
        given.set()
        thread.join(timeout=1)  # still waits for the lock
        assert thread.is_alive()
    thread.join(timeout=10)
    assert failures == []
    with organization_context(organization_committed):
        assert sees(user)


@pytest.fixture
def organization_committed(transactional_db):
    from tenancy.tests.factories import found_organization  # noqa: PLC0415 -- needs the apps

    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


# Giving and taking


def code_of(service, *args, **kwargs):
    """The reason's code of a refusal, "" where it was done."""
    try:
        with transaction.atomic():
            service(*args, now=NOW, **kwargs)
    except roles.RoleRefused as refused:
        return refused.decision.code
    return ""


def test_role_is_given_once_taken_once_and_both_are_written_down(course):
    user, admin, role = UserFactory(), UserFactory(admin=True), RoleFactory(name="Assistant")
    for _ in range(2):
        held = services.give_role(role, user=user, course_id=course.pk, by=admin, now=NOW)
    assert RoleAssignment.objects.get() == held
    assert holds(user, Permission.ENROLLMENT_SEE, course_id=course.pk)
    for _ in range(2):
        services.take_role(held.pk, by=admin, now=NOW)
    assert not holds(User.objects.get(pk=user.pk), Permission.ENROLLMENT_SEE, course_id=course.pk)
    told = SecurityEvent.objects.filter(kind="role_changed", user_id=user.pk).order_by("id")
    assert [event.details["change"] for event in told] == ["given", "taken"]
    assert AuditEntry.objects.filter(row_id=held.pk).count() == 2


def test_nobody_gives_or_takes_what_they_do_not_hold(course):
    manager = person_with(Permission.ROLE_MANAGE, Permission.ENROLLMENT_SEE)
    user = UserFactory()
    less, more = RoleFactory(), RoleFactory(permissions=[Permission.PERSON_MANAGE])
    assert code_of(services.give_role, less, user=user, by=manager) == ""
    assert code_of(services.give_role, more, user=user, by=manager) == "more_than_held"
    held = RoleAssignmentFactory(role=more, user=user)
    assert code_of(services.take_role, held.pk, by=manager) == "more_than_held"
    assert (
        code_of(services.give_role, less, user=UserFactory(), by=UserFactory()) == "not_a_manager"
    )


def test_nobody_but_an_admin_changes_their_own_roles(course):
    manager, role = person_with(Permission.ROLE_MANAGE, Permission.ENROLLMENT_SEE), RoleFactory()
    assert code_of(services.give_role, role, user=manager, by=manager) == "own_role"
    own = RoleAssignment.objects.get(user=manager)
    assert code_of(services.take_role, own.pk, by=manager) == "own_role"
    assert (
        code_of(roles.save_role, own.role, name="x", description="", permissions=[], by=manager)
        == "own_role"
    )
    assert code_of(roles.delete_role, own.role, by=manager) == "own_role"
    admin = UserFactory(admin=True)
    assert code_of(services.give_role, role, user=admin, by=admin) == ""


def test_owner_gives_roles_on_their_course_alone(course):
    owner, user, role = course.owner, UserFactory(), RoleFactory()
    helper = CourseStaffFactory(course=course).user
    assert code_of(services.give_role, role, user=user, course_id=course.pk, by=owner) == ""
    assert code_of(services.give_role, role, user=user, by=owner) == "not_a_manager"
    other = CourseFactory().pk
    assert (
        code_of(services.give_role, role, user=user, course_id=other, by=owner) == "not_a_manager"
    )
    again = UserFactory()
    assert (
        code_of(services.give_role, role, user=again, course_id=course.pk, by=helper)
        == "not_a_manager"
    )


def test_what_is_about_the_organization_is_not_given_for_one_course(course):
    admin, role = UserFactory(admin=True), RoleFactory(permissions=[Permission.SECURITY_SEE])
    given = {"user": UserFactory(), "course_id": course.pk, "by": admin}
    assert code_of(services.give_role, role, **given) == "not_for_a_course"


def test_who_chooses_staff_by_a_role_makes_nobody_a_teacher_and_not_themselves(course):
    chooser = person_with(Permission.COURSE_STAFF, course=course, instructor=True)
    given = {"by": chooser, "user": UserFactory(instructor=True)}
    assert code_of(services.add_staff, course.pk, **given) == "more_than_held"
    assert code_of(services.add_staff, course.pk, **given | {"user": chooser}) == "own_role"
    helper = CourseStaffFactory(course=course).user
    assert code_of(services.remove_staff, course.pk, **given | {"user": helper}) == "more_than_held"


# Making


def test_role_is_made_changed_and_deleted_with_its_story(organization):
    admin = UserFactory(admin=True)
    said = {"name": "Grader", "description": "Looks", "by": admin, "now": NOW}
    role = roles.save_role(None, permissions=[Permission.ENROLLMENT_SEE], **said)
    holder = person_with()
    RoleAssignmentFactory(user=holder, role=role)
    roles.save_role(role, permissions=[Permission.COURSE_EDIT], **said | {"name": "Editor"})
    role.refresh_from_db()
    assert (role.name, role.permissions) == ("Editor", [Permission.COURSE_EDIT])
    assert holds(User.objects.get(pk=holder.pk), Permission.COURSE_EDIT)
    roles.delete_role(role, by=admin, now=NOW)
    assert not holds(User.objects.get(pk=holder.pk), Permission.COURSE_EDIT)
    told = SecurityEvent.objects.filter(kind="role_changed").order_by("id")
    assert [(e.details["added"], e.details["removed"]) for e in told] == [
        (["enrollment.see"], []),
        (["course.edit"], ["enrollment.see"]),
        ([], ["course.edit"]),
    ]


def test_role_holds_no_more_than_its_maker(organization):
    manager = person_with(Permission.ROLE_MANAGE, Permission.ENROLLMENT_SEE)
    said = {"name": "New", "description": "", "by": manager}
    ordinary = [Permission.ENROLLMENT_SEE, Permission.COURSE_ENROLL]
    assert (
        code_of(roles.save_role, None, permissions=[Permission.PERSON_SEE], **said)
        == "more_than_held"
    )
    assert code_of(roles.save_role, None, permissions=ordinary, **said) == ""
    strong = RoleFactory(permissions=[Permission.PERSON_SEE])
    assert (
        code_of(roles.save_role, strong, permissions=[], **said | {"name": "X"}) == "more_than_held"
    )
    assert code_of(roles.delete_role, strong, by=manager) == "more_than_held"
    assert code_of(roles.delete_role, RoleFactory(), by=UserFactory()) == "not_a_manager"


# Accounts


def test_account_manager_reaches_no_account_that_may_do_more(organization):
    manager = person_with(Permission.PERSON_MANAGE, instructor=True)
    may = {
        "student": UserFactory(),
        "student with more": person_with(Permission.SECURITY_SEE),
        "student with the same": person_with(Permission.PERSON_MANAGE),
        "instructor": UserFactory(instructor=True),
        "admin": UserFactory(admin=True),
        "oneself": manager,
    }
    assert [name for name, person in may.items() if can_manage_account(manager, person)] == [
        "student",
        "student with the same",
        "oneself",
    ]
    assert not can_manage_account(UserFactory(instructor=True), may["student"])


def test_every_built_in_role_has_its_permissions():
    assert set(BUILT_IN) == set(User.Role)
    assert BUILT_IN[User.Role.ADMIN] == set(Permission)


# The back office


def test_admin_makes_a_role_and_gives_it_there(client, course):
    admin, student = UserFactory(admin=True), UserFactory()
    client.force_login(admin)
    form = {"name": "Grader", "description": "", "permissions": ["enrollment.see", "course.edit"]}
    assert client.post("/admin/users/role/add/", form).status_code == 302
    role = Role.objects.get()
    assert role.permissions == ["course.edit", "enrollment.see"]
    page = client.get(f"/admin/users/role/{role.pk}/change/").content.decode()
    assert "Change a course and its content" in page
    given = {"user": student.pk, "role": role.pk, "course": course.pk}
    answer = client.post("/admin/courses/roleassignment/add/", given)
    assert answer.status_code == 302
    held = RoleAssignment.objects.get()
    assert (held.user, held.given_by, held.course) == (student, admin, course)
    answer = client.post(f"/admin/courses/roleassignment/{held.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert SecurityEvent.objects.filter(kind="role_changed").count() == 3


def test_role_manager_is_offered_what_they_hold_and_told_why_not(client, course):
    manager = person_with(Permission.ROLE_MANAGE, instructor=True)
    client.force_login(manager)
    page = client.get("/admin/users/role/add/").content.decode()
    assert "Make roles and give them to people" in page
    assert "Read the security log" not in page
    form = {"name": "Spy", "description": "", "permissions": ["security.see"]}
    assert client.post("/admin/users/role/add/", form).status_code == 200
    strong = RoleFactory(permissions=[Permission.SECURITY_SEE])
    given = {"user": UserFactory(instructor=True).pk, "role": strong.pk, "course": ""}
    answer = client.post("/admin/courses/roleassignment/add/", given)
    assert "You do not hold this yourself: read the security log." in answer.content.decode()
    assert client.post(f"/admin/users/role/{strong.pk}/change/", form).status_code == 403
    assert not RoleAssignment.objects.filter(role=strong).exists()


def test_roles_stand_on_the_pages_of_person_and_course(client, course):
    student, role = UserFactory(), RoleFactory(name="Assistant")
    client.force_login(UserFactory(admin=True))
    page = client.get(f"/admin/users/user/{student.pk}/change/").content.decode()
    assert "role_assignments-TOTAL_FORMS" in page
    held = services.give_role(role, user=student, course_id=course.pk, by=None, now=NOW)
    for path in (f"users/user/{student.pk}", f"courses/course/{course.pk}"):
        assert "Assistant" in client.get(f"/admin/{path}/change/").content.decode()
    page = client.get(f"/admin/users/user/{student.pk}/change/").content.decode()
    counts = re.findall(r'name="([a-z_]+-(?:TOTAL|INITIAL)_FORMS)" value="[0-9]+"', page)
    form = dict.fromkeys(counts, "0") | {
        "username": student.username,
        "email": student.email,
        "role": "student",
        "is_active": "on",
        "role_assignments-TOTAL_FORMS": "2",
        "role_assignments-INITIAL_FORMS": "1",
        "role_assignments-0-id": str(held.pk),
        "role_assignments-0-user": str(student.pk),
        "role_assignments-0-DELETE": "on",
        "role_assignments-1-user": str(student.pk),
        "role_assignments-1-role": str(role.pk),
    }
    answer = client.post(f"/admin/users/user/{student.pk}/change/", form)
    assert answer.status_code == 302
    assert RoleAssignment.objects.get().course is None


def test_instructor_with_the_permission_works_on_accounts_but_not_on_staff(client, course):
    manager = person_with(Permission.PERSON_MANAGE, instructor=True)
    student, admin = UserFactory(), UserFactory(admin=True)
    client.force_login(manager)
    assert client.get("/admin/users/user/").status_code == 200
    page = client.get("/admin/users/user/add/").content.decode()
    assert 'value="instructor"' in page
    assert 'value="admin"' not in page
    assert client.get(f"/admin/users/user/{student.pk}/change/").status_code == 200
    for path in (f"{admin.pk}/change/", f"{course.owner_id}/change/", f"{student.pk}/delete/"):
        assert client.post(f"/admin/users/user/{path}", {"post": "yes"}).status_code == 403
    client.force_login(UserFactory(instructor=True))
    assert client.get("/admin/users/user/").status_code == 403


def test_instructor_with_course_edit_works_on_that_course(client, course):
    helper = person_with(Permission.COURSE_EDIT, course=course, instructor=True)
    client.force_login(helper)
    assert client.get(f"/admin/courses/course/{course.pk}/change/").status_code == 200
    assert client.get(f"/admin/courses/course/{CourseFactory().pk}/change/").status_code == 404
    publish = {"action": "publish", "_selected_action": [str(course.pk)]}
    client.post("/admin/courses/course/", publish)
    course.refresh_from_db()
    assert course.status == Course.Status.DRAFT


def test_instructor_with_subject_manage_arranges_subjects(client, organization):
    subject = SubjectFactory()
    client.force_login(person_with(Permission.SUBJECT_MANAGE, instructor=True))
    form = {"title": "Better", "slug": "better", "description": "", "position": "1"}
    assert client.post(f"/admin/courses/subject/{subject.pk}/change/", form).status_code == 302
    client.force_login(UserFactory(instructor=True))
    assert client.post(f"/admin/courses/subject/{subject.pk}/change/", form).status_code == 403


def test_unknown_rows_are_not_taken(organization):
    services.take_role(uuid7(), by=UserFactory(), now=NOW)
    assert not SecurityEvent.objects.filter(kind="role_changed").exists()
