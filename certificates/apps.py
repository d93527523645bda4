from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = _("Certificates")

    def ready(self):
        from certificates import notices, receivers, registrations  # noqa: F401, PLC0415 -- models must be loaded first

        registrations.install()
