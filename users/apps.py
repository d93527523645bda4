from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tenancy.entering import read_on_entering


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("People")

    def ready(self):
        from users import (  # noqa: PLC0415 -- models must be loaded first
            backends,
            receivers,  # noqa: F401
            security_log,  # noqa: F401
            template_globals,
        )

        template_globals.install()
        read_on_entering(backends.ask_who_comes, backends.receive_who_comes)
