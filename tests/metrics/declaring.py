"""A registry in which something more is declared, for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from metrics.indicators import INDICATORS, Indicator


@contextmanager
def declared(*indicators: Indicator) -> Iterator[None]:
    """With new indicators, or next versions. Everything that counts and shows reads the one registry."""
    kept = INDICATORS._versions.copy(), INDICATORS._by_code.copy()
    try:
        for indicator in indicators:
            INDICATORS.add(indicator)
        yield
    finally:
        INDICATORS._versions, INDICATORS._by_code = kept
        INDICATORS._at.clear()


def next_version(code: str, **changes: Any) -> Indicator:
    """The newest definition of a code, changed."""
    newest = INDICATORS[code]
    return replace(newest, version=newest.version + 1, **changes)
