"""What happens to accounts: signing in and out, failing to, changing factors, being made and closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.models import ApiToken, User
from audit import trail

TOKENS_EACH = 20  # living ones of one person: a program has one, and nobody looks after more than twenty


class TooManyTokens(Exception):
    """The person has as many living tokens as one may have."""


@transaction.atomic
def note_login(*, user: User, before: dt.datetime | None, methods: list[str], at: dt.datetime) -> None:
    """Somebody has signed in; `before` is when they did so last, for the notice."""
    user.previous_login_at = before
    user.save(update_fields=["previous_login_at"])
    trail.record("login.succeeded", by=user, at=at, on=user, methods=methods)


def note_failure(*, email: str, reason: str, at: dt.datetime) -> None:
    """A sign-in that failed: what was typed as address, never the password. `reason`: password, locked, code …"""
    known = User.objects.filter(email=email.lower()).first()
    trail.record("login.failed", by=None, at=at, on=known, email=email[:254], reason=reason)


def note_logout(*, user: User, at: dt.datetime) -> None:
    """Somebody has signed out, or was signed out."""
    trail.record("logout", by=user, at=at, on=user)


def note_change(*, user: User, action: str, subject: str, at: dt.datetime) -> None:
    """A password or second factor has changed: mfa.added, mfa.removed, password.changed."""
    trail.record(action, by=user, at=at, on=user, what=subject)


@transaction.atomic
def save_account(*, user: User, changed: list[str], by: Any, at: dt.datetime) -> None:
    """An administrator makes or changes an account. A new one has no password until its owner sets one."""
    made = user.pk is None
    if made:
        user.set_unusable_password()
    user.email = user.email.strip().lower()
    user.save()
    if "email" in changed:
        EmailAddress.objects.filter(user=user).delete()  # an old address must not sign in any more
    trail.record("account.made" if made else "account.changed", by=by, at=at, on=user, fields=changed)


@transaction.atomic
def remove_factors(*, user: User, by: Any, at: dt.datetime) -> int:
    """An administrator helps somebody who has lost phone and codes. Returns how many factors were removed."""
    removed, _each = Authenticator.objects.filter(user=user).delete()
    trail.record("mfa.removed", by=by, at=at, on=user, what="all", count=removed)
    return removed


def note_invitation(*, user: User, by: Any, at: dt.datetime) -> None:
    """The link to set a password was mailed."""
    trail.record("account.invited", by=by, at=at, on=user)


@transaction.atomic
def issue_token(
    *, user: User, name: str, scopes: list[str], digest: str, beginning: str, expires_at: dt.datetime, at: dt.datetime
) -> ApiToken:
    """A new key for a program of somebody's. The secret itself is shown once by the caller and kept by nobody. Raises
    TooManyTokens: keys that nobody counts are keys that nobody takes back."""
    User.objects.select_for_update().get(pk=user.pk)  # of two asked for at once the second counts the first
    if ApiToken.objects.alive(at).filter(user=user).count() >= TOKENS_EACH:
        raise TooManyTokens
    token = ApiToken.objects.create(
        user=user, name=name, scopes=scopes, digest=digest, beginning=beginning, created_at=at, expires_at=expires_at
    )
    trail.record("token.issued", by=user, at=at, on=token, scopes=scopes, until=expires_at.date())
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, at: dt.datetime) -> None:
    """From now on the token opens nothing. Doing it twice changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        trail.record("token.revoked", by=by, at=at, on=token)


def note_token_use(*, token: ApiToken, at: dt.datetime) -> None:
    """When it was used last, to the hour: a busy program does not write at every request."""
    if token.used_at is None or at - token.used_at >= dt.timedelta(hours=1):
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)
