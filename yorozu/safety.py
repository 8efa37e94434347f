"""What must be true before anything is served. Each refusal says which and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured with every reason found."""
    problems = [*unsafe_role(), *demo_accounts_left()]
    connection.close()
    if problems:
        raise ImproperlyConfigured(" ".join(problems))


def unsafe_role() -> Iterator[str]:
    """A superuser or BYPASSRLS role walks through every wall without being asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, superuser, bypasses = cursor.fetchone()
    if superuser or bypasses:
        which = "a superuser" if superuser else "allowed to bypass row-level security"
        yield f"DATABASE_URL signs in as {name}, which is {which}: use the role yorozu_app (yorozu/provision.sql)."


def demo_accounts_left() -> Iterator[str]:
    """Demonstration accounts have a published password."""
    from accounts.models import DEMO_DOMAIN, User

    if not settings.DEMO and User.objects.filter(email__endswith=f"@{DEMO_DOMAIN}").exists():
        yield f"This database holds demonstration accounts (@{DEMO_DOMAIN}): they may exist in demo mode only."
