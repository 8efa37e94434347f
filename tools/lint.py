"""Run every linter, go on after a failure, and end with a table. Fails if one of them does.

python tools/lint.py            all of them
python tools/lint.py mypy …     just these
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PASSED, FAILED, SKIPPED = "passed", "FAILED", "skipped"
ROOMS = sorted(path.parent.name for path in PROJECT.glob("*/__init__.py") if path.parent.name not in {"tests", "bench"})


@dataclass(frozen=True)
class Linter:
    """A name, a command, settings for its environment, and how to read its end."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    outcome: Callable[[int, str], tuple[str, str]] | None = None


def of_audit(code: int, output: str) -> tuple[str, str]:
    """A vulnerability fails. Where its data are out of reach, nothing is known: that is said and no failure."""
    try:
        packages = json.loads(output[output.index('{"dependencies"') :].splitlines()[0])["dependencies"]
    except (ValueError, KeyError):
        return SKIPPED, "data not reachable"
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        return SKIPPED, "data not reachable"
    return (PASSED if code == 0 else FAILED), f"{len(audited)} of {len(packages)} packages known to the data"


def production() -> dict[str, str]:
    """Settings as on a server. The checks ask no database."""
    return {
        "YOROZU_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "yorozu.example",
        "DATABASE_URL": "postgresql://yorozu_app@127.0.0.1:1/yorozu",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def linters() -> list[Linter]:
    """What is run, in the order of how quickly it answers."""
    python = sys.executable
    test = {"YOROZU_MODE": "test"}
    manage = [python, "-W", "ignore", "manage.py"]
    found = [
        Linter("ruff", [str(BIN / "ruff"), "check", "--quiet", "."]),
        Linter("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
        Linter("floors", [str(BIN / "lint-imports"), "--cache-dir", ".mypy_cache/floors"]),
        Linter("mypy", [str(BIN / "mypy"), *ROOMS, "tools"], test),
        Linter("migrations", [*manage, "makemigrations", "--check", "--dry-run"], test | without_database()),
        Linter("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production()),
        Linter("translations", [python, "tools/translations.py", "check"]),
        Linter("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
        Linter("vulnerabilities", audit(), {}, of_audit),
    ]
    if composes():
        secret = {"SECRET_KEY": "x", "ALLOWED_HOSTS": "x", "OWNER_PASSWORD": "x", "APP_PASSWORD": "x"}
        secret |= {"POSTGRES_PASSWORD": "x", "REDIS_PASSWORD": "x"}
        found.append(Linter("compose", ["docker", "compose", "config", "--quiet"], secret))
    return found


def audit() -> list[str]:
    """Both locks, without installing anything."""
    locks = [word for name in ("run", "dev") for word in ("-r", f"requirements/{name}.txt")]
    return [
        str(BIN / "pip-audit"),
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--disable-pip",
        "--require-hashes",
        *locks,
    ]


def without_database() -> dict[str, str]:
    """A database that refuses at once: makemigrations only warns that it could not look at its history."""
    return {"DATABASE_URL": "postgresql://yorozu_app@127.0.0.1:1/yorozu"}


def composes() -> bool:
    """Whether Docker is here together with its compose."""
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


def run(linter: Linter) -> tuple[str, str]:
    """Run one, show what it says if it fails, return outcome and remark."""
    try:
        done = subprocess.run(
            linter.command, cwd=PROJECT, env=os.environ | linter.environment, text=True, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"\n== {linter.name}: {problem}", flush=True)
        return FAILED, "did not run"
    read = linter.outcome or (lambda code, _: (PASSED if code == 0 else FAILED, ""))
    outcome, remark = read(done.returncode, done.stdout)
    if outcome == FAILED:
        print(f"\n== {linter.name}\n{done.stdout.strip()}", flush=True)
    return outcome, remark


def main(wanted: list[str]) -> int:
    """Run them, print the table, return the exit code."""
    rows = []
    for linter in linters():
        if wanted and linter.name not in wanted:
            continue
        start = time.monotonic()
        outcome, remark = run(linter)
        rows.append((linter.name, outcome, f"{time.monotonic() - start:.1f} s", remark))
    if not composes() and not wanted:
        rows.append(("compose", SKIPPED, "", "docker compose is not on this machine"))
    print()
    for name, outcome, seconds, remark in rows:
        print(f"{name:<16} {outcome:<8} {seconds:>8}  {remark}".rstrip())
    return int(any(outcome == FAILED for _, outcome, _, _ in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
