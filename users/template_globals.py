"""What templates may ask of this app."""

from lib import jinja
from users import providers
from users.settings_sections import settings_tabs


def sign_in_providers():
    """Those that the organization offers, for the sign-in page; one query."""
    return providers.offered()


def install():
    jinja.register("settings_tabs", settings_tabs)
    jinja.register("sign_in_providers", sign_in_providers)
