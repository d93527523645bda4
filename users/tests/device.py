"""A device that makes and shows passkeys as a browser would, or as somebody who cheats."""

import json
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG
HOST = "harbor.localhost"


class Device:
    def __init__(self, identifier=b"credential-one"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.identifier, self.counter = identifier, 0
        self.origin, self.host = f"http://{HOST}", HOST
        self.is_verified = True

    def make(self, question):
        """The answer to the question for a new passkey, as the form sends it."""
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.identifier, public)
        data = self._data(credential)
        return self._answer(
            question,
            "webauthn.create",
            attestationObject=websafe_encode(AttestationObject.create("none", data, {})),
        )

    def show(self, question, user):
        """The answer to the question for a passkey."""
        data = self._data()
        said = self._said(question, "webauthn.get")
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            question,
            "webauthn.get",
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(signature),
            userHandle=websafe_encode(str(user.pk).encode()),
        )

    def _data(self, credential=None):
        flags = FLAG.USER_PRESENT | (FLAG.USER_VERIFIED if self.is_verified else 0)
        flags |= FLAG.ATTESTED if credential else 0
        host = sha256(self.host.encode()).digest()
        return AuthenticatorData.create(host, flags, self.counter, credential or b"")

    def _said(self, question, kind):
        challenge = question["publicKey"]["challenge"]
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, question, kind, **response):
        identifier = websafe_encode(self.identifier)
        response["clientDataJSON"] = websafe_encode(self._said(question, kind))
        answer = {"id": identifier, "rawId": identifier, "type": "public-key", "response": response}
        return {"credential": json.dumps(answer)}
