"""Credentials as people bring them: a token or JSON, pasted or in a file, also baked into a picture."""

import base64
import binascii
import io
import json
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree
from django.utils.translation import gettext as _
from PIL import Image

from lib.text import TextRefused, clean_json

MAX_BYTES = 1024 * 1024
BAKED = "openbadgecredential"  # keyword of the text chunk of a PNG
BAKED_SVG = "{https://purl.imsglobal.org/ob/v3p0}credential"
PNG = b"\x89PNG\r\n\x1a\n"


class Unreadable(ValueError):
    """This is no credential. The message tells a person what was expected."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What was brought: the credential as data, and the token that it came in ("" for plain JSON)."""

    credential: dict
    token: str = ""
    header: dict | None = None


def read(data: bytes) -> Presented:
    """The credential in a text or a file. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_("This is too large for a credential."))
    if data.startswith(PNG):
        data = _from_png(data)
    text = _text(data)
    if text.startswith("<"):
        text = _from_svg(text)
    if text.startswith("{"):
        return Presented(_object(text))
    return _from_token(text)


def _text(data):
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise _not_one() from error


def _from_png(data):
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            return image.text.get(BAKED, "").encode()
    except Exception as error:  # Pillow raises whatever a broken file makes of its decoders
        raise _not_one() from error


def _from_svg(text):
    try:
        root = ElementTree.fromstring(text)  # with a DTD, as badges have; without entities
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _not_one() from error
    baked = root.find(f".//{BAKED_SVG}")
    if baked is None:
        raise _not_one()
    return (baked.get("verify") or baked.text or "").strip()


def _from_token(text):
    token = "".join(text.split())
    parts = token.split(".")
    if len(parts) != 3:
        raise _not_one()
    header, claims = (_object(_decoded(part)) for part in parts[:2])
    inner = claims.get("vc")
    return Presented(inner if isinstance(inner, dict) else claims, token, header)


def _decoded(part):
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise _not_one() from error


def _object(text):
    try:
        value = clean_json(json.loads(text))
    except (ValueError, RecursionError, TextRefused) as error:
        raise _not_one() from error
    if not isinstance(value, dict):
        raise _not_one()
    return value


def _not_one():
    return Unreadable(
        _("This is no Open Badges credential: neither a token (three parts with dots) nor JSON.")
    )
