"""`make bench`: load, measure, compare, print a table, keep it as JSON. BENCH_ROWS=50000,1000000."""

from __future__ import annotations

import os
import sys

import django


def main() -> int:
    """Exit code 0 where every target is met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yorozu.settings")
    django.setup()
    from bench.run import run

    sizes = sorted(int(size) for size in os.environ.get("BENCH_ROWS", "50000,1000000").split(","))
    return run(sizes)


if __name__ == "__main__":
    sys.exit(main())
