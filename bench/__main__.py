"""`make bench`: load, measure, compare, print a table, keep it as JSON. BENCH_ROWS=50000,1000000; up to a million
consultations lie in two years, more of them in ten (BENCH_YEARS), and what is measured of them is the month only
(BENCH_PARTS=entry,files,month). Where just one size is named, 50,000 is measured too, to compare with."""

from __future__ import annotations

import os
import sys

import django

SMALLEST = 50_000


def main() -> int:
    """Exit code 0 where every target is met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yorozu.settings")
    django.setup()
    from bench.run import run

    sizes = {int(size) for size in os.environ.get("BENCH_ROWS", "50000,1000000").split(",")}
    return run(sorted(sizes | {SMALLEST} if min(sizes) > SMALLEST else sizes))


if __name__ == "__main__":
    sys.exit(main())
