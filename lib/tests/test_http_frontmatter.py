import pytest

from lib import frontmatter
from lib.http import safe_redirect_url


@pytest.mark.parametrize("url", ["/courses/", "http://testserver/x?y=1", "//testserver/x"])
def test_safe_redirect_url_stays_on_the_host(rf, url):
    assert safe_redirect_url(rf.get("/"), url, "/home/") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:///evil",
    ],
)
def test_safe_redirect_url_falls_back(rf, url):
    assert safe_redirect_url(rf.get("/"), url, "/home/") == "/home/"


def test_safe_redirect_url_keeps_https(rf):
    request = rf.get("/", secure=True)
    assert safe_redirect_url(request, "http://testserver/", "/home/") == "/home/"


def test_split_takes_the_head_off():
    text = "---\ntitle: Über Git\ntags: [a, b]\n---\n# Body\n---\nrest"

    assert frontmatter.split(text) == (
        {"title": "Über Git", "tags": ["a", "b"]},
        "# Body\n---\nrest",
    )


@pytest.mark.parametrize(
    "text", ["", "plain", "---\nnever closed", "\n---\na: 1\n---\n", "----\na: 1\n"]
)
def test_split_leaves_text_without_a_head(text):
    assert frontmatter.split(text) == ({}, text)


def test_join_is_undone_by_split():
    values = {"title": "Größe: 1", "order": 3, "tags": ["x", "y: z"]}

    assert frontmatter.split(frontmatter.join(values, "body\n")) == (values, "body\n")
    assert frontmatter.join({}, "body") == "body"


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("a: 1\nb: [", 4),
        ("- list", 2),
        ("1: number", 2),
        ("a: &x [1]\nb: *x", 2),
        ("ok: 1\na: 2026-13-45", 2),
        ("a: !!python/object/apply:os.system [id]", 2),
        ("a: " + "[" * 50, 2),
        ("a: \x00", 2),
        ("a: " + "x" * 70_000, 1),
    ],
)
def test_split_names_the_line_of_an_error(head, line):
    with pytest.raises(ValueError, match=f"^Line {line}: "):
        frontmatter.split(f"---\n{head}\n---\n")
