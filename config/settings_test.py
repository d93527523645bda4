"""What differs while the tests run; everything else is as in production."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, DATABASE, DATABASES, env

# The test database is made by the owner of the tables; `conftest.py` then turns the role down to the web's.
OWNER = env.db_url("DATABASE_OWNER_URL") if "DATABASE_OWNER_URL" in env else DATABASE
DATABASES["default"] |= OWNER | {
    "OPTIONS": OWNER.get("OPTIONS", {}) | {"options": "-c role=cairn_owner"},
    "CONN_HEALTH_CHECKS": False,
    "TEST": {"NAME": env.str("TEST_DATABASE", default="test_cairn")},
}
ALLOWED_HOSTS = [".localhost", "127.0.0.1", "testserver"]
# In the process, so that workers that run side by side do not empty each other's; the tests of the real
# one bring their own server.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "tenancy.caching.make_key",
    }
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = BASE_DIR / "static"
