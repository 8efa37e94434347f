"""Whether somebody has a second factor, and which."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: Any) -> bool:
    """True with TOTP or a passkey; demonstration accounts are excused, and exist in demo mode only.

    Recovery codes alone are none: they open the door once each, for somebody who has lost the factor itself.
    """
    return (settings.DEMO and user.is_demo) or is_mfa_enabled(user, list(FACTORS))


def factors_of(user: Any) -> list[Authenticator]:
    """The authenticators of a user, oldest first."""
    return list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
