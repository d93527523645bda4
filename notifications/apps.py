from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self):
        from users import settings_sections  # noqa: PLC0415 -- as the apps' own modules, after the models

        settings_sections.register(
            "notifications", _("Mails"), "notifications:settings", position=80
        )
