"""What a browser is told on every answer, and where nobody can send it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from config.access import Address, Who
from config.seeding.canary import PASSWORD, seed_canary
from config.tests import test_access
from tenancy.context import organization_context
from users.models import Mail
from users.tests.factories import UserFactory

ROOT = Path(settings.BASE_DIR)
people = test_access.people


@pytest.fixture
def canary(db):
    return seed_canary()


# Every answer; each of them goes through these checks in `test_walks.py`


MACHINES = {"healthz", "readyz"}  # are asked by machines, before any middleware
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Pictures and styles that are the same for everybody.
SHARED = MACHINES | {
    *("tenancy:theme", "tenancy:logo", "courses:picture", "admin:jsi18n"),
    *(f"certificates:{name}" for name in ("issuer", "keys", "key", "revocations")),
}


def missing_defences(_visitor, address, _access, _method, response):
    """What an answer lacks of what every answer tells a browser."""
    if address.name in MACHINES:
        return
    policy = response.headers.get("Content-Security-Policy", "")
    yield from [name for name, value in HEADERS.items() if response.get(name) != value]
    if "'unsafe-eval'" in policy or re.search(r"script-src[^;]*'unsafe", policy):
        yield policy
    if "sandbox" not in policy and "frame-ancestors 'self'" not in policy:
        yield f"frame-ancestors: {policy}"
    if "Access-Control-Allow-Origin" in response.headers:
        yield "read by other sites"
    if response.status_code == 200 and not response.get("Content-Type"):
        yield "Content-Type"


def bare_scripts(_visitor, _address, _access, _method, response):
    """Scripts and styles in a page without the nonce of its policy."""
    nonce = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    for tag in re.findall(rb"<(?:script|style)\b[^>]*>", response.body):
        is_data = b'type="application/json"' in tag
        if b"src=" not in tag and not is_data and (not nonce or nonce[1].encode() not in tag):
            yield tag.decode()


def kept_by_others(visitor, address, _access, method, response):
    """How an answer to a person may be stored: pages nowhere, pictures and files by their browser alone."""
    told = response.headers.get("Cache-Control", "")
    is_page = response.get("Content-Type", "").startswith("text/html")
    is_known = Who.SIGNED_IN in test_access.VISITORS[visitor]
    is_own = is_known and method == "GET" and address.name not in SHARED
    if is_own and "no-store" not in told and (is_page or "private" not in told):
        yield f"{response.status_code} Cache-Control: {told}"


def careless_answer():
    """An answer as it must never be."""
    page = HttpResponse("<script>run()</script><style>p{}</style><script src='/a.js'></script>")
    page["Access-Control-Allow-Origin"] = "*"
    page["Content-Security-Policy"] = "script-src 'self' 'unsafe-inline' 'nonce-abc'"
    page.body = page.content
    return page


def test_an_answer_without_defences_is_found():
    asked = "admin", Address("page", "", (), None), None, "GET", careless_answer()
    assert set(missing_defences(*asked)) == {
        *HEADERS,
        "script-src 'self' 'unsafe-inline' 'nonce-abc'",
        "frame-ancestors: script-src 'self' 'unsafe-inline' 'nonce-abc'",
        "read by other sites",
    }
    assert list(bare_scripts(*asked)) == ["<script>", "<style>"]
    assert list(kept_by_others(*asked)) == ["200 Cache-Control: "]


# Where links lead

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "////evil.example",
    r"\\evil.example",
    r"/\evil.example",
    r"\/evil.example",
    "https:evil.example",
    "http:///evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "https://harbor.localhost@evil.example/",
    "https://harbor.localhost.evil.example/",
    "https://evil.example\\@harbor.localhost/",
    "//evil。example/",
    "/%09/evil.example\r\nSet-Cookie: a=b",
    "%2F%2Fevil.example",
    "ftp://harbor.localhost/",
]


def leads_elsewhere(location):
    """Whether a browser, which drops tabs and line ends and takes \\ for /, would leave the site."""
    location = re.sub(r"[\t\r\n\x00]", "", location).strip().replace("\\", "/")
    return location.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", location, re.I) is not None


def member():
    user = UserFactory(admin=True)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, defaults={"email": user.email, "verified": True, "primary": True}
    )
    return user


def ways_on(client, user):
    """Every page that leads on to where it was told, as (what it is, function of the wanted address)."""

    def sign_in(wanted):
        client.logout()
        data = {"login": user.username, "password": PASSWORD, "next": wanted}
        return client.post(f"{reverse('account_login')}?next={quote(wanted)}", data)

    def signed_in_already(wanted):
        client.force_login(user)
        return client.get(reverse("account_login"), {"next": wanted})

    def back_office(wanted):
        client.force_login(user)
        return client.get(reverse("admin:login"), {"next": wanted})

    def sign_out(wanted):
        client.force_login(user)
        return client.post(f"{reverse('account_logout')}?next={quote(wanted)}", {"next": wanted})

    def preferences(wanted):
        return client.post(reverse("users:preferences"), {"theme": "dark", "next": wanted})

    def proof(wanted):
        client.force_login(user)
        data = {"password": PASSWORD, "next": wanted}
        return client.post(f"{reverse('account_reauthenticate')}?next={quote(wanted)}", data)

    def view_as(wanted):
        client.force_login(user)
        with organization_context(user.organization_id):
            student = UserFactory()
        client.post(reverse("activity:view_as", args=[student.pk]), {"next": wanted})
        return client.post(reverse("activity:view_as_stop"))

    return [sign_in, signed_in_already, back_office, sign_out, preferences, proof, view_as]


@pytest.mark.django_db
def test_nothing_leads_to_another_site(client, organization):
    user = member()
    wrong = []
    for way in ways_on(client, user):
        for wanted in ELSEWHERE:
            location = way(wanted).headers.get("Location", "/")
            if leads_elsewhere(location):
                wrong.append((way.__name__, wanted, location))
    assert wrong == []


@pytest.mark.django_db
def test_ways_on_lead_on_within_the_site(client, organization):
    """Each of them does go where it is told: otherwise going nowhere else would mean nothing."""
    user = member()
    led = {
        way.__name__
        for way in ways_on(client, user)
        if "/courses/" in way("/courses/?q=a")["Location"]
    }
    assert led == {
        "sign_in",
        "signed_in_already",
        "back_office",
        "sign_out",
        "preferences",
        "proof",
        "view_as",
    }


# Host names

NAMES_OF_OTHERS = {
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_HOST": "evil.example",
    "HTTP_X_ORIGINAL_HOST": "evil.example",
    "HTTP_FORWARDED": "host=evil.example",
    "HTTP_X_ORIGINAL_URL": "/evil.example",
    "HTTP_X_REWRITE_URL": "/evil.example",
}


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["harbor.localhost", "evil.localhost"])
def test_a_host_name_that_somebody_sends_reaches_no_mail_and_no_page(client, organization, host):
    user = UserFactory(email="ada@example.org")
    client.get("/courses/", HTTP_HOST=host, **NAMES_OF_OTHERS)
    pages = [client.get(path, **NAMES_OF_OTHERS) for path in ("/", "/courses/", "/accounts/login/")]
    client.post(
        "/accounts/password/reset/", {"email": user.email}, HTTP_HOST=host, **NAMES_OF_OTHERS
    )
    client.post(
        "/accounts/signup/",
        {"username": "grace", "email": "grace@example.org", "password1": "four tall lanterns"},
        HTTP_HOST=host,
        **NAMES_OF_OTHERS,
    )
    mails = list(Mail.objects.all())
    assert len(mails) == 2
    for mail in mails:
        assert "evil" not in mail.text + mail.html
        assert "http://harbor.localhost/" in mail.text
    assert all("evil" not in page.content.decode() + str(page.headers) for page in pages)


# Cookies and settings of a server


#: Variables that make debugging and tests with a browser possible.
OF_TESTS = {"DEBUG", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def in_production(*arguments):
    """`manage.py` with the settings of a server, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_TESTS} | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-=+",
        "DEBUG": "0",
        "HTTPS": "1",
        "BEHIND_PROXY": "1",
        "TRUSTED_PROXIES": "1",
        "ALLOWED_HOSTS": "learn.example.org",
        "LOCAL_PROVIDERS": "0",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_deployment_check_has_nothing_to_say():
    checked = in_production("check", "--deploy", "--fail-level", "INFO")
    assert checked.returncode == 0, checked.stderr
    assert "no issues (2 silenced)" in checked.stdout


def test_checks_are_silenced_with_a_reason():
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    listed = source.partition("SILENCED_SYSTEM_CHECKS = [")[2].partition("]")[0]
    rows = [line.strip() for line in listed.splitlines() if line.strip()]
    assert [row for row in rows if "#" not in row] == []
    assert [row.split(",")[0].strip('"') for row in rows] == settings.SILENCED_SYSTEM_CHECKS


COOKIES = """
from django.conf import settings
from django.contrib.messages import constants
from django.http import HttpResponse
from django.test import RequestFactory
from config.messages import MessageStorage
from users import known_devices
request = RequestFactory().get("/")
request.session = {}
storage = MessageStorage(request)
storage.add(constants.INFO, "Saved.")
response = HttpResponse()
storage.update(response)
(waiting,) = response.cookies.values()
print([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, known_devices.COOKIE, waiting.key])
print([settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, waiting["secure"]])
print([settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY, waiting["httponly"]])
print([settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE, waiting["samesite"]])
print([settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN, waiting["domain"] or None])
print([settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT, settings.USE_X_FORWARDED_HOST])
"""


def test_cookies_of_a_server_belong_to_its_host_alone():
    told = in_production("shell", "--verbosity", "0", "--command", COOKIES)
    assert told.returncode == 0, told.stderr
    names, secure, hidden, sites, domains, transport = map(
        ast.literal_eval, told.stdout.strip().splitlines()[-6:]
    )
    assert names == ["__Host-session", "__Host-csrf", "__Host-device", "__Host-messages"]
    assert secure == hidden == [True, True, True]
    assert sites == ["Lax", "Lax", "Lax"]
    assert domains == [None, None, None]
    assert transport == [31_536_000, True, False]


@pytest.mark.django_db
def test_cookies_that_scripts_read_say_nothing_of_anybody(client, organization):
    client.force_login(UserFactory())
    data = {"theme": "dark", "language": "de"}
    set_now = client.post(reverse("users:preferences"), data).cookies
    open_to_scripts = {name: kept.value for name, kept in set_now.items() if not kept["httponly"]}
    assert open_to_scripts == {"theme": "dark", settings.LANGUAGE_COOKIE_NAME: "de"}
    assert all(kept["samesite"] == "Lax" for kept in set_now.values())


# Forged requests

#: Opened by a signed link or a token that no other site can know.
WITHOUT_TOKEN_OF_THE_PAGE = {"notifications:unsubscribe", "openid_connect_callback"}


def test_nothing_is_changed_without_the_token_of_a_page(canary, people):
    cookies, taken, refused = test_access.cookies_of(canary, people["admin"]), set(), 0
    for address, access, found in test_access.pages(canary):
        if "POST" not in access.methods or access.who_changes is Who.NOBODY:
            continue
        client = Client(SERVER_NAME=canary.host, enforce_csrf_checks=True)
        client.cookies = cookies.copy()
        with transaction.atomic():
            response = client.post(found)
            transaction.set_rollback(True)
        refused += response.status_code == 403
        if response.status_code != 403:
            taken.add(address.name)
    assert taken <= WITHOUT_TOKEN_OF_THE_PAGE
    assert refused > 60


# Spreadsheets


def sources():
    """The product's own modules, without tests and benchmarks."""
    for file in sorted(ROOT.glob("*/**/*.py")):
        parts = file.relative_to(ROOT).parts
        if not {"tests", "migrations", ".venv", "var", "bench"} & set(parts):
            yield file


def test_every_writer_of_csv_disarms_formulas():
    writers = [
        file.relative_to(ROOT).as_posix()
        for file in sources()
        if re.search(r"\bcsv\.(writer|DictWriter)\(", file.read_text(encoding="utf-8"))
    ]
    assert writers == ["activity/exporting.py", "lib/spreadsheets.py"]
    assert all("disarm_formula(" in (ROOT / file).read_text(encoding="utf-8") for file in writers)
