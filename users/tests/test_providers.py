"""Signing in, signing up and linking by OpenID Connect, with a provider that tells the truth, and one that lies."""

import re
import socket
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from tenancy.context import organization_context
from tenancy.models import AuditEntry, SecurityEvent
from users import openid, providers
from users.models import Mail, User
from users.tests.openid_provider import CLIENT_ID, CLIENT_SECRET, DISCOVERY, running_provider
from users.tests.second_factors import PASSWORD, give_app, is_signed_in, member, prove, sign_in

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind
BEGIN = "/accounts/login/with/school/"
FAILED = "That did not work"


@pytest.fixture
def provider(organization, settings):
    settings.LOCAL_PROVIDERS = True
    with running_provider() as running:
        add_provider(running.url)
        yield running


def add_provider(url, provider_id="school"):
    app = SocialApp(
        provider="openid_connect",
        provider_id=provider_id,
        name="City School",
        client_id=CLIENT_ID,
        settings={"server_url": url},
    )
    providers.keep_secret(app, CLIENT_SECRET)
    app.save()
    return app


def address_in(answer):
    return unescape(re.search(r'content="0; url=([^"]+)"', answer.content.decode()).group(1))


def come_by(client, provider, **data):
    """Press the button, sign in there, come back."""
    address = address_in(client.post(BEGIN, data))
    return client.get(provider.sign_in(address))


def assert_refused(client, answer):
    assert answer.status_code == 403
    assert FAILED in answer.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def kinds(user):
    return list(
        SecurityEvent.objects.filter(user_id=user.pk).order_by("id").values_list("kind", flat=True)
    )


def test_buttons_stand_on_the_pages_for_guests(client, provider):
    for page in ("login", "signup"):
        text = client.get(f"/accounts/{page}/?next=/my/courses/").content.decode()
        assert "Go on with City School" in text
        assert f'action="{BEGIN}"' in text
    assert 'name="next" value="/my/courses/"' in text


def test_newcomer_gets_an_account_and_is_signed_in(client, provider):
    provider.person |= {"preferred_username": "ada", "given_name": "Ada", "family_name": "Stone"}
    answer = come_by(client, provider)

    assert answer["Location"] == "/"
    assert is_signed_in(client)
    ada = User.objects.get(username="ada")
    assert (ada.email, ada.get_full_name(), ada.role) == ("ada@example.org", "Ada Stone", "student")
    assert ada.external_id == "school:4711"
    assert ada.email_verified_at is not None
    assert not ada.has_usable_password()
    assert ada.profile
    assert kinds(ada) == [Kind.PROVIDER_LINKED, Kind.SIGNED_IN]
    signed_in = SecurityEvent.objects.get(user_id=ada.pk, kind=Kind.SIGNED_IN)
    assert signed_in.details["method"] == "school"


def test_who_came_before_is_the_same_person(client, provider):
    come_by(client, provider)
    client.post("/accounts/logout/")
    provider.person["email"] = "ada.new@example.org"
    come_by(client, provider)

    assert is_signed_in(client)
    assert User.objects.count() == 1


def test_email_is_asked_for_where_it_is_told_elsewhere(client, provider):
    provider.tells_email_in_token = False
    come_by(client, provider)
    assert User.objects.get().email == "ada@example.org"
    assert provider.asked[-1] == "/userinfo"


def test_userinfo_of_somebody_else_is_refused(client, provider):
    provider.tells_email_in_token = False
    provider.says["/userinfo"] = {"sub": "other", "email": "ada@example.org"}
    assert_refused(client, come_by(client, provider))


def test_sign_up_by_a_provider_can_be_closed(client, provider, organization):
    type(organization).objects.update(is_signup_open=False)
    answer = come_by(client, provider)
    assert "Sign-up is closed" in answer.content.decode()
    assert not User.objects.exists()


def test_unverified_email_is_verified_here_first(client, provider):
    provider.person["email_verified"] = False
    assert come_by(client, provider)["Location"] == "/accounts/confirm-email/"
    assert not is_signed_in(client)
    assert Mail.objects.get().recipient == "ada@example.org"
    assert User.objects.get().email_verified_at is None


def test_missing_email_is_asked_for(client, provider):
    del provider.person["email"]
    answer = come_by(client, provider)
    assert answer["Location"] == "/accounts/signup/details/"
    assert 'name="email"' in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"username": "ada", "email": "ada@example.org"})
    assert User.objects.get().external_id == "school:4711"
    assert not is_signed_in(client)


def test_details_page_has_nothing_for_who_did_not_come_by_a_provider(client, organization):
    assert client.get("/accounts/signup/details/")["Location"] == "/accounts/login/"


# Accounts that exist already


def test_email_verified_on_both_sides_links_the_account(client, provider):
    ada = member(username="ada", email="ada@example.org")
    come_by(client, provider)

    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == ada
    ada.refresh_from_db()
    assert ada.external_id == "school:4711"
    assert Kind.PROVIDER_LINKED in kinds(ada)
    assert Mail.objects.get().subject.startswith("Your account was linked")


def test_email_that_the_provider_did_not_verify_links_nothing_and_tells_nobody(client, provider):
    member(username="ada", email="ada@example.org")
    provider.person["email_verified"] = False
    taken = come_by(client, provider)

    assert taken["Location"] == "/accounts/confirm-email/"  # as for a free one
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert Mail.objects.get().subject.startswith("You have an account already")


@pytest.mark.parametrize("said", ["true", 1, "yes", ["x"]])
def test_only_true_is_verified(client, provider, said):
    member(username="ada", email="ada@example.org")
    provider.person["email_verified"] = said
    come_by(client, provider)
    assert not SocialAccount.objects.exists()


def test_email_that_was_never_verified_here_links_nothing(client, provider):
    ada = member(username="ada", email="ada@example.org")
    EmailAddress.objects.update(verified=False)
    answer = come_by(client, provider)

    assert "Sign in to it first" in answer.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.filter(user=ada).exists()


def test_account_with_the_id_that_an_admin_gave_it_is_theirs(client, provider):
    ada = member(username="ada", external_id="school:4711")
    provider.person["email"] = "elsewhere@example.org"
    come_by(client, provider)
    assert SocialAccount.objects.get().user == ada


def test_second_step_is_asked_for_after_a_provider_too(client, provider):
    ada = member(username="ada", email="ada@example.org")
    phone = give_app(ada, now=timezone.now())
    answer = come_by(client, provider)
    assert answer["Location"] == "/accounts/login/second-step/"
    assert not is_signed_in(client)
    client.post(answer["Location"], {"code": phone.code()})
    assert is_signed_in(client)


def test_suspended_person_stays_outside(client, provider):
    come_by(client, provider)
    client.post("/accounts/logout/")
    User.objects.update(is_active=False)
    come_by(client, provider)
    assert not is_signed_in(client)


def test_provider_of_another_organization_is_unknown(client, provider, other_organization):
    client.defaults["SERVER_NAME"] = "summit.localhost"
    assert client.post(BEGIN).status_code == 404
    with organization_context(other_organization):
        assert providers.offered() == []


# Linking in the settings


def test_account_is_linked_after_a_proof_and_unlinked_again(client, provider):
    ada = member(username="ada", email="ada.stone@example.org")
    client.force_login(ada)
    assert "Connect City School" in client.get("/accounts/security/linked/").content.decode()
    asked = client.post(BEGIN)["Location"]
    proved = client.post(asked, {"password": PASSWORD})
    assert proved["Location"] == "/accounts/security/linked/"
    assert come_by(client, provider)["Location"] == "/accounts/security/linked/"
    account = SocialAccount.objects.get(user=ada)

    page = f"/accounts/security/linked/{account.pk}/remove/"
    assert client.get(page).status_code == 200
    assert SocialAccount.objects.exists()
    client.post(page)
    ada.refresh_from_db()
    assert not SocialAccount.objects.exists()
    assert ada.external_id is None
    assert kinds(ada)[-2:] == [Kind.PROVIDER_LINKED, Kind.PROVIDER_UNLINKED]
    assert Mail.objects.latest("created_at").subject.startswith(
        "A link of your account was removed"
    )


def test_only_way_in_stays(client, provider):
    come_by(client, provider)
    account = SocialAccount.objects.get()
    answer = client.post(f"/accounts/security/linked/{account.pk}/remove/")
    assert "This is your only way in" in answer.content.decode()
    assert SocialAccount.objects.exists()


def test_account_of_somebody_else_is_not_linked_again(client, provider):
    come_by(client, provider)
    client.post("/accounts/logout/")
    other = member(username="other")
    client.force_login(other)
    prove(client)
    come_by(client, provider)
    assert not SocialAccount.objects.filter(user=other).exists()
    text = client.get("/accounts/security/linked/").content.decode()
    assert "linked with somebody else" in text


def test_link_of_somebody_else_has_no_page(client, provider):
    come_by(client, provider)
    account = SocialAccount.objects.get()
    client.post("/accounts/logout/")
    client.force_login(member(username="other"))
    prove(client)
    assert client.post(f"/accounts/security/linked/{account.pk}/remove/").status_code == 404


# Doubts


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another-site"},
        {"aud": [CLIENT_ID, "another-site"]},
        {"azp": "another-site"},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 151},
        {"sub": "nul\x00"},
        {"sub": "\ud800"},
    ],
    ids=str,
)
def test_id_token_that_lies_is_refused(client, provider, lies):
    provider.lies = lies
    assert_refused(client, come_by(client, provider))


def test_id_token_signed_by_another_key_is_refused(client, provider):
    provider.forge()
    assert_refused(client, come_by(client, provider))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_id_token_without_a_real_signature_is_refused(client, provider, algorithm):
    provider.algorithm = algorithm
    assert_refused(client, come_by(client, provider))


def test_id_token_of_an_unknown_key_is_refused(client, provider):
    provider.key_id = "second"
    assert_refused(client, come_by(client, provider))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/token", b"not json"),
        ("/token", []),
        ("/token", {}),
        ("/token", {"id_token": 7}),
        ("/token", {"id_token": "a.b.c"}),
        ("/token", (500, {"error": "broken"})),
        ("/token", b"[" * 100_000),
        ("/token", b"x" * 300_000),
        ("/keys", {"keys": "none"}),
        ("/keys", {"keys": [{"kty": "RSA", "kid": "first"}]}),
        ("/keys", {}),
        ("/keys", (302, b"http://127.0.0.1:1/")),
    ],
    ids=str,
)
def test_nonsense_of_a_provider_is_a_page_and_not_an_error(client, provider, path, said):
    address = address_in(client.post(BEGIN))
    provider.says[path] = said
    assert_refused(client, client.get(provider.sign_in(address)))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        [],
        (404, {}),
        {"issuer": "http://127.0.0.1:1"},
        {"issuer": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_nonsense_as_discovery_is_a_page_and_not_an_error(client, provider, said):
    if isinstance(said, dict):
        said = provider.discovery() | said
    provider.says[DISCOVERY] = said
    answer = client.post(BEGIN)
    assert answer.status_code == 403
    assert FAILED in answer.content.decode()


def test_provider_may_not_send_us_elsewhere(client, provider):
    address = address_in(client.post(BEGIN))
    provider.says["/keys"] = (302, f"{provider.url}/elsewhere".encode())
    assert_refused(client, client.get(provider.sign_in(address)))
    assert "/elsewhere" not in provider.asked


def test_provider_that_is_away_is_a_page_and_not_an_error(client, organization, settings):
    settings.LOCAL_PROVIDERS = True
    add_provider("http://127.0.0.1:1")
    assert FAILED in client.post(BEGIN).content.decode()


def test_claims_that_no_column_holds_are_cut(client, provider):
    provider.person |= {
        "preferred_username": "a\x00da" * 100,
        "given_name": "\x00" + "x" * 5000,
        "family_name": ["not", "a", "text"],
        "name": {"an": "object"},
    }
    come_by(client, provider)
    assert is_signed_in(client)
    assert User.objects.get().first_name == "x" * 150


@pytest.mark.parametrize(
    "query", ["", "?state=unknown&code=x", "?code=x", "?state=\x00", "?error=access_denied"]
)
def test_callback_that_nobody_asked_for_is_refused(client, provider, query):
    assert_refused(client, client.get(f"{BEGIN}callback/{query}"))
    assert provider.asked == []


def test_callback_in_another_browser_is_refused(client, provider):
    back = provider.sign_in(address_in(client.post(BEGIN)))
    other = Client(SERVER_NAME="harbor.localhost")
    assert_refused(other, other.get(back))


def test_callback_works_once(client, provider):
    back = provider.sign_in(address_in(client.post(BEGIN)))
    client.get(back)
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 403


def test_link_that_another_person_began_is_refused(client, provider):
    ada, other = member(username="ada", email="a@example.org"), member(username="other")
    client.force_login(ada)
    prove(client)
    back = provider.sign_in(address_in(client.post(BEGIN)))
    client.force_login(other)
    client.get(back)
    assert not SocialAccount.objects.exists()


def test_who_became_somebody_meanwhile_stays_who_they_are(client, provider):
    other = member(username="other")
    back = provider.sign_in(address_in(client.post(BEGIN)))
    sign_in(client, other)
    assert client.get(back).status_code == 403
    assert client.session["_auth_user_id"] == str(other.pk)
    assert not SocialAccount.objects.exists()


def test_who_changes_their_mind_is_told_so(client, provider):
    state = parse_qs(urlsplit(address_in(client.post(BEGIN))).query)["state"][0]
    answer = client.get(f"{BEGIN}callback/?error=access_denied&state={state}")
    assert answer["Location"] == "/accounts/login/"
    assert "You did not sign in with City School" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_provider_leads_on_to_no_other_site(client, provider, following):
    assert come_by(client, provider, next=following)["Location"] == "/"


def test_provider_leads_on_within_the_site(client, provider):
    assert come_by(client, provider, next="/settings/profile/")["Location"] == "/settings/profile/"


def test_get_begins_nothing(client, provider):
    assert client.get(BEGIN).status_code == 405
    assert provider.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/keys",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@example.org/",
        "file:///etc/passwd",
        "https://",
        "https://[",
        "https://example.org:99999/",
    ],
)
def test_provider_may_not_name_addresses_inside_our_network(address, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", None)  # nothing is asked
    with pytest.raises(openid.ProviderFailed):
        openid.ask(address)


# The admin


FORM = {
    "name": "City School",
    "provider_id": "school",
    "server_url": "https://id.example.org/realms/school/",
    "client_id": CLIENT_ID,
    "new_secret": CLIENT_SECRET,
}
LIST = "/admin/socialaccount/socialapp/"


def test_admin_adds_a_provider_whose_secret_is_never_shown(client, organization):
    client.force_login(member(role="admin"))
    assert client.post(f"{LIST}add/", FORM).status_code == 302

    app = SocialApp.objects.get()
    assert providers.server_url_of(app) == "https://id.example.org/realms/school"
    assert providers.secret_of(app) == CLIENT_SECRET
    assert CLIENT_SECRET not in str(SocialApp.objects.values().get())
    page = client.get(f"{LIST}{app.pk}/change/").content.decode()
    assert CLIENT_SECRET not in page
    assert app.settings["secret"] not in page
    assert "http://harbor.localhost/accounts/login/with/school/callback/" in page
    assert CLIENT_SECRET not in str(list(AuditEntry.objects.values())) + str(
        list(LogEntry.objects.values())
    )


def test_admin_is_told_of_a_provider_that_does_not_answer_and_keeps_it(
    client, organization, settings
):
    settings.LOCAL_PROVIDERS = True
    client.force_login(member(role="admin"))
    with running_provider() as running:
        answer = client.post(f"{LIST}add/", FORM | {"server_url": running.url}, follow=True)
        assert "Nobody can sign in with it yet" not in answer.content.decode()
        gone = running.url

    again = FORM | {"server_url": gone, "provider_id": "gone"}
    answer = client.post(f"{LIST}add/", again, follow=True)

    assert "Nobody can sign in with it yet" in answer.content.decode()
    assert SocialApp.objects.filter(provider_id="gone").exists()


def test_provider_keeps_address_and_secret_when_its_name_changes(client, organization):
    app = add_provider("https://id.example.org")
    client.force_login(member(role="admin"))
    changes = {
        "name": "New",
        "client_id": "other",
        "server_url": "https://evil.example",
        "new_secret": "",
    }
    client.post(f"{LIST}{app.pk}/change/", changes)
    app.refresh_from_db()
    assert (app.name, app.client_id, app.provider_id) == ("New", "other", "school")
    assert providers.server_url_of(app) == "https://id.example.org"
    assert providers.secret_of(app) == CLIENT_SECRET


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("server_url", "http://id.example.org"),
        ("server_url", "https://"),
        ("server_url", "javascript:alert(1)"),
        ("server_url", "https://[\x00"),
        ("provider_id", "With Space"),
        ("provider_id", "taken"),
        ("provider_id", "../up"),
        ("name", ""),
        ("name", "x" * 41),
        ("client_id", "nul\x00"),
        ("new_secret", ""),
        ("new_secret", "x" * 501),
    ],
)
def test_bad_provider_is_an_error_of_the_form(client, organization, field, value):
    add_provider("https://id.example.org", provider_id="taken")
    client.force_login(member(role="admin"))
    assert client.post(f"{LIST}add/", FORM | {field: value}).status_code == 200
    assert SocialApp.objects.count() == 1


def test_instructors_do_not_see_providers(client, organization):
    add_provider("https://id.example.org")
    client.force_login(member(role="instructor"))
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_removed_provider_takes_its_links_along(client, provider):
    come_by(client, provider)
    client.post("/accounts/logout/")
    client.force_login(member(role="admin"))
    client.post(f"{LIST}{SocialApp.objects.get().pk}/delete/", {"post": "yes"})
    assert not SocialApp.objects.exists()
    assert not SocialAccount.objects.exists()
    assert not User.objects.exclude(external_id=None).exists()
