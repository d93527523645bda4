"""Every field of every form, site and back office, takes any text or refuses it in words, and shows it as text."""

import itertools
import re

import pytest

from config.seeding.canary import seed_canary
from config.tests import hostile, test_access
from config.tests.page_forms import browser_of, forms_on, undone
from tenancy.context import organization_context
from users.models import Mail

pytestmark = pytest.mark.django_db

people, NONCES = test_access.people, test_access.NONCES

MARK = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}</title>"
#: The mark where it would run: as a tag, or as an attribute's end. Escaped it never reads so.
RUNS = re.compile(r"<img src=x onerror|<script>alert\(2\)|7\*7=49")
TOO_MUCH = [
    "\x00",
    "a\x00b",
    "\ud800",
    "9" * 400,
    "x" * 1_000_000,
    "%s%n{0.__class__}",
    "\u202e\u2066",
]
POSTS = 3  # of naughty strings to each form; another field gets another string each time

#: Where the texts of forms come back, beside the page that took them.
SHOWN_ON = [
    "/",
    "/courses/",
    "/settings/profile/",
    "/settings/tokens/",
    "/notifications/",
    "/activity/",
    "/activity/security/",
    "/trash/",
    "/erasures/",
    "/admin/",
    "/admin/tenancy/auditentry/",
]


@pytest.fixture
def canary(db):
    return seed_canary()


def form_pages(canary, visitor):
    """Paths of the pages with forms that this visitor is asked about."""
    for address, access, found in test_access.pages(canary):
        in_office = address.name.startswith("admin")
        is_form = not in_office or address.name.endswith(("_add", "_change"))
        if "GET" in access.methods and is_form and (visitor == "admin" or not in_office):
            yield found


def each_form(canary, person, visitor):
    """(client, address, form) once for each form that the visitor finds."""
    client, seen = browser_of(canary, person), set()
    cookies = client.cookies.copy()
    for found in form_pages(canary, visitor):
        client.cookies = cookies.copy()
        for form in forms_on(client, found):
            address = form.action or found
            key = (address, frozenset(form.names))
            if form.texts and key not in seen and "logout" not in address:
                seen.add(key)
                client.cookies = cookies.copy()
                yield client, found, address, form


def is_typed(name):
    """What a person types: not the numbers by which Django knows the rows of inlines."""
    return not name.endswith(("_FORMS", "-id"))


def with_texts(form, texts):
    values = {name: [next(texts)] for name in form.texts if is_typed(name)}
    return form.fields | values


def storable(text):
    """As the test client can send it: a browser sends no half characters either."""
    return text.encode("utf-8", "replace").decode("utf-8")


@pytest.mark.parametrize("visitor", ["anonymous", "student on the course", "owner", "admin"])
def test_every_form_answers_any_text(canary, people, visitor):
    naughty = itertools.cycle(map(storable, hostile.naughty_strings() + TOO_MUCH))
    broken, forms = [], 0
    for client, _found, address, form in each_form(canary, people.get(visitor), visitor):
        forms += 1
        tampered = {name: next(naughty) for name in form.names}  # also what nobody types
        for data in [*(with_texts(form, naughty) for _time in range(POSTS)), tampered]:
            with undone():
                response = client.post(address, data)
            if response.status_code >= 500:
                broken.append((address, response.status_code, data))
    assert broken == []
    assert forms >= {"anonymous": 3, "student on the course": 3, "owner": 7, "admin": 25}[visitor]


CAME_BACK = {"anonymous": 2, "student on the course": 2, "owner": 2, "admin": 20}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("visitor", "least"), CAME_BACK.items())
def test_what_a_form_took_comes_back_as_text(canary, people, browser, visitor, least):
    running, opened = [], set()
    with hostile.Screen(browser) as screen:
        for path, text in given_back(canary, people.get(visitor), visitor):
            if RUNS.search(text):
                running.append((path, RUNS.search(text)[0]))
            known = NONCES.sub(b"", text.encode())
            if "onerror=alert(1)" in text and known not in opened:
                opened.add(known)
                running += [(path, found) for found in screen.findings(text, path)]
    assert running == []
    assert len(opened) >= least


def given_back(canary, person, visitor):
    """(path, HTML) of all that shows what each form took: its answer, the pages of the site, mails."""
    marks = itertools.repeat(MARK)
    for client, found, address, form in each_form(canary, person, visitor):
        with undone():
            answer = client.post(address, with_texts(form, marks))
            yield found, read(answer)
            for path in [found, answer.get("Location", ""), *SHOWN_ON]:
                if path[:1] == "/":
                    yield path, read(client.get(path))
            with organization_context(canary.organization):
                mails = list(Mail.objects.all())
            yield from ((f"/mail/{mail.pk}", mail.html) for mail in mails)


def read(response):
    body = response.streaming_content if response.streaming else [response.content]
    text = b"".join(body).decode(errors="replace")
    is_page = response.get("Content-Type", "").startswith("text/html")
    return text if is_page else ""
