"""Suspensions and changed roles hold at the next request at every door, and an admin always remains."""

import re
import threading

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tenancy.context import organization_context
from tenancy.models import SecurityEvent
from tenancy.tests.factories import found_organization
from users import suspension, tokens
from users.models import Mail, User
from users.tests.doors import browser, is_signed_in, kinds_of, member, sign_in
from users.tests.factories import UserFactory
from users.tests.second_factors import give_app

NOW = timezone.now()


@pytest.fixture
def boss(organization):
    return member(username="boss", role="admin")


@pytest.fixture
def ada(boss):
    return member(username="ada", email="ada@example.org")


def suspend(user, boss, reason="Exams were sold."):
    return suspension.suspend(user.pk, by=boss, now=NOW, reason=reason)


@pytest.mark.django_db
def test_suspended_people_are_out_at_the_next_request_and_told_why(client, ada, boss):
    sign_in(client, "ada")

    suspend(ada, boss)
    suspend(ada, boss, reason="again")

    assert not is_signed_in(client)
    assert not UserSession.objects.exists()
    ada.refresh_from_db()
    assert (ada.is_active, ada.suspension_reason) == (False, "Exams were sold.")
    mail = Mail.objects.get()
    assert mail.recipient == "ada@example.org"
    assert "Exams were sold." in mail.text
    assert kinds_of(ada) == ["signed_in", "session_ended", "suspended"]


@pytest.mark.django_db
def test_no_door_opens_for_suspended_people(client, ada, boss):
    key = default_token_generator.make_token(ada)
    reset = f"/accounts/password/reset/key/{user_pk_to_url_str(ada)}-{key}/"
    address = ada.emailaddress_set.get()
    address.verified = False
    address.save()
    confirmation = EmailConfirmationHMAC(address).key
    _token, value = tokens.make_token(
        ada, name="x", scopes=["profile:read"], expires_at=None, now=NOW
    )
    header = {"Authorization": f"Bearer {value}"}
    assert client.get("/api/v1/me", headers=header).status_code == 200

    suspend(ada, boss)

    assert sign_in(client, "ada")["Location"] == "/accounts/inactive/"
    assert client.get("/api/v1/me", headers=header).status_code == 401
    assert "no longer works" in browser().get(reset, follow=True).content.decode()
    browser().post(f"/accounts/confirm-email/{confirmation}/")
    address.refresh_from_db()
    assert not address.verified
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_page_of_a_link_that_was_open_sets_no_password(client, ada, boss):
    key = default_token_generator.make_token(ada)
    page = client.get(f"/accounts/password/reset/key/{user_pk_to_url_str(ada)}-{key}/", follow=True)
    suspend(ada, boss)

    new = {"password1": "three grey pebbles", "password2": "three grey pebbles"}
    client.post(page.request["PATH_INFO"], new)

    ada.refresh_from_db()
    assert not ada.check_password("three grey pebbles")


@pytest.mark.django_db
def test_half_a_sign_in_ends_with_a_suspension(client, ada, boss):
    phone = give_app(ada, now=timezone.now())
    sign_in(client, "ada")
    suspend(ada, boss)

    client.post("/accounts/login/second-step/", {"code": phone.code()})

    assert not is_signed_in(client)
    assert not UserSession.objects.exists()
    assert "signed_in" not in kinds_of(ada)


@pytest.mark.django_db
def test_lifted_suspension_lets_in_again(client, ada, boss):
    suspend(ada, boss)
    for _time in range(2):
        suspension.lift_suspension(ada.pk, by=boss, now=NOW)

    sign_in(client, "ada")

    assert is_signed_in(client)
    ada.refresh_from_db()
    assert ada.suspension_reason == ""
    assert Mail.objects.filter(subject__startswith="Your account is open again").count() == 1
    assert kinds_of(ada)[:2] == ["suspended", "suspension_lifted"]


@pytest.mark.django_db
def test_changed_role_holds_at_the_next_request(client, ada, boss):
    ada.role = "instructor"
    ada.save()
    sign_in(client, "ada")
    assert client.get("/admin/").status_code == 200

    for _time in range(2):
        suspension.change_role(ada.pk, role="student", by=boss, now=NOW)

    assert client.get("/admin/").status_code in (302, 403)
    assert is_signed_in(client)
    event = SecurityEvent.objects.get(kind="role_changed")
    assert event.details == {"before": "instructor", "after": "student"}
    assert "Student" in Mail.objects.get().text


@pytest.mark.django_db
def test_nobody_does_it_to_themselves(boss):
    member(username="other", role="admin")

    with pytest.raises(suspension.ChangeRefused):
        suspend(boss, boss)
    with pytest.raises(suspension.ChangeRefused):
        suspension.change_role(boss.pk, role="student", by=boss, now=NOW)


@pytest.mark.django_db
def test_last_admin_is_refused_by_the_service(ada, boss):
    suspended = member(username="former", role="admin", is_active=False)
    assert suspended.role == "admin"

    with pytest.raises(suspension.ChangeRefused, match="last admin"):
        suspend(boss, ada)
    with pytest.raises(suspension.ChangeRefused, match="last admin"):
        suspension.change_role(boss.pk, role="student", by=ada, now=NOW)
    with pytest.raises(suspension.ChangeRefused, match="last admin"):
        suspension.refuse_removal(boss, by=ada)

    member(username="second", role="admin")
    suspend(boss, ada)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: User.objects.filter(pk=user.pk).update(role="student", is_staff=False),
        lambda user: User.objects.filter(pk=user.pk).delete(),
    ],
)
def test_last_admin_is_kept_by_the_database(organization, other_organization, change):
    boss = UserFactory(admin=True)
    UserFactory(admin=True, is_active=False)
    with organization_context(other_organization):
        UserFactory(admin=True)

    with pytest.raises(IntegrityError, match="last admin"):
        commit(change, boss)

    UserFactory(admin=True)
    commit(change, boss)


@pytest.mark.django_db
def test_office_is_handed_over_in_one_transaction(organization):
    boss, next_one = UserFactory(admin=True), UserFactory()
    boss.role, next_one.role = "student", "admin"

    commit(lambda: (boss.save(), next_one.save()))


@transaction.atomic
def commit(change, *args):
    """Make a change and ask what the database asks at the commit."""
    change(*args)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def two_admins(transactional_db):
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        return school, [member(username=name, role="admin") for name in ("boss", "chief")]


def at_once(school, *tasks):
    """Run each in a thread and a transaction of its own; what they raised."""
    raised, start = [], threading.Barrier(len(tasks))

    def run(task):
        start.wait(timeout=60)
        try:
            with organization_context(school):
                task()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def admins_left(school):
    with organization_context(school):
        return User.objects.filter(role="admin", is_active=True).count()


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_suspend_each_other_leave_one(two_admins):
    school, (boss, chief) = two_admins

    raised = at_once(school, lambda: suspend(boss, chief), lambda: suspend(chief, boss))

    assert [type(error) for error in raised] == [suspension.ChangeRefused]
    assert admins_left(school) == 1


@pytest.mark.django_db(transaction=True)
def test_two_raw_writes_at_once_leave_one_admin(two_admins):
    school, admins = two_admins
    both_wrote = threading.Barrier(2)

    def demote(user):
        User.objects.filter(pk=user.pk).update(is_active=False)
        both_wrote.wait(timeout=30)

    raised = at_once(school, *[lambda user=user: demote(user) for user in admins])

    assert [type(error) for error in raised] == [IntegrityError]
    assert admins_left(school) == 1


def act(client, action, *users, **more):
    form = {"action": action, "_selected_action": [str(user.pk) for user in users]}
    return client.post("/admin/users/user/", form | more, follow=True)


@pytest.mark.django_db
def test_back_office_asks_for_the_reason_and_suspends(client, ada, boss):
    client.force_login(boss)
    page = act(client, "suspend", ada).content.decode()
    assert "Reason" in page
    assert is_active(ada)
    assert (
        "This field is required"
        in act(client, "suspend", ada, _confirmed="1", reason=" ").content.decode()
    )

    answer = act(client, "suspend", ada, boss, _confirmed="1", reason="Exams were sold.")

    assert "You cannot do this to your own account." in answer.content.decode()
    assert not is_active(ada)
    assert is_active(boss)
    act(client, "lift_suspension", ada)
    assert is_active(ada)


def is_active(user):
    return User.objects.get(pk=user.pk).is_active


@pytest.mark.django_db
def test_back_office_changes_a_role_through_the_service(client, ada, boss):
    client.force_login(boss)
    form = {
        name: getattr(ada, name)
        for name in ("username", "email", "first_name", "last_name", "language", "time_zone")
    }
    for prefix in (
        "profile",
        "student_profile",
        "instructor_profile",
        "emailaddress_set",
        "role_assignments",
    ):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}

    answer = client.post(
        f"/admin/users/user/{ada.pk}/change/", form | {"role": "instructor", "is_active": ""}
    )
    assert answer.status_code == 302, re.findall("errorlist.*", answer.content.decode())

    ada.refresh_from_db()
    assert (ada.role, ada.is_staff, ada.is_active) == ("instructor", True, True)
    assert "role_changed" in kinds_of(ada)
