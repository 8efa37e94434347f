"""Who may see the whole nation's records: a short list, each with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

NOT_SERVED = {".venv", ".local", "node_modules", "tests", "bench", "tools"}
ALLOWED = {
    "metrics/actions.py": "the recount reads every hub's consultations and writes figures",
    "metrics/management/commands/check_closed_months.py": "reads the rows behind every frozen month, and writes nothing",
    "metrics/crosstab/records.py": "headquarters' cross tables count what no monthly fact holds; only sums leave",
    "metrics/pulse.py": "counts how late every hub's records came and which referrals wait; only numbers leave",
    "reports/actions/closing.py": "closing freezes every hub's figures with the keys of the rows behind them",
    "metrics/management/commands/recount_months.py": "the same, by hand",
}


def sources() -> Iterator[Path]:
    for path in sorted(settings.BASE_DIR.rglob("*.py")):
        if NOT_SERVED.isdisjoint(path.relative_to(settings.BASE_DIR).parts):
            yield path


def calls(name: str) -> set[str]:
    """The files that call something of this name."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load):
                found.add(path.relative_to(settings.BASE_DIR).as_posix())
    return found


def test_the_nations_records_are_seen_from_these_files_only():
    assert calls("nationwide") <= set(ALLOWED)
    assert {file for file in ALLOWED if not (settings.BASE_DIR / file).exists()} == set(), "these files are gone"


def test_a_scope_of_all_records_is_built_nowhere_else():
    """Scope(frozenset(HUB_IDS), …) would be nationwide() under another name."""
    hand_made = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Scope" and node.args:
                hand_made.add(path.relative_to(settings.BASE_DIR).as_posix())
    # the trail of all hubs, behind a right that headquarters and administrators have
    assert hand_made <= {"hubs/entrance.py"}


def test_inner_rooms_ask_no_clock():
    """Time comes in through the door: actions and models are told when."""
    for path in sources():
        if path.name in ("actions.py", "models.py", "workflow.py") or path.parent.name in ("actions", "models"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
                    asked = f"{getattr(node.func.value, 'id', '')}.{node.func.attr}"
                    assert asked not in ("timezone.now", "timezone.localdate", "date.today", "datetime.now"), path
