from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Plans and payments")

    def ready(self):
        from billing import notices, registrations  # noqa: F401, PLC0415 -- models must be loaded first

        registrations.install()
