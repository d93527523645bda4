"""Code in colours: pygments with CSS classes, for the languages that lessons show."""

from functools import lru_cache
from html import escape

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

MAX_CODE = 20_000  # characters; longer listings are shown plainly
MAX_LINE = 1_000  # some lexers take quadratic time on a single endless line

_LANGUAGE_NAMES = """
    asm bash c c# c++ clojure cmake cpp cs csharp css dart diff docker dockerfile elixir erlang f# fsharp go
    golang graphql groovy haskell hcl html http ini java javascript js json jsonc jsx julia kotlin kt latex less
    lua make makefile markdown matlab md nginx objc objective-c ocaml perl php pl powershell ps1 py py3
    python python3 pycon r rb regex rs ruby rust sass scala scheme scss sh shell sql swift tex toml ts tsx typescript
    vb vue wasm xml yaml yml zig zsh console
"""
#: Languages by the name an author writes. Others are shown plainly, under their name.
LANGUAGES = frozenset(_LANGUAGE_NAMES.split())
_OTHER_NAMES = {"jsx": "javascript", "tsx": "typescript", "vue": "html", "jsonc": "json"}

#: Every class that pygments may put on a span.
CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)


def highlight(code: str, language: str, _attrs: str = "") -> str:
    """The code as `<div class="highlight" data-language="js"><pre><code>…`, escaped."""
    language = language.lower().strip("{}.")[:30]
    named = f' data-language="{escape(language)}"' if language else ""
    return f'<div class="highlight"{named}><pre><code>{_spans(code, language)}</code></pre></div>\n'


def _spans(code, language):
    lexer = _lexer(language)
    if lexer is None or len(code) > MAX_CODE or max(map(len, code.split("\n"))) > MAX_LINE:
        return escape(code, quote=False)
    parts, last, pending = [], "", []
    for kind, value in lex(code, lexer):
        name = _class_of(kind)
        if name != last and pending:
            parts.append(_span(last, "".join(pending)))
            pending = []
        last = name
        pending.append(value)
    parts.append(_span(last, "".join(pending)))
    return "".join(parts)


@lru_cache(maxsize=1_000)
def _class_of(kind):
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return STANDARD_TYPES[kind] if STANDARD_TYPES[kind] not in ("w", "n", "p") else ""


def _span(name, text):
    text = escape(text, quote=False)
    return f'<span class="{name}">{text}</span>' if name and text else text


@lru_cache(maxsize=200)
def _lexer(language):
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(
            _OTHER_NAMES.get(language, language), stripnl=False, ensurenl=False
        )
    except ClassNotFound:
        return None
