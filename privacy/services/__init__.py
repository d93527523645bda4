"""Copies of personal data, and wishes for its erasure."""

from privacy.services.erasures import (
    ErasureRefused,
    approve_erasure,
    carry_out_erasure,
    reject_erasure,
    request_erasure,
    withdraw_erasure,
)
from privacy.services.exports import (
    ExportUnderWay,
    make_export,
    note_download,
    request_export,
    sweep_exports,
)

__all__ = [
    "ErasureRefused",
    "ExportUnderWay",
    "approve_erasure",
    "carry_out_erasure",
    "make_export",
    "note_download",
    "reject_erasure",
    "request_erasure",
    "request_export",
    "sweep_exports",
    "withdraw_erasure",
]
