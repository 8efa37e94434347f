"""With a real worker and a real mail server: each letter once, also when the worker is killed in the middle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hubs.models import Hub
from hubs.tenancy import Scope, entered
from letters import actions
from letters.choices import LetterState
from letters.models import Letter
from tests.mailbox import Mailbox
from tests.workers import working

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = {"to": "taro@shien.example", "subject": "ご紹介のお知らせ", "body": "本文"}


@pytest.fixture
def mailbox():
    with Mailbox() as found:
        yield found


@pytest.fixture
def worker(tmp_path, monkeypatch, mailbox):
    host = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mailbox.port)}
    with working(tmp_path, monkeypatch, **host) as found:
        yield found


def post(hub: Hub, *keys: str) -> None:
    with entered(Scope.of_hub(hub.pk)):
        for key in keys:
            actions.post(key=key, hub=hub, at=timezone.now(), **TEXT)


def states(hub: Hub) -> list[tuple[str, int]]:
    with entered(Scope.of_hub(hub.pk)):
        return list(Letter.objects.order_by("pk").values_list("state", "attempts"))


def test_letters_go_out_as_soon_as_their_deed_is_committed(worker, mailbox, tokyo):
    post(tokyo, "a", "b", "c")
    worker.wait_until(lambda: len(mailbox.received) == 3)
    worker.wait_until(lambda: states(tokyo) == [(LetterState.SENT, 1)] * 3)


def test_a_worker_killed_while_it_sends_neither_doubles_nor_loses(worker, mailbox, tokyo):
    mailbox.hold()
    post(tokyo, "a")
    worker.wait_until(mailbox.in_the_middle.is_set)
    worker.kill_what_works()
    mailbox.go_on()
    assert states(tokyo) == [(LetterState.QUEUED, 1)], "the dead worker's try is counted, its letter not sent"
    # The queue hands the dead worker's task to the next one, who finds the letter taken until its pause is over.
    with entered(Scope.of_hub(tokyo.pk)):
        Letter.objects.update(next_try_at=timezone.now() - timedelta(minutes=2))
    for _ in range(3):  # as the beat would, and twice more
        actions.current_app.send_task("letters.send_due")
    worker.wait_until(lambda: states(tokyo) == [(LetterState.SENT, 2)])
    post(tokyo, "b")
    worker.wait_until(lambda: len(states(tokyo)) == 2 and states(tokyo)[1][0] == LetterState.SENT)
    assert len(mailbox.received) == 2, worker.log.read_text()
    assert len({mail["Message-ID"] for mail in mailbox.received}) == 2
