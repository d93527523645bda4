from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    name = "activity"
    verbose_name = _("Activity")

    def ready(self):
        from activity import template_globals  # noqa: PLC0415 -- models must be loaded first

        template_globals.install()
        autodiscover_modules("activity_kinds", "undoing", "trashing")
