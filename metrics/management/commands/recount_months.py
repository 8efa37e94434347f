"""Count months anew: `manage.py recount_months 2026-04 2026-05`, or `--all`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.errors import Unreadable
from foundation.periods import Month
from hubs.tenancy import Scope, entered
from metrics import actions


class Command(BaseCommand):
    """Gives the same figures as counting what was touched: for repairs, and after a restore."""

    help = "Count months anew: 2026-04 2026-05 … or --all"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("months", nargs="*", metavar="YYYY-MM")
        parser.add_argument("--all", action="store_true", help="every month that has records")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["months"]) == options["all"]:
            raise CommandError("Name months (2026-04 2026-05 …) or --all.")
        try:
            months = [Month.parse(text) for text in options["months"]]
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem
        if options["all"]:
            with entered(Scope.nationwide()):
                months = actions.months_with_records()
        counted = actions.recount_by_year(months, at=timezone.now())
        self.stdout.write(f"{len(counted)} months counted")
