"""Files in and out, as issue 3 asks for: exports of BENCH_EXPORT_ROWS consultations of one hub, an import of 10,000.
`python -m bench.exchange` measures this alone; bench.run adds its lines to the table."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yorozu.settings")
if not apps.ready:
    django.setup()

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from bench import database, world
from bench.measures import timed
from exchange.actions import exporting, importing
from exchange.choices import FileFormat
from exchange.copying import select_of
from exchange.lists import LISTS
from exchange.models import ImportRun
from hubs.models import Hub
from hubs.tenancy import Scope, entered
from jobs.models import Job
from tests import making
from tests.exchange.making import csv_bytes, row

IMPORTED = 10_000


class _Nowhere:
    """Takes what COPY gives."""

    def write(self, line: bytes) -> None:
        """And forgets it."""


def bare_copy(hub: Hub) -> float:
    """Milliseconds of COPY … TO STDOUT of the same columns: labels looked up, nothing neutralised, nothing kept."""
    declared = LISTS["consultations"]
    with entered(Scope.of_hub(hub.pk), read_only=True), connection.cursor() as cursor:
        rows = declared.rows(hub, QueryDict(""), User(pk=0), timezone.localdate())
        select = select_of(rows, declared.columns(), neutralised=False)
        return timed(lambda: cursor.cursor.copy_expert(b"COPY (" + select + b") TO STDOUT (FORMAT csv)", _Nowhere()))


def export(hub: Hub, by: User, form: FileFormat) -> dict[str, float]:
    """Milliseconds, rows and megabytes of one export, and the most memory of the process that made it, a fresh one."""
    with entered(Scope.of_hub(hub.pk)):
        order = exporting.Order(LISTS["consultations"], QueryDict(""), form)
        job = Job.objects.create(
            kind=exporting.KIND, hub=hub, parameters=order.parameters, requested_by=by, requested_at=timezone.now()
        )
    name = connection.settings_dict["NAME"]
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    code = f"from bench.exchange import in_process; in_process({job.pk})"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"DATABASE_URL": address}, capture_output=True, text=True,
        check=True, cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    took, memory = (float(part) for part in done.stdout.split()[-2:])
    with entered(Scope.of_hub(hub.pk)):
        job.refresh_from_db()
    return {
        "ms": took, "memory_mb": memory, "rows": job.parameters.get("rows", 0), "mb": (job.result_bytes or 0) / 1e6,
    }  # fmt: skip


def in_process(job_id: int) -> None:
    """One export, in this process alone; prints its milliseconds and its most memory in megabytes."""
    from exchange import tasks

    took = timed(lambda: tasks.export(job_id=job_id))
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def take_in(hub: Hub, by: User, rows: int = IMPORTED) -> dict[str, float]:
    """Seconds of a dry run and of a commit of so many consultations, and how many were made."""
    content = csv_bytes([row(number) for number in range(rows)])
    with entered(Scope.of_hub(hub.pk)):
        file: IO[bytes] = io.BytesIO(content)
        run = importing.upload(
            hub=hub, kind="consultations", source=f"bench {time.time()}", file=file, name="a.csv", by=by,
            at=timezone.now(),
        )  # fmt: skip
        check = importing.check(run=run, mapping=run.mapping, by=by, at=timezone.now())
    from exchange import tasks

    dry = timed(lambda: tasks.check(job_id=check.pk)) / 1000
    with entered(Scope.of_hub(hub.pk)):
        commit = importing.commit(run=run, by=by, at=timezone.now())
    wet = timed(lambda: tasks.commit(job_id=commit.pk)) / 1000
    with entered(Scope.of_hub(hub.pk)):
        made = ImportRun.objects.get(pk=run.pk).made_count
    return {"dry_run_s": dry, "commit_s": wet, "made": made}


def measure(rows: int) -> dict[str, float]:
    """Exports of a hub that has so many consultations, and an import into it, in a database of its own."""
    name = database.create(rows)
    try:
        slots, world._slots = world._slots, lambda: [13] * world.SLOTS
        try:
            world.load(name, rows)
        finally:
            world._slots = slots
        hub = Hub.objects.select_related("prefecture").get(pk=13)
        chief = making.make_person("chief", hub=hub)
        found = {"copy": min(bare_copy(hub) for _ in range(3))}
        for form in (FileFormat.CSV, FileFormat.CSV_CP932, FileFormat.XLSX):
            found |= {f"{form.value} {what}": value for what, value in export(hub, chief, form).items()}
        return found | take_in(hub, chief)
    finally:
        database.drop(name)


def lines(rows: int, found: dict[str, float]) -> list[tuple[str, str, str, float | None, bool]]:
    """For the table: name, limit, measured, ratio, passed."""
    ratio = found["csv ms"] / found["copy"]
    memory = max(found[f"{form.value} memory_mb"] for form in FileFormat)
    both = found["dry_run_s"] + found["commit_s"]
    return [
        (f"export {rows:,} rows as CSV", f"3 x {found['copy']:.0f} ms", f"{found['csv ms']:.0f} ms", ratio, ratio <= 3),
        (f"export {rows:,} rows, memory", "300 MB", f"{memory:.0f} MB", None, memory < 300),
        (f"import {IMPORTED:,} consultations", "60 s", f"{both:.1f} s", None, both < 60 and found["made"] == IMPORTED),
    ]


def main() -> int:
    """`python -m bench.exchange`: only this."""
    rows = int(os.environ.get("BENCH_EXPORT_ROWS", "500000"))
    found = measure(rows)
    print({name: round(value, 1) for name, value in found.items()})
    for line in lines(rows, found):
        print(line)
    return 0 if all(line[-1] for line in lines(rows, found)) else 1


if __name__ == "__main__":
    sys.exit(main())
