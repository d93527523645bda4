"""The account settings as they are used, in Chromium."""

import pytest
from playwright.sync_api import expect

from tenancy.context import organization_context
from users.tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_tab_of_the_page_is_in_sight_on_a_phone(browser, address, school):
    with organization_context(school):
        user = UserFactory()
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{address}/accounts/login/?next=/settings/data/")
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
