import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates import services
from certificates.credentials.checking import Outcome, check, problems_of
from certificates.credentials.keys import (
    KeyRetired,
    ensure_key,
    is_signed_by,
    key_in_use,
    rotate_key,
)
from certificates.credentials.making import credential_of
from certificates.credentials.reading import MAX_BYTES, Unreadable, read
from certificates.models import SigningKey
from certificates.tests.factories import NOW, certificate_for
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.links import organization_origin
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

TODAY = datetime(2026, 4, 1, tzinfo=UTC)

#: What the vectors of Open Badges 3.0 are: whole, or with one thing broken that shows without their keys.
WHOLE = {
    "complete.json",
    "credential-status-revoked.json",
    "simple-did-key-method.json",
    "simple-err-proof-value.json",
    "simple-json.png",
    "simple-json.svg",
    "simple-jwt.png",
    "simple-jwt.svg",
    "simple-multiple-proofs.json",
    "simple-noproof.json",
    "simple.1ob",
    "simple.json",
    "simple.jwt",
}
BROKEN = {
    "simple-err-context.json": "data model",
    "simple-err-evidence-type.json": "evidence of an unknown type",
    "simple-err-expired.json": "its time is over",
    "simple-err-issued.json": "does not hold yet",
    "simple-err-issuer.json": "who issued it",
    "simple-err-type.json": "type Open Badge",
}


#: A credential that is made of an entity.
BOMB = b"""<!DOCTYPE svg [<!ENTITY a "{}">]><svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">
<openbadges:credential>&a;</openbadges:credential></svg>"""


@pytest.fixture
def certificate(organization):
    return certificate_for(title="Knots")


@pytest.fixture
def token(certificate):
    return token_of(certificate)


def token_of(certificate):
    return credential_of(certificate, email="ada@example.org", origin=organization_origin())


def judge(text):
    return check(read(text.encode()), now=TODAY)


def parts_of(token):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def packed(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_own_credential_is_valid_and_says_what_the_paper_says(token):
    verdict = judge(token)

    assert verdict.outcome == Outcome.VALID
    assert (verdict.title, verdict.name, verdict.issuer) == ("Knots", "Ada Okafor", "Harbor School")


def test_credential_is_built_as_open_badges_asks(certificate, token):
    header, claims = parts_of(token)

    assert list(problems_of(claims, now=TODAY)) == []
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert header["kid"] == f"http://harbor.localhost/certificates/issuer/keys/{key_in_use().kid}/"
    assert claims["iss"] == claims["issuer"]["id"] == "http://harbor.localhost/certificates/issuer/"
    assert claims["jti"] == claims["id"] == f"urn:uuid:{certificate.pk}"
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["nbf"] == int(NOW.timestamp())
    assert claims["validFrom"] == "2026-03-15T08:00:00Z"
    assert "ada@example.org" not in json.dumps(claims)


def test_every_change_of_a_token_breaks_it(token):
    header, claims = parts_of(token)
    _head, body, signature = token.split(".")
    forged = [
        f"{packed(header)}.{packed(claims | {'name': 'Other'})}.{signature}",
        f"{packed(header | {'alg': 'none'})}.{body}.",
        f"{packed(header | {'alg': 'HS256'})}.{body}.{signature}",
        f"{packed(header | {'kid': 'unknown'})}.{body}.{signature}",
        f"{packed(header | {'kid': 7})}.{body}.{signature}",
        f"{packed({'alg': 'RS256'})}.{body}.{signature}",
        f"{packed(header)}.{body}.{signature[:-8]}AAAAAAAA",
    ]

    assert [judge(text).outcome for text in forged] == [Outcome.BROKEN] * len(forged)


def test_claims_without_a_signature_are_never_valid(token):
    _header, claims = parts_of(token)

    assert judge(json.dumps(claims)).outcome == Outcome.BROKEN
    claims["issuer"]["id"] = "https://elsewhere.example/issuer"
    assert judge(json.dumps(claims)).outcome == Outcome.FOREIGN


def test_revoked_and_replaced_credentials_are_told_apart(certificate, token):
    admin = UserFactory(role="admin")
    newer = services.reissue(certificate.pk, by=admin, now=NOW)
    newer_token = token_of(newer)
    services.revoke(newer.pk, reason="x", by=admin, now=NOW)

    assert judge(token).outcome == Outcome.REPLACED
    assert judge(newer_token).outcome == Outcome.REVOKED


def test_credential_of_another_organization_is_not_confirmed(token, other_organization):
    with organization_context(other_organization):
        assert judge(token).outcome == Outcome.FOREIGN


def test_former_key_still_checks_what_it_signed(token, organization):
    admin, former = UserFactory(role="admin"), key_in_use()

    newer = rotate_key(former.pk, by=admin, now=NOW)

    assert judge(token).outcome == Outcome.VALID
    assert key_in_use() == newer
    with pytest.raises(KeyRetired):
        rotate_key(former.pk, by=admin, now=NOW)


def test_private_key_is_stored_encrypted(organization):
    key = ensure_key()

    assert "PRIVATE" not in key.private_sealed
    assert set(key.public_jwk) == {"kty", "n", "e", "kid", "use", "alg"}
    assert not is_signed_by("a.b.c", key)


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_first_make_one_key():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)

    used = race(school, [ensure_key] * 3)

    with organization_context(school):
        assert set(used) == {SigningKey.objects.get()}


@pytest.mark.parametrize("name", sorted(WHOLE | BROKEN.keys()))
def test_vectors_of_open_badges_are_judged_by_how_they_are_built(name, organization, test_data):
    vector = Path(test_data("open-badges", "ob30", name))

    verdict = check(read(vector.read_bytes()), now=TODAY)

    if name in BROKEN:
        assert verdict.outcome == Outcome.BROKEN
        assert BROKEN[name] in " ".join(verdict.problems)
    else:
        assert verdict.outcome == Outcome.FOREIGN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"[]",
        b"null",
        b'{"a": "\\u0000"}',
        b"{" * 100_000,
        b"[" * 100_000,
        b"\xff\xfe",
        b"\x89PNG\r\n\x1a\nbroken",
        b"<svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        BOMB,
        b"a.b",
        b"W10.W10.x",
        b"x" * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_credential_is_refused_with_a_sentence(data):
    with pytest.raises(Unreadable):
        read(data)


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"@context": 7, "type": 7, "issuer": 7, "credentialSubject": 7, "validFrom": 7},
        {"@context": [{}], "type": [[]], "issuer": {"id": []}, "evidence": 7},
        {"validFrom": "2026-99-99T00:00:00Z", "validUntil": "never"},
        {"credentialSubject": {"identifier": 7, "achievement": 7}, "issuer": "http://[bad"},
        {"credentialSubject": {"activityEndDate": "2026-99-99"}},
    ],
)
def test_nonsense_is_judged_and_never_fails(credential, organization):
    verdict = judge(json.dumps(credential))

    assert verdict.outcome == Outcome.BROKEN


def test_page_checks_a_pasted_and_an_uploaded_credential(client, token):
    here = reverse("certificates:check")
    file = SimpleUploadedFile("badge.jwt", token.encode())

    for sent in ({"credential": token}, {"file": file}):
        answer = client.post(here, sent).content.decode()
        assert "This certificate is valid" in answer
        assert "Ada Okafor" in answer


def test_readers_find_issuer_keys_and_revocations(client, certificate, token):
    admin = UserFactory(role="admin")
    services.revoke(certificate.pk, reason="Copied.", by=admin, now=NOW)

    def told(name, *arguments):
        return client.get(reverse(f"certificates:{name}", args=arguments)).json()

    key = key_in_use()
    assert told("issuer")["id"] == "http://harbor.localhost/certificates/issuer/"
    assert told("keys") == {"keys": [key.public_jwk]}
    assert told("key", key.kid) == key.public_jwk
    assert told("revocations")["revokedCredential"] == [
        {"id": f"urn:uuid:{certificate.pk}", "revoked": True}
    ]
    assert client.get(reverse("certificates:key", args=["unknown"])).status_code == 404
