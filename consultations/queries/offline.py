"""The keys that seal what somebody writes without a network (docs/adr/0006-offline.md)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django.conf import settings


def unsent_keys(user: Any) -> list[dict[str, str]]:
    """A person's keys, the one to seal with first; older ones (SECRET_KEY_FALLBACKS) still open what they sealed. Made
    from the server's secret and the person's number: the device cannot make them, nor can another person get them."""
    found = []
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = hmac.digest(secret.encode(), f"yorozu unsent consultations {user.pk}".encode(), "sha256")  # type: ignore[union-attr]
        found.append({"id": hashlib.sha256(key).hexdigest()[:12], "key": base64.b64encode(key).decode()})
    return found
