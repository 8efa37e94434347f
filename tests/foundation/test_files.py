"""What a file is, and what it may be called."""

from __future__ import annotations

import io
import zipfile

import pytest

from foundation.files import LONGEST_NAME, NotTaken, clean_name, kind_of
from tests.consultations.making_notes import CSV, HEIC, JPEG, PDF, PNG, office


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "pdf"), ("a.PNG", PNG, "png"), ("a.jpg", JPEG, "jpeg"), ("a.jpeg", JPEG, "jpeg"),
        ("a.heic", HEIC, "heic"), ("a.docx", office(), "docx"), ("a.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("a.pptx", office("ppt/presentation.xml"), "pptx"), ("a.csv", CSV, "text"),
        ("a.txt", "\ufeffこんにちは\r\n".encode(), "text"), ("a.txt", ("あ" * 700_000).encode(), "text"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_content(name, content, kind):
    assert kind_of(io.BytesIO(content), name) == kind


def zipped(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ\x90\x00" + b"\x00" * 60, "unknown"),
        ("a.pdf", b"MZ\x90\x00" + b"\x00" * 60, "unknown"),
        ("a.gif", b"GIF89a" + b"\x00" * 30, "unknown"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "mismatch"),
        ("a.html", b"<script>alert(1)</script>", "mismatch"),
        ("a.pdf", JPEG, "mismatch"),
        ("a.pdf.exe", PDF, "mismatch"),
        ("a.jpg", PDF, "mismatch"),
        ("a.docx", office("xl/workbook.xml"), "mismatch"),
        ("a.zip", zipped(**{"a.txt": b"x"}), "unknown"),
        ("a.docx", zipped(**{"word/document.xml": b"x"}), "unknown"),
        ("a.docx", office(**{"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", office(**{"word/activeX/activeX1.bin": b"x"}), "macros"),
        ("a.docx", office(**{"../../etc/passwd": b"x"}), "suspicious"),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 100, "unknown"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "encrypted"),
        ("a.jpg", b"\xff\xd8\xff", "unknown"),
        ("a.txt", b"\x00\x01\x02", "unknown"),
        ("a.txt", b"a" * 2_000_000 + b"\x00", "unknown"),
        ("a.pdf", b"GIF89a%PDF-1.7" + b"\x00" * 30, "unknown"),
        ("a.docx", JPEG + office(), "mismatch"),
    ],
)
def test_what_is_not_on_the_list_or_pretends_is_not_taken(name, content, why):
    with pytest.raises(NotTaken) as refused:
        kind_of(io.BytesIO(content), name)
    assert refused.value.code == why


def test_a_bomb_is_not_taken():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "")
        for n in range(5_001):
            archive.writestr(f"word/{n}.xml", "")
    with pytest.raises(NotTaken, match="suspicious"):
        kind_of(held, "a.docx")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("見積書.pdf", "見積書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/cron.d/evil", "evil"),
        ("..", "file"),
        ("", "file"),
        ("   .  ", "file"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ('a"; filename="b.exe', "a__ filename=_b.exe"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("見\u200b積\ufeff書.pdf", "見積書.pdf"),
        ("か\u3099くせい.pdf", "がくせい.pdf"),
        ("CON.txt", "_CON.txt"),
        ("a   b\u3000c.pdf", "a b c.pdf"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_name_cannot_lead_elsewhere_nor_say_something_else_than_it_seems(sent, shown):
    assert clean_name(sent) == shown


def test_a_long_name_keeps_its_ending():
    name = clean_name("長" * 300 + ".pdf")
    assert len(name) == LONGEST_NAME
    assert name.endswith(".pdf")
