"""manage.py import_postal"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from directory.actions import BadRows, NotThatFile, import_postal


class Command(BaseCommand):
    help = (
        "Load Japan Post's towns with their postal codes (utf_ken_all.csv or its .zip). The file is loaded whole or not"
        " at all, and what it no longer has is removed; loading it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--skip-bad", action="store_true", help="load the good rows of a file that has bad ones")
        parser.add_argument("--may-shrink", action="store_true", help="though it has less than half of what is known")

    def handle(self, *args: Any, **options: Any) -> None:
        path, asked = options["path"], {name: options[name] for name in ("skip_bad", "may_shrink")}
        try:
            done = import_postal(path=path, at=timezone.now(), **asked)
        except BadRows as problem:
            self._tell(path, problem.read.bad, problem.read.bad_count)
            raise CommandError(f"{path}: nothing loaded (--skip-bad loads the good rows)") from problem
        except NotThatFile as problem:
            raise CommandError(f"{problem}: nothing loaded") from problem
        self._tell(path, done.read.bad, done.read.bad_count)
        self.stdout.write(
            f"{path}: {done.read.rows:,} rows; {done.made:,} new, {done.changed:,} changed, {done.removed:,} removed"
        )

    def _tell(self, path: Path, bad: Any, count: int) -> None:
        for row in bad:
            self.stderr.write(f"{path}:{row.line}: {row.reason}")
        if count > len(bad):
            self.stderr.write(f"{path}: and {count - len(bad):,} bad rows more")
