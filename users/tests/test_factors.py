"""Second factors: set up, asked for, recovered, removed, demanded."""

import json
import re
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy.models import AuditEntry, SecurityEvent
from users import factors, tokens
from users.models import Mail
from users.tests.second_factors import (
    Phone,
    give_app,
    hidden,
    is_signed_in,
    member,
    prove,
    secret_on,
    sign_in,
)

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind
SET_UP = "/accounts/security/app/"
SECOND_STEP = "/accounts/login/second-step/"
WRONG = "This code is not right"


@pytest.fixture
def ada(organization):
    return member(username="ada")


@pytest.fixture
def phone(ada):
    return give_app(ada, now=timezone.now())


def events(user, *kinds):
    found = SecurityEvent.objects.filter(user_id=user.pk, kind__in=kinds).order_by("id")
    return [(event.kind, event.details) for event in found]


def begin_set_up(client, user):
    sign_in(client, user)
    prove(client)
    return client.get(SET_UP).content.decode()


def set_up(client, user):
    page = begin_set_up(client, user)
    phone = Phone(secret_on(page))
    answer = client.post(SET_UP, {"setup": hidden(page, "setup"), "code": phone.code(-1)})
    return phone, answer


def test_app_is_set_up_with_a_picture_and_asked_for_from_then_on(client, ada):
    phone, answer = set_up(client, ada)

    assert answer["Location"] == "/accounts/security/codes/"
    assert re.search(r"<code>\d{4} \d{4}</code>", client.get(answer["Location"]).content.decode())
    client.post("/accounts/logout/")
    assert sign_in(client, ada)["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    client.post(SECOND_STEP, {"code": phone.code()})
    assert is_signed_in(client)
    assert events(ada, Kind.SIGNED_IN)[-1][1]["method"] == "password, totp"


def test_picture_is_drawn_without_styles_and_the_key_is_written_beside_it(client, ada):
    page = begin_set_up(client, ada)

    picture = re.search(r"<svg class=\"qr\".*?</svg>", page).group()
    assert "style" not in picture
    assert "otpauth://totp/ada%40example.org?secret=" in page
    assert "issuer=Harbor%20School" in page


def test_drawing_the_page_stores_nothing(client, ada):
    begin_set_up(client, ada)
    assert not Authenticator.objects.exists()
    assert "secret" not in json.dumps(dict(client.session)).lower()


def test_wrong_code_sets_nothing_up_and_keeps_the_picture(client, ada):
    page = begin_set_up(client, ada)
    answer = client.post(SET_UP, {"setup": hidden(page, "setup"), "code": "000000"})

    assert secret_on(answer.content.decode()) == secret_on(page)
    assert "This code is not right" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_secret_of_somebody_elses_page_is_not_taken(client, ada, organization):
    other = member(username="other")
    page = begin_set_up(client, other)
    phone, sealed = Phone(secret_on(page)), hidden(page, "setup")
    client.post("/accounts/logout/")
    begin_set_up(client, ada)

    answer = client.post(SET_UP, {"setup": sealed, "code": phone.code()})
    assert "stood open too long" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_secrets_are_encrypted_at_rest_and_in_no_log(client, ada):
    phone, _answer = set_up(client, ada)

    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert phone.secret not in stored
    for code in factors.recovery_codes(ada):
        assert code not in stored
    assert not AuditEntry.objects.filter(table_name="mfa_authenticator").exists()
    assert phone.secret not in str(list(SecurityEvent.objects.values_list("details", flat=True)))


def test_code_works_once_even_while_it_is_shown(client, ada, phone):
    code = phone.code()
    sign_in(client, ada)
    client.post(SECOND_STEP, {"code": code})
    assert is_signed_in(client)

    client.post("/accounts/logout/")
    sign_in(client, ada)
    answer = client.post(SECOND_STEP, {"code": code})
    assert WRONG in answer.content.decode()
    assert not is_signed_in(client)


def test_code_that_set_up_the_app_does_not_sign_in(client, ada):
    phone, _answer = set_up(client, ada)
    client.post("/accounts/logout/")
    sign_in(client, ada)
    client.post(SECOND_STEP, {"code": phone.code(-1)})
    assert not is_signed_in(client)


@pytest.mark.parametrize("ahead", [-2, 2])
def test_code_of_another_time_is_refused(client, ada, phone, ahead):
    sign_in(client, ada)
    client.post(SECOND_STEP, {"code": phone.code(ahead)})
    assert not is_signed_in(client)


def test_recovery_code_works_once(client, ada, phone):
    code = factors.recovery_codes(ada)[0]
    sign_in(client, ada)
    client.post(SECOND_STEP, {"code": f"{code[:4]} {code[4:]}"})
    assert is_signed_in(client)
    assert events(ada, Kind.SIGNED_IN)[-1][1]["method"] == "password, recovery_codes"
    assert len(factors.recovery_codes(ada)) == 9

    client.post("/accounts/logout/")
    sign_in(client, ada)
    client.post(SECOND_STEP, {"code": code})
    assert not is_signed_in(client)


def test_new_recovery_codes_end_the_former_ones(client, ada, phone):
    former = factors.recovery_codes(ada)
    factors.make_recovery_codes(ada)

    assert not set(former) & set(factors.recovery_codes(ada))
    assert factors.use_code(ada, former[0], now=timezone.now()) is None


def test_recovery_codes_are_shown_and_downloaded_after_a_proof(client, ada, phone):
    client.force_login(ada)
    for path in ("", "file/", "new/"):
        answer = client.get(f"/accounts/security/codes/{path}")
        assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    prove(client)
    text = client.get("/accounts/security/codes/file/").content.decode()
    assert all(code in text for code in factors.recovery_codes(ada))
    assert "no-store" in client.get("/accounts/security/codes/file/")["Cache-Control"]


def test_proof_can_be_given_by_code(client, ada, phone):
    client.force_login(ada)
    client.post("/accounts/reauthenticate/code/?next=/accounts/security/codes/", {"code": "1"})
    assert client.get("/accounts/security/codes/").status_code == 302
    asked = "/accounts/reauthenticate/code/?next=/accounts/security/codes/"
    assert client.post(asked, {"code": phone.code()})["Location"] == "/accounts/security/codes/"
    assert client.get("/accounts/security/codes/").status_code == 200


@pytest.mark.parametrize("following", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_proof_leads_to_no_other_site(client, ada, phone, following):
    client.force_login(ada)
    answer = client.post(f"/accounts/reauthenticate/code/?next={following}", {"code": phone.code()})
    assert "evil" not in answer["Location"]


def test_removing_the_last_factor_removes_the_recovery_codes_and_tells_the_owner(
    client, ada, phone
):
    client.force_login(ada)
    prove(client)
    answer = client.post("/accounts/security/app/remove/", {})

    assert answer["Location"] == "/accounts/security/"
    assert not Authenticator.objects.exists()
    assert events(ada, Kind.SECOND_FACTOR_REMOVED) == [
        (Kind.SECOND_FACTOR_REMOVED, {"factor": "totp"})
    ]
    assert Mail.objects.latest("created_at").subject.startswith("The app was removed")
    client.post("/accounts/logout/")
    sign_in(client, ada)
    assert is_signed_in(client)


def test_set_up_is_told_and_logged(client, ada):
    set_up(client, ada)
    assert events(ada, Kind.SECOND_FACTOR_ADDED, Kind.RECOVERY_CODES_MADE) == [
        (Kind.SECOND_FACTOR_ADDED, {"factor": "totp"}),
        (Kind.RECOVERY_CODES_MADE, {}),
    ]
    subjects = {mail.subject.partition(" · ")[0] for mail in Mail.objects.all()}
    assert subjects == {"An app was added to your account", "New recovery codes were made"}
    assert all(mail.html for mail in Mail.objects.all())


def test_half_a_sign_in_can_be_given_up(client, ada, phone):
    sign_in(client, ada)
    client.post(SECOND_STEP, {"give_up": "yes"})
    assert client.get("/accounts/login/").status_code == 200
    assert client.post(SECOND_STEP, {"code": phone.code()})["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_second_step_leads_on_to_where_the_sign_in_was_asked_for(client, ada, phone):
    sign_in(client, ada, next="/settings/profile/")
    answer = client.post(SECOND_STEP, {"code": phone.code()})
    assert answer["Location"] == "/settings/profile/"


def test_half_a_sign_in_ends_with_a_suspension(client, ada, phone):
    sign_in(client, ada)
    type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    client.post(SECOND_STEP, {"code": phone.code()})
    assert not is_signed_in(client)


@pytest.mark.parametrize("code", ["", "\x00", "\ud800", "9" * 5000, "١٢٣٤٥٦", "🦀", "-1"])
def test_nonsense_is_a_wrong_code(client, ada, phone, code):
    sign_in(client, ada)
    body = f"code={quote(code, errors='surrogatepass')}"
    answer = client.post(SECOND_STEP, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("setup", ["", "x", "\x00", "gAAAAA" * 1000])
def test_nonsense_as_set_up_is_an_error_of_the_form(client, ada, setup):
    begin_set_up(client, ada)
    assert client.post(SET_UP, {"setup": setup, "code": "123456"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_passkey_of_somebody_else_has_no_page(client, ada, organization):
    other = member()
    passkey = Authenticator.objects.create(
        user=other, type="webauthn", data={"name": "Theirs", "credential": {}}
    )
    client.force_login(ada)
    prove(client)
    for page in ("", "remove/"):
        assert client.get(f"/accounts/security/passkeys/{passkey.pk}/{page}").status_code == 404
        assert client.post(f"/accounts/security/passkeys/{passkey.pk}/{page}").status_code == 404


def test_security_page_asks_as_often_for_three_passkeys_as_for_one(client, ada, phone):
    def count(passkeys):
        Authenticator.objects.filter(type="webauthn").delete()
        for number in range(passkeys):
            data = {"name": f"Key {number}", "credential": {}}
            Authenticator.objects.create(user=ada, type="webauthn", data=data)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/accounts/security/").content.decode()
        assert page.count("Key ") >= passkeys
        return len(queries)

    client.force_login(ada)
    assert count(1) == count(3) <= 12


# Staff of an organization that asks for a second step


@pytest.fixture
def strict(organization):
    type(organization).objects.filter(pk=organization.pk).update(staff_needs_second_factor=True)


@pytest.mark.parametrize(
    "path",
    ["/", "/admin/", "/admin/users/user/", "/settings/profile/", "/courses/", "/accounts/email/"],
)
@pytest.mark.parametrize("role", ["admin", "instructor"])
def test_staff_without_a_factor_reach_nothing_else(client, strict, path, role):
    client.force_login(member(role=role))
    assert client.get(path)["Location"] == "/accounts/security/"
    assert client.post(path)["Location"] == "/accounts/security/"


def test_staff_set_one_up_and_go_on(client, strict):
    ines = member(username="ines", role="instructor")
    client.force_login(ines)
    page = client.get("/accounts/security/").content.decode()
    assert "Please set up a second step now" in page

    set_up_page = begin_set_up(client, ines)
    phone = Phone(secret_on(set_up_page))
    client.post(SET_UP, {"setup": hidden(set_up_page, "setup"), "code": phone.code()})
    assert client.get("/admin/").status_code == 200


def test_staff_may_leave_without_setting_one_up(client, strict):
    client.force_login(member(role="admin"))
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_staff_are_not_asked_where_the_organization_does_not(client, organization):
    client.force_login(member(role="instructor"))
    assert client.get("/admin/").status_code == 200


def test_students_are_not_asked(client, strict):
    client.force_login(member())
    assert client.get("/settings/profile/").status_code == 200


def test_last_factor_of_staff_stays_with_the_reason(client, strict):
    ines = member(role="instructor")
    give_app(ines, now=timezone.now())
    client.force_login(ines)
    prove(client)
    answer = client.post("/accounts/security/app/remove/", {})

    assert "Add another one first." in answer.content.decode()
    assert factors.has_factor(ines)
    with pytest.raises(factors.FactorRefused):
        factors.remove_factor(factors.factors_of(ines).get())


def test_one_of_two_factors_of_staff_may_go(client, strict):
    ines = member(role="instructor")
    give_app(ines, now=timezone.now())
    factors.add_passkey(ines, name="Phone", credential={"rawId": "x"})
    factors.remove_factor(factors.factors_of(ines).get(type="totp"))
    assert factors.recovery_codes(ines)


def test_reading_the_user_says_whether_a_factor_is_missing_without_a_query_more(
    client, organization
):
    client.force_login(member(role="instructor"))
    client.get("/settings/profile/")
    with CaptureQueriesContext(connection) as before:
        client.get("/settings/profile/")
    type(organization).objects.update(staff_needs_second_factor=True)
    with CaptureQueriesContext(connection) as after:
        client.get("/settings/profile/")
    assert len(after) <= len(before)


def test_token_of_staff_without_a_factor_opens_nothing(client, strict):
    ines = member(role="instructor")
    _token, value = tokens.make_token(
        ines, name="x", scopes=["profile:read"], expires_at=None, now=timezone.now()
    )
    headers = {"Authorization": f"Bearer {value}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    give_app(ines, now=timezone.now())
    assert client.get("/api/v1/me", headers=headers).status_code == 200


def test_reset_of_the_password_does_not_pass_the_second_step(client, ada, phone):
    client.post("/accounts/password/reset/", {"email": ada.email})
    link = re.search(r"http://harbor\.localhost(\S+)", Mail.objects.latest("created_at").text)
    page = client.get(link.group(1), follow=True)
    new = {"password1": "three grey pebbles", "password2": "three grey pebbles"}
    client.post(page.request["PATH_INFO"], new)
    assert not is_signed_in(client)
    answer = client.post("/accounts/login/", {"login": "ada", "password": "three grey pebbles"})
    assert answer["Location"] == SECOND_STEP


def test_five_wrong_codes_lock_the_account(client, ada, phone):
    sign_in(client, ada)
    for _number in range(5):
        client.post(SECOND_STEP, {"code": "000000"})
    answer = client.post(SECOND_STEP, {"code": phone.code()})
    assert "Too many attempts" in answer.content.decode()
    assert not is_signed_in(client)
