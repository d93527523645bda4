import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from lib import contrast

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TOKEN = re.compile(r"--([a-z-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\);")
THEMES = ("light", "dark")
GROUNDS = ("paper", "surface", "sunken")
TONES = ("brand", "accent", "good", "warn", "bad")
CODE = ("keyword", "string", "number", "function", "class", "comment", "operator")

#: Every text and the ground it stands on.
TEXT_PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "muted", "brand", "brand-strong", "bad")
        for ground in GROUNDS
    ),
    *((tone, ground) for tone in ("accent", "good", "warn") for ground in ("paper", "surface")),
    *((text, f"{tone}-tint") for text in ("ink", "muted") for tone in TONES),
    *((tone, f"{tone}-tint") for tone in TONES),
    ("brand-strong", "brand-tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-bad", "bad"),
    ("on-bad", "bad-strong"),
    ("ink", "code-mark"),
    *((f"code-{name}", "sunken") for name in CODE),
    *((f"code-{name}", "code-mark") for name in CODE),
]
#: Borders of fields, and shapes that carry meaning without being text.
SHAPE_PAIRS = [
    *(("line-strong", ground) for ground in ("paper", "surface")),
    *((tone, "line") for tone in ("brand", "good")),
    *((tone, f"{tone}-tint") for tone in TONES),
]


def tokens():
    css = (CSS / "tokens.css").read_text()
    return {name: dict(zip(THEMES, colors, strict=True)) for name, *colors in TOKEN.findall(css)}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "needed"), [(TEXT_PAIRS, 4.5), (SHAPE_PAIRS, 3.0)])
def test_every_pair_of_tokens_can_be_read(theme, pairs, needed):
    known = tokens()

    weak = {
        (one, other): round(contrast.ratio(known[one][theme], known[other][theme]), 2)
        for one, other in pairs
        if contrast.ratio(known[one][theme], known[other][theme]) < needed
    }

    assert weak == {}


def test_every_color_token_is_checked():
    checked = {name for pair in TEXT_PAIRS + SHAPE_PAIRS for name in pair}

    assert set(tokens()) - checked == set()


def test_no_style_sheet_brings_a_text_color_of_its_own():
    names = {"cairn.css", "frames.css", "prose.css"}

    colored = {
        name: re.findall(r"(?<![-\w])color: #\w+", (CSS / name).read_text()) for name in names
    }

    assert colored == {name: [] for name in names}


def test_every_token_that_is_used_exists():
    css = "".join(path.read_text() for path in CSS.glob("*.css"))
    declared = set(re.findall(r"(--[a-z0-9-]+)\s*:", css))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", css))

    assert {name for name in used - declared if not name.startswith("--bs-")} == set()


def test_surfaces_and_texts_are_those_of_the_style_sheet():
    known = tokens()

    for theme in THEMES:
        for name, color in {**contrast.SURFACES[theme], **contrast.TEXTS[theme]}.items():
            assert known[name][theme] == color


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#FFFFFF", 21.0), ("#FFFFFF", "#ffffff", 1.0), ("#767676", "#FFFFFF", 4.54)],
)
def test_ratio_is_that_of_wcag(one, other, expected):
    assert contrast.ratio(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast.ratio(other, one) == contrast.ratio(one, other)


@pytest.mark.parametrize("color", ["", "red", "#FFF", "#12345", "#GGGGGG", "#1234567", "#123456;}"])
def test_ratio_refuses_what_is_no_color(color):
    with pytest.raises(ValueError, match="is not a colour"):
        contrast.ratio(color, "#FFFFFF")


def test_mix_lays_a_share_of_a_color_on_a_ground():
    assert contrast.mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert contrast.mix("#123456", "#FFFFFF", 1) == "#123456"


@pytest.mark.parametrize(
    "brand",
    [
        "#0B6B63",
        "#000000",
        "#7B1FA2",
        "#1A55B0",
        "#B3261E",
        "#0000FF",
        "#5D4037",
        "#006400",
        "#C2185B",
    ],
)
def test_derive_gives_two_themes_in_which_everything_can_be_read(brand):
    theme = contrast.derive(brand)

    assert theme.light.brand == brand
    for name, palette in (("light", theme.light), ("dark", theme.dark)):
        grounds = [*contrast.SURFACES[name].values(), palette.brand_tint]
        for color in (palette.brand, palette.brand_strong):
            assert min(contrast.ratio(color, ground) for ground in grounds) >= 4.5
            assert contrast.ratio(palette.on_brand, color) >= 4.5
        for text in contrast.TEXTS[name].values():
            assert contrast.ratio(text, palette.brand_tint) >= 4.5


def test_every_color_is_refused_or_derives_a_theme_that_passes():
    steps = range(0, 256, 51)
    for red, green, blue in ((r, g, b) for r in steps for g in steps for b in steps):
        brand = f"#{red:02X}{green:02X}{blue:02X}"
        problems = contrast.brand_problems(brand)
        theme = contrast.derive(problems[0].suggestion if problems else brand)
        for name, palette in (("light", theme.light), ("dark", theme.dark)):
            ground = [*contrast.SURFACES[name].values(), palette.brand_tint]
            assert min(contrast.ratio(palette.brand, color) for color in ground) >= 4.5
            assert contrast.ratio(palette.on_brand, palette.brand) >= 4.5


@pytest.mark.parametrize("brand", ["#FFE600", "#FFFFFF", "#8BC34A", "#FF8A80"])
def test_a_pale_brand_is_refused_with_a_reason_and_a_color_that_does(brand):
    (problem,) = contrast.brand_problems(brand)

    assert problem.code == "too_pale"
    assert brand in problem.text
    assert problem.suggestion in problem.text
    assert contrast.brand_problems(problem.suggestion) == ()
    with pytest.raises(contrast.BrandRefused) as refused:
        contrast.derive(brand)
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize("brand", ["", "teal", "#FFF", "#00000g", "</style>", "#000000\n"])
def test_a_brand_that_is_no_color_is_refused(brand):
    (problem,) = contrast.brand_problems(brand)

    assert (problem.code, problem.suggestion) == ("not_a_color", "")


def test_validate_brand_speaks_to_forms():
    contrast.validate_brand("#0B6B63")

    with pytest.raises(ValidationError, match="too pale") as refused:
        contrast.validate_brand("#FFE600")
    assert refused.value.error_list[0].code == "too_pale"


def test_theme_css_names_the_four_tokens_of_the_brand():
    rows = TOKEN.findall(contrast.theme_css("#7B1FA2"))

    assert [name for name, *_ in rows] == ["brand", "brand-strong", "brand-tint", "on-brand"]
    assert rows[0][1] == "#7B1FA2"


@pytest.mark.parametrize("brand", ["#FFE600", "</style><script>", "#000000;} body{display:none"])
def test_theme_css_leaves_a_refused_color_out(brand):
    css = contrast.theme_css(brand)

    assert "{" not in css
    assert "<" not in css
