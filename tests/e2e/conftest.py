"""A real Chromium before the real system: `python -m yorozu.local run` with a small demonstration, as `make run`
starts it with a large one. Nothing is faked; the system has its own port, database and Redis."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect, sync_playwright

from yorozu.demo.accounts import PASSWORD, address
from yorozu.local import PROJECT, Postgres, free_port

A_MONTH = "300"  # consultations in an ordinary month of the demonstration: six a hub
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PICTURES = PROJECT / "test-artefacts" / "screenshots"
START_SECONDS, STOP_SECONDS, LETTER_SECONDS = 300, 60, 90


@pytest.fixture(scope="package")
def chromium() -> str:
    """The path of a Chromium, as tools/chromium.py hands it over; without one, skip loudly, or fail in CI."""
    # `make test` has asked the tool already; an empty answer is an answer
    path = os.environ["CHROMIUM"] if "CHROMIUM" in os.environ else _found_by_the_tool()
    if path:
        return path
    reason = "NO CHROMIUM: the browser tests did not run. Set CHROMIUM=/path/to/chromium."
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _found_by_the_tool() -> str:
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "chromium.py"], stdout=subprocess.PIPE, text=True, check=False
    )
    return done.stdout.strip()


@pytest.fixture(scope="package")
def system(chromium: str) -> Iterator[str]:
    """The address of the running system. It must stop cleanly when it is told to. YOROZU_URL names one that runs
    already, for whoever writes tests."""
    if "YOROZU_URL" in os.environ:
        yield os.environ["YOROZU_URL"]
        return
    home = home_of_system()
    _empty(home)
    port = free_port()
    outside = {name: value for name, value in os.environ.items() if name not in _OURS_ALONE}
    environment = outside | {"YOROZU_MODE": "demo", "PORT": str(port), "DATA_DIR": str(home), "DEMO_A_MONTH": A_MONTH}
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "yorozu.local", "run"], cwd=PROJECT, env=environment,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}", home)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            clean = process.poll() == 0
            process.kill()
    assert clean, f"the system did not stop cleanly: {_tail(home / 'run.log')}"


# what names the test run's own services and settings: the system starts its own
_OURS_ALONE = frozenset(
    {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "TEST_DATABASE", "IDLE_MINUTES"}
)


def home_of_system() -> Path:
    """Where the system that the tests started keeps its data."""
    return Path(os.environ.get("DATA_DIR") or PROJECT / ".local").resolve() / "e2e"


def link_from_letter(recipient: str, path: str) -> str:
    """The path of a link in the newest letter to somebody, as soon as the worker has sent it. In demo mode letters
    are files."""
    ends = time.monotonic() + LETTER_SECONDS
    while time.monotonic() < ends:
        files = sorted((home_of_system() / "mail").glob("*"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files:
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = letter.get_body(("plain",)) if letter["To"] == recipient else None
            if body and (found := re.search(rf"{path}[\w-]+/", body.get_content())):
                return found.group()
        time.sleep(0.5)
    pytest.fail(f"no letter to {recipient} with {path}")


def _empty(home: Path) -> None:
    """Begin with nothing: also where the database's folder lies outside `home`, within reach of its user."""
    if home.exists():
        shutil.rmtree(Postgres(home, {}).state)
        shutil.rmtree(home)
    home.mkdir(parents=True)


def _wait_until_ready(process: subprocess.Popen, url: str, home: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    answer = "nothing"
    while time.monotonic() < ends:
        if process.poll() is not None:
            pytest.fail(f"the system ended with code {process.returncode}: {_tail(home / 'run.log')}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):  # noqa: S310  (our own address)
                return
        except urllib.error.HTTPError as problem:
            answer = problem.read().decode()
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(f"/readyz was not good within {START_SECONDS} s, but: {answer}; {_tail(home / 'run.log')}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests; each test has its own contexts. Ends with this package: while it runs, Django
    takes its event loop for ours and refuses to touch the database in this process."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def sessions() -> dict[str, Any]:
    """Cookies of who has signed in, by account."""
    return {}


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: scripts that failed, things that our policy refused. Must stay empty."""
    return []


@pytest.fixture
def visit(
    system: str, browser: Browser, sessions: dict[str, Any], complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """`visit("coordinator.13")` is a new page of somebody signed in, `visit()` of a stranger. Further arguments
    are those of a browser context. At the end no page may have met a refused resource or a failed script."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        context = browser.new_context(
            **{
                "base_url": system,
                "viewport": DESKTOP,
                "locale": "ja-JP",
                "timezone_id": "Asia/Tokyo",
                "reduced_motion": "reduce",
            }
            | options
        )
        context.set_default_timeout(20_000)
        context.on("console", lambda message: _note(message, complaints))
        context.on("weberror", lambda error: _note_error(error, complaints))
        opened.append(context)
        return context

    def visiting(who: str | None = None, **options: Any) -> Page:
        if who and who not in sessions:
            context = open_context()
            sign_in(context.new_page(), who)
            sessions[who] = context.storage_state()
        return open_context(**({"storage_state": sessions[who]} if who else {}) | options).new_page()

    yield visiting
    for context in opened:
        context.close()
    assert complaints == []


# the browser's own words for it, and htmx's
NOT_ANSWERED = ("Failed to load resource", "Response Status Error Code", "htmx:sendError", "htmx:afterRequest")


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    # answers other than 200 and a network that we took away are the tests' own doing; each looks at them itself.
    # What has no address was done by a script of the tests (axe tries inline styles), and rightly refused.
    source = message.location.get("url")
    if message.type == "error" and source and not message.text.startswith(NOT_ANSWERED):
        complaints.append(f"{message.text} ({source})")


def _note_error(error: WebError, complaints: list[str]) -> None:
    complaints.append(f"{error.error} ({error.page.url if error.page else ''})")


def sign_in(page: Page, who: str) -> None:
    """Through the door, as everybody: the page's own labels."""
    page.goto("/accounts/login/")
    page.get_by_label("メールアドレス").fill(address(who))
    page.get_by_label("パスワード").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="サインイン", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("サインアウト|ログアウト"))).to_be_visible()  # ours, Django's


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page for human eyes."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    unstuck = "place => document.querySelectorAll('.save-bar').forEach(bar => { bar.style.position = place })"
    page.evaluate(unstuck, "static")  # a bar that sticks to the window would stand in the middle of a long picture
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    page.evaluate(unstuck, "")


def number(text: str | None) -> int:
    """The figure in "1,234件"."""
    found = re.search(r"-?[\d,]+", text or "")
    assert found, text
    return int(found.group().replace(",", ""))
