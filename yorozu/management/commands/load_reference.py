"""manage.py load_reference"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yorozu.reference.actions import load_missing


class Command(BaseCommand):
    help = "Make the bureaus, prefectures, hubs, code lists, fees and programmes that do not exist yet."

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_missing()
        if options["verbosity"]:
            self.stdout.write(f"load_reference: {made} rows made")
