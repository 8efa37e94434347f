"""The run: per size a database of its own; then its targets, as ratios."""

from __future__ import annotations

import datetime as dt
import json
import platform
import resource
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from bench import database, exchange, measures, saving, world
from foundation.periods import Month
from hubs.models import Hub
from tests import making

PAGES = (
    "my desk", "hub list", "case page", "enterprise timeline", "duplicate queue", "search as you type",
    "national dashboard",
)  # fmt: skip
BUDGETS = {"enterprise timeline": 12}  # with what may be seen of its consents, merges and likely pairs
RESULTS = Path(__file__).resolve().parent.parent / "bench-results"


@dataclass
class Size:
    """What was measured at one number of consultations, in milliseconds."""

    rows: int
    load_seconds: float = 0
    compile_all_seconds: float = 0
    compile: dict[str, float] = field(default_factory=dict)
    search: dict[str, float] = field(default_factory=dict)
    pairs: dict[str, float] = field(default_factory=dict)
    pages: dict[str, dict[str, float]] = field(default_factory=dict)
    saving: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass
class Target:
    """One line of the table."""

    name: str
    limit: str
    measured: str
    ratio: float | None
    passed: bool


def run(sizes: list[int]) -> int:
    """Measure every size, print and keep the table. 0 where every target is met."""
    found = [measure(rows) for rows in sizes]
    table = [*targets(found), *_files()]
    show(table, found)
    keep(table, found)
    return 0 if all(target.passed for target in table) else 1


def measure(rows: int) -> Size:
    """Everything at one size."""
    size = Size(rows)
    say(f"{rows:,} consultations: loading")
    name = database.create(rows)
    try:
        loaded = world.load(name, rows)
        size.load_seconds = loaded.seconds
        say(f"  loaded in {loaded.seconds:.0f} s; counting {len(loaded.months)} months")
        size.compile_all_seconds = measures.compile_all(loaded.months) / 1000
        database.administer("VACUUM ANALYZE metrics_fact", database=name)
        _compile(size, loaded.months[-1])
        times = measures.searches(Hub.objects.all())
        size.search = {"p95": measures.p95(times), "worst": max(times)}
        likely = measures.alike(Hub.objects.filter(slug__in=["tokyo", "osaka", "aichi", "tottori"]))
        size.search |= {"similar p95": measures.p95(likely), "similar worst": max(likely)}
        hub, coordinator = Hub.objects.select_related("prefecture").get(slug="tokyo"), Client()
        coordinator.force_login(making.make_person("coordinator", hub=hub))
        size.pairs = measures.pairs(hub)
        _pages(size, coordinator, hub)
        _saving(size, name, coordinator, hub)
        size.memory_mb = {
            "python": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "postgres": _backend_mb(),
        }
    finally:
        database.drop(name)
    return size


def _files(rows: int = 500_000) -> list[Target]:
    """Exports of one large hub, and an import into it."""
    say(f"{rows:,} consultations of one hub: exports and an import")
    try:
        return [Target(*line) for line in exchange.lines(rows, exchange.measure(rows))]
    except Exception as problem:  # must not lose the other figures
        return [Target(f"exports and imports: {problem!r}", "", "not measured", None, False)]


def _compile(size: Size, month: Month) -> None:
    if wrong := measures.differences(month):
        size.problems.append(f"{wrong} figures differ between facts and bare GROUP BY")
    size.compile = measures.compile_month(month)
    say("  compile " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in size.compile.items()))


def _pages(size: Size, coordinator: Client, hub: Hub) -> None:
    nation = Client()
    nation.force_login(making.make_person("headquarters", second_factor=True))
    wanted = {
        "my desk": lambda: (coordinator, [measures.address_of("hubs:desk", hub.slug)]),
        "hub list": lambda: (coordinator, [measures.address_of("consultations:consultations", hub.slug)]),
        "case page": lambda: (coordinator, [measures.address_of("consultations:case", hub.slug, case.pk)
                                            for case in measures.some_cases(hub)]),
        "enterprise timeline": lambda: (coordinator, [measures.address_of("consultations:enterprise", hub.slug, pk)
                                                      for pk in measures.busy_enterprises(hub)]),
        "duplicate queue": lambda: (coordinator, [measures.address_of("consultations:duplicates", hub.slug)]),
        "search as you type": lambda: (coordinator, [f"{measures.address_of('finding:suggestions', hub.slug)}?q={words}"
                                                     for words in ("計測", "ケイソク1", "販路", "開拓", "2026-13")]),
        "national dashboard": lambda: (nation, [measures.address_of("nation:month")]),
    }  # fmt: skip
    for name, how in wanted.items():
        try:
            times, queries = measures.page(*how())
        except Exception as problem:  # one page's failure must not lose the other figures
            size.problems.append(f"{name}: {problem!r}")
            continue
        size.pages[name] = {"p95": measures.p95(times), "median": sorted(times)[len(times) // 2], "queries": queries}


def _saving(size: Size, name: str, coordinator: Client, hub: Hub) -> None:
    try:
        size.saving = saving.measure(name, coordinator, hub)
    except Exception as problem:  # one page's failure must not lose the other figures
        size.problems.append(f"saving: {problem!r}")


def _backend_mb() -> float:
    """The most memory that our database session has held, shared buffers that it touched included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def targets(found: list[Size]) -> list[Target]:
    """The table: each size for compiling, saving and search; the largest against the smallest for pages."""
    table = []
    small, large = found[0], found[-1]
    for size in found:
        at = f"{size.rows:,}"
        table.append(_ratio(f"compile a month, {at}", size.compile.get("compile"), size.compile.get("bare"), 2))
        table.append(_ratio(f"save a consultation (p95), {at}", size.saving.get("save"), size.saving.get("plain"), 3))
        took = size.search.get("p95")
        table.append(
            Target(f"search two characters (p95), {at}", "50 ms", _ms(took), None, took is not None and took < 50)
        )
        took = size.search.get("similar p95")
        table.append(Target(f"similar cases (p95), {at}", "200 ms", _ms(took), None, took is not None and took < 200))
    one, many = small.pairs.get("one p95"), large.pairs.get("one p95")
    table.append(_ratio(f"likely pairs of one changed (p95), {large.rows:,} : {small.rows:,}", many, one, 1.5))
    for page in PAGES:
        before, after = small.pages.get(page, {}), large.pages.get(page, {})
        table.append(_ratio(f"{page} (p95), {large.rows:,} : {small.rows:,}", after.get("p95"), before.get("p95"), 1.5))
        most = max(before.get("queries", 99), after.get("queries", 99))
        budget = BUDGETS.get(page, 10)
        table.append(Target(f"{page}, queries", f"{budget}", f"{most:.0f}", None, most <= budget))
    took = large.pages.get("search as you type", {}).get("p95")
    table.append(
        Target("search as you type (p95), whole request", "100 ms", _ms(took), None, took is not None and took < 100)
    )
    wrong = sum(len(size.problems) for size in found)
    return [*table, Target("nothing went wrong", "0", str(wrong), None, not wrong)]


def _ratio(name: str, measured: float | None, limit: float | None, times: float) -> Target:
    if measured is None or not limit:
        return Target(name, f"{times:g} x", "not measured", None, False)
    return Target(name, f"{times:g} x {_ms(limit)}", _ms(measured), measured / limit, measured <= times * limit)


def _ms(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.1f} ms"


def show(table: list[Target], found: list[Size]) -> None:
    """Print it."""
    say(f"\n{'target':<48}{'limit':>20}{'measured':>16}{'ratio':>8}  ")
    for target in table:
        ratio = f"{target.ratio:.2f}" if target.ratio is not None else ""
        say(
            f"{target.name:<48}{target.limit:>20}{target.measured:>16}{ratio:>8}  {'pass' if target.passed else 'FAIL'}"
        )
    for size in found:
        memory = ", ".join(f"{name} {mb:.0f} MB" for name, mb in size.memory_mb.items())
        took = f"load {size.load_seconds:.0f} s, count two years {size.compile_all_seconds:.1f} s"
        say(f"\n{size.rows:,}: {took}, peak {memory}")
        for what in ("compile", "saving", "search", "pairs", "pages"):
            say(f"  {what}: {json.dumps(getattr(size, what), default=str)}")
        for problem in size.problems:
            say(f"  problem: {problem}")


def keep(table: list[Target], found: list[Size]) -> None:
    """bench-results/<moment>.json"""
    RESULTS.mkdir(exist_ok=True)
    moment = dt.datetime.now(tz=dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        (server,) = cursor.fetchone()
    kept: dict[str, Any] = {
        "measured_at": moment.isoformat(), "python": platform.python_version(), "postgres": server,
        "targets": [asdict(target) for target in table], "sizes": [asdict(size) for size in found],
    }  # fmt: skip
    path = RESULTS / f"{moment:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
    say(f"\nKept in {path.relative_to(RESULTS.parent)}")


def say(text: str) -> None:
    """Print at once: the run takes minutes."""
    print(text, flush=True)
