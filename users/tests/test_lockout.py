"""Five wrong guesses at all doors together, and what ends the lockout."""

import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from tenancy.context import acting_for_everyone, organization_context
from tenancy.models import SecurityEvent
from tenancy.tests.factories import found_organization
from users import lockout, tasks, tokens
from users.models import FailedSignIn, Lockout, Mail, User
from users.tests.doors import browser, is_signed_in, kinds_of, member, sign_in
from users.tests.second_factors import give_app

NOW = timezone.now()
Door = FailedSignIn.Door
TOO_MANY = "Too many attempts"


@pytest.fixture
def ada(organization):
    return member(username="ada", email="ada@example.org")


def fail(target, times=1, now=None):
    now = now or timezone.now()
    return [
        lockout.record_failure(target, door=Door.SIGN_IN, client_ip="203.0.113.7", now=now)
        for _time in range(times)
    ]


def is_open(target, now=None):
    try:
        lockout.check_door(target, now=now or timezone.now())
    except lockout.LockedOut:
        return False
    return True


def release_link(user):
    """The link of the mail that the worker sends."""
    locked = Lockout.objects.get(user=user)
    tasks.tell_of_lockout(str(locked.organization_id), str(locked.pk))
    mail = Mail.objects.filter(user=user).latest("created_at")
    address = re.search(r"http://harbor\.localhost(\S+)", mail.text).group(1)
    assert address in mail.html
    return address


@pytest.mark.django_db
def test_five_failures_within_five_minutes_lock_for_a_quarter_of_an_hour(ada):
    target = lockout.target_of(ada)

    assert fail(target, 4, NOW) == [False] * 4
    assert is_open(target, NOW)
    assert fail(target, 1, NOW) == [True]

    assert not is_open(target, NOW)
    assert not is_open(target, NOW + timedelta(minutes=14, seconds=59))
    assert is_open(target, NOW + timedelta(minutes=15))


@pytest.mark.django_db
def test_slow_failures_do_not_lock(ada):
    target = lockout.target_of(ada)

    for minute in range(10):
        fail(target, now=NOW + timedelta(minutes=2 * minute))

    assert is_open(target, NOW + timedelta(minutes=20))


@pytest.mark.django_db
def test_a_name_that_nobody_has_is_locked_alike_and_stored_as_a_keyed_hash(organization, settings):
    target = lockout.target_of_name("Nobody@Example.org ")

    assert fail(target, 5)[-1]
    assert not is_open(lockout.target_of_name("nobody@example.org"))
    assert is_open(lockout.target_of_name("nobody@example.com"))
    assert "nobody" not in str(list(FailedSignIn.objects.values()))
    settings.SECRET_KEY = "another"  # noqa: S105 -- shows that the hash is keyed
    assert lockout.target_of_name("nobody@example.org") != target


@pytest.mark.django_db
def test_failures_of_another_organization_do_not_count(ada, other_organization):
    with organization_context(other_organization):
        fail(lockout.target_of_name("ada"), 5)

    assert is_open(lockout.target_of_name("ada"))


@pytest.mark.django_db
def test_username_and_email_count_together(client, ada):
    for login in ("ada", "ADA", "ada@example.org", " Ada@Example.org", "ada"):
        answer = sign_in(browser(), login, "wrong")

    assert TOO_MANY in answer.content.decode()
    assert TOO_MANY in sign_in(client, "ada@example.org").content.decode()
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_a_failure_is_stored_with_its_door_and_address(client, ada):
    client.post(
        "/accounts/login/", {"login": "ada", "password": "wrong"}, REMOTE_ADDR="203.0.113.7"
    )

    assert FailedSignIn.objects.values_list("door", "client_ip").get() == ("sign_in", "203.0.113.7")
    assert kinds_of(ada) == ["sign_in_failed"]


@pytest.mark.django_db
def test_a_right_password_forgets_the_failures(client, ada):
    for _attempt in range(4):
        sign_in(client, "ada", "wrong")
    sign_in(client, "ada")

    assert is_signed_in(client)
    assert not FailedSignIn.objects.exists()


@pytest.mark.django_db
def test_back_office_has_the_same_door(client, ada):
    for _attempt in range(5):
        client.post("/admin/login/", {"username": "ada", "password": "wrong"}, follow=True)
        client.post("/accounts/login/?next=/admin/", {"login": "ada", "password": "wrong"})

    assert TOO_MANY in sign_in(browser(), "ada").content.decode()


def wrong_second_step(client, user):
    sign_in(client, user.username)
    return client.post("/accounts/login/second-step/", {"code": "000000"})


def wrong_password_again(client, user):
    client.force_login(user)
    return client.post("/accounts/reauthenticate/", {"password": "wrong"})


def wrong_old_password(client, user):
    client.force_login(user)
    form = {"oldpassword": "wrong", "password1": "three grey pebbles", "password2": "x"}
    return client.post("/accounts/password/change/", form)


def wrong_reset_key(client, user):
    return client.get(f"/accounts/password/reset/key/{user_pk_to_url_str(user)}-abc-def/")


def wrong_token(client, user):
    with acting_for_everyone():
        beginning = user.api_tokens.get().prefix
    value = tokens.BEGINNING + beginning + "x" * tokens.SECRET_LENGTH
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {value}"})


def wrong_sign_in(client, user):
    return sign_in(client, user.username, "wrong")


DOORS = {
    Door.SIGN_IN: wrong_sign_in,
    Door.PASSWORD_RESET: wrong_reset_key,
    Door.REAUTHENTICATION: wrong_password_again,
    Door.SECOND_FACTOR: wrong_second_step,
    Door.API: wrong_token,
}


@pytest.fixture
def guarded(ada):
    """Ada with all doors that an account can have."""
    give_app(ada, now=timezone.now())
    tokens.make_token(ada, name="script", scopes=["profile:read"], expires_at=None, now=NOW)
    return ada


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
def test_every_door_counts(client, guarded, door):
    for _attempt in range(4):
        DOORS[door](browser(), guarded)
    assert set(FailedSignIn.objects.values_list("door", flat=True)) == {door}
    assert FailedSignIn.objects.count() == 4
    assert is_open(lockout.target_of(guarded))

    DOORS[door](browser(), guarded)

    assert not is_open(lockout.target_of(guarded))
    assert TOO_MANY in sign_in(client, "ada").content.decode()


@pytest.mark.django_db
def test_doors_count_together(client, guarded):
    for knock in DOORS.values():
        assert is_open(lockout.target_of(guarded))
        knock(browser(), guarded)

    assert not is_open(lockout.target_of(guarded))


@pytest.mark.django_db
def test_old_password_counts_as_asking_for_it_again(client, ada):
    for _attempt in range(5):
        answer = wrong_old_password(browser(), ada)

    assert TOO_MANY in answer.content.decode()


@pytest.mark.django_db
def test_right_code_is_refused_during_a_lockout(client, ada):
    phone = give_app(ada, now=timezone.now())
    sign_in(client, "ada")
    for _attempt in range(5):
        client.post("/accounts/login/second-step/", {"code": "000000"})

    client.post("/accounts/login/second-step/", {"code": phone.code()})

    assert not is_signed_in(client)


@pytest.mark.django_db
def test_right_password_without_the_second_step_forgets_nothing(client, ada):
    give_app(ada, now=timezone.now())
    for _attempt in range(4):
        wrong_second_step(client, ada)
    sign_in(client, "ada")

    assert FailedSignIn.objects.count() == 4


@pytest.mark.django_db
def test_link_to_a_new_password_opens_during_a_lockout_and_ends_it(client, ada):
    fail(lockout.target_of(ada), 5)
    key = default_token_generator.make_token(ada)
    page = client.get(f"/accounts/password/reset/key/{user_pk_to_url_str(ada)}-{key}/", follow=True)
    new = {"password1": "three grey pebbles", "password2": "three grey pebbles"}
    client.post(page.request["PATH_INFO"], new)

    assert is_open(lockout.target_of(ada))
    sign_in(client, "ada", new["password1"])
    assert is_signed_in(client)


@pytest.mark.django_db
def test_strangers_do_not_lock_a_device_on_which_its_owner_signed_in_before(client, ada):
    sign_in(client, "ada")
    client.post("/accounts/logout/")
    for _attempt in range(6):
        sign_in(browser(), "ada", "wrong")
    assert TOO_MANY in sign_in(browser(), "ada").content.decode()

    sign_in(client, "ada")

    assert is_signed_in(client)
    assert not is_open(lockout.target_of(ada))  # nor does that sign-in open the door to strangers


@pytest.mark.django_db
def test_a_known_device_has_five_guesses_of_its_own(client, ada):
    sign_in(client, "ada")
    client.post("/accounts/logout/")
    for _attempt in range(5):
        sign_in(client, "ada", "wrong")

    assert TOO_MANY in sign_in(client, "ada").content.decode()
    assert sign_in(browser(), "ada")["Location"] == "/"


@pytest.mark.django_db
def test_a_device_is_known_for_the_person_who_signed_in_and_until_the_password_changes(client, ada):
    member(username="bob")
    sign_in(client, "bob")
    client.post("/accounts/logout/")
    for _attempt in range(5):
        sign_in(browser(), "ada", "wrong")
    assert TOO_MANY in sign_in(client, "ada").content.decode()

    Lockout.objects.all().delete()
    FailedSignIn.objects.all().delete()
    sign_in(client, "ada")
    client.post("/accounts/logout/")
    ada.set_password("three grey pebbles")
    ada.save()
    for _attempt in range(5):
        sign_in(browser(), "ada", "wrong")
    assert TOO_MANY in sign_in(client, "ada", "three grey pebbles").content.decode()


@pytest.mark.django_db
def test_cookie_of_a_device_is_for_the_server_alone(client, ada):
    cookie = sign_in(client, "ada").cookies["device"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert str(ada.pk) not in cookie.value
    other = browser()
    other.cookies["device"] = cookie.value
    assert not is_signed_in(other)


@pytest.mark.django_db
def test_link_of_the_mail_ends_the_lockout_once(client, ada):
    fail(lockout.target_of(ada), 5)
    link = release_link(ada)
    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert not is_open(lockout.target_of(ada))

    assert client.post(link)["Location"] == "/accounts/login/"

    assert is_open(lockout.target_of(ada))
    assert fail(lockout.target_of(ada), 4) == [False] * 4
    assert client.post(link).status_code == 410
    assert client.get(link).status_code == 410
    assert kinds_of(ada)[:7] == ["sign_in_failed"] * 5 + ["locked_out", "lockout_released"]


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["unknown", "%00", "%ED%A0%80", "x" * 5000])
def test_wrong_link_ends_nothing(client, ada, secret):
    fail(lockout.target_of(ada), 5)
    release_link(ada)
    address = f"/accounts/unlock/{Lockout.objects.get().pk}/{secret}/"

    assert client.get(address).status_code == 410
    assert client.post(address).status_code == 410
    assert not is_open(lockout.target_of(ada))


@pytest.mark.django_db
def test_secret_of_the_link_is_stored_as_a_hash(ada):
    fail(lockout.target_of(ada), 5)
    secret = release_link(ada).split("/")[-2]

    assert len(secret) >= 43
    assert secret not in str(Lockout.objects.values().get())


@pytest.mark.django_db
def test_mail_is_written_once_in_the_persons_language(ada):
    ada.language = "de"
    ada.save()
    fail(lockout.target_of(ada), 5)
    locked = Lockout.objects.get()

    assert lockout.mail_release_link(locked.pk, now=NOW) is True
    assert lockout.mail_release_link(locked.pk, now=NOW) is False
    assert Mail.objects.count() == 1


@pytest.mark.django_db
def test_nobody_is_told_of_a_name_that_nobody_has(organization):
    fail(lockout.target_of_name("nobody"), 5)

    assert lockout.mail_release_link(Lockout.objects.get().pk, now=NOW) is False
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_closed_account_is_mailed_no_link(ada):
    fail(lockout.target_of(ada), 5)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not lockout.mail_release_link(Lockout.objects.get().pk, now=timezone.now())
    assert Mail.objects.count() == 0


@pytest.mark.django_db
def test_link_of_a_lockout_that_is_gone_ends_nothing(ada):
    assert lockout.find_by_link(uuid4(), "x", now=NOW) is None
    with pytest.raises(lockout.LockoutGone):
        lockout.release_by_link(uuid4(), "x", now=NOW)


@pytest.mark.django_db
def test_lockout_that_has_ended_does_not_end_again(ada):
    target = lockout.target_of(ada)
    fail(target, 5, NOW)
    admin = member(username="bob", email="bob@example.org")
    lockout.release(Lockout.objects.get().pk, by=admin, now=NOW)

    lockout.release_all(ada, now=NOW + timedelta(minutes=1))

    ended = Lockout.objects.get()
    assert (ended.released_by, ended.released_at) == (admin, NOW)


@pytest.mark.django_db
def test_staff_end_a_lockout_in_the_back_office(client, ada):
    boss = member(username="boss", role="admin")
    fail(lockout.target_of(ada), 5, now=timezone.now())
    locked = Lockout.objects.get()
    client.force_login(boss)

    form = {"action": "release", "_selected_action": [str(locked.pk)]}
    client.post("/admin/users/lockout/", form)

    locked.refresh_from_db()
    assert locked.released_by == boss
    assert is_open(lockout.target_of(ada))
    with pytest.raises(lockout.LockoutGone):
        lockout.release(locked.pk, by=boss, now=NOW)
    event = SecurityEvent.objects.get(kind="lockout_released")
    assert (event.user_id, event.actor_id) == (ada.pk, boss.pk)


@pytest.mark.django_db
def test_hashes_are_not_shown_in_the_back_office(client, ada):
    fail(lockout.target_of(ada), 5, now=timezone.now())
    release_link(ada)
    locked = Lockout.objects.get()
    client.force_login(member(username="boss", role="admin"))

    page = client.get(f"/admin/users/lockout/{locked.pk}/change/").content.decode()

    assert str(ada) in page
    assert locked.login_hash not in page
    assert locked.release_hash not in page


@pytest.mark.django_db
def test_the_night_removes_what_says_nothing_any_more(ada):
    fail(lockout.target_of(ada), 5, now=NOW - timedelta(days=2))
    fail(lockout.target_of(ada), 1)
    fail(lockout.target_of_name("x"), 5, now=NOW - timedelta(days=100))

    lockout.sweep(now=NOW)

    assert FailedSignIn.objects.count() == 1
    assert Lockout.objects.count() == 1


@pytest.mark.django_db
def test_lockout_needs_no_cache(client, ada, monkeypatch):
    def gone(*args, **options):
        raise AssertionError("the cache was asked")

    target = lockout.target_of(ada)
    with monkeypatch.context() as patch:
        for name in ("get", "set", "add", "incr", "delete"):
            patch.setattr(type(cache._connections[cache._alias]), name, gone)
        fail(target, 5)
        assert not is_open(target)


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_looked_at():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        member(username="ada")

    looked = hashes_of_guesses(16)

    assert looked == 5
    with organization_context(school):
        assert FailedSignIn.objects.count() == 5
        assert Lockout.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_taking_turns_more_than_five_are_looked_at(monkeypatch):
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        member(username="ada")
    monkeypatch.setattr(lockout, "_take_turns", lambda target: None)

    assert hashes_of_guesses(16) > 5


def hashes_of_guesses(number):
    """How many of `number` guesses at the same moment were compared with the password."""
    looked, start = [], threading.Barrier(number)

    def check_password(user, password):
        looked.append(user.pk)
        return False

    def guess():
        start.wait(timeout=60)
        try:
            sign_in(browser(), "ada", "wrong")
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(User, "check_password", check_password)
        threads = [threading.Thread(target=guess) for _number in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    return len(looked)
