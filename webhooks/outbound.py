"""The one place that speaks to an address which a user has typed in.

Whoever can name an address could make this server ask its own neighbours (SSRF). So: https only, no redirect followed,
every address that the name stands for must be public, and the connection goes to the very address that was checked.
And whoever answers could answer for ever, a byte every few seconds: one clock runs over the whole conversation.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

SIGNATURE = "Yorozu-Signature"
QUIET_SECONDS = 5  # to connect, and between two pieces of an answer
WHOLE_SECONDS = 15  # from the first look at the address to the answer's last header

# IPv6 gives out addresses in one block only; the others are local, kept back, or IPv4 in disguise.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # how a network without IPv4 names the IPv4 internet
_SPECIAL = (
    ipaddress.IPv6Network("2001::/23"),  # protocols, among them Teredo: an IPv4 address behind somebody's router
    ipaddress.IPv6Network("2002::/16"),  # 6to4: an IPv4 address
    ipaddress.IPv6Network("3fff::/20"),  # documentation
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocols
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
)


class Unreachable(Exception):
    """Why nothing was sent, or no answer came."""


def signature(*, secret: str, at: int, body: bytes) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 over "t.body">`: the moment is signed too, so that a copy cannot be sent later."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def post(url: str, *, body: bytes, headers: dict[str, str]) -> int:
    """Send, and give the code of the answer; its text is not read. Raises Unreachable."""
    ends = time.monotonic() + WHOLE_SECONDS
    try:
        parts = urlsplit(url)
        connection = _connection(parts)
        with _ended_at(ends, connection):
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = headers | {"Host": parts.netloc}
            connection.request("POST", target, body=body, headers=sent, preload_content=False)
            with contextlib.closing(connection.getresponse()) as answer:
                if time.monotonic() >= ends:  # what was cut off may look whole
                    raise TimeoutError
                return answer.status
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as problem:
        raise Unreachable("too slow" if time.monotonic() >= ends else type(problem).__name__) from problem


def _connection(parts: SplitResult) -> HTTPConnection:
    """To an address that was checked, in the name that was typed. Raises Unreachable."""
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not secure and not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        raise Unreachable("https only")
    port = parts.port or (443 if secure else 80)
    address = _checked(host, port)
    if not secure:
        return HTTPConnection(address, port, timeout=QUIET_SECONDS)
    return HTTPSConnection(
        address, port, timeout=QUIET_SECONDS, server_hostname=host, assert_hostname=host,
        ssl_context=ssl.create_default_context(),
    )  # fmt: skip


@contextlib.contextmanager
def _ended_at(ends: float, connection: HTTPConnection) -> Iterator[None]:
    """A socket's time-out begins anew with each piece that comes. This one does not: it hangs up at its moment, and
    again until nobody listens any more, since a line that is just shaking hands has no socket to shut."""
    done = threading.Event()

    def watch() -> None:
        wait = max(ends - time.monotonic(), 0)
        while not done.wait(wait):
            wait = 0.5
            with contextlib.suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
        connection.close()


def _checked(host: str, port: int) -> str:
    """An address of the host that may be spoken to. How long the name may take is the resolver's to say. Raises
    Unreachable."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as problem:
        raise Unreachable("no such host") from problem
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(_is_public(address) for address in found):
        raise Unreachable("not a public address")
    return sorted(found)[0]


def _is_public(address: str) -> bool:
    """Anybody's to see. An IPv4 address in an IPv6 one is looked at itself, where networks still write it so."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or (ipaddress.IPv4Address(int(known) & 0xFFFFFFFF) if known in _NAT64 else known)
    if isinstance(known, ipaddress.IPv6Address) and known not in _GIVEN_OUT:
        return False
    return known.is_global and not known.is_multicast and not any(known in network for network in _SPECIAL)
