"""Markdown against other people's cases: the CommonMark examples, hostile text, texts made to be slow."""

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from lib.markdown import MAX_BYTES, TooComplex, parsing, render
from lib.markdown.cleaning import TAGS

ATTRIBUTES = {
    "alt", "aria-label", "class", "colspan", "data-language", "datetime", "decoding", "dir", "height", "href",
    "id", "lang", "loading", "open", "rel", "reversed", "role", "rowspan", "scope", "span", "src", "start",
    "tabindex", "title", "type", "value", "width",
}  # fmt: skip
CLASSES = re.compile(
    r"highlight|math|admonition(-title|-[a-z]+)?|text-(start|center|end)|table(-scroll)?|footnote[a-z-]*|task-box|"
    r"is-done|contains-task-list|task-list-item|missing-image|[a-z][a-z0-9]{0,2}|err|hll"
)
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*)\s*:", re.IGNORECASE)


class Inspector(HTMLParser):
    """Reads a page as a browser would, and keeps whatever has no business there."""

    def __init__(self):
        super().__init__()
        self.findings = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.findings.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.findings.append((tag, name))
            scheme = SCHEME.match(value or "") if name in ("href", "src") else None
            if scheme and scheme[1].lower() not in ("http", "https", "mailto", "tel"):
                self.findings.append((tag, name, value))
            if name == "id" and not value.startswith("s-"):
                self.findings.append((tag, name, value))
            if name == "class" and not all(map(CLASSES.fullmatch, value.split())):
                self.findings.append((tag, name, value))

    def handle_comment(self, data):
        self.findings.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def findings_in(page):
    inspector = Inspector()
    inspector.feed(page)
    inspector.close()
    return inspector.findings


def test_inspector_finds_what_it_looks_for():
    page = '<script>x</script><p onclick="x" id="main"><a href=" javascript:x">y</a><!-- z -->'

    assert len(findings_in(page)) == 5


def hostile_lines(test_data):
    folder = Path(test_data("hostile-text"))
    for path in sorted(folder.rglob("*.txt")):
        yield from path.read_bytes().decode("utf-8", "replace").split("\n")
    yield from json.loads((folder / "naughty-strings/blns.json").read_text("utf-8"))
    cases = Path(test_data("markdown-cases/markdown-it"))
    for path in sorted(cases.glob("*.txt")):
        yield from re.split(r"^\.$", path.read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize(
    "place",
    [
        "{}",
        "[x]({})",
        "![x](<{}>)",
        "<{}>",
        '<iframe src="{0}" title="{0}">',
        '!!! note "{0}"\n    {0}',
        "```{0}\n{0}",
    ],
)
def test_hostile_text_comes_out_harmless(test_data, place):
    lines = list(hostile_lines(test_data))
    assert len(lines) > 9_000
    for line in lines[:: 1 if place == "{}" else 4]:
        assert findings_in(render(place.replace("{0}", "{}").replace("{}", line)).html) == [], line


def test_cleaning_twice_changes_nothing_dangerous(test_data):
    for line in list(hostile_lines(test_data))[::5]:
        once = render(line).html
        assert findings_in(render(once).html) == []


def commonmark_examples(test_data):
    path = Path(test_data("markdown-cases/commonmark/spec-examples.json"))
    return json.loads(path.read_text("utf-8"))


def tidy(page):
    return re.sub(r"<blockquote>\s*</blockquote>", "<blockquote></blockquote>", page)


def test_parser_is_commonmark(test_data):
    parser = MarkdownIt("commonmark")
    examples = commonmark_examples(test_data)

    assert len(examples) == 655
    assert [
        example["example"]
        for example in examples
        if tidy(parser.render(example["markdown"])) != tidy(example["html"])
    ] == []


#: Examples in which we go another way on purpose, by section: lone images become figures, a written
#: address becomes a link.
OWN_WAY = {"Images": 17, "Links": 3, "Autolinks": 3}


def test_our_dialect_differs_from_commonmark_only_on_purpose(test_data):
    different = {}
    for example in commonmark_examples(test_data):
        page = parsing.to_raw_html(example["markdown"], "mark")
        page = re.sub(
            r'<div class="highlight"(?: data-language="([^"]*)")?><pre>(<code)>(.*?)</div>',
            lambda match: (
                f"<pre>{match[2]}"
                + (f' class="language-{match[1]}">' if match[1] else ">")
                + re.sub(r"</?span[^>]*>", "", match[3])
            ),
            page,
            flags=re.DOTALL,
        )
        if tidy(page).replace("&quot;", '"') != tidy(example["html"]).replace("&quot;", '"'):
            different[example["section"]] = different.get(example["section"], 0) + 1

    assert different == OWN_WAY


def test_every_text_of_a_real_course_is_rendered(test_data):
    texts = [
        path.read_text("utf-8")
        for path in Path(test_data("web-dev-for-beginners/course")).rglob("*.md")
    ]
    start = time.thread_time()
    for text in texts:
        rendered = render(text)
        assert findings_in(rendered.html) == []
        levels = [heading.level for heading in rendered.headings]
        assert not levels or levels[0] == 2
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert len(texts) > 60
    assert time.thread_time() - start < 10


def test_text_is_limited():
    with pytest.raises(ValueError, match="500 KB"):
        render("a" * (MAX_BYTES + 1))
    with pytest.raises(ValueError, match="500 KB"):
        render("ü" * (MAX_BYTES // 2 + 1))


def filled_with(unit, size=200_000):
    return unit * (size // len(unit))


@pytest.mark.parametrize(
    "unit",
    ["> ", "- ", "* * * a\n", "[", "![", "[a](", "*a **b _c ", "a**b", "`a", "<", "<a ", "<!", "<?", "<![CDATA[", "$a ",
     "$$", "~~a ", "[^", "[^1] ", "&#1;", "\\", "http://", "a:b://c ", "# a\n", "<div>\n", "<b>", "<a><b><i>",
     "<p><b>", "<table><tr><td>", "<iframe ", '<iframe src="', "|a", "a|b\n-|-\n", "a\n: b\n", "!!! note\n    ",
     ":::note\n", "```\n", "\x00", "\n", "[a](#b) ", "> [!NOTE]\n>", "- [ ] a\n", "![a](b)\n\n"],
)  # fmt: skip
def test_texts_made_to_be_slow_are_not(unit, monkeypatch):
    monkeypatch.setattr(parsing, "MAX_SECONDS", 1)
    start = time.thread_time()
    try:
        rendered = render(filled_with(unit))
    except TooComplex:
        rendered = None
    assert time.thread_time() - start < 5
    assert rendered is None or findings_in(rendered.html[:50_000].rpartition("<")[0]) == []


def test_slow_code_is_shown_plainly():
    code = filled_with("a=`${", 100_000)
    start = time.thread_time()
    page = render(f"```js\n{code}\n```").html
    assert time.thread_time() - start < 2
    assert "<span" not in page


def test_deep_html_is_refused():
    with pytest.raises(TooComplex, match="nested"):
        render("<div>" * 400)
    render("<p>a" * 5_000 + "<br>" * 5_000)
