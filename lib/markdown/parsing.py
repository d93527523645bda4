"""From Markdown to raw HTML: which syntax is known, and what keeps a hostile text from taking for ever."""

import re
import time
from functools import lru_cache
from html import escape, unescape

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from lib.markdown.highlighting import highlight

MAX_BYTES = 500_000
MAX_SECONDS = 5  # of this thread's CPU time; an honest text of 500 KB needs about two
MAX_NESTING = 40  # of Markdown: quotes and lists within each other; deeper content is left out
MAX_TAG_DEPTH = 300  # of HTML
MAX_HTML = 10_000_000  # characters, before cleaning

_NESTING_TAG = re.compile(
    r"<(/?)(?:a|abbr|b|bd[io]|blockquote|cite|code|del|details|dfn|div|dl|em|figure|i|ins|kbd|mark|ol|pre|q|ruby"
    r"|s|samp|section|small|span|strong|su[bp]|table|time|u|ul|var)\b",
    re.IGNORECASE,
)

ADMONITIONS = ("note", "tip", "important", "warning", "caution", "info", "danger")
_ALIASES = {"hint": "tip", "attention": "warning", "error": "danger", "success": "tip"}


class TooComplex(ValueError):
    """This text is small enough and still takes too long to lay out."""


def to_raw_html(text: str, mark: str) -> str:
    """Raw, unsafe HTML. Ids of our own start with `mark`. Raises ValueError and TooComplex."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise ValueError(_("This text is longer than %(size)d KB.") % {"size": MAX_BYTES // 1000})
    env = {"mark": mark, "deadline": time.thread_time() + MAX_SECONDS}
    try:
        html = _parser().render(text, env)
    except RecursionError as error:
        raise _too_complex() from error
    if len(html) > MAX_HTML or _is_nested_too_deeply(html):
        raise _too_complex()
    return html


def _is_nested_too_deeply(html):
    """Whether tags that are opened and never closed pile up, which costs cleaner and browser dearly."""
    depth = 0
    for closing in _NESTING_TAG.findall(html):
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > MAX_TAG_DEPTH:
            return True
    return False


def _too_complex():
    return TooComplex(_("This text is nested too deeply or too intricate to lay out. Simplify it."))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark",
        {
            "html": True,
            "linkify": True,
            "maxNesting": MAX_NESTING,
            "tasklists": True,
            "alerts": True,
            "highlight": highlight,
        },
    ).enable(["table", "strikethrough", "linkify"])
    # Only what says http:// becomes a link by itself: "README.md" and "index.py" are files here.
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.use(footnote_plugin, inline=False).use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_labels=False)
    parser.inline.ruler.at("math_inline", _math_inline)
    parser.use(admon_plugin).use(
        container_plugin, "admonition", validate=_is_admonition, render=_render_container
    )
    parser.block.ruler.before("table", "deadline", _watch_deadline, {"alt": ["paragraph"]})
    parser.inline.ruler.before("text", "deadline", _watch_deadline)
    parser.core.ruler.push("arrange", _arrange)
    for name, rule in _RENDER_RULES.items():
        parser.add_render_rule(name, rule)
    return parser


# `$a+b$`, but not the prices in "$5 and $10": no space inside the signs, no digit outside.
_MATH = re.compile(r"\$(?![\s$])((?:[^$\\]|\\.)+)(?<!\s)\$(?![\d$])", re.DOTALL)


def _math_inline(state, silent):
    # The plugin's own rule takes the end of a text for what stands before its beginning.
    if state.src[state.pos] != "$" or (state.pos and state.src[state.pos - 1].isdigit()):
        return False
    match = _MATH.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = match.group(1), "$"
    state.pos = match.end()
    return True


def _watch_deadline(state, *args):
    if time.thread_time() > state.env["deadline"]:
        raise _too_complex()
    return False


# Admonitions: `> [!NOTE]`, `:::note Title` and `!!! note "Title"` all become the same box.
def _kind_of(name):
    name = name.lower()
    name = _ALIASES.get(name, name)
    return name if name in ADMONITIONS else ""


def _title_of(kind):
    return {
        "note": _("Note"),
        "tip": _("Tip"),
        "important": _("Important"),
        "warning": _("Warning"),
        "caution": _("Caution"),
        "info": _("Info"),
        "danger": _("Danger"),
    }[kind]


def _box_open(kind, title=""):
    head = f'<p class="admonition-title">{escape(title or _title_of(kind))}</p>\n'
    return f'<div class="admonition admonition-{kind}" role="note">\n{head}'


def _is_admonition(params, *args):
    return bool(_kind_of(params.strip().split(" ", 1)[0]))


def _render_container(self, tokens, index, options, env):
    if tokens[index].nesting < 0:
        return "</div>\n"
    name, _space, title = tokens[index].info.strip().partition(" ")
    return _box_open(_kind_of(name), title.strip().strip('"'))


def _render_alert_open(self, tokens, index, options, env):
    return _box_open(_kind_of(tokens[index].meta["kind"]))


def _render_admonition_open(self, tokens, index, options, env):
    # What is no kind of ours ("!!! faq") is still a note with that word as its title.
    tag = tokens[index].meta["tag"]
    title = tokens[index].content
    kind = _kind_of(tag)
    if kind and title.lower() == tag:
        title = ""
    return _box_open(kind or "note", title)


def _arrange(state):
    """What is easier to change in tokens than in HTML: own titles, alignment, lone images."""
    tokens, kept, skipping = state.tokens, [], ""
    for index, token in enumerate(tokens):
        if token.type in ("alert_title_open", "admonition_title_open"):
            skipping = token.type.replace(
                "_open", "_close"
            )  # the boxes write their titles themselves
        if not skipping:
            kept.append(token)
        elif token.type == skipping:
            skipping = ""
        if token.type in ("th_open", "td_open") and "style" in token.attrs:
            align = str(token.attrs.pop("style")).rpartition(":")[2]
            token.attrs["class"] = {"right": "text-end", "center": "text-center"}.get(
                align, "text-start"
            )
        if token.type == "inline" and _is_lone_image(token) and not tokens[index - 1].hidden:
            _make_figure(tokens, index)
    state.tokens = kept


def _is_lone_image(token):
    children = [child for child in token.children or [] if child.content.strip() or child.tag]
    kinds = [child.type for child in children]
    return kinds in (["image"], ["link_open", "image", "link_close"])


def _make_figure(tokens, index):
    before, inline, after = tokens[index - 1], tokens[index], tokens[index + 1]
    if before.type != "paragraph_open" or after.type != "paragraph_close":
        return
    before.tag = after.tag = "figure"
    image = next(child for child in inline.children if child.type == "image")
    image.meta = {"caption": image.attrs.pop("title", "")}
    after.meta = image.meta


def _render_figure_close(self, tokens, index, options, env):
    caption = (tokens[index].meta or {}).get("caption")
    head = f"<figcaption>{escape(str(caption))}</figcaption>" if caption else ""
    return head + self.renderToken(tokens, index, options, env)


def _render_task(self, tokens, index, options, env):
    item = self.renderToken(tokens, index, options, env)
    if not tokens[index].meta or "checked" not in tokens[index].meta:
        return item
    is_done = tokens[index].meta["checked"]
    return item + (
        '<span class="task-box is-done">☑</span> '
        if is_done
        else '<span class="task-box">☐</span> '
    )


# Footnotes, with ids of our own.
def _render_footnote_ref(self, tokens, index, options, env):
    number, sub = tokens[index].meta["id"] + 1, tokens[index].meta.get("subId", 0)
    mark, ending = env["mark"], f"-{sub}" if sub else ""
    return (
        f'<sup class="footnote-ref"><a href="#{mark}note-{number}" '
        f'id="{mark}noteref-{number}{ending}">{number}</a></sup>'
    )


def _render_footnotes_open(self, tokens, index, options, env):
    return '<section class="footnotes">\n<ol>\n'


def _render_footnote_open(self, tokens, index, options, env):
    return f'<li id="{env["mark"]}note-{tokens[index].meta["id"] + 1}">'


def _render_footnote_anchor(self, tokens, index, options, env):
    number, sub = tokens[index].meta["id"] + 1, tokens[index].meta.get("subId", 0)
    ending = f"-{sub}" if sub else ""
    return (
        f' <a class="footnote-back" href="#{env["mark"]}noteref-{number}{ending}" '
        f'title="{escape(_("Back to the text"))}">↩</a>'
    )


# Frames and players from elsewhere are not embedded: the page offers the link instead.
_EMBED = re.compile(
    r"<\s*(?:iframe|embed|object|video|audio|source)\b([^<>]{0,4000})>", re.IGNORECASE
)
_EMBED_END = re.compile(r"</\s*(?:iframe|embed|object|video|audio|source)\s*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(src|data|title)\s*=\s*(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'<>]{1,2000}))""",
    re.IGNORECASE,
)


def _replace_embed(match):
    values = {}
    for name, *quoted in _ATTRIBUTE.findall(match.group(1)):
        values.setdefault(name.lower(), unescape(next(filter(None, quoted), "")))
    address = values.get("src") or values.get("data")
    if not address:
        return ""
    return f'<a href="{escape(address)}">{escape(values.get("title") or address)}</a>'


def _render_raw(self, tokens, index, options, env):
    return _EMBED_END.sub("", _EMBED.sub(_replace_embed, tokens[index].content))


def _render_math(self, tokens, index, options, env):
    content = escape(tokens[index].content.strip("\n"))
    if tokens[index].type == "math_inline":
        return f'<span class="math">${content}$</span>'
    return f'<div class="math">$${content}$$</div>\n'


def _render_code_block(self, tokens, index, options, env):
    return highlight(tokens[index].content, "", "")


def _render_fence(self, tokens, index, options, env):
    language = unescapeAll(tokens[index].info).strip().split(maxsplit=1)
    return highlight(tokens[index].content, language[0] if language else "", "")


_RENDER_RULES = {
    "alert_open": _render_alert_open,
    "admonition_open": _render_admonition_open,
    "paragraph_close": _render_figure_close,
    "list_item_open": _render_task,
    "footnote_ref": _render_footnote_ref,
    "footnote_block_open": _render_footnotes_open,
    "footnote_open": _render_footnote_open,
    "footnote_anchor": _render_footnote_anchor,
    "html_block": _render_raw,
    "html_inline": _render_raw,
    "math_inline": _render_math,
    "math_block": _render_math,
    "code_block": _render_code_block,
    "fence": _render_fence,
}
