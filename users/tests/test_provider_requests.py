"""Asking a provider: where it leads us, how long it may take, how much it may say."""

import datetime
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from users import provider_requests
from users.provider_requests import ProviderFailed, ask, is_public
from users.tests.openid_provider import running_provider

PUBLIC, INSIDE = "93.184.215.14", "127.0.0.1"


@contextmanager
def running_server(talk, *, tls=None):
    """A server that accepts one connection and gives it to `talk`; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        wire, _address = listener.accept()
        with wire:
            try:
                talk(tls.wrap_socket(wire, server_side=True) if tls else wire)
            except OSError:
                return  # the other side hung up, as it should

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def resolve_to(monkeypatch, *answers):
    """Let each look at a name find the next of `answers`, as a name does whose owner means harm."""
    left = list(answers)

    def look_up(host, port, **options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (left.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return left


def test_name_is_resolved_once_and_the_address_found_is_the_one_connected_to(monkeypatch):
    connected = []

    def connect(place, timeout):
        connected.append(place)
        raise ConnectionRefusedError

    left = resolve_to(monkeypatch, PUBLIC, INSIDE)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ProviderFailed, match="did not answer"):
        ask("https://rebinding.example/keys")
    assert connected == [(PUBLIC, 443)]
    assert left == [INSIDE]


def test_name_of_our_own_network_is_not_connected_to(monkeypatch):
    resolve_to(monkeypatch, INSIDE)
    monkeypatch.setattr(socket, "create_connection", None)  # nothing is asked
    with pytest.raises(ProviderFailed, match="not on the public network"):
        ask("https://inside.example/keys")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "64:ff9b::1.1.1.1"])
def test_public_addresses(address):
    assert is_public(ip_address(address))


def test_redirect_is_not_followed(settings):
    settings.LOCAL_PROVIDERS = True
    with running_provider() as provider:
        provider.says["/keys"] = (302, f"{provider.url}/elsewhere".encode())
        with pytest.raises(ProviderFailed, match="answered 302"):
            ask(f"{provider.url}/keys")
    assert provider.asked == ["/keys"]


def test_long_answer_is_not_read_to_its_end(settings, monkeypatch):
    settings.LOCAL_PROVIDERS = True
    monkeypatch.setattr(provider_requests, "MAX_ANSWER", 100)
    with running_provider() as provider:
        provider.says["/keys"] = {"keys": "x" * 100}
        with pytest.raises(ProviderFailed, match="great length"):
            ask(f"{provider.url}/keys")


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n\r\n{"])
def test_answer_that_drips_is_given_up(settings, monkeypatch, beginning):
    settings.LOCAL_PROVIDERS = True
    monkeypatch.setattr(provider_requests, "TIMEOUT", 0.3)

    def drip(wire):
        wire.sendall(beginning)
        for _byte in range(100):
            wire.sendall(b" ")
            time.sleep(0.05)

    with running_server(drip) as port:
        begun = time.monotonic()
        with pytest.raises(ProviderFailed):
            ask(f"http://127.0.0.1:{port}/keys")
        assert time.monotonic() - begun < 2


def test_certificate_of_nobody_we_trust_is_refused(settings, tmp_path):
    settings.LOCAL_PROVIDERS = True
    heard = []
    with (
        running_server(lambda wire: heard.append(wire.recv(1)), tls=own_tls(tmp_path)) as port,
        pytest.raises(ProviderFailed, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        ask(f"https://localhost:{port}/keys")
    assert heard == []


def own_tls(folder):
    """TLS with a certificate that its server signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context
