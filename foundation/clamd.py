"""Asking a ClamAV daemon about a file, in its own protocol (INSTREAM, clamd(8))."""

from __future__ import annotations

import re
import socket
import struct
from typing import IO
from urllib.parse import urlsplit

PIECE = 64 * 1024
SECONDS = 60


class NoVerdict(Exception):
    """The scanner could not be reached, or did not say what it found: ask again later."""


def verdict(address: str, file: IO[bytes], *, seconds: float = SECONDS) -> str:
    """What the scanner found in a file: the name of a virus, or "" for none. `address` is unix:/path/to/socket or
    tcp://host:port. Raises NoVerdict."""
    try:
        with _connected(address, seconds) as line:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as problem:  # with a size limit exceeded the daemon closes the line while we send
        raise NoVerdict(str(problem)) from problem
    if answer == "stream: OK":
        return ""
    if found := re.fullmatch(r"stream: (.+) FOUND", answer):
        return found[1]
    raise NoVerdict(answer[:200])


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    parts = urlsplit(address)
    if parts.scheme != "tcp" or parts.hostname is None or parts.port is None:
        raise NoVerdict(f"not an address of a scanner: {address}")
    return socket.create_connection((parts.hostname, parts.port), timeout=seconds)


def _answer(line: socket.socket) -> str:
    heard = b""
    while b"\0" not in heard and len(heard) < 4096:
        piece = line.recv(1024)
        if not piece:
            break
        heard += piece
    return heard.split(b"\0", 1)[0].decode(errors="replace").strip()
