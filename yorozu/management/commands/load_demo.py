"""manage.py load_demo"""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import DemoAccountOutsideDemo
from yorozu.demo import actions
from yorozu.reference.actions import load_missing


class Command(BaseCommand):
    help = "Load the demonstration once: two fiscal years to date, accounts for every role. Demo mode only."

    def add_arguments(self, parser: CommandParser) -> None:
        usual = int(os.environ.get("DEMO_A_MONTH", actions.A_MONTH))  # the browser tests do with little
        parser.add_argument("--a-month", type=int, default=usual, help="consultations in an ordinary month")

    def handle(self, *args: Any, **options: Any) -> None:
        say = self._say if options["verbosity"] else _nothing
        load_missing()
        try:
            if not actions.is_loaded():
                say("Loading the demonstration (once, about a minute) …")
            made = actions.load(at=timezone.now(), a_month=options["a_month"], say=say)
        except DemoAccountOutsideDemo as refusal:
            raise CommandError(str(refusal)) from refusal
        if made:
            say(f"{made:,} consultations loaded")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()


def _nothing(line: str) -> None:
    """For quiet runs."""
