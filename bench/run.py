"""The run: per size a database of its own; then its targets, as ratios."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import resource
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from bench import database, exchange, measures, months, saving, world
from foundation.periods import Month
from hubs.models import Hub
from metrics.crosstab.presets import presets
from tests import making

ENTRY_PAGES = (
    "my desk", "hub list", "case page", "enterprise timeline", "duplicate queue", "search as you type",
)  # fmt: skip
FIGURE_PAGES = ("national dashboard", "cross table")  # from the facts, and from nothing else
MILLION = 1_000_000
BUDGETS = {
    "enterprise timeline": 12,  # with what may be seen of its consents, merges and likely pairs
    "cross table": 12,
}
RESULTS = Path(__file__).resolve().parent.parent / "bench-results"


@dataclass
class Size:
    """What was measured at one number of consultations, in milliseconds."""

    rows: int
    years: int = 2
    parts: tuple[str, ...] = ("entry", "files", "month")
    load_seconds: float = 0
    compile_all_seconds: float = 0
    compile: dict[str, float] = field(default_factory=dict)
    search: dict[str, float] = field(default_factory=dict)
    pairs: dict[str, float] = field(default_factory=dict)
    pages: dict[str, dict[str, float]] = field(default_factory=dict)
    saving: dict[str, float] = field(default_factory=dict)
    month: dict[str, dict[str, Any]] = field(default_factory=dict)
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
    found = [measure(planned(rows, largest=max(sizes))) for rows in sizes]
    table = [*targets(found), *(_files() if any("files" in size.parts for size in found) else [])]
    show(table, found)
    keep(table, found)
    return 0 if all(target.passed for target in table) else 1


def planned(rows: int, *, largest: int) -> Size:
    """How many years, and what is measured of them: of a small one what it is to be compared with."""
    years = int(os.environ.get("BENCH_YEARS", "2" if rows <= MILLION else "10"))
    parts = os.environ.get("BENCH_PARTS", "entry,files,month" if largest <= MILLION else "month")
    return Size(rows, years, tuple(parts.split(",")))


def measure(size: Size) -> Size:
    """Everything at one size."""
    say(f"{size.rows:,} consultations of {size.years} years: loading")
    name = database.create(size.rows)
    try:
        loaded = world.load(name, size.rows, size.years)
        size.load_seconds = loaded.seconds
        say(f"  loaded in {loaded.seconds:.0f} s; counting {len(loaded.months)} months")
        counted = months.count_all(loaded.months)
        size.compile_all_seconds, size.month["count all"] = counted["ms"] / 1000, counted
        database.administer("VACUUM ANALYZE metrics_fact", database=name)
        _compile(size, loaded.months[-1])
        hub, coordinator = Hub.objects.select_related("prefecture").get(slug="tokyo"), Client()
        coordinator.force_login(making.make_person("coordinator", hub=hub))
        if "entry" in size.parts:
            _entry(size, name, coordinator, hub)
        if "month" in size.parts:
            _month(size, name, loaded.months)
        size.memory_mb = {
            "python": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "postgres": months.session_mb(),
        }
    finally:
        database.drop(name)
    return size


def _entry(size: Size, name: str, coordinator: Client, hub: Hub) -> None:
    """What people do all day."""
    times = measures.searches(Hub.objects.all())
    size.search = {"p95": measures.p95(times), "worst": max(times)}
    likely = measures.alike(Hub.objects.filter(slug__in=["tokyo", "osaka", "aichi", "tottori"]))
    size.search |= {"similar p95": measures.p95(likely), "similar worst": max(likely)}
    size.pairs = measures.pairs(hub)
    _pages(size, coordinator, hub)
    _saving(size, name, coordinator, hub)


def _month(size: Size, name: str, counted: tuple[Month, ...]) -> None:
    """What headquarters does once a month, and what the figures' pages cost."""
    chief = making.make_person("headquarters", second_factor=True)
    nation = Client()
    nation.force_login(chief)
    for page in FIGURE_PAGES:
        _note(size, page, lambda page=page: _page_of_figures(size, page, nation))
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "one changed, this month": lambda: months.one_changed(counted[-1], counted),
        "one changed, oldest month": lambda: months.one_changed(counted[0], counted),
        "count all again": lambda: months.count_all_again(counted),
        "trend": lambda: {"p95": measures.p95(months.trend(counted[-1]))},
    }
    for what, step in steps.items():
        _note(size, what, lambda what=what, step=step: size.month.update({what: step()}))
    _note(size, "closing", lambda: size.month.update(months.close_two(counted, chief)))
    march = months.last_march(counted)
    _note(size, "package", lambda: size.month.update({"package": months.make_package(march, chief)}))
    for page in FIGURE_PAGES:  # and once more, with months that are closed
        _note(size, f"{page}, closed", lambda page=page: _page_of_figures(size, page, nation, ", closed"))


def _note(size: Size, what: str, step: Callable[[], Any]) -> None:
    """One failure must not lose the other figures."""
    try:
        step()
    except Exception as problem:
        size.problems.append(f"{what}: {problem!r}")
    else:
        say(f"  {what}: {json.dumps(size.month.get(what) or size.pages.get(what) or 'measured', default=str)}")


def _page_of_figures(size: Size, page: str, nation: Client, more: str = "") -> None:
    if page == "cross table":  # every ready-made one but those that ask the records, as their page says
        address = measures.address_of("crosstab:page")
        addresses = [f"{address}?{query}" for _label, query in presets() if "rows=theme&columns=industry" not in query]
    else:
        addresses = [measures.address_of("nation:month")]
    found: dict[str, Any] = {}

    def look() -> None:
        times, queries = measures.page(nation, addresses)
        found.update({"p95": measures.p95(times), "median": sorted(times)[len(times) // 2], "queries": queries})

    found["records read"] = months.records_read(look)
    size.pages[page + more] = found


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
    size.compile = measures.compile_month(month, rounds=5 if size.rows <= MILLION else 3)
    say("  compile " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in size.compile.items()))


def _pages(size: Size, coordinator: Client, hub: Hub) -> None:
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


def targets(found: list[Size]) -> list[Target]:
    """The table: each size for compiling, saving and search; the largest against the smallest for pages."""
    table = []
    small, large = found[0], found[-1]
    for size in found:
        at = f"{size.rows:,}"
        table.append(_ratio(f"compile a month, {at}", size.compile.get("compile"), size.compile.get("bare"), 2))
        if "entry" in size.parts:
            table.append(
                _ratio(f"save a consultation (p95), {at}", size.saving.get("save"), size.saving.get("plain"), 3)
            )
            table.append(_below(f"search two characters (p95), {at}", size.search.get("p95"), 50))
            table.append(_below(f"similar cases (p95), {at}", size.search.get("similar p95"), 200))
        if "month" in size.parts:
            table += _month_targets(size, at)
    if "entry" in small.parts and "entry" in large.parts:
        table += _entry_targets(small, large)
    if "month" in small.parts and "month" in large.parts:
        for page in FIGURE_PAGES:
            table += _page_targets(page, small, large)
    wrong = sum(len(size.problems) for size in found)
    return [*table, Target("nothing went wrong", "0", str(wrong), None, not wrong)]


def _month_targets(size: Size, at: str) -> list[Target]:
    read = {page: size.pages.get(page, {}).get("records read") for page in FIGURE_PAGES}
    table = [_none(f"{page}: records read, {at}", rows) for page, rows in read.items()]
    for which in ("this month", "oldest month"):
        changed = size.month.get(f"one changed, {which}", {})
        # the beat comes by every 15 s
        table.append(_below(f"one changed, {which}: counted, {at}", changed.get("worst"), 45_000))
        table.append(_none(f"… figures of others written, {at}", changed.get("stray")))
    package = size.month.get("package", {})
    table.append(_below(f"a month's package, {at}", package.get("ms"), 300_000))
    table.append(_below(f"… memory of its worker, {at}", package.get("python MB"), 400, "MB"))
    return table


def _entry_targets(small: Size, large: Size) -> list[Target]:
    one, many = small.pairs.get("one p95"), large.pairs.get("one p95")
    table = [_ratio(f"likely pairs of one changed (p95), {large.rows:,} : {small.rows:,}", many, one, 1.5)]
    for page in ENTRY_PAGES:
        table += _page_targets(page, small, large)
    took = large.pages.get("search as you type", {}).get("p95")
    return [*table, _below("search as you type (p95), whole request", took, 100)]


def _page_targets(page: str, small: Size, large: Size) -> list[Target]:
    before, after = small.pages.get(page, {}), large.pages.get(page, {})
    most, budget = max(before.get("queries", 99), after.get("queries", 99)), BUDGETS.get(page, 10)
    return [
        _ratio(f"{page} (p95), {large.rows:,} : {small.rows:,}", after.get("p95"), before.get("p95"), 1.5),
        Target(f"{page}, queries", f"{budget}", f"{most:.0f}", None, most <= budget),
    ]


def _below(name: str, measured: float | None, limit: float, unit: str = "ms") -> Target:
    told = "not measured" if measured is None else f"{measured:.1f} {unit}"
    return Target(name, f"{limit:g} {unit}", told, None, measured is not None and measured < limit)


def _none(name: str, measured: float | None) -> Target:
    return Target(name, "0", "not measured" if measured is None else f"{measured:.0f}", None, measured == 0)


def _ratio(name: str, measured: float | None, limit: float | None, times: float) -> Target:
    if measured is None or not limit:
        return Target(name, f"{times:g} x", "not measured", None, False)
    return Target(name, f"{times:g} x {_ms(limit)}", _ms(measured), measured / limit, measured <= times * limit)


def _ms(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.1f} ms"


def show(table: list[Target], found: list[Size]) -> None:
    """Print it."""
    say(f"\n{'target':<52}{'limit':>20}{'measured':>16}{'ratio':>8}  ")
    for target in table:
        ratio = f"{target.ratio:.2f}" if target.ratio is not None else ""
        say(
            f"{target.name:<52}{target.limit:>20}{target.measured:>16}{ratio:>8}  {'pass' if target.passed else 'FAIL'}"
        )
    for size in found:
        memory = ", ".join(f"{name} {mb:.0f} MB" for name, mb in size.memory_mb.items())
        took = f"load {size.load_seconds:.0f} s, count {size.years} years {size.compile_all_seconds:.1f} s"
        say(f"\n{size.rows:,}: {took}, peak {memory}")
        for what in ("compile", "saving", "search", "pairs", "pages"):
            say(f"  {what}: {json.dumps(getattr(size, what), default=str)}")
        for what, measured in size.month.items():
            say(f"  {what}: {_rounded(measured)}")
        for problem in size.problems:
            say(f"  problem: {problem}")


def _rounded(measured: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.0f}" if isinstance(value, float) else f"{name} {value}" for name, value in measured.items()
    )


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
