"""With a real worker and a real mail server: a chase whose worker is killed is neither doubled nor lost."""

from __future__ import annotations

import os
from datetime import timedelta

import psycopg2
import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from hubs.tenancy import Scope, entered
from letters.models import Letter
from tests.mailbox import Mailbox
from tests.referrals.making import AGENCY, fresh, make_sent
from tests.workers import working

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox():
    with Mailbox() as found:
        yield found


@pytest.fixture
def worker(tmp_path, monkeypatch, mailbox):
    with working(tmp_path, monkeypatch, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(mailbox.port)) as found:
        yield found


class letters_withheld:  # noqa: N801  (reads as a sentence)
    """Nobody can write a letter meanwhile, so whoever chases stands still in the middle of it."""

    def __enter__(self) -> None:
        parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
        self.session = psycopg2.connect(**(parts | {"dbname": connection.settings_dict["NAME"]}))
        self.session.cursor().execute("LOCK TABLE letters_letter IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self.session.rollback()
        self.session.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = 'letters_letter'::regclass AND NOT granted")
        return cursor.fetchone()[0] > 0


def test_a_worker_killed_in_the_middle_of_a_chase_neither_doubles_nor_loses(worker, mailbox, tokyo):
    referral = make_sent(hub=tokyo, at=timezone.now() - timedelta(days=10))
    worker.wait_until(lambda: len(mailbox.received) == 1)
    with letters_withheld():
        current_app.send_task("referrals.chase_due")
        worker.wait_until(somebody_waits)
        worker.kill_what_works()
    # Its task comes back by itself; the beat sends it again and again besides.
    for _ in range(3):
        current_app.send_task("referrals.chase_due")
    worker.wait_until(lambda: len(mailbox.received) >= 2)
    assert fresh(referral).chased == 1
    with entered(Scope.of_hub(tokyo.pk)):
        worker.wait_until(lambda: not Letter.objects.filter(state="queued").exists())
        assert Letter.objects.count() == 2
    assert [mail["Subject"].endswith("(ご回答をお待ちしています)") for mail in mailbox.to(AGENCY)] == [False, True]
    assert "みなと食堂" not in mailbox.received[1].get_content()
