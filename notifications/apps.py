from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

#: Counted up to a hundred, which the bell shows as "99+"; an index holds just the unread ones.
UNREAD = """(
    SELECT count(*) FROM (
        SELECT FROM notifications_notification notice
        WHERE notice.user_id = person.id AND notice.read_at IS NULL LIMIT 100
    ) unread
)"""


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self):
        from users import backends, settings_sections  # noqa: PLC0415 -- models must be loaded first

        backends.read_along("unread_count", UNREAD)
        settings_sections.register(
            "notifications", _("Mails"), "notifications:settings", position=80
        )
