"""The one way in which providers are asked: by HTTPS, at an address that was looked at, once, within limits.

A provider names its own addresses, so each could lead into our own network. Its host name is resolved a single
time and the connection goes to what was found then: a name that means something else a moment later changes
nothing. The certificate is checked against the name. Redirects are answers like any other, and not followed.
"""

import json
import socket
import ssl
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

TIMEOUT = 5  # seconds for the whole answer, and for each try to connect
MAX_ANSWER = 256 * 1024  # bytes
PORTS = {"https": 443, "http": 80}
NAT64 = IPv6Network("64:ff9b::/96")  # its last four bytes are an address of the old kind


class ProviderFailed(Exception):
    """The provider could not be reached, or said something that cannot be believed. For the log."""


def ask(address: str, *, values: dict | None = None, headers: dict | None = None) -> dict:
    """The JSON object at an address of a provider; with `values` by POST. Raises ProviderFailed."""
    check_scheme(address)
    try:
        status, answer = _fetch(urlsplit(address), values, headers or {})
    except (HTTPException, OSError, ValueError) as error:
        raise ProviderFailed(f"{address} did not answer: {error}") from error
    if status != 200:
        raise ProviderFailed(f"{address} answered {status}.")
    if len(answer) > MAX_ANSWER:
        raise ProviderFailed(f"{address} answered at great length.")
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed(f"{address} did not answer in JSON.") from error
    if not isinstance(found, dict):
        raise ProviderFailed(f"{address} answered with no object.")
    return found


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


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public network, also where it wraps an IPv4 address."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if wrapped is None and address in NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
    return address.is_global and not address.is_multicast


class _Connection(HTTPConnection):
    """A connection to places that were looked at before; the host's name is told to the server alone."""

    def __init__(self, parts: SplitResult, places: list[tuple[str, int]]):
        self.default_port = PORTS[parts.scheme]
        super().__init__(parts.hostname, parts.port, timeout=TIMEOUT)
        self._places = places
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._wire = None
        self._is_over = False

    def connect(self):
        self.sock = self._wire = _connect_to_first(self._places)
        if self._tls is not None:
            self.sock = self._wire = self._tls.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    @contextmanager
    def time_limit(self):
        """Hang up after TIMEOUT, since a server that sends a byte now and then lets no read time out."""
        timer = Timer(TIMEOUT, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
            if self._is_over:
                raise TimeoutError("It took too long.")
        finally:
            timer.cancel()

    def _hang_up(self):
        self._is_over = True
        if self._wire is not None:
            with suppress(OSError):  # the other side was faster
                self._wire.shutdown(socket.SHUT_RDWR)


def _fetch(parts, values, headers):
    """Status and body, of which no more is read than is needed to see that it is too long."""
    connection = _Connection(parts, _places_of(parts))
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    headers = {"Accept": "application/json", **headers}
    data = None
    if values is not None:
        data = urlencode(values)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with connection.time_limit():
            connection.request("POST" if data is not None else "GET", target, data, headers)
            response = connection.getresponse()
            return response.status, response.read(MAX_ANSWER + 1)
    finally:
        connection.close()


def _places_of(parts):
    """Addresses and ports behind a host name, asked once. Raises ProviderFailed unless all are public."""
    port = parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    places = [place[:2] for *_family, place in found]
    if settings.LOCAL_PROVIDERS:
        return places
    if not all(is_public(ip_address(host.partition("%")[0])) for host, _port in places):
        raise ProviderFailed(f"{parts.hostname} is not on the public network.")
    return places


def _connect_to_first(places):
    """The first of the places that takes the connection; the error of the last if none does."""
    *others, last = places
    for place in others:
        try:
            return socket.create_connection(place, TIMEOUT)
        except OSError:
            continue
    return socket.create_connection(last, TIMEOUT)
