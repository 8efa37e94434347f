"""The catalogues, without the machine's gettext. The source language is Japanese, so only English needs one.

python tools/translations.py compile    .po → .mo (needs the run packages only; .mo are not committed)
python tools/translations.py collect    write what the code says into locale/en/LC_MESSAGES/django.po
python tools/translations.py check      fail for what is missing, fuzzy, obsolete, stale, has other placeholders or
                                        stands in a page outside {% translate %}
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = PROJECT / "locale" / "en" / "LC_MESSAGES" / "django.po"
NOT_OURS = {".venv", ".local", "node_modules", "tests", "tools", "bench", "migrations", "locale", "docs"}
HEADER = {
    "Project-Id-Version": "yorozu",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
# gettext's functions → which argument is what, in babel's notation
PLACES: dict[str, tuple | None] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
JAPANESE = re.compile(r"[\u3040-\u30fa\u30fc-\u30ff\u4e00-\u9fff]")  # without ・, which separates in English too
# what a page says through gettext, and what it does not say at all
TRANSLATED = re.compile(
    r"\{%\s*comment\b.*?endcomment\s*%\}|\{#.*?#\}|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*trans(?:late)?\b.*?%\}|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.S,
)


@dataclass(frozen=True)
class Message:
    """One text of the code."""

    msgid: str
    plural: str = ""
    context: str | None = None


def compile_catalogues() -> None:
    """Write a .mo beside every .po."""
    for source in sorted((PROJECT / "locale").glob("*/LC_MESSAGES/*.po")):
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))


def sources() -> Iterator[Path]:
    """Every file of ours that may speak to a user, in the order of their paths."""
    found = [*PROJECT.rglob("*.py"), *(PROJECT / "templates").rglob("*.html"), *(PROJECT / "templates").rglob("*.txt")]
    for path in sorted(found):
        if NOT_OURS.isdisjoint(path.relative_to(PROJECT).parts[:-1]):
            yield path


def spoken_in(path: Path) -> Iterator[Message]:
    """The messages of one file, in its order."""
    from babel.messages.extract import extract

    code = path.read_text()
    if path.suffix == ".py":
        places = names_used_for(code)
    else:
        from django.utils.translation.template import templatize

        # brackets, because the blanked-out text is no well-indented Python
        code = f"({templatize(code, origin=str(path))})"
        places = PLACES | {"_": None}
    for _line, texts, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=places):
        parts = (texts,) if isinstance(texts, str) else tuple(texts)
        if parts[0]:
            yield Message(parts[0], parts[1] if len(parts) > 1 else "", context)


def names_used_for(code: str) -> dict[str, tuple | None]:
    """gettext's functions by the names under which a Python file imports them."""
    names: dict[str, tuple | None] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name: PLACES[alias.name] for alias in node.names if alias.name in PLACES}
    return names


def collected() -> polib.POFile:
    """The catalogue as it should be: what the code says, with the English that we have."""
    have = {}
    if CATALOGUE.exists():
        have = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete}
    wanted: dict[tuple, polib.POEntry] = {}
    for path in sources():
        place = (path.relative_to(PROJECT).as_posix(), "")
        for message in spoken_in(path):
            key = (message.context, message.msgid)
            entry = wanted.get(key) or wanted.setdefault(key, entry_for(message, have.get(key)))
            if place not in entry.occurrences:
                entry.occurrences.append(place)
    book = polib.POFile(wrapwidth=10_000)
    book.metadata = HEADER
    book.extend(wanted.values())
    return book


def entry_for(message: Message, old: polib.POEntry | None) -> polib.POEntry:
    """A new entry with the English, flags and translator's comment of the old one."""
    entry = polib.POEntry(msgid=message.msgid, msgid_plural=message.plural, msgctxt=message.context)
    # `%` in ordinary Japanese is no placeholder; say so only where one is meant
    if PLACEHOLDER.search(message.msgid) and "%" in message.msgid:
        entry.flags = ["python-format"]
    if message.plural:
        entry.msgstr_plural = dict(old.msgstr_plural) if old and old.msgstr_plural else {0: "", 1: ""}
    elif old:
        entry.msgstr = old.msgstr
    if old:
        entry.tcomment = old.tcomment
        entry.flags += ["fuzzy"] if old.fuzzy else []
    return entry


def collect() -> None:
    """Write the catalogue."""
    book = collected()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(CATALOGUE))
    print(f"{len(book)} messages, {len(book.untranslated_entries())} without English: {CATALOGUE.relative_to(PROJECT)}")


def faults() -> Iterator[str]:
    """A sentence for everything that is wrong with the catalogue."""
    if not CATALOGUE.exists():
        yield "there is no catalogue: run `python tools/translations.py collect`"
        return
    old, new = polib.pofile(str(CATALOGUE), wrapwidth=10_000), collected()
    if str(old) != str(new):
        yield "the catalogue is not what the code says: run `python tools/translations.py collect`"
    spoken = {(entry.msgctxt, entry.msgid) for entry in new}
    for entry in old:
        if entry.obsolete or (entry.msgctxt, entry.msgid) not in spoken:
            yield f"obsolete: {entry.msgid!r}"
    for entry in new:
        yield from faults_of(entry)
    yield from untranslatable()


def untranslatable() -> Iterator[str]:
    """Pages with Japanese that no catalogue reaches. Mails (.txt) are written in Japanese for everybody."""
    for path in sources():
        if path.suffix == ".html" and (left := JAPANESE.search(rest := TRANSLATED.sub("", path.read_text()))):
            words = rest[left.start() : left.start() + 20].splitlines()[0]
            yield f"outside {{% translate %}}: {words!r} ({path.relative_to(PROJECT).as_posix()})"


def faults_of(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one entry."""
    place = entry.occurrences[0][0] if entry.occurrences else "?"
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r} ({place})"
    english = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(english):
        yield f"no English: {entry.msgid!r} ({place})"
        return
    wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
    for text in english:
        if set(PLACEHOLDER.findall(text)) - wanted or (
            not entry.msgid_plural and set(PLACEHOLDER.findall(text)) != wanted
        ):
            yield f"other placeholders: {entry.msgid!r} → {text!r} ({place})"
        if text == entry.msgid and JAPANESE.search(text):
            yield f"English is the Japanese: {entry.msgid!r} ({place})"


def check() -> None:
    """Print every fault and fail if there is one."""
    found = list(faults())
    for fault in found:
        print(fault)
    if found:
        sys.exit(f"{len(found)} faults in the translations")
    print("translations complete")


if __name__ == "__main__":
    commands = {"compile": compile_catalogues, "collect": collect, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()
