"""The conversation with an OpenID Connect provider: authorization code with PKCE, state and nonce.

Every answer of a provider is doubted: addresses, sizes, types, signature, issuer, audience, times and nonce.
"""

import ipaddress
import json
import secrets
import socket
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

TIMEOUT = 5  # seconds for each answer of a provider
MAX_ANSWER = 256 * 1024  # bytes
MAX_SUBJECT = 150  # characters of the id by which a provider knows a person
CLOCK_TOLERANCE = 60  # seconds by which a provider's clock may differ
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid email profile"
DISCOVERY = "/.well-known/openid-configuration"


class ProviderFailed(Exception):
    """The provider could not be reached, or said something that cannot be believed. For the log."""


@dataclass(frozen=True)
class Question:
    """What is kept while a person is at the provider, to know the answer again."""

    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Question":
        return cls(nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        digest = sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Client:
    """The site as a provider knows it."""

    server_url: str
    client_id: str
    client_secret: str
    callback_url: str

    def authorization_url(self, question: Question, *, state: str) -> str:
        """Where the person is sent to sign in. Raises ProviderFailed."""
        endpoint = address_in(self._configuration(), "authorization_endpoint")
        values = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback_url,
            "scope": SCOPE,
            "state": state,
            "nonce": question.nonce,
            "code_challenge": question.challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(values)}"

    def claims_for(self, code: str, question: Question) -> dict:
        """What the provider says of the person who came back with `code`. Raises ProviderFailed."""
        configuration = self._configuration()
        tokens = self._tokens(configuration, code, question)
        claims = self._checked(configuration, tokens.get("id_token"), question)
        if "email" in claims or "userinfo_endpoint" not in configuration:
            return claims
        return claims | self._more_about(configuration, tokens, claims["sub"])

    def _configuration(self):
        server = self.server_url.rstrip("/")
        configuration = ask(f"{server}{DISCOVERY}")
        if str(configuration.get("issuer", "")).rstrip("/") != server:
            raise ProviderFailed("The discovery names another issuer.")
        return configuration

    def _tokens(self, configuration, code, question):
        values = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback_url,
            "code_verifier": question.verifier,
        }
        headers = {}
        methods = configuration.get("token_endpoint_auth_methods_supported")
        if isinstance(methods, list) and "client_secret_post" in methods:
            values |= {"client_id": self.client_id, "client_secret": self.client_secret}
        else:  # what the standard takes where nothing is said
            pair = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return ask(address_in(configuration, "token_endpoint"), values=values, headers=headers)

    def _checked(self, configuration, token, question):
        """The claims of an id token that was signed by this provider, for this site, just now."""
        import jwt  # noqa: PLC0415 -- costs megabytes, and only people who come by a provider need it

        if not isinstance(token, str):
            raise ProviderFailed("The answer holds no id token.")
        try:
            claims = jwt.decode(
                token,
                self._key_of(configuration, jwt.get_unverified_header(token)),
                algorithms=ALGORITHMS,
                audience=self.client_id,
                issuer=configuration["issuer"],
                leeway=CLOCK_TOLERANCE,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
            raise ProviderFailed(f"The id token does not hold: {error}") from error
        if not constant_time_compare(str(claims.get("nonce", "")), question.nonce):
            raise ProviderFailed("The id token answers another question.")
        is_shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (is_shared or "azp" in claims) and claims.get("azp") != self.client_id:
            raise ProviderFailed("The id token was made for another site.")
        subject = claims["sub"]
        if (
            not isinstance(subject, str)
            or not 0 < len(subject) <= MAX_SUBJECT
            or not subject.isprintable()
        ):
            raise ProviderFailed("The id token names nobody.")
        return claims

    def _key_of(self, configuration, header):
        from jwt import PyJWK  # noqa: PLC0415 -- as above

        keys = ask(address_in(configuration, "jwks_uri")).get("keys")
        usable = [
            key
            for key in (keys if isinstance(keys, list) else [])
            if isinstance(key, dict)
            and key.get("use", "sig") == "sig"
            and key.get("kty") in ("RSA", "EC")
            and ("kid" not in header or key.get("kid") == header["kid"])
        ]
        if not usable:
            raise ProviderFailed("The id token was signed with an unknown key.")
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise ProviderFailed("The id token was signed in a way that is not taken.")
        return PyJWK.from_dict(usable[0], algorithm=algorithm).key

    def _more_about(self, configuration, tokens, subject):
        """Name and e-mail from where many providers keep them; of the same person, or of nobody."""
        bearer = tokens.get("access_token")
        if not isinstance(bearer, str) or not bearer.isascii() or not bearer.isprintable():
            return {}
        headers = {"Authorization": f"Bearer {bearer}"}
        more = ask(address_in(configuration, "userinfo_endpoint"), headers=headers)
        if more.get("sub") != subject:
            raise ProviderFailed("The provider told of somebody else.")
        return more


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


_opener = build_opener(_NoRedirects, ProxyHandler({}))


def ask(address: str, *, values: dict | None = None, headers: dict | None = None) -> dict:
    """The JSON object at an address of a provider; with `values` by POST. Raises ProviderFailed."""
    check_address(address)
    data = urlencode(values).encode() if values is not None else None
    request = Request(address, data, {"Accept": "application/json", **(headers or {})})  # noqa: S310 -- checked above
    try:
        with _opener.open(request, timeout=TIMEOUT) as response:
            answer = response.read(MAX_ANSWER + 1)
    except HTTPError as error:
        error.close()
        raise ProviderFailed(f"{address} answered {error.code}.") from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise ProviderFailed(f"{address} did not answer: {error}") from error
    if len(answer) > MAX_ANSWER:
        raise ProviderFailed(f"{address} answered at great length.")
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed(f"{address} did not answer in JSON.") from error
    if not isinstance(found, dict):
        raise ProviderFailed(f"{address} answered with no object.")
    return found


def address_in(configuration: dict, name: str) -> str:
    """An address that a provider's discovery names. Raises ProviderFailed."""
    address = configuration.get(name)
    if not isinstance(address, str):
        raise ProviderFailed(f"The discovery names no {name}.")
    check_scheme(address)
    return address


def check_scheme(address: str) -> None:
    """Raise ProviderFailed for what is no https address; LOCAL_PROVIDERS allows http."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise ProviderFailed("This is no address.") from error
    schemes = ("https", "http") if settings.LOCAL_PROVIDERS else ("https",)
    if parts.scheme not in schemes or not host or parts.username or not address.isprintable():
        raise ProviderFailed(str(_("This must be an address that begins with https://.")))


def check_address(address: str) -> None:
    """Raise ProviderFailed for addresses inside our own network, which a provider has no business to name."""
    check_scheme(address)
    if settings.LOCAL_PROVIDERS:
        return
    try:
        parts = urlsplit(address)
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        raise ProviderFailed(f"{address} was not found.") from error
    if not all(ipaddress.ip_address(place[4][0].partition("%")[0]).is_global for place in found):
        raise ProviderFailed(f"{address} is not on the public network.")
