from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "bulk"
    verbose_name = _("Imported tables")

    def ready(self):
        from bulk import backoffice, retention  # noqa: PLC0415 -- models must be loaded first

        backoffice.install()
        retention.install()
