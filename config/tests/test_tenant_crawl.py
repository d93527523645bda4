"""No page of one organization holds a mark of another, whoever asks and whatever they ask for."""

from dataclasses import dataclass, field

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path, reverse

from config.access import access_to, addresses
from config.samples import Samples, sample_path
from config.seeding.canary import seed_canaries
from config.tests.test_access import ask, cookies_of
from courses.models import Course
from lib.access import public
from tenancy.context import organization_context
from users.models import User

pytestmark = pytest.mark.django_db


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
        for name in model_admin.get_autocomplete_fields(None):
            query = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={name}"
            yield f"{reverse('admin:autocomplete')}?{query}&term=canary"
            yield f"{reverse('admin:autocomplete')}?{query}&term="


def person_of(canary, role):
    """Who asks; None for somebody who has not signed in."""
    if role == "guest visitor":
        return None
    with organization_context(canary.organization):
        return User.objects.get(pk=canary.accounts[role]["id"])


@dataclass
class Crawl:
    """What a crawl met: paths whose answer holds a mark of `theirs`, pages that opened, and those with own marks."""

    leaks: list[str] = field(default_factory=list)
    opened: int = 0
    with_own_marks: int = 0


def crawl(mine, theirs, role, paths):
    """Ask for all these paths at one's own organization; what is written is undone, signing out too."""
    cookies, found = cookies_of(mine, person_of(mine, role)), Crawl()
    for asked in paths:
        response = ask(mine, cookies, "GET", asked)
        assert response.status_code < 500, asked
        told = response.body.replace(asked.encode(), b"").decode(errors="replace")
        told += str(response.headers).replace(asked, "")
        found.opened += response.status_code == 200
        found.with_own_marks += mark_of(mine) in told
        if mark_of(theirs) in told:
            found.leaks.append(asked)
    return found


def mark_of(canary):
    return f"canary{canary.token}"


@pytest.mark.parametrize(
    ("role", "opened", "with_own_marks"),
    [("guest visitor", 5, 2), ("student", 8, 8), ("instructor", 30, 30), ("admin", 60, 40)],
)
def test_no_page_holds_a_mark_of_another_organization(canaries, role, opened, with_own_marks):
    """Own marks must be seen: where the crawl does not look, its silence would mean nothing."""
    mine, theirs = canaries
    found = crawl(mine, theirs, role, [*paths_of(mine), *paths_of(theirs)])
    assert found.leaks == []
    assert found.opened >= opened
    assert found.with_own_marks >= with_own_marks


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
    assert crawl(mine, theirs, "guest visitor", ["/healthz", planted]).leaks == [planted]
