"""A sign-in provider for tests: a small server that answers as the standard says, or as a test wants it to lie."""

import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "cairn", "a secret: with signs"
DISCOVERY = "/.well-known/openid-configuration"

_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """`person` are the claims of who signs in there; `lies` replace claims, `says` whole answers by path."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person = {"sub": "4711", "email": "ada@example.org", "email_verified": True}
        self.lies, self.says, self.asked = {}, {}, []
        self.key, self.key_id, self.algorithm = _key, "first", "RS256"
        self.questions = {}
        self.tells_email_in_token = True

    def discovery(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
        }

    def sign_in(self, address):
        """What a person's browser does there: returns where it is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        self.questions["the-code"] = query
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?code=the-code&state={query['state']}"

    def id_token(self, query):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 60,
            "nonce": query["nonce"],
            "sub": self.person["sub"],
        }
        if self.tells_email_in_token:
            claims |= self.person
        claims |= self.lies
        claims = {name: value for name, value in claims.items() if value is not None}
        key = "x" * 64 if self.algorithm.startswith("HS") else self.key
        key = None if self.algorithm == "none" else key
        return jwt.encode(claims, key, self.algorithm, headers={"kid": self.key_id})

    def forge(self):
        """Sign with a key that the provider does not publish."""
        self.key = _other_key


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urlsplit(self.path).path
        answers = {
            DISCOVERY: self.server.discovery(),
            "/keys": {"keys": [public_key()]},
            "/userinfo": self.server.person,
        }
        if path == "/userinfo":
            assert self.headers["Authorization"] == "Bearer the-token"
        self.answer(path, answers.get(path, {}))

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        sent = {
            name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()
        }
        query = self.server.questions.pop(sent.get("code"), None)
        challenge = urlsafe_b64encode(sha256(sent.get("code_verifier", "").encode()).digest())
        is_right = (
            query is not None
            and challenge.rstrip(b"=").decode() == query["code_challenge"]
            and sent.get("redirect_uri") == query["redirect_uri"]
            and self.client() == f"{CLIENT_ID}:{CLIENT_SECRET}"
        )
        if not is_right:
            self.answer("/token", {"error": "invalid_grant"}, status=400)
            return
        tokens = {"access_token": "the-token", "token_type": "Bearer"}
        self.answer("/token", tokens | {"id_token": self.server.id_token(query)})

    def client(self):
        pair = self.headers.get("Authorization", "").partition(" ")[2]
        return unquote(b64decode(pair).decode())

    def answer(self, path, content, status=200):
        self.server.asked.append(path)
        said = self.server.says.get(path, content)
        if isinstance(said, tuple):
            status, said = said
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body.decode())
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Silent."""


def public_key():
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_key.public_key()))
    return key | {"kid": "first", "use": "sig", "alg": "RS256"}


@contextmanager
def running_provider():
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        thread.join()
        provider.server_close()
