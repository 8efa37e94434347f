"""A merge whose process is killed in the middle leaves nothing of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from consultations.models import Consultation, Merge
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_twins import make_twins, merge, undo
from tests.consultations.test_merging import everything

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90  # seconds: only the end of waiting for what never comes

# The whole way of a request, from the first middleware to the commit, in a process of its own.
SENDING = """
import sys
import django
django.setup()
from django.test import Client
from accounts.models import User
email, path, *pairs = sys.argv[1:]
client = Client()
client.force_login(User.objects.get(email=email))
client.post(path, dict(pair.split("=", 1) for pair in pairs))
"""


@pytest.fixture
def twins(tokyo):
    one, other = make_twins(tokyo)
    for row in (one, other):
        making.make_consultation(hub=tokyo, enterprise=row)
    return one, other


def test_a_process_killed_in_the_middle_of_a_merge_leaves_two(tokyo, twins, coordinator, client):
    one, other = twins
    path = f"/hubs/tokyo/merges/new/?first={one.pk}&second={other.pk}"
    client.force_login(coordinator)
    form = client.get(path).context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields}
    before = everything(tokyo)
    killed_while_moving(other, coordinator, path, sent)
    assert everything(tokyo) == before
    with entered(Scope.of_hub(tokyo.pk)):
        assert not Merge.objects.exists()
    assert client.post(path, sent).status_code == 302  # and it can be done again


def test_a_process_killed_in_the_middle_of_an_undoing_leaves_one(tokyo, twins, coordinator, client):
    one, other = twins
    done = merge(one, other, by=coordinator)
    path = f"/hubs/tokyo/merges/{done.pk}/undoing/"
    client.force_login(coordinator)
    sent = {"version": str(client.get(path).context["form"]["version"].value())}
    before = everything(tokyo)
    killed_while_moving(one, coordinator, path, sent)
    assert everything(tokyo) == before
    undo(done, by=coordinator)
    with entered(Scope.of_hub(tokyo.pk)):
        assert Consultation.objects.filter(enterprise=other).count() == 1


def killed_while_moving(enterprise, person, path, sent) -> None:
    """Send a form from another process, and kill that when it has moved the cases and stands before the first
    consultation, which we hold."""
    parts = psycopg2.extensions.parse_dsn(os.environ["DATABASE_OWNER_URL"])
    holding = psycopg2.connect(**(parts | {"dbname": connection.settings_dict["NAME"]}))
    database = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]
    with holding.cursor() as cursor:
        cursor.execute("SELECT set_config('yorozu.records', %s, true)", [f"{{{enterprise.hub_id}}}"])
        cursor.execute("SELECT id FROM consultations_consultation WHERE enterprise_id = %s FOR UPDATE", [enterprise.pk])
        assert cursor.fetchall()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SENDING, person.email, path, *(f"{k}={v}" for k, v in sent.items())],
            env=os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "yorozu.settings"},
            cwd=settings.BASE_DIR,
        )
        wait_until(lambda: waiting_for(cursor) == 1 or process.poll() is not None)
        assert process.poll() is None, "it ended without waiting for us"
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        holding.rollback()
        wait_until(lambda: others(cursor) == 0)
    holding.close()


def waiting_for(cursor) -> int:
    """How many sessions stand before a lock of ours."""
    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
    return cursor.fetchone()[0]


def others(cursor) -> int:
    """How many other sessions still work on this database."""
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
        " AND pid <> pg_backend_pid()"
    )
    return cursor.fetchone()[0]


def wait_until(found: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 10):
        if found():
            return
        pause.wait(0.1)
    pytest.fail("never came")
