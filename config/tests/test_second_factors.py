"""Second factors in Chromium: an app, recovery codes, passkeys, and staff who are asked for one."""

import re

import pytest
from playwright.sync_api import expect

from tenancy.context import organization_context
from users import factors
from users.tests.factories import PASSWORD
from users.tests.openid_provider import running_provider
from users.tests.second_factors import Phone, member
from users.tests.test_providers import add_provider

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FINGERPRINT = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser):
    """A page of a browser of its own, which reports nothing that its security policy refused."""
    context = browser.new_context()
    page, refused = context.new_page(), []
    page.on(
        "console",
        lambda said: refused.append(said.text) if "Security Policy" in said.text else None,
    )
    page.on("pageerror", lambda error: refused.append(str(error)))
    yield page
    context.close()
    assert refused == []


@pytest.fixture
def fingerprint(page):
    """A device that checks a fingerprint and keeps passkeys."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": FINGERPRINT})
    return devtools, made["authenticatorId"]


def person(school, **fields):
    with organization_context(school):
        return member(**fields)


def press(page, name, role="button"):
    with page.expect_navigation():
        page.locator("main").get_by_role(role, name=name).first.click()


def sign_in(page, address, username):
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    press(page, re.compile("^Sign in$"))


def sign_out(page, address):
    page.goto(f"{address}/accounts/logout/")
    press(page, "Sign out")


def prove(page):
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        press(page, "Go on")


def give_code(page, code, button="Go on"):
    page.fill("input[name=code]", code)
    press(page, button)


def set_up_app(page):
    press(page, "Set up an app", role="link")
    prove(page)
    phone = Phone(page.locator("[data-secret]").inner_text().replace(" ", ""))
    expect(page.locator("svg.qr")).to_be_visible()
    give_code(page, phone.code(-1), "Turn on")
    return phone


def is_at_home(page, address):
    page.goto(f"{address}/settings/profile/")
    return page.url == f"{address}/settings/profile/"


def test_app_and_recovery_codes(school, address, page):
    person(school, username="ada")
    sign_in(page, address, "ada")
    page.goto(f"{address}/accounts/security/")
    phone = set_up_app(page)
    recovery = page.locator(".codes code").first.inner_text()

    sign_out(page, address)
    sign_in(page, address, "ada")
    assert page.url.endswith("/accounts/login/second-step/")
    assert not is_at_home(page, address)
    page.goto(f"{address}/accounts/login/second-step/")
    code = phone.code()
    give_code(page, code)
    assert is_at_home(page, address)

    sign_out(page, address)
    sign_in(page, address, "ada")
    give_code(page, code)
    expect(page.locator("main")).to_contain_text("This code is not right, or was used already.")
    give_code(page, recovery)
    assert is_at_home(page, address)

    sign_out(page, address)
    sign_in(page, address, "ada")
    give_code(page, recovery)
    assert not is_at_home(page, address)


def test_passkey_is_added_and_signs_in_alone(school, address, page, fingerprint):
    ada = person(school, username="ada")
    sign_in(page, address, "ada")
    page.goto(f"{address}/accounts/security/")
    press(page, "Add a passkey", role="link")
    prove(page)
    page.fill("input[name=name]", "My phone")
    press(page, "Add a passkey")
    assert page.url.endswith("/accounts/security/codes/")
    page.goto(f"{address}/accounts/security/")
    expect(page.locator("main")).to_contain_text("My phone")

    sign_out(page, address)
    page.goto(f"{address}/accounts/login/?next=/settings/profile/")
    press(page, "Sign in with a passkey")
    assert page.url == f"{address}/settings/profile/"

    page.goto(f"{address}/accounts/security/")
    press(page, re.compile("Remove My phone"), role="link")
    prove(page)
    press(page, "Remove")
    with organization_context(school):
        assert not factors.has_factor(ada)


def test_passkey_is_a_second_step_and_a_proof(school, address, page, fingerprint, settings):
    person(school, username="ada")
    sign_in(page, address, "ada")
    page.goto(f"{address}/accounts/security/passkeys/add/")
    prove(page)
    page.fill("input[name=name]", "Key")
    press(page, "Add a passkey")

    sign_out(page, address)
    sign_in(page, address, "ada")
    press(page, "Use a passkey")
    assert is_at_home(page, address)

    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0  # the sign-in was long ago
    page.goto(f"{address}/accounts/security/codes/")
    press(page, "Use a passkey", role="link")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    press(page, "Use a passkey")
    assert page.url == f"{address}/accounts/security/codes/"


def test_passkey_without_a_fingerprint_does_not_sign_in_alone(school, address, page, fingerprint):
    person(school, username="ada")
    sign_in(page, address, "ada")
    page.goto(f"{address}/accounts/security/passkeys/add/")
    prove(page)
    page.fill("input[name=name]", "Key")
    press(page, "Add a passkey")
    sign_out(page, address)

    devtools, device = fingerprint
    unverified = {"authenticatorId": device, "isUserVerified": False}
    devtools.send("WebAuthn.setUserVerified", unverified)
    page.goto(f"{address}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-passkey-says]")).to_contain_text("No passkey was used")
    assert not is_at_home(page, address)


def test_staff_are_led_to_set_one_up(school, address, page):
    person(school, username="ines", role="instructor")
    with organization_context(school):
        type(school).objects.update(staff_needs_second_factor=True)
    sign_in(page, address, "ines")
    assert page.url.endswith("/accounts/security/")
    page.goto(f"{address}/admin/")
    assert page.url.endswith("/accounts/security/")
    set_up_app(page)
    page.goto(f"{address}/admin/")
    assert page.url == f"{address}/admin/"


def test_provider_signs_in_through_a_page_that_leaves_by_itself(school, address, page, settings):
    settings.LOCAL_PROVIDERS = True
    with running_provider() as provider:
        with organization_context(school):
            add_provider(provider.url)
        page.route(
            f"{provider.url}/authorize**",
            lambda route: route.fulfill(
                status=302, headers={"Location": address + provider.sign_in(route.request.url)}
            ),
        )
        page.goto(f"{address}/accounts/login/?next=/settings/profile/")
        page.get_by_role("button", name="Go on with City School").click()
        page.wait_for_url(f"{address}/settings/profile/")
