"""The one place that speaks to an address which a user has typed in.

Whoever can name an address could make this server ask its own neighbours (SSRF). So: https only, no redirect followed,
every address that the name stands for must be public, and the connection goes to the very address that was checked.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

SIGNATURE = "Yorozu-Signature"
TIMEOUT = urllib3.Timeout(connect=5, read=10)


class Unreachable(Exception):
    """Why nothing was sent, or no answer came."""


def signature(*, secret: str, at: int, body: bytes) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 over "t.body">`: the moment is signed too, so that a copy cannot be sent later."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def post(url: str, *, body: bytes, headers: dict[str, str]) -> int:
    """Send, and give the code of the answer; its text is not read. Raises Unreachable."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not secure and not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES:
        raise Unreachable("https only")
    port = parts.port or (443 if secure else 80)
    address = _checked(host, port)
    pool = (
        urllib3.HTTPSConnectionPool(address, port, server_hostname=host, assert_hostname=host)
        if secure
        else urllib3.HTTPConnectionPool(address, port)
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        answer = pool.urlopen(
            "POST", target, body=body, headers=headers | {"Host": parts.netloc}, redirect=False, retries=False,
            timeout=TIMEOUT, preload_content=False,
        )  # fmt: skip
        return answer.status
    except urllib3.exceptions.HTTPError as problem:
        raise Unreachable(type(problem).__name__) from problem
    finally:
        pool.close()


def _checked(host: str, port: int) -> str:
    """An address of the host that may be spoken to. Raises Unreachable."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as problem:
        raise Unreachable("no such host") from problem
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(_is_public(address) for address in found):
        raise Unreachable("not a public address")
    return sorted(found)[0]


def _is_public(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return known.is_global and not known.is_multicast
