from courses.tests.conftest import memory_cache

__all__ = ["memory_cache"]
