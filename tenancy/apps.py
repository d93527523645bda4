from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Organizations")

    def ready(self):
        from tenancy import grants, missed_events, template_globals  # noqa: PLC0415 -- models must be loaded first

        post_migrate.connect(grants.grant_to_app_role, sender=self)
        missed_events.install()
        template_globals.install()
