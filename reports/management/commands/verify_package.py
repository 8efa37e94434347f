"""manage.py verify_package PATH"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports import signing
from reports.manifest import check


class Command(BaseCommand):
    help = "Check a package, as a folder or as its .zip: the signature of its manifest, and every file's hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--key", type=Path, help="the public key as PEM; by default that of this system")
        parser.add_argument("--partial", action="store_true", help="some editions only: files may be missing")

    def handle(self, *args: Any, path: Path, key: Path | None, partial: bool, **options: Any) -> None:
        try:
            found = check(path, key.read_bytes() if key else signing.public_key())
        except (OSError, ValueError, zipfile.BadZipFile, signing.NoKey) as problem:
            raise CommandError(f"cannot be checked: {problem}") from problem
        for line in found.problems:
            self.stderr.write(line)
        for name in found.missing:
            self.stderr.write(f"missing: {name}")
        if not found.holds or (found.missing and not partial):
            raise CommandError("The package is NOT as it was signed.")
        self.stdout.write(f"The signature holds, and {found.checked} files are as they were signed.")
