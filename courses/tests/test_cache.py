"""The catalogue's version: kept while nothing changes, new as soon as a change is committed."""

from django.core.cache import cache

from courses.cache import (
    HIDDEN,
    bump_catalogue_version,
    catalogue_version,
    has_hidden_courses,
    part_key,
)
from tenancy.context import organization_context


def test_version_is_kept_and_changes_on_commit(organization, django_capture_on_commit_callbacks):
    before = catalogue_version()
    assert catalogue_version() == before
    with django_capture_on_commit_callbacks() as waiting:
        bump_catalogue_version()
    assert catalogue_version() == before
    for callback in waiting:
        callback()
    assert catalogue_version() != before


def test_organizations_have_versions_of_their_own(organization, other_organization):
    mine = catalogue_version()
    with organization_context(other_organization):
        assert catalogue_version() != mine


def test_without_a_cache_no_version_comes_twice(organization, settings):
    nothing = "django.core.cache.backends.dummy.DummyCache"
    settings.CACHES = {"default": settings.CACHES["default"] | {"BACKEND": nothing}}
    assert catalogue_version() != catalogue_version()


def test_hidden_courses_are_looked_for_once_per_version(
    organization, django_capture_on_commit_callbacks
):
    asked = []

    def find_out():
        asked.append(1)
        return False

    for _ in range(2):
        assert has_hidden_courses(find_out) is False
    with django_capture_on_commit_callbacks(execute=True):
        bump_catalogue_version()
    assert cache.get(HIDDEN) is None
    has_hidden_courses(find_out)
    assert len(asked) == 2


def test_parts_differ_by_every_circumstance():
    keys = {
        part_key("v1", "en", "public"),
        part_key("v1", "de", "public"),
        part_key("v1en", "public"),
    }
    assert len(keys) == 3
