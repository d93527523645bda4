"""The conversation with an OpenID Connect provider: authorization code with PKCE, state and nonce.

Every answer of a provider is doubted: types, signature, issuer, audience, times and nonce here, addresses and
sizes in `users.provider_requests`.
"""

import secrets
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, urlencode

from django.utils.crypto import constant_time_compare

from users.provider_requests import ProviderFailed, ask, check_scheme

MAX_SUBJECT = 150  # characters of the id by which a provider knows a person
CLOCK_TOLERANCE = 60  # seconds by which a provider's clock may differ
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid email profile"
DISCOVERY = "/.well-known/openid-configuration"


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
        return configuration_of(self.server_url)

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


def configuration_of(server_url: str) -> dict:
    """What a provider says of itself. Raises ProviderFailed."""
    server = server_url.rstrip("/")
    configuration = ask(f"{server}{DISCOVERY}")
    if str(configuration.get("issuer", "")).rstrip("/") != server:
        raise ProviderFailed("The discovery names another issuer.")
    return configuration


def check_reachable(server_url: str) -> None:
    """Ask a provider what is asked before each sign-in. Raises ProviderFailed where it gives no answer."""
    address_in(configuration_of(server_url), "authorization_endpoint")


def address_in(configuration: dict, name: str) -> str:
    """An address that a provider's discovery names. Raises ProviderFailed."""
    address = configuration.get(name)
    if not isinstance(address, str):
        raise ProviderFailed(f"The discovery names no {name}.")
    check_scheme(address)
    return address
