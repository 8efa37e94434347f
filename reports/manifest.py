"""The manifest of a package: every file with its hash, what it was made from, by which definitions; and how somebody
who was handed the files checks them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from metrics.models import Freeze
from reports import signing
from reports.models import Package, PackageFile

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"


def write_manifest(package: Package, files: Iterable[PackageFile], freezes: Iterable[Freeze]) -> bytes:
    """As it is signed. `freezes`: those that the package tells, compares with and corrects."""
    known = {one.pk: one for one in freezes}
    told = {
        "package": {"kind": package.kind, "period": package.period, "month": str(package.month),
                    "version": package.version, "made_at": package.requested_at.isoformat()},
        "freeze": _freeze(package.freeze),
        "compared_with": [_freeze(known[pk]) for pk in package.told if pk in known and pk != package.freeze_id],
        "corrects": [_freeze(known[pk]) for pk in package.carried if pk in known],
        "definitions": [{key: one[key] for key in ("code", "version", "since")} for one in package.freeze.definitions],
        "files": [
            {"path": file.path, "edition": file.edition, "format": file.form, "bytes": file.bytes,
             "sha256": file.sha256} for file in files
        ],
        "signature": {"algorithm": "Ed25519", "file": SIGNATURE, "key": signing.key_id(signing.public_key()),
                      "public_key": settings.SITE_URL + reverse("reports:signing_key")},
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _freeze(one: Freeze) -> dict[str, Any]:
    return {
        "month": str(one.as_month),
        "version": one.version,
        "sha256": one.sha256,
        "frozen_at": one.made_at.isoformat(),
    }


@dataclass(frozen=True)
class Finding:
    """What checking came to. `missing` are files that the manifest names and that are not there."""

    checked: int
    problems: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


def check(path: Path, key: bytes) -> Finding:
    """Check a package in a folder or a .zip against its manifest and the public key. Raises FileNotFoundError where
    there is no manifest, signing.NoKey."""
    if path.is_dir():
        return _check(lambda name: (path / name).read_bytes() if (path / name).is_file() else None, _names(path), key)
    with zipfile.ZipFile(path) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        return _check(lambda name: archive.read(name) if name in names else None, names, key)


def _names(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def _check(read: Callable[[str], bytes | None], names: set[str], key: bytes) -> Finding:
    manifest, signature = read(MANIFEST), read(SIGNATURE)
    if manifest is None or signature is None:
        raise FileNotFoundError(MANIFEST if manifest is None else SIGNATURE)
    if not signing.is_signed(manifest, signature, key):
        return Finding(0, ("the signature is not of this manifest and key",), ())
    problems, missing, checked = [], [], 0
    files = {one["path"]: one for one in json.loads(manifest)["files"]}
    for name, told in files.items():
        content = read(name)
        if content is None:
            missing.append(name)
            continue
        checked += 1
        if (len(content), hashlib.sha256(content).hexdigest()) != (told["bytes"], told["sha256"]):
            problems.append(f"changed: {name}")
    problems += [f"not in the manifest: {name}" for name in sorted(names - files.keys() - {MANIFEST, SIGNATURE})]
    return Finding(checked, tuple(problems), tuple(missing))
