"""Answers that carry a stored file: conditional, in ranges, and harmless whatever the file holds."""

import re
from dataclasses import dataclass

from django.core.files.storage import Storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

#: A file is never a page of ours: no script runs in it, and it loads nothing.
SANDBOX = "sandbox; default-src 'none'"
#: Browsers refuse to show a PDF in a sandbox; it has no script of ours to fear without one.
NOTHING_ELSE = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
CACHE = "private, max-age=31536000, immutable"
BLOCK = 64 * 1024

_INLINE = ("image/", "audio/", "video/")
_INLINE_TYPES = {"application/pdf", "text/vtt"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What an answer needs to know of a file: `name` in the storage, size in bytes, type, and its ETag."""

    name: str
    size: int
    mime: str
    etag: str
    download_name: str

    @property
    def is_shown(self) -> bool:
        """Whether a browser may show it; everything else, drawings that may hold script too, is saved."""
        if self.mime == "image/svg+xml":
            return False
        return self.mime.startswith(_INLINE) or self.mime in _INLINE_TYPES


def serve(request: HttpRequest, storage: Storage, file: StoredFile) -> HttpResponse:
    """The file, or the part that was asked for, or 304 where the browser has it. Http404 if it is gone."""
    response = _unchanged(request, file) or _content(request, storage, file)
    response["ETag"] = file.etag
    response["Cache-Control"] = CACHE
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    is_pdf = file.mime == "application/pdf"
    response["Content-Security-Policy"] = NOTHING_ELSE if is_pdf else SANDBOX
    return response


def _unchanged(request, file):
    response = get_conditional_response(request, etag=file.etag)
    return response if response is not None and response.status_code == 304 else None


def _content(request, storage, file):
    span = _wanted_range(request, file)
    if span == ():
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{file.size}"
        return response
    try:
        opened = storage.open(file.name)
    except (FileNotFoundError, OSError) as error:
        raise Http404 from error
    if span is None:
        response = FileResponse(opened, content_type=file.mime)
        response["Content-Length"] = str(file.size)
    else:
        start, end = span
        response = FileResponse(_Part(opened, start, end), status=206, content_type=file.mime)
        response["Content-Range"] = f"bytes {start}-{end}/{file.size}"
        response["Content-Length"] = str(end - start + 1)
    response["Content-Disposition"] = content_disposition_header(
        not file.is_shown, file.download_name
    )
    return response


def _wanted_range(request, file):
    """(first, last) byte, None for the whole file, () for a range that the file does not have.

    One range alone; several, or nonsense, are answered with the whole file, as the standard allows.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or not any(match.groups()):
        return None
    condition = request.headers.get("If-Range")
    if condition and condition != file.etag:
        return None
    first, last = match.groups()
    if len(first) > 18 or len(last) > 18:
        return ()
    if not first:
        length = int(last)
        return (max(file.size - length, 0), file.size - 1) if length and file.size else ()
    start, end = int(first), min(int(last) if last else file.size - 1, file.size - 1)
    if last and int(last) < start:
        return None
    return (start, end) if start < file.size else ()


class _Part:
    """A file from one byte to another."""

    def __init__(self, file, start, end):
        file.seek(start)
        self._file = file
        self._left = end - start + 1

    def read(self, size=BLOCK):
        data = self._file.read(min(self._left, size if size and size > 0 else self._left))
        self._left -= len(data)
        return data

    def close(self):
        self._file.close()
