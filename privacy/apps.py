from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Personal data")

    def ready(self):
        from privacy import registrations  # noqa: PLC0415 -- models must be loaded first

        registrations.install()
        autodiscover_modules("personal_data")
