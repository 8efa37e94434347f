"""再開: a hub asks to change a closed month, with its reason; headquarters grants it for a scope and a time, or not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit import trail
from consultations.actions.locks import open_month, shut_month
from reports import emails
from reports.actions.letters import post_about
from reports.actions.steps import note_steps
from reports.choices import MonthMove, ReopeningMove, ReopeningState
from reports.models import MonthlyReport, MonthStep, Reopening
from reports.queries import people
from reports.workflow import CLOSED, MONTH, REOPENING

LONGEST = dt.timedelta(days=14)
RETURNED_FOR = dt.timedelta(days=7)  # what is sent back can be changed so long, unless LONGEST ends before


class NothingClosed(Exception):
    """The month is not closed: there is nothing to reopen."""


class AskedAlready(Exception):
    """Somebody has asked for the same month, or it is open already."""


class OutOfBounds(Exception):
    """A reopening ends after now, and after LONGEST at the latest."""


@transaction.atomic
def ask(*, report: MonthlyReport, reason: str, consultations: Sequence[int], by: User, at: dt.datetime) -> Reopening:
    """Ask to reopen a hub's month: for these consultations, or for all of it. Raises NothingClosed, AskedAlready."""
    if report.state not in CLOSED:
        raise NothingClosed
    try:
        with transaction.atomic():
            made = Reopening.objects.create(
                hub_id=report.hub_id, report=report, reason=reason, consultations=sorted(set(consultations)),
                asked_at=at, asked_by=by,
            )  # fmt: skip
    except IntegrityError as problem:
        if "one_standing_reopening_per_report" in str(problem):
            raise AskedAlready from problem
        raise
    for person in people.headquarters(timezone.localdate(at)):
        post_about(f"reopening:{made.pk}:asked", report, person, emails.reopening_asked(made, person), at=at)
    trail.record("reopening.asked", by=by, at=at, on=made, month=str(report.month), records=len(consultations))
    return made


@transaction.atomic
def grant(*, reopening: Reopening, until: dt.datetime, answer: str, by: User, at: dt.datetime) -> Reopening:
    """Let the hub change what it asked for, until then. Raises MoveRefused, OutOfBounds."""
    if not at < until <= at + LONGEST:
        raise OutOfBounds
    row = _decided(reopening, ReopeningMove.GRANT, answer, by=by, at=at)
    row.until = until
    row.save()
    report = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=row.report_id)
    report.closed_at, report.closed_by, report.was_reopened = None, None, True
    _move(report, MonthMove.REOPEN, by=by, at=at, note=row.reason)
    open_month(hub_id=row.hub_id, month=report.month, until=until, consultations=row.consultations)
    _tell(row, at=at)
    trail.record("reopening.granted", by=by, at=at, on=row, month=str(report.month), until=until.isoformat())
    return row


@transaction.atomic
def refuse(*, reopening: Reopening, answer: str, by: User, at: dt.datetime) -> Reopening:
    """Say no, and why. Raises MoveRefused."""
    row = _decided(reopening, ReopeningMove.REFUSE, answer, by=by, at=at)
    row.save()
    _tell(row, at=at)
    trail.record("reopening.refused", by=by, at=at, on=row)
    return row


@transaction.atomic
def withdraw(*, reopening: Reopening, by: User, at: dt.datetime) -> Reopening:
    """The hub takes its wish back. Raises MoveRefused."""
    row = _decided(reopening, ReopeningMove.WITHDRAW, "", by=by, at=at)
    row.save()
    trail.record("reopening.withdrawn", by=by, at=at, on=row)
    return row


@transaction.atomic
def end_with(*, report: MonthlyReport, at: dt.datetime) -> None:
    """The hub's month was accepted again: what the reopening allowed is over. Nothing where there is none."""
    for row in Reopening.objects.granted_for(report).select_for_update(of=("self",)):
        _end(row, at=at)


@transaction.atomic
def go_on(*, report: MonthlyReport, reason: str, by: User, at: dt.datetime) -> dt.datetime:
    """A month that had been closed is sent back: what it was reopened by goes on for the same records, RETURNED_FOR at
    least. Where that is over, the return is a reopening of its own, with its reason. Until when it is open."""
    standing = Reopening.objects.granted_for(report).select_for_update(of=("self",)).first()
    row = (standing and _prolonged(standing, by=by, at=at)) or _granted_again(report, reason, by=by, at=at)
    assert row.until is not None  # the database says so
    open_month(hub_id=row.hub_id, month=report.month, until=row.until, consultations=row.consultations)
    return row.until


@transaction.atomic
def lapse(*, reopening: Reopening, at: dt.datetime) -> None:
    """Its time is over. If nothing was submitted, the month is closed as it was; what was changed meanwhile shows as a
    correction. Somebody else has seen to it: nothing."""
    # the month first, as whoever moves the month does: two who wait for each other would both wait for ever
    report = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=reopening.report_id)
    row = Reopening.objects.select_for_update(of=("self",)).run_out(at).filter(pk=reopening.pk).first()
    if row is None:
        return
    _end(row, at=at)
    close_if_over(report=report, at=at)


@transaction.atomic
def close_if_over(*, report: MonthlyReport, at: dt.datetime) -> None:
    """A month that was reopened, waits for its hub and is open no longer is closed as it was. Nothing for any other.
    The caller has locked it."""
    waits = report.was_reopened and MonthMove.LAPSE in MONTH.possible(report.state)
    if not waits or Reopening.objects.granted_for(report).exists():
        return
    closed = MonthStep.objects.filter(report=report, move=MonthMove.CLOSE).order_by("-at", "-pk").first()
    assert closed is not None  # it could not have been reopened
    report.closed_at, report.closed_by = closed.at, closed.by
    # submitting and returning have taken it away
    accepted = MonthStep.objects.filter(report=report, move=MonthMove.ACCEPT, at__lte=closed.at).order_by("-at", "-pk")
    found = accepted.first() or closed
    report.accepted_at, report.accepted_by = found.at, found.by
    _move(report, MonthMove.LAPSE, by=None, at=at)
    if MonthStep.objects.filter(report=report, move=MonthMove.PUBLISH).exists():
        _move(report, MonthMove.PUBLISH, by=None, at=at)


def _tell(row: Reopening, *, at: dt.datetime) -> None:
    """The chief reads what was decided."""
    for chief in people.chiefs_of(row.report.hub, timezone.localdate(at)):
        text = emails.reopening_decided(row, chief)
        post_about(f"reopening:{row.pk}:decided", row.report, chief, text, at=at)


def _decided(reopening: Reopening, move: ReopeningMove, answer: str, *, by: User, at: dt.datetime) -> Reopening:
    row = Reopening.objects.select_for_update(of=("self",)).get(pk=reopening.pk)
    row.state = ReopeningState(REOPENING.after(row.state, move))
    row.decided_at, row.decided_by, row.answer = at, by, answer
    return row


def _prolonged(row: Reopening, *, by: User, at: dt.datetime) -> Reopening | None:
    """With an end that leaves time; None, and ended, if LONGEST is over already."""
    assert row.until is not None  # the database says so
    assert row.decided_at is not None
    until = max(row.until, min(at + RETURNED_FOR, row.decided_at + LONGEST))
    if until <= at:
        _end(row, at=at)
        return None
    if until > row.until:
        row.until = until
        row.save(update_fields=["until"])
        trail.record("reopening.prolonged", by=by, at=at, on=row, until=until.isoformat())
    return row


def _granted_again(report: MonthlyReport, reason: str, *, by: User, at: dt.datetime) -> Reopening:
    last = Reopening.objects.filter(report=report, state=ReopeningState.ENDED).order_by("-ended_at", "-pk")[0]
    until = at + RETURNED_FOR
    row = Reopening.objects.create(
        hub_id=report.hub_id, report=report, state=ReopeningState.GRANTED, reason=reason,
        consultations=last.consultations, asked_at=at, asked_by=by, decided_at=at, decided_by=by, until=until,
    )  # fmt: skip
    trail.record("reopening.granted", by=by, at=at, on=row, month=str(report.month), until=until.isoformat())
    return row


def _end(row: Reopening, *, at: dt.datetime) -> None:
    row.state, row.ended_at = ReopeningState(REOPENING.after(row.state, ReopeningMove.END)), at
    row.save(update_fields=["state", "ended_at"])
    shut_month(hub_id=row.hub_id, month=row.report.month)
    trail.record("reopening.ended", by=None, at=at, on=row)


def _move(report: MonthlyReport, move: MonthMove, *, by: User | None, at: dt.datetime, note: str = "") -> None:
    report.state, report.version = MONTH.after(report.state, move), report.version + 1
    report.save()
    note_steps([report], move, by=by, at=at, note=note)
