"""Translations: texts are collected from Python and Jinja2, and compiled for gettext, all by Babel.

`python -m lib.devtools.translations` compiles, with `--update` after collecting; with `--check` it names what is
missing. Needs the environment, unlike the rest of this package.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

LANGUAGES = ("de",)
DOMAIN = "django"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
VALUE = re.compile(r"%\((\w+)\)|(?<!%)%([sd])")
SHOWN = 25  # shortcomings; more would hide the rest of a report
COMMENT_TAGS = ["Translators:"]
SKIPPED = {".venv", "var", "bench", "tests", "devtools", "node_modules"}
DJANGO_TAG = re.compile(r"""{%\s*trans(?:late)?\s+(["'])(.+?)\1""")
DJANGO_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b(.*?)%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktrans(?:late)?\s*%}",
    re.DOTALL,
)
DJANGO_VALUE = re.compile(r"{{\s*(\w+).*?}}")


def catalogue_paths(root: Path) -> list[Path]:
    return sorted((root / "locale").glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def needs_compiling(root: Path) -> bool:
    return any(_is_newer(path) for path in catalogue_paths(root))


def _is_newer(path):
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def compile_all(root: Path) -> None:
    """Write each catalogue that changed in the form gettext reads."""
    from babel.messages import mofile, pofile  # noqa: PLC0415 -- this package starts without the environment

    for path in catalogue_paths(root):
        if _is_newer(path):
            with open(path, "rb") as file:
                catalogue = pofile.read_po(file, domain=DOMAIN)
            temporary = path.with_suffix(".mo.new")
            with open(temporary, "wb") as file:
                mofile.write_mo(file, catalogue)
            temporary.replace(path.with_suffix(".mo"))


def collect(root: Path):
    """Every text of the code and the templates, as a catalogue without translations."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415 -- this package starts without the environment
    from babel.messages.extract import extract_from_file  # noqa: PLC0415 -- as above

    catalogue = Catalog(project="Cairn", charset="utf-8", copyright_holder="The Cairn contributors")
    for path, method in _sources(root):
        name = path.relative_to(root).as_posix()
        if method == "django":
            for message in _texts_of_django_template(path):
                catalogue.add(message, locations=[(name, None)])
            continue
        options = {
            "extensions": "jinja2.ext.i18n,jinja2.ext.do",
            "trimmed": "true",
            "silent": "false",
        }
        found = extract_from_file(
            method, path, KEYWORDS, COMMENT_TAGS, options if method == "jinja2" else None
        )
        for _line, message, comments, context in found:
            catalogue.add(
                message, locations=[(name, None)], auto_comments=comments, context=context
            )
    return catalogue


def update_all(root: Path) -> list[str]:
    """Bring every language's catalogue up to date with the code; says what is left to translate."""
    from babel.messages import pofile  # noqa: PLC0415 -- this package starts without the environment
    from babel.messages.catalog import Catalog  # noqa: PLC0415 -- as above

    template = collect(root)
    report = []
    for language in LANGUAGES:
        path = root / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = Catalog(
            locale=language,
            project="Cairn",
            version="1",
            header_comment=f"# Cairn in {language}. Texts are collected by ./dev translate.",
            last_translator="The Cairn contributors",
            language_team="The Cairn contributors",
            msgid_bugs_address="the project's issues",
            revision_date=datetime.now(UTC),
            fuzzy=False,
        )
        if path.exists():
            with open(path, "rb") as file:
                catalogue = pofile.read_po(file, locale=language, domain=DOMAIN)
        before = {(message.id, message.context) for message in catalogue if message.id}
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        with open(path, "wb") as file:
            pofile.write_po(
                file,
                catalogue,
                width=100,
                omit_header=False,
                ignore_obsolete=True,
                sort_by_file=True,
            )
        after = {(message.id, message.context) for message in catalogue if message.id}
        missing = len(_untranslated(catalogue))
        report.append(
            f"{language}: {len(after)} texts, {len(after - before)} new, {len(before - after)} gone, {missing} to translate"
        )
    return report


def shortcomings(root: Path) -> list[str]:
    """What is missing, outdated or untranslated in the catalogues; empty when they are complete."""
    from babel.messages import pofile  # noqa: PLC0415 -- this package starts without the environment

    wanted = {(message.id, message.context) for message in collect(root) if message.id}
    problems = []
    for language in LANGUAGES:
        path = root / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        if not path.exists():
            problems.append(f"{language}: no catalogue; run ./dev translate")
            continue
        with open(path, "rb") as file:
            catalogue = pofile.read_po(file, locale=language, domain=DOMAIN)
        there = {(message.id, message.context) for message in catalogue if message.id}
        problems += [
            f"{language}: not collected, run ./dev translate: {_shown(item)}"
            for item in wanted - there
        ]
        problems += [
            f"{language}: no longer used, run ./dev translate: {_shown(item)}"
            for item in there - wanted
        ]
        problems += [
            f"{language}: not translated: {_shown((text, None))}"
            for text in _untranslated(catalogue)
        ]
        problems += [
            f"{language}: other values than the text has: {_shown((text, None))}"
            for text in _with_other_values(catalogue)
        ]
    return sorted(problems)


def _sources(root):
    for folder in sorted(
        path for path in root.iterdir() if path.is_dir() and path.name not in SKIPPED
    ):
        if folder.name.startswith("."):
            continue
        for path in sorted(folder.rglob("*")):
            if SKIPPED & set(path.relative_to(root).parts):
                continue
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, "python"
            elif folder.name == "templates" and path.suffix in {".html", ".txt"}:
                is_django = path.is_relative_to(folder / "django")
                yield path, "django" if is_django else "jinja2"


def _texts_of_django_template(path):
    """The few pages of the other engine, whose tags Babel cannot read."""
    source = path.read_text(encoding="utf-8")
    texts = [text for _quote, text in DJANGO_TAG.findall(source)]
    for options, *forms in DJANGO_BLOCK.findall(source):
        forms = [DJANGO_VALUE.sub(r"%(\1)s", form.replace("%", "%%")) for form in forms if form]
        if "trimmed" in options.split():
            forms = [" ".join(line.strip() for line in form.split("\n")).strip() for form in forms]
        texts.append(tuple(forms) if len(forms) > 1 else forms[0])
    return texts


def _untranslated(catalogue):
    """Texts without a translation, or with one that nobody has confirmed."""
    missing = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message.id)
    return missing


def _with_other_values(catalogue):
    """Texts whose translation names a value that is not there, or leaves one out; a plural form may."""
    wrong = []
    for message in catalogue:
        if not message.id or not message.string:
            continue
        is_plural = isinstance(message.id, (list, tuple))
        sources, targets = (
            (message.id, message.string) if is_plural else ([message.id], [message.string])
        )
        wanted = set(VALUE.findall(" ".join(sources)))
        found = [set(VALUE.findall(text)) for text in targets if text]
        if any(names - wanted or (names != wanted and not is_plural) for names in found):
            wrong.append(message.id)
    return wrong


def _shown(item):
    text = item[0][0] if isinstance(item[0], (list, tuple)) else item[0]
    return repr(text if len(text) < 80 else f"{text[:77]}…")


def main(arguments: list[str]) -> int:
    root = Path(__file__).resolve().parents[2]
    if "--check" in arguments:
        problems = shortcomings(root)
        print("\n".join(problems[:SHOWN]))
        if len(problems) > SHOWN:
            print(f"… and {len(problems) - SHOWN} more")
        return 1 if problems else 0
    if "--update" in arguments:
        print("\n".join(update_all(root)))
    compile_all(root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
