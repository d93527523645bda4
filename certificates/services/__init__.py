"""Every change to certificates and to what they look like."""

from certificates.services.designs import prepare_signature, reset_design, save_design
from certificates.services.issuing import issue, issue_missing, missing, reissue
from certificates.services.revoking import (
    CertificateRefused,
    restore,
    revoke,
    revoke_for_reopening,
    show_name,
)

__all__ = [
    "CertificateRefused",
    "issue",
    "issue_missing",
    "missing",
    "prepare_signature",
    "reissue",
    "reset_design",
    "restore",
    "revoke",
    "revoke_for_reopening",
    "save_design",
    "show_name",
]
