"""The one navigation of the pages on which people set up their own account; other apps add theirs."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    key: str
    label: str
    url_name: str
    position: int


_sections: dict[str, Section] = {}


def register(key: str, label: str, url_name: str, *, position: int) -> None:
    """Add a page to the account settings; lower positions come first. Call it in `AppConfig.ready()`."""
    _sections[key] = Section(key, label, url_name, position)


def settings_tabs() -> list[tuple[str, str, str]]:
    """Key, label and address of each page, for the component `tabs`."""
    ordered = sorted(_sections.values(), key=lambda section: section.position)
    return [(section.key, section.label, reverse(section.url_name)) for section in ordered]


register("profile", _("Profile"), "users:profile_edit", position=10)
register("email", _("E-mail"), "account_email", position=20)
register("security", _("Security"), "mfa_index", position=30)
register("devices", _("Devices"), "users:devices", position=40)
register("tokens", _("Tokens"), "users:tokens", position=50)
register("preferences", _("Appearance"), "users:preferences", position=90)
