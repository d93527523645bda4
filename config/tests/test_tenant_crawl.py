"""No page of one organization holds a mark of another, whoever asks and whatever they ask for."""

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from config.access import access_to, addresses
from config.samples import Samples, sample_path
from config.seeding.canary import seed_canaries
from courses.models import Course
from lib.access import public
from tenancy.context import organization_context
from users.models import User

pytestmark = pytest.mark.django_db

ROLES = ["guest visitor", "student", "instructor", "admin"]


@pytest.fixture
def canaries(db):
    return seed_canaries(2)


def paths_of(canary):
    """Paths that open every address with this organization's rows."""
    with organization_context(canary.organization):
        samples = Samples.of_current_organization()
        for address in addresses():
            access = access_to(address.name)
            if "GET" not in access.methods or "logout" in address.name:
                continue
            found = sample_path(address, access, samples)
            if found:
                yield found
                if address.name.endswith("_changelist") or address.name == "courses:list":
                    yield f"{found}?q=canary"  # both organizations' marks begin so
        yield from autocompletes(canary)


def autocompletes(canary):
    """What the admin's select boxes fetch, asked for every foreign key that has one."""
    for model, model_admin in admin.site._registry.items():
        for field in model_admin.get_autocomplete_fields(None):
            query = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={field}"
            yield f"{reverse('admin:autocomplete')}?{query}&term=canary"
            yield f"{reverse('admin:autocomplete')}?{query}&term="


def client_of(canary, role):
    client = Client(SERVER_NAME=canary.host)
    if role != "guest visitor":
        with organization_context(canary.organization):
            client.force_login(User.objects.get(pk=canary.accounts[role]["id"]))
    return client


def crawl(canary, role, paths, forbidden):
    """The paths whose answer holds `forbidden`, and how many answered with a page.

    Signs in anew before each, since some addresses sign out.
    """
    leaks, opened = [], 0
    for found in paths:
        response = client_of(canary, role).get(found, follow=False)
        assert response.status_code < 500, found
        body = b"".join(response.streaming_content) if response.streaming else response.content
        opened += response.status_code == 200
        if forbidden.encode() in body.replace(found.encode(), b"") or forbidden in str(
            response.headers
        ).replace(found, ""):
            leaks.append(found)
    return leaks, opened


@pytest.mark.parametrize("role", ROLES)
def test_no_page_holds_a_mark_of_another_organization(canaries, role):
    mine, theirs = canaries
    paths = [*paths_of(mine), *paths_of(theirs)]
    leaks, opened = crawl(mine, role, paths, f"canary{theirs.token}")
    assert leaks == []
    assert opened >= {"guest visitor": 5, "student": 8, "instructor": 30, "admin": 60}[role]


def test_own_marks_are_seen(canaries):
    """The crawl looks where the marks are: otherwise its silence would mean nothing."""
    mine, _theirs = canaries
    seen, _opened = crawl(mine, "admin", paths_of(mine), f"canary{mine.token}")
    assert len(seen) >= 40


@public
def leaky_page(request):
    """A page as it must never be: it shows another organization's course."""
    with organization_context(request.GET["from"]):
        return HttpResponse(Course.objects.filter(status="published").get().title)


urlpatterns = [path("leaky/", leaky_page), path("", include("config.urls"))]


@pytest.mark.urls(__name__)
def test_crawl_finds_a_planted_leak(canaries):
    mine, theirs = canaries
    planted = f"/leaky/?from={theirs.organization.pk}"
    leaks, _opened = crawl(mine, "guest visitor", ["/healthz", planted], f"canary{theirs.token}")
    assert leaks == [planted]
