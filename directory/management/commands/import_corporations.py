"""manage.py import_corporations"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from directory.actions import BadRows, NotThatFile, import_corporations


class Command(BaseCommand):
    help = (
        "Load files of the National Tax Agency's 法人番号 data (全件データ or 差分データ, .csv or .zip, UTF-8 or"
        " Shift_JIS). Each file is loaded whole or not at all; loading it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument("--skip-bad", action="store_true", help="load the good rows of a file that has bad ones")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for path in options["paths"]:
            try:
                done = import_corporations(path=path, at=timezone.now(), skip_bad=options["skip_bad"])
            except BadRows as problem:
                failed += 1
                self._tell(path, problem.read.bad, problem.read.bad_count)
                self.stderr.write(f"{path}: nothing loaded (--skip-bad loads the good rows)")
            except NotThatFile as problem:
                failed += 1
                self.stderr.write(f"{problem}: nothing loaded")
            else:
                self._tell(path, done.read.bad, done.read.bad_count)
                put = f"{done.made:,} new, {done.changed:,} changed, {done.removed:,} removed"
                self.stdout.write(f"{path}: {done.read.rows:,} rows; {put}")
        if failed:
            raise CommandError(f"{failed} of {len(options['paths'])} files were not loaded")

    def _tell(self, path: Path, bad: Any, count: int) -> None:
        for row in bad:
            self.stderr.write(f"{path}:{row.line}: {row.reason}")
        if count > len(bad):
            self.stderr.write(f"{path}: and {count - len(bad):,} bad rows more")
