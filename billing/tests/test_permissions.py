"""Who keeps the books, and who sees an invoice."""

from datetime import UTC, datetime

from django.contrib.auth.models import AnonymousUser

from billing import permissions
from billing.tests.factories import ordered, paid_course
from courses.tests.factories import RoleAssignmentFactory, RoleFactory
from users.models import Permission
from users.tests.factories import UserFactory

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def with_role(*held):
    user = RoleAssignmentFactory(role=RoleFactory(permissions=held)).user
    user.refresh_from_db()
    return user


def test_books_are_kept_by_who_manages_the_organization_and_sees_people(organization):
    may = [
        UserFactory(admin=True),
        with_role(Permission.ORGANIZATION_MANAGE, Permission.PERSON_SEE),
    ]
    may_not = [
        AnonymousUser(),
        UserFactory(),
        UserFactory(instructor=True),
        with_role(Permission.ORGANIZATION_MANAGE),
        with_role(Permission.PERSON_SEE),
    ]
    assert all(map(permissions.can_manage_billing, may))
    assert not any(map(permissions.can_manage_billing, may_not))


def test_invoice_is_seen_by_its_buyer_and_who_keeps_the_books(organization):
    course, buyer = paid_course(), UserFactory()
    invoice = ordered(course, buyer, now=NOW)
    people = [buyer, UserFactory(admin=True), UserFactory(), course.owner, AnonymousUser()]
    assert [permissions.can_see_invoice(user, invoice) for user in people] == [
        True,
        True,
        False,
        False,
        False,
    ]
