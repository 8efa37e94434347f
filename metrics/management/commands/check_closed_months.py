"""Count every closed month anew from what was frozen with it: `manage.py check_closed_months`, `--month 2026-10`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.errors import Unreadable
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import freezing
from metrics.models import Freeze


class Command(BaseCommand):
    """One line per version. Ends with 1 if one does not hold: for a monthly job, and after a restore."""

    help = "Verify the frozen versions of all closed months, or of --month YYYY-MM"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", metavar="YYYY-MM")

    def handle(self, *args: Any, month: str | None, **options: Any) -> None:
        wanted = Freeze.objects.all()
        if month:
            try:
                wanted = Freeze.objects.of(Month.parse(month))
            except Unreadable as problem:
                raise CommandError(str(problem)) from problem
        versions = list(wanted.order_by("month", "version"))
        if month and not versions:
            raise CommandError(f"{month} is not closed")
        broken = sum(not self._holds(version) for version in versions)
        self.stdout.write(f"{len(versions)} versions checked, {broken} broken")
        if broken:
            raise SystemExit(1)

    def _holds(self, version: Freeze) -> bool:
        with entered(Scope.nationwide(), read_only=True):
            verdict = freezing.verify(version)
        self.stdout.write(f"{version} {version.sha256[:16]} {'holds' if verdict.holds else 'BROKEN'}")
        for problem in verdict.problems[:20]:
            self.stdout.write(f"  {problem}")
        return verdict.holds
