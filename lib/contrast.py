"""Contrast after WCAG 2.2, and the theme that follows from an organization's brand colour.

Colours are texts like "#0B6B63". The surfaces are those of static/css/tokens.css, held together by a test.
"""

import colorsys
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: AA for text; 3.0 is enough for icons and borders.
TEXT_RATIO = 4.5
#: What a derived dark brand colour aims at: it is ours to choose, so choose it well.
DARK_RATIO = 6.0

#: What lies behind text, in each theme.
SURFACES = {
    "light": {"paper": "#FBFAF7", "surface": "#FFFFFF", "sunken": "#F4F1EA"},
    "dark": {"paper": "#14181B", "surface": "#1C2226", "sunken": "#101416"},
}
#: What is written on the tint of the brand colour, besides the brand colour itself.
TEXTS = {
    "light": {"ink": "#1D2327", "muted": "#56606A"},
    "dark": {"ink": "#E8ECEE", "muted": "#A3AEB5"},
}
HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Palette:
    """What one theme derives from the brand colour."""

    brand: str
    brand_strong: str
    brand_tint: str
    on_brand: str


@dataclass(frozen=True, slots=True)
class Theme:
    light: Palette
    dark: Palette


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a brand colour is refused, and the nearest colour that would do ("" when there is none to name)."""

    code: str
    text: str
    suggestion: str = ""


class BrandRefused(ValueError):
    """The brand colour cannot be read on our pages; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]):
        self.problems = problems
        super().__init__(" ".join(problem.text for problem in problems))


def luminance(color: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, whichever lies behind."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(color: str, ground: str, share: float) -> str:
    """`share` (0–1) of a colour on a ground."""
    pairs = zip(_parts(color), _parts(ground), strict=True)
    return _hex(part * share + below * (1 - share) for part, below in pairs)


def brand_problems(brand: str) -> tuple[Problem, ...]:
    """Why this brand colour cannot be used; empty when it can."""
    if not HEX.fullmatch(brand):
        text = _("“%(color)s” is not a colour. Write it like #0B6B63.") % {"color": brand[:20]}
        return (Problem("not_a_color", text),)
    worst = _worst(brand, SURFACES["light"].values())
    if worst >= TEXT_RATIO:
        return ()
    suggestion = _shifted(brand, SURFACES["light"].values(), TEXT_RATIO, lighter=False)
    text = _(
        "%(color)s is too pale to read on a light page: its contrast is %(ratio)s to 1, "
        "and links and buttons need %(needed)s to 1. %(suggestion)s is the nearest that does."
    ) % {
        "color": brand.upper(),
        # Rounded down, so that 4.49 does not read as enough.
        "ratio": int(worst * 10) / 10,
        "needed": TEXT_RATIO,
        "suggestion": suggestion,
    }
    return (Problem("too_pale", text, suggestion),)


def validate_brand(brand: str) -> None:
    """Field validator: ValidationError that says why a brand colour is refused."""
    if problems := brand_problems(brand):
        raise ValidationError([ValidationError(item.text, code=item.code) for item in problems])


def derive(brand: str) -> Theme:
    """Both themes from one brand colour. The light one keeps it as it is. Raises BrandRefused."""
    if problems := brand_problems(brand):
        raise BrandRefused(problems)
    bright = _shifted(brand, SURFACES["dark"].values(), DARK_RATIO, lighter=True)
    return Theme(light=_palette(brand.upper(), "light"), dark=_palette(bright, "dark"))


def theme_css(brand: str) -> str:
    """The style sheet that lays an organization's colour over tokens.css.

    A refused colour changes nothing: the page keeps the product's own, and the sheet says why.
    """
    try:
        theme = derive(brand)
    except BrandRefused:
        return "/* The brand colour cannot be read on these pages, so it is not used. */\n"
    rows = "".join(
        f"  --{name.replace('_', '-')}: light-dark({getattr(theme.light, name)}, {getattr(theme.dark, name)});\n"
        for name in Palette.__slots__
    )
    return f":root {{\n{rows}}}\n"


def _palette(brand, name):
    is_dark = name == "dark"
    ground = SURFACES[name]["surface"]
    strong = _scaled(brand, 1.0, 0.35) if is_dark else _scaled(brand, 0.78, 0.0)
    on_brand = mix(brand, "#000000", 0.15) if is_dark else "#FFFFFF"
    return Palette(brand, strong, _tint(brand, ground, TEXTS[name].values()), on_brand)


def _tint(brand, ground, texts):
    """The strongest pale ground on which the brand colour and all text can still be read."""
    for share in (0.14, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02):
        tint = mix(brand, ground, share)
        if _worst(tint, [brand, *texts]) >= TEXT_RATIO:
            return tint
    return ground


def _shifted(color, grounds, needed, *, lighter):
    """The nearest colour of the same hue, lighter or darker, that reaches the contrast on all grounds."""
    for step in range(101):
        shifted = (
            _scaled(color, 1.0, step / 100) if lighter else _scaled(color, 1 - step / 100, 0.0)
        )
        if _worst(shifted, grounds) >= needed:
            return shifted
    return "#FFFFFF" if lighter else "#000000"


def _scaled(color, factor, toward_white):
    """A colour with its lightness scaled by `factor`, then moved toward white; its hue stays."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(color))
    lightness *= factor
    lightness += (1 - lightness) * toward_white
    return _hex(colorsys.hls_to_rgb(hue, lightness, saturation))


def _worst(color, grounds):
    return min(ratio(color, ground) for ground in grounds)


def _parts(color):
    if not HEX.fullmatch(color):
        raise ValueError(f"{color!r} is not a colour like #0B6B63.")
    return tuple(int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))


def _hex(parts):
    return "#" + "".join(f"{round(min(1, max(0, part)) * 255):02X}" for part in parts)
