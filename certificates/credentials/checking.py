"""Whether a credential holds: how it is built, who signed it, and whether the organization still stands by it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from certificates.credentials.keys import is_signed_by
from certificates.credentials.reading import Presented
from certificates.models import Certificate, SigningKey
from tenancy.context import acting_for_everyone
from tenancy.models import Domain

DATA_MODEL = re.compile(r"https://www\.w3\.org/(ns/credentials/v2|2018/credentials/v1)")
OPEN_BADGES = re.compile(
    r"https://(purl\.imsglobal\.org/spec/ob/v3p0|imsglobal\.github\.io/openbadges-specification)/"
    r"context(-3\.0\.\d+)?\.json"
)
BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
CREDENTIAL_ID = re.compile(
    r"urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
)


class Outcome(StrEnum):
    VALID = "valid"  #: signed by this organization, which stands by it
    REVOKED = "revoked"
    REPLACED = "replaced"
    BROKEN = "broken"  #: not built as it must be, over, or changed by somebody
    FOREIGN = "foreign"  #: well built, and not this organization's to confirm


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out, the sentences that say why, and what the credential says of itself."""

    outcome: Outcome
    problems: tuple[str, ...] = ()
    title: str = ""
    issuer: str = ""
    name: str = ""
    completed_on: date | None = None


def check(presented: Presented, *, now: datetime) -> Verdict:
    """Judge what was brought to the current organization."""
    problems = tuple(problems_of(presented.credential, now=now))
    if problems:
        return _verdict(Outcome.BROKEN, presented, problems)
    key = _key_of(presented)
    if key is None and not _names_us(presented.credential):
        return _verdict(Outcome.FOREIGN, presented)
    if key is None or not is_signed_by(presented.token, key):
        problem = _("It names this organization, which did not sign it as it is now.")
        return _verdict(Outcome.BROKEN, presented, (problem,))
    return _verdict(_standing(presented.credential), presented)


def problems_of(credential: dict, *, now: datetime) -> Iterator[str]:
    """What is wrong with how a credential is built, in words for whoever presented it."""
    contexts = _as_list(credential.get("@context"))
    if not (contexts and _fits(DATA_MODEL, contexts[0])):
        yield _("It does not name the data model of verifiable credentials.")
    if not any(_fits(OPEN_BADGES, context) for context in contexts):
        yield _("It does not name Open Badges 3.0 as its vocabulary.")
    types = _texts(credential.get("type"))
    if "VerifiableCredential" not in types or BADGE_TYPES.isdisjoint(types):
        yield _("It is no credential of the type Open Badge.")
    if not _issuer_id(credential):
        yield _("It does not say who issued it.")
    subject = credential.get("credentialSubject")
    if not isinstance(subject, dict) or "AchievementSubject" not in _texts(subject.get("type")):
        yield _("It does not say whose achievement it is.")
    yield from _problems_of_evidence(credential)
    yield from _problems_of_time(credential, now)


def _problems_of_evidence(credential):
    for evidence in _as_list(credential.get("evidence")):
        if not isinstance(evidence, dict) or "Evidence" not in _texts(evidence.get("type")):
            yield _("It carries evidence of an unknown type.")
            return


def _problems_of_time(credential, now):
    begins = _moment(credential.get("validFrom") or credential.get("issuanceDate"))
    ends_text = credential.get("validUntil") or credential.get("expirationDate")
    ends = _moment(ends_text)
    if begins is None or (ends_text and ends is None):
        yield _("It does not say from when, or until when, it holds.")
    elif begins > now:
        yield _("It does not hold yet.")
    if ends and ends < now:
        yield _("It is no longer valid: its time is over.")


def _key_of(presented) -> SigningKey | None:
    """The organization's key that the token names, by the last part of its address."""
    kid = presented.header.get("kid") if presented.header else None
    if not isinstance(kid, str):
        return None
    return SigningKey.objects.filter(kid=kid.rstrip("/").rpartition("/")[2][:64]).first()


def _names_us(credential) -> bool:
    """Whether the issuer is at one of the organization's host names."""
    try:
        host = urlsplit(_issuer_id(credential)).hostname
    except ValueError:
        return False
    return Domain.objects.filter(host=host or "").exists()


def _standing(credential) -> Outcome:
    """What became of the certificate that the credential tells of."""
    known = CREDENTIAL_ID.fullmatch(str(credential.get("id")))
    if known is None:
        return Outcome.BROKEN
    with acting_for_everyone():
        certificate = Certificate.objects.filter(pk=UUID(known[1])).first()
    # What it certified is gone with its record; nobody can stand by it any more.
    return Outcome(certificate.state) if certificate else Outcome.REVOKED


def _verdict(outcome, presented, problems=()):
    credential = presented.credential
    subject = credential.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    issuer = credential.get("issuer")
    return Verdict(
        outcome,
        problems,
        title=_text(achievement.get("name") or credential.get("name")),
        issuer=_text(issuer.get("name") if isinstance(issuer, dict) else issuer),
        name=_name_in(subject),
        completed_on=_day(subject.get("activityEndDate")),
    )


def _name_in(subject):
    for identity in _as_list(subject.get("identifier")):
        if (
            isinstance(identity, dict)
            and identity.get("identityType") == "name"
            and not identity.get("hashed")
        ):
            return _text(identity.get("identityHash"))
    return ""


def _issuer_id(credential):
    issuer = credential.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def _moment(value) -> datetime | None:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _day(value) -> date | None:
    try:
        return parse_date(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value):
    return value[:300] if isinstance(value, str) else ""


def _texts(value):
    return {item for item in _as_list(value) if isinstance(item, str)}


def _as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _fits(pattern, value):
    return isinstance(value, str) and pattern.fullmatch(value) is not None
