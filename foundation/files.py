"""Files that come from outside: what they are, by their content, and what they may be called.

A short list of kinds, each recognised by its own rule, instead of a library that knows a thousand: what is not on the
list is not taken, and a rule that says "this is a Word document" has looked into it.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

LONGEST_NAME = 120
_TEXT_SAMPLE = 1 << 20
_MOST_PARTS = 5_000
_MOST_UNPACKED = 1 << 30

# Not to be seen, or turns the reading direction: photo\u202egnp.exe reads photoexe.png.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_RESERVED = re.compile(r'[<>:"|?*;]')  # a file of this name could not be saved under Windows, or breaks a header
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


class NotTaken(ValueError):
    """Why a file is not taken: `unknown` (no kind that is on the list), `macros`, `encrypted`, `suspicious` (a bomb,
    or parts that lead elsewhere) or `mismatch` (`kind` says what it really is)."""

    def __init__(self, code: str, kind: str = "") -> None:
        super().__init__(code)
        self.code, self.kind = code, kind


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is served as, and what its name may end in."""

    content_type: str
    suffixes: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", (".pdf",)),
    "png": Kind("image/png", (".png",)),
    "jpeg": Kind("image/jpeg", (".jpg", ".jpeg")),
    "heic": Kind("image/heic", (".heic", ".heif")),
    "docx": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    "pptx": Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",)),
    "text": Kind("text/plain", (".txt", ".csv")),
}
SUFFIXES = tuple(suffix for kind in KINDS.values() for suffix in kind.suffixes)


def kind_of(file: IO[bytes], name: str) -> str:
    """What a file is, by its content; its name must end as that kind does. Raises NotTaken."""
    kind = _by_content(file)
    if not name.lower().endswith(KINDS[kind].suffixes):
        raise NotTaken("mismatch", kind)
    return kind


def _by_content(file: IO[bytes]) -> str:
    file.seek(0)
    head = file.read(64)
    for found, begins in _BEGINNINGS:
        if begins(head):
            return found
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if _is_text(file):
        return "text"
    # Word and Excel before 2007, and Office files under a password, are such containers.
    raise NotTaken("encrypted" if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") else "unknown")


_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_BEGINNINGS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("pdf", lambda head: re.match(rb"%PDF-[12]\.[0-9]", head) is not None),
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")),
    ("jpeg", lambda head: re.match(rb"\xff\xd8\xff[\xc0-\xfe]", head) is not None),
    ("heic", lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIC),
)
_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}


def _office(file: IO[bytes]) -> str:
    """Which Office document a ZIP is. Raises NotTaken."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError) as problem:
        raise NotTaken("unknown") from problem
    names = {part.filename for part in parts}
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise NotTaken("suspicious")
    if any(name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts for name in names):
        raise NotTaken("suspicious")
    kinds = {kind for part, kind in _MAIN_PARTS.items() if part in names}
    if "[Content_Types].xml" not in names or len(kinds) != 1:
        raise NotTaken("unknown")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name.lower() for name in names):
        raise NotTaken("macros")
    return kinds.pop()


def _is_text(file: IO[bytes]) -> bool:
    """UTF-8 or cp932 without control characters, looked at from the beginning and at the end."""
    file.seek(0)
    begin = file.read(_TEXT_SAMPLE)
    rest = file.read()
    return bool(begin) and not re.search(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", begin + rest) and _is_encoded(begin)


def _is_encoded(sample: bytes) -> bool:
    if sample.count(0xFF) or sample.count(0xFE):  # in neither; Python's cp932 has them as private characters
        return False
    for encoding in ("utf-8", "cp932"):
        for cut in range(4 if len(sample) == _TEXT_SAMPLE else 1):  # a character may go on behind the sample
            try:
                sample[: len(sample) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def clean_name(name: str) -> str:
    """What a file may be called when it is shown and handed out: one line, no folder, nothing that one cannot see or
    that turns the direction, NFC (a Mac writes が as two), at most LONGEST_NAME characters with its ending kept."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = _RESERVED.sub("_", _UNSEEN.sub("", "".join(one for one in text if not "\ud800" <= one <= "\udfff")))
    text = re.sub(r"\s+", " ", text).strip(" .")
    if not text or (text.startswith("_") and not text.strip("_")):
        text = "file"
    if _DEVICE.match(text):
        text = f"_{text}"
    suffix = PurePosixPath(text).suffix[:12]
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - len(suffix)].rstrip() + suffix
