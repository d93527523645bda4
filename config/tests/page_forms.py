"""The forms of a page as a browser would send them."""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from config.seeding.canary import PASSWORD
from tenancy.context import organization_context

NEW_PASSWORD = "a lantern on the harbor wall"  # noqa: S105 -- of nobody
PRESENT = {"password", "oldpassword"}  # fields that ask for the password one has

UNSENT = {"button", "file", "image", "reset", "submit"}
SAMPLES = {
    "color": "#0B6B63",
    "date": "2030-05-06",
    "datetime-local": "2030-05-06T07:08",
    "email": "somebody@example.org",
    "number": "3",
    "search": "Something",
    "tel": "+49 40 1234",
    "text": "Something",
    "textarea": "Something",
    "time": "07:08",
    "url": "https://example.org/",
}


@dataclass
class PageForm:
    """`fields` are the values that would be sent; `names` all names that the form could send."""

    action: str
    method: str
    names: set[str] = field(default_factory=set)
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def put(self, name, value):
        self.fields.setdefault(name, []).append(value)


def browser_of(canary, person) -> Client:
    """Somebody who has signed in and proved a moment ago who they are; a guest for None."""
    client = Client(SERVER_NAME=canary.host)
    if person is None:
        return client
    with organization_context(person.organization_id):
        client.force_login(person)
        session = client.session
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [proof]
        session.save()
    return client


@contextmanager
def undone():
    """A block whose writes are taken back, and what it left in the cache, such as the session."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()


def forms_on(client, found) -> list[PageForm]:
    """The forms of a page that change something, filled in; what looking wrote is undone."""
    with undone():
        response = client.get(found)
        read = response.streaming_content if response.streaming else [response.content]
        html = b"".join(read).decode(errors="replace")
    forms = forms_of(html)
    for form in forms:
        form.fields |= {name: [password_for(name)] for name in form.names if "password" in name}
        pressed = next((button for button in form.buttons if button[0]), None)
        if pressed:
            form.fields[pressed[0]] = [pressed[1]]
    return forms


def password_for(name):
    return PASSWORD if name in PRESENT else NEW_PASSWORD


def forms_of(html: str, *, method="post") -> list[PageForm]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [form for form in reader.forms if form.method == method]


class _Reader(HTMLParser):
    """Fills what is empty with a sample of its kind; of a list it takes what is chosen, else the first."""

    def __init__(self):
        super().__init__()
        self.forms, self.by_id = [], {}
        self.form = self.select = self.textarea = None

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.form = PageForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.form)
            self.by_id[given.get("id")] = self.form
        form = self.by_id.get(given["form"]) if "form" in given else self.form
        name = given.get("name", "")
        if form is None:
            return
        if tag == "option" and self.select:
            self._option(given)
        if not name or "disabled" in given:
            return
        if tag == "input":
            self._input(form, name, given)
        elif tag == "textarea":
            form.names.add(name)
            form.texts.append(name)
            self.textarea = [form, name, ""]
        elif tag == "select":
            form.names.add(name)
            self.select = [form, name, "multiple" in given, [], []]
        elif tag == "button" and given.get("type", "submit") == "submit":
            form.names.add(name)
            form.buttons.append((name, given.get("value", "")))

    def _input(self, form, name, given):
        kind, value = given.get("type", "text").lower(), given.get("value", "")
        form.names.add(name)
        if kind == "file":
            form.files.append(name)
        elif kind == "submit":
            form.buttons.append((name, value))
        elif kind in ("checkbox", "radio"):
            if "checked" in given or ("required" in given and name not in form.fields):
                form.put(name, value or "on")
        elif kind not in UNSENT:
            if kind in SAMPLES:
                form.texts.append(name)
                value = value or SAMPLES[kind]
            form.put(name, value)

    def _option(self, given):
        _form, _name, _multiple, chosen, offered = self.select
        value = given.get("value", "")
        offered.append(value)
        if "selected" in given:
            chosen.append(value)

    def handle_data(self, data):
        if self.textarea:
            self.textarea[2] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.textarea:
            form, name, text = self.textarea
            form.put(name, text.strip() or SAMPLES["textarea"])
            self.textarea = None
        elif tag == "select" and self.select:
            form, name, multiple, chosen, offered = self.select
            filled = [value for value in chosen if value] or [value for value in offered if value]
            for value in chosen if multiple else filled[:1]:
                form.put(name, value)
            self.select = None
