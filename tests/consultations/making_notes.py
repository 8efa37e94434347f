"""Makes files of every kind, and reviews."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from consultations.models import Consultation, Review
from hubs.tenancy import Scope, entered
from tests import making

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 30
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + b"\x00" * 30
CSV = "品名,数量\n甘酒,12\n".encode("cp932")


def office(main: str = "word/document.xml", **more: bytes) -> bytes:
    """An Office file as a ZIP: its main part, and whatever else is wanted in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<document/>")
        for name, content in more.items():
            archive.writestr(name, content)
    return held.getvalue()


def upload(
    name: str = "見積書.pdf", content: bytes = PDF, said: str = "application/octet-stream"
) -> SimpleUploadedFile:
    """A file as a browser sends it; `said` is what it claims to be."""
    return SimpleUploadedFile(name, content, content_type=said)


def make_review(consultation: Consultation | None = None, *, hub: Any, **fields: Any) -> Review:
    consultation = consultation or making.make_consultation(hub=hub)
    values = {
        "state": "open", "reason": "thin", "completeness": 2, "opened_at": making.MOMENT, "moved_at": making.MOMENT,
    } | fields  # fmt: skip
    if values["state"] != "open":
        values.setdefault("chief", making.staff_of(hub))
    with entered(Scope.of_hub(hub.pk)):
        return Review.objects.create(hub=hub, consultation=consultation, **values)
