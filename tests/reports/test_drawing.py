"""The drawings in the documents are printed from the tables of moves."""

from django.conf import settings

from reports.workflow import COMPOSITION, MONTH, REOPENING


def test_the_drawings_are_the_tables() -> None:
    page = (settings.BASE_DIR / "docs" / "months.md").read_text()
    drawn = [part.split("\n```")[0] for part in page.split("```mermaid\n")[1:]]
    assert drawn == ["\n".join(table.drawing()) for table in (MONTH, REOPENING, COMPOSITION)]
