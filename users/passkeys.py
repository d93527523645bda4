"""Passkeys: the questions a browser is asked, and whether its answers hold.

A question is kept in the session until it is answered, once. The library behind this is loaded when somebody
uses a passkey, and not before.
"""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http.request import split_domain_port
from django.utils.translation import gettext_lazy as _

from users.models import User

SESSION_KEY = "passkey_question"

NOT_ACCEPTED = _("This passkey was not accepted. Please try again.")
NOT_MADE = _("No passkey was made. Try again, or set up an app instead.")
KNOWN_ALREADY = _("This passkey is known already.")


class PasskeyRefused(Exception):
    """An answer that does not hold; the message is for people."""


def ask_for_new(request, user: User) -> dict:
    """The question that makes a browser create a passkey, as WebAuthn's JSON."""
    from fido2 import webauthn  # noqa: PLC0415 -- costs megabytes, and few people need it

    person = webauthn.PublicKeyCredentialUserEntity(
        id=str(user.pk).encode(), name=user.username, display_name=user.display_name
    )
    question, state = _server(request).register_begin(
        person,
        [passkey for _row, passkey in _passkeys_of(user)],
        resident_key_requirement=webauthn.ResidentKeyRequirement.PREFERRED,
        user_verification=webauthn.UserVerificationRequirement.PREFERRED,
    )
    _keep(request, "new", user, state)
    return dict(question)


def check_new(request, user: User, answer: dict) -> dict:
    """The passkey that the browser created, as it is stored. Raises PasskeyRefused."""
    from fido2.utils import websafe_encode  # noqa: PLC0415 -- as above
    from fido2.webauthn import RegistrationResponse  # noqa: PLC0415 -- as above

    state = _take(request, "new", user)
    created = _checked(lambda: RegistrationResponse.from_dict(answer))
    _checked(lambda: _server(request).register_complete(state, created))
    if Authenticator.objects.filter(
        type=Authenticator.Type.WEBAUTHN, data__credential__rawId=created.id
    ).exists():
        raise PasskeyRefused(KNOWN_ALREADY)
    return {
        "id": created.id,
        "rawId": created.id,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(created.response.client_data),
            "attestationObject": websafe_encode(created.response.attestation_object),
        },
    }


def ask(request, user: User | None = None) -> dict:
    """The question that makes a browser show a passkey: one of `user`, or, to sign in with it, anybody's."""
    from fido2.webauthn import UserVerificationRequirement  # noqa: PLC0415 -- as above

    known = [passkey for _row, passkey in _passkeys_of(user)] if user else []
    needed = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    question, state = _server(request).authenticate_begin(known, user_verification=needed)
    _keep(request, "show", user, state)
    return dict(question)


def check(request, answer: dict, user: User | None = None) -> Authenticator:
    """The passkey that the browser showed. Raises PasskeyRefused.

    Without `user` the passkey says itself whose it is, and has checked who holds it.
    """
    from fido2.webauthn import AuthenticationResponse  # noqa: PLC0415 -- as above

    state = _take(request, "show", user)
    passkeys = _passkeys_of(user or _owner(answer))
    shown = _checked(lambda: AuthenticationResponse.from_dict(answer))
    used = _checked(
        lambda: _server(request).authenticate_complete(
            state, [passkey for _row, passkey in passkeys], shown
        )
    )
    row = next(row for row, passkey in passkeys if passkey.credential_id == used.credential_id)
    _count(row, shown.response.authenticator_data.counter)
    return row


def _count(row, counter):
    """A counter that does not grow is that of a copy; many passkeys count nothing and send 0."""
    if counter and counter <= row.data.get("counter", 0):
        raise PasskeyRefused(NOT_ACCEPTED)
    row.data["counter"] = counter
    row.save(update_fields=["data"])


def _server(request):
    """The site under the name and address at which it was asked, and no other."""
    from fido2.server import Fido2Server  # noqa: PLC0415 -- as above
    from fido2.webauthn import PublicKeyCredentialRpEntity  # noqa: PLC0415 -- as above

    origin = f"{request.scheme}://{request.get_host()}"
    host, _port = split_domain_port(request.get_host())
    site = PublicKeyCredentialRpEntity(id=host, name=request.organization.name)
    return Fido2Server(site, verify_origin=lambda sent: sent == origin)


def _passkeys_of(user):
    from fido2.utils import websafe_decode  # noqa: PLC0415 -- as above
    from fido2.webauthn import AttestationObject  # noqa: PLC0415 -- as above

    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return [
        (row, AttestationObject(websafe_decode(stored)).auth_data.credential_data)
        for row in rows.select_related("user")
        for stored in [row.data["credential"]["response"]["attestationObject"]]
    ]


def _owner(answer):
    """The person whose id the passkey carries; None where it is nobody's here."""
    from fido2.utils import websafe_decode  # noqa: PLC0415 -- as above

    try:
        user_id = websafe_decode(answer["response"]["userHandle"]).decode()
        return User.objects.filter(pk=user_id).first()
    except (KeyError, TypeError, ValueError, ValidationError):
        return None


def _checked(verify):
    """What the library finds out about an answer; it stumbles over nonsense in many ways."""
    try:
        return verify()
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise PasskeyRefused(NOT_ACCEPTED) from error


def _keep(request, purpose, user, state):
    request.session[SESSION_KEY] = {
        "purpose": purpose,
        "user": str(user.pk) if user else "",
        "state": state,
    }


def _take(request, purpose, user):
    kept = request.session.pop(SESSION_KEY, None)
    expected = (purpose, str(user.pk) if user else "")
    if kept is None or (kept["purpose"], kept["user"]) != expected:
        raise PasskeyRefused(NOT_ACCEPTED)
    return kept["state"]
