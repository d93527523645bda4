"""Markdown as authors write it, to HTML that is safe to store and to show.

Three steps: `parsing` reads Markdown into raw HTML, nh3 cleans that with the strict lists of `cleaning`,
and `finishing` walks the clean HTML once for headings, images, links and tables.
"""

import secrets
from collections.abc import Callable

from lib.markdown.blocks import split_at_heading, top_level
from lib.markdown.cleaning import clean
from lib.markdown.finishing import Finisher, Heading, Image, ImageSource, Link, Rendered
from lib.markdown.parsing import MAX_BYTES, TooComplex, to_raw_html
from lib.markdown.plain import excerpt, plain_text

__all__ = [
    "MAX_BYTES",
    "Heading",
    "Image",
    "ImageSource",
    "Link",
    "Rendered",
    "TooComplex",
    "excerpt",
    "plain_text",
    "render",
    "split_at_heading",
    "top_level",
]


def render(
    text: str,
    *,
    resolve_image: Callable[[str], ImageSource | str | None] | None = None,
    resolve_link: Callable[[str], str | None] | None = None,
    id_prefix: str = "s-",
) -> Rendered:
    """The text as safe HTML, with the headings, images and links that were found in it.

    `resolve_image(src)` turns a source as written into an address (or an ImageSource with width and
    height in pixels); None shows the alternative text instead. `resolve_link(href)` likewise; "" leaves
    the text without a link, None the link as it was. Both also see raw HTML, and only allowed schemes.
    Headings begin at h2 and skip no level. Their ids start with `id_prefix`, which has to differ
    between two texts on one page.

    Raises ValueError above 500 KB, and its subclass TooComplex for a text made to take for ever.
    """
    # Ids that we write carry a mark nobody can guess; every other id is an attempt to take one over.
    mark = f"m{secrets.token_hex(8)}"
    finisher = Finisher(mark, id_prefix, resolve_image, resolve_link)
    return finisher.finish(clean(to_raw_html(text, mark)))
