from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentsConfig(AppConfig):
    name = "enrollments"
    verbose_name = _("Enrollments")

    def ready(self):
        from enrollments import notices, receivers, registrations  # noqa: F401, PLC0415 -- models must be loaded first

        registrations.install()
