"""A real mail server that keeps what it is given, and can be made to stand still in the middle of a mail."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from yorozu.local import free_port


class Mailbox:
    """The server's side of SMTP. `refusal` is answered to a recipient instead of yes."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refusal = ""
        self.in_the_middle = threading.Event()  # somebody has handed over a mail and waits for the answer
        self._goes_on = threading.Event()
        self._goes_on.set()
        self._server = Controller(self, hostname="127.0.0.1", port=free_port())

    def __enter__(self) -> Mailbox:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._goes_on.set()
        self._server.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def hold(self) -> None:
        """From now on, answer nobody who hands over a mail, and do not keep that mail."""
        self.in_the_middle.clear()
        self._goes_on.clear()

    def go_on(self) -> None:
        self._goes_on.set()

    def to(self, address: str) -> list[EmailMessage]:
        """What came for somebody."""
        return [mail for mail in self.received if mail["To"] == address]

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's names)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self._goes_on.is_set():
            self.in_the_middle.set()
            await asyncio.get_running_loop().run_in_executor(None, self._goes_on.wait)
            return "451 Requested action aborted"
        content: Any = envelope.content
        self.received.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 OK"
