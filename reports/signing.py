"""The signature over a package's manifest: Ed25519, so that anybody can check with the public key who made it and that
nothing was changed. `openssl pkeyutl -verify -rawin` does too.

The key comes from the environment (PACKAGE_SIGNING_KEY, a PEM or the path of one). Without it, outside production, one
is made at first use and kept beside the data.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

BEGINS = "-----BEGIN"


class NoKey(Exception):
    """There is no key to sign with, or it is none of Ed25519."""


def sign(content: bytes) -> bytes:
    """64 bytes. Raises NoKey."""
    return _private_key().sign(content)


def public_key() -> bytes:
    """What others check with, as PEM. Raises NoKey."""
    return _private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(pem: bytes) -> str:
    """The key's short name: the first 16 digits of the SHA-256 of its raw bytes. Raises NoKey."""
    raw = _public(pem).public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def is_signed(content: bytes, signature: bytes, pem: bytes) -> bool:
    """Whether the signature over the content was made with this public key's twin. Raises NoKey."""
    try:
        _public(pem).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        found = load_pem_public_key(pem)
    except ValueError as problem:
        raise NoKey("not a public key") from problem
    if not isinstance(found, Ed25519PublicKey):
        raise NoKey("not a key of Ed25519")
    return found


def _private_key() -> Ed25519PrivateKey:
    told = settings.PACKAGE_SIGNING_KEY
    if told.startswith(BEGINS):
        pem = told.encode()
    elif told:
        pem = Path(told).read_bytes()
    elif settings.PRODUCTION:
        raise NoKey("PACKAGE_SIGNING_KEY is not set")
    else:
        pem = _own_key(settings.DATA_DIR / "package-signing-key.pem")
    try:
        found = load_pem_private_key(pem, password=None)
    except ValueError as problem:
        raise NoKey("PACKAGE_SIGNING_KEY is no private key") from problem
    if not isinstance(found, Ed25519PrivateKey):
        raise NoKey("PACKAGE_SIGNING_KEY is not a key of Ed25519")
    return found


def _own_key(file: Path) -> bytes:
    """Made at first use. Whoever comes second finds the first one's: a link is made once only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        draft = file.with_suffix(f".{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
            out.write(made)
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()
