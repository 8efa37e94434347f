"""The drawing in the documents is printed from the table of moves."""

from pathlib import Path

from django.conf import settings

from hubs.workflow import APPOINTMENT


def test_the_drawing_is_the_table() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "appointments.md").read_text()
    drawn = page.split("```mermaid\n")[1].split("\n```")[0]
    assert drawn == "\n".join(APPOINTMENT.drawing())
