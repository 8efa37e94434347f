"""The pictures of the guide, from the running system: copies those that docs/guide names out of what the browser tests
saw last (`make test ARGS=tests/e2e`), and tells which are missing.

python tools/pictures.py
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
GUIDE = PROJECT / "docs" / "guide"
SEEN = PROJECT / "test-artefacts" / "screenshots"


def main() -> None:
    """Copy, or say what no test has seen."""
    named = {
        name for page in GUIDE.glob("*.md") for name in re.findall(r"\(pictures/([\w-]+\.png)\)", page.read_text())
    }
    (GUIDE / "pictures").mkdir(exist_ok=True)
    for old in (GUIDE / "pictures").glob("*.png"):
        if old.name not in named:
            old.unlink()
    missing = sorted(name for name in named if not (SEEN / name).exists())
    for name in sorted(named - set(missing)):
        shutil.copyfile(SEEN / name, GUIDE / "pictures" / name)
    if missing:
        sys.exit("not seen by any test: " + ", ".join(missing))
    print(f"{len(named)} pictures")


if __name__ == "__main__":
    main()
