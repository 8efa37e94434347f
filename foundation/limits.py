"""How often somebody may do a thing: counted in the cache, by whole windows of time."""

from __future__ import annotations

from django.core.cache import cache


def within(name: str, *, at_most: int, seconds: int, now: float) -> bool:
    """Count one more of `name`, and tell whether that is still allowed. `now`: seconds since the epoch."""
    key = f"limit:{name}:{int(now // seconds)}"
    if cache.add(key, 1, seconds):
        return at_most >= 1
    try:
        return cache.incr(key) <= at_most
    except ValueError:  # the window ended between the two
        return cache.add(key, 1, seconds)


def too_often(key: str, at_most: int, seconds: int) -> bool:
    """Count one more, and say whether it is one too many for the stretch of time that begins with the first."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > at_most
    except ValueError:  # it ended in between
        return False


def is_over(key: str, at_most: int) -> bool:
    """Whether there were too many already, without counting."""
    return int(cache.get(key) or 0) >= at_most
