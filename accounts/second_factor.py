"""Whether somebody has a second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings


def has_second_factor(user: Any) -> bool:
    """True with TOTP or a passkey; demonstration accounts are excused, and exist in demo mode only."""
    return (settings.DEMO and user.is_demo) or is_mfa_enabled(user)
