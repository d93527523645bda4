"""An organization whose every text is hostile: no page of anybody, no mail and no export runs any of it."""

import csv
import io
import itertools
import zipfile
from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from config.seeding.canary import marked_fields, seed_canary
from config.tests import hostile, test_access
from content.models import ContentItem, ContentVersion, LearningPath, LessonVersion
from courses.models import Course, CourseVersion
from lib.ids import uuid7
from lib.markdown import render
from notifications import delivery, kinds
from notifications.models import Cadence, Notification
from privacy import exporting
from tenancy.context import organization_context
from tenancy.grants import APP_ROLE, OWNER_ROLE
from tenancy.models import Organization, TenantModel
from users.models import Mail, User

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.slow]

people = test_access.people

#: Columns that are part of an address, or by which people sign in.
NAMES = {"users.User.username", "tenancy.Organization.slug", "enrollments.PreApproval.value"}
#: Columns of HTML that is made from another column, and shown as it is.
VERSIONS = (ContentVersion, CourseVersion, LessonVersion)
MADE = {
    (Course, "description_html"),
    (ContentVersion, "html"),
    (LearningPath, "description_html"),
}
FORMULAS = ["=cmd|'/C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "+1+1", "-2+3", "\t=1+1", "\r=1+1"]
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(autouse=True)
def _needs_data(test_data):
    """Skips where other people's hostile text is absent."""


@pytest.fixture
def canary(db):
    return seed_canary()


def script_and_formula():
    """In turns, none twice, and both of them a script in a page."""
    scripts = [line for line in hostile.scripts() if len(line) <= 90]
    for number, script in enumerate(scripts):
        yield script
        yield f"{FORMULAS[number % len(FORMULAS)]}<img src=x onerror=alert({number})>"


@pytest.fixture
def hostile_rows(canary, people):
    """The canary, whose marks gave way to hostile texts; how many did."""
    texts = script_and_formula()
    with organization_context(canary.organization):
        return sum(
            plant(model, texts, canary.token)
            for model in [Organization, *apps.get_models()]
            if model is Organization or issubclass(model, TenantModel)
        )


def plant(model, texts, token):
    """Put hostile texts where the canary's mark is, in every row; how many texts were put."""
    count = 0
    for row in model._base_manager.all():
        changed = {
            column.name: put(column, getattr(row, column.attname), texts, token)
            for column in marked_fields(model)
            if is_free(column) and token in str(getattr(row, column.attname))
        }
        if changed and model in VERSIONS:
            add_version(row, changed)
        elif changed:
            write(model._base_manager.filter(pk=row.pk), changed)
        count += len(changed)
    return count


def write(row, changed):
    """Write, past the triggers where they keep a row as it is, such as an invoice or a certificate."""
    try:
        with transaction.atomic():
            row.update(**changed)
    except DatabaseError:
        table = connection.ops.quote_name(row.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"SET LOCAL ROLE {OWNER_ROLE}; ALTER TABLE {table} DISABLE TRIGGER USER")
            row.update(**changed)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER; SET LOCAL ROLE {APP_ROLE}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def add_version(version, changed):
    """A version is never changed: another one takes its place."""
    for name, value in (changed | {"pk": uuid7(), "number": version.number + 1}).items():
        setattr(version, name, value)
    version.save(force_insert=True)
    if isinstance(version, ContentVersion):
        ContentItem.objects.filter(pk=version.item_id).update(current_version=version)


def is_free(column):
    fixed = (models.FileField, models.SlugField, models.EmailField)
    return (
        not isinstance(column, fixed) and f"{column.model._meta.label}.{column.name}" not in NAMES
    )


def put(column, value, texts, token):
    if (column.model, column.name) in MADE:
        return render("\n\n".join(next(texts) for _ in range(200))).html
    if isinstance(column, models.URLField):
        return "https://example.org/'\"><img/src=x/onerror=alert(1)>"
    return exchange(value, texts, token, column.max_length)


def exchange(value, texts, token, length=None):
    """The value with a hostile text for each text that holds the mark, however deep."""
    if isinstance(value, dict):
        return {name: exchange(each, texts, token) for name, each in value.items()}
    if isinstance(value, list):
        return [exchange(each, texts, token) for each in value]
    if isinstance(value, str) and token in value:
        return next(texts)[:length]
    return value


def pages_of(canary, person):
    """(name, path, answer) of each address that answers this person."""
    cookies = test_access.cookies_of(canary, person)
    for address, access, found in test_access.pages(canary):
        if "GET" in access.methods:
            response = test_access.ask(canary, cookies, "GET", found)
            assert response.status_code < 500, address.name
            if response.status_code == 200:
                yield address.name, found, response


#: Whose pages are opened, and how many they are at least.
VISITORS = {"anonymous": 8, "student on the course": 20, "co-instructor": 60, "admin": 120}
BARE = {"healthz", "readyz"}  # asked by machines, before any middleware


def formulas_in(table):
    cells = [cell for row in csv.reader(io.StringIO(table.decode("utf-8-sig"))) for cell in row]
    assert len(cells) > 6
    return [cell for cell in cells if cell.startswith(STARTS_A_FORMULA)]


def problems_of(screen, path, response):
    """What a browser, or a spreadsheet, would run of this answer."""
    told = response.get("Content-Type", "")
    if told.startswith("text/html"):
        return screen.findings(response.body.decode(), path)
    problems = formulas_in(response.body) if told.startswith("text/csv") else []
    is_told = told and response.get("X-Content-Type-Options") == "nosniff"
    return problems if is_told else [*problems, "may be taken for a page"]


@pytest.mark.parametrize(("visitor", "least"), VISITORS.items())
def test_nothing_that_anybody_is_shown_runs(canary, people, hostile_rows, browser, visitor, least):
    assert hostile_rows > 100
    running, opened = [], Counter()
    with hostile.Screen(browser) as screen:
        for name, path, response in pages_of(canary, people.get(visitor)):
            found = problems_of(screen, path, response)
            running += [(name, what) for what in found if name not in BARE]
            opened[response.get("Content-Type", "").partition(";")[0]] += 1
    assert running == []
    assert opened["text/html"] >= least, opened
    assert opened["text/csv"] >= (3 if visitor == "admin" else 0), opened


def test_a_copy_of_ones_data_runs_nothing(canary, people, hostile_rows, browser):
    with organization_context(canary.organization):
        person = User.objects.get(pk=people["student on the course"].pk)
        file, now = io.BytesIO(), timezone.now()
        parts = (step(person) for step in exporting.steps())
        exporting.write_archive(file, person, parts, organization=person.organization, now=now)
    with zipfile.ZipFile(file) as archive, hostile.Screen(browser) as screen:
        pages = [name for name in archive.namelist() if name.endswith(".html")]
        html = [archive.read(name).decode() for name in pages]
        assert [screen.findings(text) for text in html] == [[]]
        assert "&lt;" in html[0]
        assert [name for name in archive.namelist() if ".." in name or name[0] == "/"] == []


def mails_of_notifications(person):
    """A mail at once and a digest for every kind of notification, each with hostile facts."""
    texts = itertools.cycle(line for line in hostile.scripts() if "<" in line)
    now, known = timezone.now(), {"slug": "x", "request": str(uuid7()), "joined": 2, "completed": 1}
    for number, kind in enumerate(kinds._kinds):
        for cadence in (Cadence.NOW, Cadence.DAILY):
            facts = known | {name: next(texts) for name in ("title", "reason", "duty")}
            row = Notification.objects.create(
                user=person, kind=kind, cadence=cadence, facts=facts, source=f"{number}{cadence}",
                happened_at=now - timedelta(days=8),
            )  # fmt: skip
            delivery.mail_at_once(str(row.pk), now=now)
    delivery.send_digests(now=now)
    return [mail.html for mail in Mail.objects.filter(user=person)]


def test_no_mail_runs_what_is_in_it(canary, people, hostile_rows, browser):
    with organization_context(canary.organization):
        person = User.objects.get(pk=people["student on the course"].pk)
        User.objects.filter(pk=person.pk).update(email_verified_at=timezone.now())
        Mail.objects.all().delete()
        mails = mails_of_notifications(person)
    with hostile.Screen(browser) as screen:
        assert [found for html in mails for found in screen.findings(html)] == []
    assert len(mails) > len(kinds._kinds)
    assert sum("&lt;" in html for html in mails) > 5


def test_a_screen_notices_what_runs(browser):
    page = "<p>Fine</p>{}"
    with hostile.Screen(browser) as screen:
        assert screen.findings(page.format("&lt;script&gt;alert(1)&lt;/script&gt;")) == []
        for bad in (
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=' javascript:alert(1)'>x</a>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<script>location = '/elsewhere'</script>",
        ):
            assert screen.findings(page.format(bad)), bad
