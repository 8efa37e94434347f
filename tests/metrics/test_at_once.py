"""Several workers count at the same time: real connections, committed rows, taken away afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection, connections

from accounts.models import User
from consultations.models import Case, Consultation, Enterprise, TouchedMonth
from foundation.periods import Month
from hubs.models import Hub, Membership
from hubs.tenancy import HUB_IDS, Scope, entered
from metrics import actions
from metrics.models import Count, Fact
from tests import making
from tests.metrics.plain import counted_months, differences, expected, stored

NOVEMBER = Month(2026, 11)


@pytest.fixture
def committed_tokyo(django_db_setup, django_db_blocker) -> Iterator[Hub]:
    """Tokyo with five committed consultations. A flush would take the reference lists along, so we tidy up."""
    with django_db_blocker.unblock():
        hub = Hub.objects.select_related("prefecture").get(slug="tokyo")
        case = making.make_case(hub=hub)
        for _ in range(5):
            making.make_consultation(hub=hub, case=case)
        yield hub
        with entered(Scope.nationwide()):
            for model in (Consultation, Case, Enterprise, TouchedMonth, Fact):
                model.objects.all().delete()
        Count.objects.all().delete()
        with entered(Scope.of_figures(HUB_IDS)):
            Membership.objects.all().delete()
            User.objects.filter(email__startswith="staff@").delete()
        connection.close()


def at_once(workers: int, work) -> list:
    """What each of so many threads returned, started together."""
    together, results = threading.Barrier(workers), []

    def one() -> None:
        try:
            together.wait()
            results.append(work())
        except Exception as problem:
            results.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_workers_count_a_touched_month_once(committed_tokyo: Hub, now: datetime):
    results = at_once(4, lambda: actions.recount_touched(at=now))
    assert sorted(results, key=len) == [[], [], [], [NOVEMBER]]
    assert differences(stored(), expected(counted_months())) == {}


def test_full_counts_wait_for_each_other(committed_tokyo: Hub, now: datetime):
    results = at_once(3, lambda: actions.recount([NOVEMBER], at=now))
    assert results == [[NOVEMBER]] * 3
    assert differences(stored(), expected(counted_months())) == {}


def test_what_is_logged_while_counting_is_counted_the_next_time(committed_tokyo: Hub, now: datetime):
    """A touch that another transaction has not committed yet stays on the list."""

    def log_and_count() -> list[Month]:
        making.make_consultation(hub=committed_tokyo, case=None)
        return actions.recount_touched(at=now)

    assert not [result for result in at_once(4, log_and_count) if isinstance(result, Exception)]
    actions.recount_touched(at=now)
    with entered(Scope.nationwide()):
        assert not TouchedMonth.objects.exists()
        assert Consultation.objects.count() == 9
    assert differences(stored(), expected(counted_months())) == {}
