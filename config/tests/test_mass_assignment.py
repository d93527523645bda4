"""A form changes what it shows and nothing else, whatever is sent beside its fields.

Each form is sent twice from the same state: as a browser would, and with every column of every model beside
it. Both must leave the same rows.
"""

from collections import Counter

import pytest
from django.apps import apps
from django.db import models
from django.forms import modelform_factory
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from config.seeding.canary import seed_canary
from config.tests import test_access
from config.tests.database_watch import alike, known_in, rows_of, tables, writes_by_table
from config.tests.page_forms import browser_of, forms_on, undone
from courses.models import Subject
from lib.access import public
from tenancy.context import organization_context
from tenancy.models import TenantModel
from users.models import User

pytestmark = pytest.mark.django_db

people = test_access.people

#: Rows of the visit itself, and keys of forms that were answered.
NOTES_OF_A_VISIT = {"django_session", "usersessions_usersession", "tenancy_idempotencykey"}

#: What an attacker tries beside the columns, because other systems fell for it.
TRIED = {
    "admin": "on",
    "by": "1",
    "groups": "1",
    "is_admin": "on",
    "is_staff": "on",
    "is_superuser": "on",
    "now": "2001-02-03",
    "person": "1",
    "pk": "1",
    "user_permissions": "1",
}


@pytest.fixture
def canary(db):
    return seed_canary()


def sent_for(column, rows):
    """A value that a form with this column would take, and that no row has by itself."""
    if column.is_relation:
        row = rows[column.related_model]
        return None if row is None else str(row.pk)
    if column.choices:
        return str(list(column.flatchoices)[-1][0])
    if isinstance(column, models.BooleanField):
        return "False" if column.get_default() else "on"
    for kind, value in {
        models.DateTimeField: "2001-02-03 04:05:06",
        models.DateField: "2001-02-03",
        models.DurationField: "77",
        models.JSONField: '["planted"]',
        models.EmailField: "planted@example.org",
        models.URLField: "https://planted.example.org/",
        models.UUIDField: "7e57ab1e-0000-4000-8000-000000000000",
        models.GenericIPAddressField: "203.0.113.77",
        models.IntegerField: "77",
        models.FloatField: "77",
        models.DecimalField: "77",
    }.items():
        if isinstance(column, kind):
            return value
    return "planted"


def values_sent(canary):
    """For every model of an organization the value that each of its columns is sent."""
    ours = [model for model in apps.get_models() if issubclass(model, TenantModel) or model is User]
    columns = {model: model._meta.concrete_fields for model in ours}
    related = {column.related_model for each in columns.values() for column in each} - {None}
    with organization_context(canary.organization):
        rows = {model: model._base_manager.order_by("-pk").first() for model in related}
        rows[User] = User.objects.get(pk=canary.accounts["instructor"]["id"])
    return {
        model: {column: sent_for(column, rows) for column in each}
        for model, each in columns.items()
    }


def columns_sent(values, *, preferred):
    """Every column of every model under its names; those of the `preferred` app or model win a shared name."""
    sent = dict(TRIED)
    for model in sorted(values, key=lambda model: model._meta.label_lower.startswith(preferred)):
        for column, value in values[model].items():
            if value is not None:
                sent[column.name] = sent[column.attname] = value
    return sent


def with_columns(form, columns):
    """What the form sends, and beside it all columns that it does not show; its inlines get them too."""
    data = dict(form.fields)
    inlines = {name.removesuffix("TOTAL_FORMS") for name in data if name.endswith("-TOTAL_FORMS")}
    few = {
        name: value
        for name, value in columns.items()
        if name.endswith(("_id", "_at", "status", "role")) or name in TRIED
    }
    for name, value in columns.items():
        if name not in form.names:
            data[name] = [value]
    for prefix in sorted(inlines)[:4]:
        for name, value in few.items():
            if f"{prefix}0-{name}" not in form.names:
                data[f"{prefix}0-{name}"] = [value]
    return data


class Visit:
    """One visitor, whose every request starts from the same rows."""

    def __init__(self, canary, person):
        self.canary = canary
        self.client = browser_of(canary, person)
        self.cookies = self.client.cookies.copy()
        with organization_context(canary.organization):
            self.tables = tables(without=NOTES_OF_A_VISIT)
            self.before = rows_of(self.tables)
        self.known = known_in(self.before)
        self.values = values_sent(canary)

    def forms(self, found):
        self.client.cookies = self.cookies.copy()
        return forms_on(self.client, found)

    def post(self, address, data):
        """The answer's status, and how the rows differ from before, told in words that are alike each time."""
        self.client.cookies = self.cookies.copy()
        with undone():
            earlier = writes_by_table()
            response = self.client.post(address, data)
            written = [name for name in writes_by_table() - earlier if name in self.tables]
            with organization_context(self.canary.organization):
                after = rows_of(written)
        before = Counter({row: n for row, n in self.before.items() if row[0] in written})
        gone, new = before - after, after - before
        change = Counter()
        for sign, rows in (("-", gone), ("+", new)):
            for (table, text), number in rows.items():
                change[sign, table, alike(text, self.known)] += number
        return response.status_code, change


def tried_on(visit, found, columns, seen):
    """(address, status of the honest form, what the columns beside it changed) for each form of a page."""
    for form in visit.forms(found):
        address = form.action or found
        key = (address, frozenset(form.names))
        if key in seen or "logout" in address:
            continue
        seen.add(key)
        status, honest = visit.post(address, form.fields)
        _status, beside = visit.post(address, with_columns(form, columns))
        yield address, status, (beside - honest) + (honest - beside)


def walk(canary, person, names):
    """All forms of the pages with these names: which went through, and what sending more changed."""
    visit, seen, through, wrong = Visit(canary, person), set(), Counter(), []
    for address, _access, found in test_access.pages(canary):
        if not names(address):
            continue
        preferred = address.name.removeprefix("admin:").replace(":", ".").replace("_", ".", 1)
        preferred = preferred.rpartition("_")[0] or preferred.partition(".")[0]
        columns = columns_sent(visit.values, preferred=preferred)
        for goal, status, change in tried_on(visit, found, columns, seen):
            through[status] += 1
            if change:
                wrong.append((address.name, goal, change))
    return through, wrong


@pytest.mark.parametrize("visitor", ["anonymous", "student on the course", "owner", "admin"])
def test_forms_of_the_site_change_what_they_show(canary, people, visitor):
    through, wrong = walk(
        canary, people.get(visitor), lambda address: not address.name.startswith("admin")
    )
    assert wrong == []
    assert through[302] >= (2 if visitor == "anonymous" else 12), through


@pytest.mark.parametrize("visitor", ["owner", "admin"])
def test_forms_of_the_back_office_change_what_they_show(canary, people, visitor):
    through, wrong = walk(
        canary,
        people[visitor],
        lambda address: (
            address.name.startswith("admin:")
            and address.name.endswith(("_add", "_change", "_delete"))
        ),
    )
    assert wrong == []
    assert through[302] >= {"owner": 5, "admin": 10}[visitor], through


PAGE = """<form method="post">{% csrf_token %}<input name="title" value="{{ subject.title }}">
<input name="slug" value="{{ subject.slug }}"><input name="position" value="1"></form>"""


@public
def careless_page(request):
    """A page as it must never be: it shows three fields and takes all."""
    subject = Subject.objects.first()
    form = modelform_factory(Subject, fields="__all__")(request.POST or None, instance=subject)
    if form.is_valid():
        form.save()
        return HttpResponse(status=302)
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"subject": subject}, request))


urlpatterns = [path("careless/", careless_page), path("", include("config.urls"))]


@pytest.mark.urls(__name__)
def test_a_form_that_takes_every_column_is_found(canary):
    visit = Visit(canary, None)
    columns = columns_sent(visit.values, preferred="courses.subject")
    (tried,) = tried_on(visit, "/careless/", columns, set())
    _address, status, change = tried
    assert status == 302
    assert any("planted" in text for sign, _table, text in change if sign == "+")
