"""What this app tells the floors below, and what templates may ask of it."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from lib import jinja
from notifications import kinds
from privacy import notices, obstacles, permissions, retention
from users import settings_sections


def install():
    jinja.register("decides_on_data", permissions.can_decide)
    jinja.register_filter("filesize", filesizeformat)
    settings_sections.register("data", _("Data"), "privacy:overview", position=80)
    obstacles.register(obstacles.is_last_admin)
    kinds.declare(notices.ERASURE_ASKED)
    retention.install()
