import pytest

from lib.markdown import (
    Heading,
    Image,
    ImageSource,
    Link,
    excerpt,
    plain_text,
    render,
    split_at_heading,
    top_level,
)


def html(text, **options):
    return render(text, **options).html


def test_headings_begin_at_h2_and_skip_no_level():
    text = "# A\n\n#### B\n\n##### C\n\n## D\n\n# E\n\n<h3>F</h3>\n"
    headings = [(heading.level, heading.text) for heading in render(text).headings]

    assert headings == [(2, "A"), (3, "B"), (4, "C"), (3, "D"), (2, "E"), (3, "F")]
    assert [heading.level for heading in render("### X\n\n# Y\n").headings] == [2, 2]


def test_heading_ids_are_unique_readable_and_prefixed():
    rendered = render(
        "# Größe `x`\n\n# Größe x\n\n# größe-x-2\n\n# 🎉\n\n# 日本\n", id_prefix="a1-"
    )

    assert [heading.id for heading in rendered.headings] == [
        "a1-größe-x",
        "a1-größe-x-2",
        "a1-größe-x-2-2",
        "a1-section",
        "a1-日本",
    ]
    assert '<h2 id="a1-größe-x">Größe <code>x</code></h2>' in rendered.html
    assert rendered.headings[0] == Heading(2, "a1-größe-x", "Größe x")


def test_empty_headings_are_left_out():
    rendered = render("#\n\n## \n\ntext\n\n# A\n")

    assert [heading.text for heading in rendered.headings] == ["A"]
    assert rendered.html.count("<h") == 1


def test_links_within_the_text_find_their_heading():
    rendered = render("[go](#-the-challenge) [lost](#nowhere)\n\n## 🚀 The Challenge\n")

    assert '<a href="#s-the-challenge">go</a>' in rendered.html
    assert rendered.links == (
        Link("#-the-challenge", "#s-the-challenge", False),
        Link("#nowhere", "", False),
    )


def test_external_links_are_marked():
    rendered = render("[a](https://example.com/?a=1&b=2) [b](/here) [c](//other) [d](mailto:a@b.c)")

    assert (
        '<a href="https://example.com/?a=1&amp;b=2" rel="noopener nofollow">a</a>' in rendered.html
    )
    assert '<a href="/here">b</a>' in rendered.html
    assert '<a href="//other" rel="noopener nofollow">c</a>' in rendered.html
    assert [link.is_external for link in rendered.links] == [True, False, True, False]


def test_only_written_addresses_become_links():
    assert (
        html("see https://example.com or README.md, index.py, a@b.c and www.x.org").count("<a ")
        == 1
    )


def test_resolve_link_moves_keeps_and_drops():
    moved = {"../2/README.md": "/lessons/2/", "gone.md": ""}
    rendered = render("[a](../2/README.md) [b](gone.md) [c](/c)", resolve_link=moved.get)

    assert rendered.html == '<p><a href="/lessons/2/">a</a> b <a href="/c">c</a></p>\n'
    assert rendered.links[0] == Link("../2/README.md", "/lessons/2/", False)


def test_what_a_resolver_returns_is_escaped():
    evil = '/"><script>alert(1)</script>'
    page = html("[a](b) ![c](d)", resolve_link=lambda href: evil, resolve_image=lambda src: evil)

    assert "<script" not in page


def test_images_are_lazy_and_sized():
    source = ImageSource("/media/1.webp", 640, 320, "/media/2.webp 1280w")
    rendered = render('text ![A "b"](a.png "T")', resolve_image={"a.png": source}.get)

    assert (
        '<img src="/media/1.webp" srcset="/media/2.webp 1280w" alt="A &quot;b&quot;" title="T" width="640" '
        'height="320" loading="lazy" decoding="async">'
    ) in rendered.html
    assert rendered.images == (Image("a.png", "/media/1.webp", 'A "b"'),)


def test_lone_image_is_a_figure_with_its_title_as_caption():
    page = html('![A](a.png "One <b>")\n\n[![B](b.png)](/b)\n\n- ![C](c.png "C")\n')

    assert "<figcaption>One &lt;b&gt;</figcaption></figure>" in page
    assert '<figure><a href="/b"><img src="b.png"' in page
    assert page.count("<figure>") == 2
    assert 'title="C"' in page


def test_missing_image_shows_its_alternative_text():
    rendered = render("![Map](gone.png) ![](x.png)", resolve_image=lambda src: None)

    assert '<span class="missing-image">Map</span>' in rendered.html
    assert '<span class="missing-image">An image is missing here.</span>' in rendered.html
    assert rendered.images[0] == Image("gone.png", "", "Map")


def test_raw_images_go_through_the_resolver_too():
    seen = []
    page = html(
        '<p align="center"><img src="a.png" width="300" height="x" style="x" onerror="y" srcset="z"></p>',
        resolve_image=lambda src: seen.append(src) or "/m/a.png",
    )

    assert seen == ["a.png"]
    assert '<img src="/m/a.png" alt="" width="300" loading="lazy" decoding="async">' in page


def test_tables_scroll_inside_themselves_and_align_by_class():
    page = html("|a|b|\n|:-:|--:|\n|1|2|\n\ntext\n\n|a|\n|-|\n|1|\n")

    assert (
        page.count('<div class="table-scroll" tabindex="0" role="region" aria-label="Table 1">')
        == 1
    )
    assert 'aria-label="Table 2"' in page
    assert '<th class="text-center">a</th>\n<th class="text-end">b</th>' in page
    assert "style" not in page


def test_code_is_highlighted_with_classes():
    page = html("```js\nlet a = '<b>';\n```\n\n```nonsense\n<i>\n```\n\n    plain\n")

    assert (
        '<div class="highlight" data-language="js"><pre tabindex="0"><code><span class="kd">let'
        in page
    )
    assert "&lt;b&gt;" in page
    assert (
        '<div class="highlight" data-language="nonsense"><pre tabindex="0"><code>&lt;i&gt;' in page
    )
    assert '<div class="highlight"><pre tabindex="0"><code>plain\n</code>' in page


def test_code_loses_no_character():
    code = "  if (a < b && c) {\n\n\treturn `${x}`; // ü 🎉\n  }\n"
    for language in ("js", "python", "html", "c#", "", "sh"):
        page = html(f"```{language}\n{code}```\n")
        assert plain_code(page) == code


def plain_code(page):
    import html as stdlib  # noqa: PLC0415 -- its name is taken by the helper above
    import re  # noqa: PLC0415 -- the same

    return stdlib.unescape(re.sub(r"<[^>]*>", "", page[: page.rindex("</code>")]))


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("> [!NOTE]\n> body *x*\n", "note", "Note"),
        ("> [!warning]\n> body *x*\n", "warning", "Warning"),
        (":::tip\nbody *x*\n:::\n", "tip", "Tip"),
        (":::caution Mind <the> gap\nbody *x*\n:::\n", "caution", "Mind &lt;the&gt; gap"),
        ('!!! danger "Hot"\n    body *x*\n', "danger", "Hot"),
        ("!!! hint\n    body *x*\n", "tip", "Tip"),
        ('!!! faq "Why?"\n    body *x*\n', "note", "Why?"),
    ],
)
def test_admonitions_of_three_dialects_are_one_box(text, kind, title):
    assert html(text) == (
        f'<div class="admonition admonition-{kind}" role="note">\n'
        f'<p class="admonition-title">{title}</p>\n<p>body <em>x</em></p>\n</div>\n'
    )


def test_plain_quotes_stay_quotes():
    assert html("> 🎥 Watch this\n") == "<blockquote>\n<p>🎥 Watch this</p>\n</blockquote>\n"
    assert "admonition" not in html(":::unknown\nx\n:::\n")


def test_task_lists_show_their_state_in_words():
    page = html("- [ ] a\n- [x] b\n")

    assert '<span class="task-box" role="img" aria-label="To do">☐</span> a' in page
    assert '<span class="task-box is-done" role="img" aria-label="Done">☑</span> b' in page
    assert "<input" not in page


def test_footnotes_lead_there_and_back():
    rendered = render("One[^x] two[^x]\n\n[^x]: Note\n", id_prefix="p-")

    for part in (
        '<a href="#p-note-1" id="p-noteref-1">1</a>',
        '<a href="#p-note-1" id="p-noteref-1-1">1</a>',
        '<li id="p-note-1">',
        'href="#p-noteref-1-1"',
    ):
        assert part in rendered.html
    assert rendered.text == "One two\nNote"
    assert rendered.links == ()


def test_definition_lists_and_strikethrough():
    assert "<dt>Term</dt>\n<dd>Meaning</dd>" in html("Term\n: Meaning\n")
    assert "<s>old</s>" in html("~~old~~")


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("$a<b$ and so", '<p><span class="math">$a&lt;b$</span> and so</p>\n'),
        ("$a$ costs $5 or $10", '<p><span class="math">$a$</span> costs $5 or $10</p>\n'),
        ("from $5 to $10", "<p>from $5 to $10</p>\n"),
        (r"\$a$ `$b$`", "<p>$a$ <code>$b$</code></p>\n"),
        ("$$\nx < y\n$$\n", '<div class="math">$$x &lt; y$$</div>\n'),
    ],
)
def test_math_stays_readable(text, page):
    assert html(text) == page


def test_frames_become_links():
    page = html('<iframe src="https://v.example/1?a=1&amp;b=2" title="Film"></iframe>')

    assert page.strip() == (
        '<a href="https://v.example/1?a=1&amp;b=2" rel="noopener nofollow">Film</a>'
    )
    assert html('<iframe src="javascript:alert(1)">x</iframe>').strip() == "javascript:alert(1)x"
    assert "<video" not in html('<video controls><source src="a.mp4"></video>')


def test_raw_html_keeps_what_is_harmless():
    text = '<details open><summary>More</summary>\n\n**x** <kbd>Ctrl</kbd> <abbr title="T">t</abbr>\n\n</details>'

    assert html(text).replace("\n", "") == (
        '<details open=""><summary>More</summary><p><strong>x</strong> <kbd>Ctrl</kbd> '
        '<abbr title="T">t</abbr></p></details>'
    )


@pytest.mark.parametrize(
    "text",
    [
        '<div id="main" class="modal position-fixed" style="top:0">x</div>',
        '<a id="s-note-1" name="x" href="/a" target="_blank" class="btn stretched-link">x</a>',
        '<form action="/evil"><input name="csrf"><button>x</button></form>',
        '<p data-bs-toggle="modal" hx-get="/evil" onclick="x" tabindex="5" contenteditable>x</p>',
        '<span class="task-boxer visually-hidden">x</span>',
    ],
)
def test_raw_html_cannot_take_the_page_over(text):
    page = html(text)

    for part in ("id=", "class=", "style", "<form", "<input", "<button", "hx-", "data-", "onclick"):
        assert part not in page
    for part in ("target", "name=", "tabindex", "contenteditable"):
        assert part not in page
    assert "x" in page


def test_plain_text_has_a_line_for_each_block():
    text = "# A &amp; B\n\nOne *two*\nthree\n\n- x\n- y\n\n|a|b|\n|-|-|\n|1|2|\n"

    assert render(text).text == "A & B\nOne two\nthree\nx\ny\na\nb\n1\n2"
    assert plain_text("<p>a<br>b</p><p>&lt;c&gt;</p>") == "a\nb\n<c>"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (100, "One two, three"),
        (14, "One two, three"),
        (13, "One two…"),
        (9, "One two…"),
        (5, "One…"),
        (1, "…"),
    ],
)
def test_excerpt_is_cut_between_words(length, text):
    assert excerpt("One  two,\nthree", length) == text
    assert len(excerpt("One two, three", length)) <= length


def test_excerpt_of_one_endless_word_is_cut_inside():
    assert excerpt("a" * 50, 10) == "a" * 9 + "…"


def test_empty_corner_of_a_table_is_no_head():
    html = render("| | ser |\n|---|---|\n| yo | soy |").html
    assert "<th></th>" not in html
    assert "<td></td>" in html
    assert "<th>ser</th>" in html


# Parts of what was rendered


def test_top_level_names_outermost_elements():
    text = "One  \ntwo ![pic](a.png)\n\n> ## Quoted\n\n---\n\n- # Listed\n\n## Heading\n\n<div title='a > b'>c</div>"
    html = render(text).html
    parts = [(name, html[start:end]) for name, start, end in top_level(html)]

    assert [name for name, _part in parts] == ["p", "blockquote", "hr", "ul", "h3", "div"]
    assert all(part.startswith(f"<{name}") and part.endswith(">") for name, part in parts)
    assert "\n".join(part for _name, part in parts) == html.strip()


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("Opening.\n\nMore.\n\n## Part\n\nText.", "Opening. More."),
        ("## First\n\nText.\n\n## Second\n\nText.", "First Text."),
        ("Opening.\n\n> ## Quoted\n\nEnd.", "Opening. Quoted End."),
        ("# Alone", "Alone"),
        ("", ""),
    ],
)
def test_split_at_heading(text, before):
    html = render(text).html
    opening, rest = split_at_heading(html)

    assert " ".join(plain_text(opening).split()) == before
    assert plain_text(f"{opening}\n{rest}") == plain_text(html)
    assert not rest or rest.startswith("<h")
