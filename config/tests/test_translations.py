"""Every text goes through translation, German is complete, and German pages speak no English."""

import ast
import re
from html.parser import HTMLParser

import pytest
from babel.messages import pofile
from django.apps import apps
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.test import Client
from django.utils.functional import Promise
from jinja2 import Environment, nodes

from config.access import access_to, addresses
from config.samples import Samples, sample_path
from config.seeding.canary import seed_canary
from lib.devtools import translations
from tenancy.context import organization_context
from users.models import User

ROOT = settings.BASE_DIR
TEMPLATES = ROOT / "templates"

#: Pages of examples, seen in development alone.
EXAMPLES = {"components_page.html", "components/_prose_example.html"}
#: Names, which are the same in every language, and words for browsers.
NOT_TRANSLATED = {"Cairn", "CSV", "XLSX", "English", "Deutsch", "light dark", "avatar avatar-"}
#: Classes of the style sheets, and attributes that a macro writes.
FOR_BROWSERS = re.compile(r"(.* )?(is|btn)-[a-z]+|[a-z-]+=\".*\"")

WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-Z][a-z]+|.*[a-z]+ [a-z]+")
TRANSLATED_BLOCK = re.compile(r"{%\s*blocktrans.*?{%\s*endblocktrans\w*\s*%}", re.DOTALL)
VALUE = re.compile(r"%\(\w+\)[sd]")
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}
SILENT_TAGS = {"script", "style", "svg", "code"}
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
#: Arguments and attributes of Python code that readers see.
SPOKEN_KEYWORDS = {
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "short_description",
    "violation_error_message",
    "empty_label",
    "description",
}
SPOKEN_CALLS = re.compile(r"messages\.\w+|.*(ValidationError|message_user|PermissionDenied)")


FLOORS = (
    *("tenancy", "users", "courses", "content", "enrollments", "progress"),
    *("agenda", "bulk", "certificates", "billing"),
)
#: Kept for the machine, on no page.
UNSEEN_FIELDS = {
    "id",
    "html",
    "description_html",
    "outline_version",
    "search_vector",
    "secret_hash",
}


class Spoken(HTMLParser):
    """The texts that a page shows or reads out, one by one, and its language."""

    def __init__(self, source):
        super().__init__()
        self.texts, self.language = [], None
        self._silent, self._foreign = 0, []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "html":
            self.language = attrs.get("lang")
        elif self._foreign or (attrs.get("lang") or self.language) != self.language:
            self._foreign.append(tag)
        self._silent += tag in SILENT_TAGS
        is_button = tag == "input" and attrs.get("type") in ("submit", "button", "reset")
        names = SPOKEN_ATTRIBUTES | ({"value"} if is_button else set())
        self._hear(*(attrs[name] for name in names & attrs.keys()))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self._silent -= tag in SILENT_TAGS
        if self._foreign and tag == self._foreign[-1]:
            self._foreign.pop()

    def handle_data(self, data):
        if not self._silent:
            self._hear(data)

    def _hear(self, *texts):
        if not self._foreign:
            self.texts += [" ".join(text.split()) for text in texts if text and text.strip()]


def literal_parts(path):
    """What a template says itself: its text without the tags of its language."""
    source = path.read_text(encoding="utf-8")
    if path.is_relative_to(TEMPLATES / "django"):
        return "".join(
            token.contents if token.token_type is TokenType.TEXT else " "
            for token in Lexer(TRANSLATED_BLOCK.sub("", source)).tokenize()
        )
    parts = []
    for _line, kind, value in page_language().lexer.tokeniter(source, None):
        if kind == "data":
            parts.append(value)
        elif kind == "variable_begin":  # "<{{ heading }}>" is a tag, whichever
            parts.append("x" if parts and parts[-1].endswith(("<", "/")) else " ")
    return "".join(parts)


def page_language():
    return Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True
    )


def texts_in_expressions(path):
    """Sentences that a template hands to a component without translating them."""
    tree = page_language().parse(path.read_text(encoding="utf-8"))
    translated = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATORS
        for argument in call.args
        for constant in (argument, *argument.find_all(nodes.Const))
    }
    return [
        constant.value
        for constant in tree.find_all(nodes.Const)
        if isinstance(constant.value, str)
        and id(constant) not in translated
        and SENTENCE.match(constant.value)
    ]


def untranslated_in(path):
    found = [text for text in Spoken(literal_parts(path)).texts if WORD.search(text)]
    if not path.is_relative_to(TEMPLATES / "django"):
        found += texts_in_expressions(path)
    return [
        text
        for text in found
        if text.strip(" ·") not in NOT_TRANSLATED and not FOR_BROWSERS.fullmatch(text)
    ]


def untranslated_python(source):
    """Plain texts where readers see them: labels, messages, refusals."""
    found = []
    for node in ast.walk(ast.parse(source)):
        plain = []
        if isinstance(node, ast.Call):
            plain = [word.value for word in node.keywords if word.arg in SPOKEN_KEYWORDS]
            if SPOKEN_CALLS.fullmatch(ast.unparse(node.func)):
                plain += node.args
        elif isinstance(node, ast.Assign):
            names = {ast.unparse(target).rpartition(".")[2] for target in node.targets}
            plain = [node.value] if names & SPOKEN_KEYWORDS else []
        found += [
            (node.lineno, value.value)
            for value in plain
            if isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and WORD.search(value.value)
        ]
    return found


def templates():
    return [
        path
        for path in sorted(TEMPLATES.rglob("*"))
        if path.suffix in {".html", ".txt"}
        and path.relative_to(TEMPLATES).as_posix() not in EXAMPLES
    ]


def test_german_is_complete():
    assert translations.shortcomings(ROOT) == []


def test_templates_say_nothing_untranslated():
    found = {path.relative_to(ROOT).as_posix(): untranslated_in(path) for path in templates()}
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ _('Fine') }} {{ name }}</p>", []),
        ("<p>{{ name }} is here</p>", ["is here"]),
        ('<img alt="A tree" {% if x %}class="big"{% endif %}>', ["A tree"]),
        ('<{{ h }} class="big">{{ _("Fine") }}</{{ h }}>', []),
        ('{{ ring(3, "Progress of all") }}', ["Progress of all"]),
        ('{{ ring(3, _("Progress of all") if x else _("Progress")) }}', []),
    ],
)
def test_look_at_templates_sees_planted_texts(tmp_path, source, found):
    path = tmp_path / "page.html"
    path.write_text(source)
    assert untranslated_in(path) == found


def test_python_says_nothing_untranslated_to_readers():
    found = {
        path.relative_to(ROOT).as_posix(): untranslated_python(path.read_text(encoding="utf-8"))
        for path, kind in translations._sources(ROOT)
        if kind == "python" and "management" not in path.parts
    }
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_look_at_python_sees_planted_texts():
    source = 'messages.error(request, "No.")\nfield(label="A name", help_text=_("Fine"))'
    assert untranslated_python(source) == [(1, "No."), (2, "A name")]


def test_fields_have_names_for_readers():
    nameless = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in FLOORS
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if not isinstance(field.verbose_name, Promise) and field.name not in UNSEEN_FIELDS
    ]
    assert nameless == []


@pytest.fixture(scope="module")
def english():
    """Matches a text of ours that has another wording in German."""
    assert not translations.needs_compiling(ROOT), "run ./dev translate"
    path = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
    with open(path, "rb") as file:
        catalogue = pofile.read_po(file, locale="de", domain="django")
    sources, targets = set(), set()
    for message in catalogue:
        if message.id:
            sources |= set(message.id if message.pluralizable else [message.id])
            targets |= set(message.string if message.pluralizable else [message.string])
    patterns = [
        ".+".join(re.escape(piece.replace("%%", "%")) for piece in VALUE.split(text))
        for text in sources - targets
        if len(VALUE.sub("", text)) > 4  # "%(value)s of %(total)s" is also many a name
    ]
    return re.compile("|".join(patterns))


def client_of(canary, role, language):
    client = Client(SERVER_NAME=canary.host)
    if role:
        with organization_context(canary.organization):
            client.force_login(User.objects.get(pk=canary.accounts[role]["id"]))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def pages_of(canary):
    with organization_context(canary.organization):
        samples = Samples.of_current_organization()
        for address in addresses():
            access = access_to(address.name)
            path = sample_path(address, access, samples)
            if path and "GET" in access.methods:
                yield path
    yield from ("/nowhere/", "/courses/?q=nothinglikethis")


def page_of(client, path):
    """What the address says; None where it leads on, or answers with a file or a part of a page."""
    response = client.get(path)
    if response.streaming:  # read to its end, where the client closes the file
        b"".join(response.streaming_content)
        return None
    if not response.get("Content-Type", "").startswith("text/html"):
        return None
    page = Spoken(response.content.decode())
    return page if page.language else None


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "least"), [(None, 10), ("student", 12), ("admin", 60)])
def test_german_pages_speak_no_english(english, role, least):
    canary = seed_canary()
    with organization_context(canary.organization):
        User.objects.update(language="")
    first, reader = client_of(canary, role, "en"), client_of(canary, role, "de")
    heard, wrong = 0, {}
    for path in pages_of(canary):
        if not path.startswith("/admin/"):
            page_of(first, path)  # what is kept of it must not speak to the next reader
        page = page_of(reader, path)
        if page is None:
            continue
        heard += 1
        foreign = [text for text in page.texts if english.fullmatch(text)]
        if foreign or page.language != "de":
            wrong[path] = (page.language, foreign)
    assert wrong == {}
    assert heard >= least


@pytest.mark.django_db
def test_english_page_is_found_english(english):
    page = page_of(client_of(seed_canary(), None, "en"), "/accounts/login/")
    assert page.language == "en"
    assert {"Sign in", "Forgot your password?"} <= {
        text for text in page.texts if english.fullmatch(text)
    }
