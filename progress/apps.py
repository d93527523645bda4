from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = _("Progress")

    def ready(self):
        from progress import notices, receivers, registrations  # noqa: F401, PLC0415 -- models must be loaded first

        registrations.install()
