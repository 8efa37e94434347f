"""Typst in a process of its own: what it keeps from one document to the next ends with it, so a worker that sets a
hundred documents stays as small as one that sets one. `python -m reports.typesetting` reads an order as JSON and
writes the PDF."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 300  # no document takes that long


class CannotTypeset(RuntimeError):
    """The template is wrong, or the process ended; with what it said."""


def typeset(*, template: Path, report: dict[str, Any], fonts: list[Path], timestamp: int, home: Path) -> bytes:
    """The PDF (PDF/A-2a) of a report by a template; `home` is the project's folder. Raises CannotTypeset."""
    order = {"template": str(template), "report": json.dumps(report, ensure_ascii=False),
             "fonts": list(map(str, fonts)), "timestamp": timestamp}  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reports.typesetting"], input=json.dumps(order).encode(), capture_output=True,
            cwd=home, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise CannotTypeset("it took too long") from problem
    if done.returncode != 0:
        raise CannotTypeset(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def main() -> None:
    """In the other process."""
    import typst

    order = json.loads(sys.stdin.buffer.read())
    template = Path(order["template"])
    made = typst.compile(
        str(template), root=str(template.parent), font_paths=order["fonts"], ignore_system_fonts=True, format="pdf",
        sys_inputs={"report": order["report"]}, pdf_standards=["a-2a"], timestamp=order["timestamp"],
    )  # fmt: skip
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
