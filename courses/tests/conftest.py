import pytest


@pytest.fixture
def memory_cache(settings):
    """A cache that asks the database nothing."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": settings.CACHES["default"] | {"BACKEND": backend}}
