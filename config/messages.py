"""Messages that wait for the next page, in a cookie that no sister site can set."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage, SessionStorage


class MessageCookie(CookieStorage):
    cookie_name = "__Host-messages" if settings.HTTPS else "messages"


class MessageStorage(FallbackStorage):
    """In the cookie as long as they fit, else in the session."""

    storage_classes = (MessageCookie, SessionStorage)
