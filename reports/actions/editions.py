"""Ordering a report, and making it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import IO, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from foundation.periods import Month
from foundation.spreadsheets import name_letters
from hubs.tenancy import Scope, entered
from jobs import actions as jobs
from jobs.models import Job
from metrics.queries import counted_at
from reports.choices import Format
from reports.contents import MonthlyContent, NotCounted
from reports.excel import write_excel
from reports.flat import write_csv
from reports.pdf import write_pdf
from reports.queries.editions import KIND, Order, counts_behind, same_as
from reports.readings import read_content


class NotYet(ValueError):
    """The month lies in the future."""


@transaction.atomic
def order_edition(*, order: Order, by: Any, at: dt.datetime) -> Job:
    """Ask for a report; if it is already being made, or was just made from the same figures, that one.

    Raises NotYet for a month to come and NotCounted for one without figures.
    """
    if order.month > Month.of(timezone.localdate(at)):
        raise NotYet(str(order.month))
    if counted_at(order.month) is None:
        raise NotCounted(str(order.month))
    found = same_as(order, at=at)
    return found or jobs.request(kind=KIND, parameters=order.parameters, by=by, at=at)


def make_edition(*, job: Job, progress: jobs.Progress, clock: jobs.Clock) -> jobs.Product:
    """The file that a job asks for. Reads in one transaction that sees the edition's figures and no record, all of
    them of one moment, and lays out after it, so that no transaction stays open meanwhile. Raises NotCounted."""
    order = Order.of(job)
    progress(10, gettext_noop("集計値を読み込んでいます"))
    with entered(Scope.of_figures(hub.pk for hub in order.edition.hubs()), read_only=True, snapshot=True):
        content = read_content(edition=order.edition, month=order.month, at=clock())
        counts = counts_behind(order.month)
    jobs.note(job=job, counts=counts)
    progress(50, gettext_noop("ファイルを組み立てています"))
    with translation.override("ja"):
        file, lost = _WRITERS[order.form](content)
    progress(90, gettext_noop("ファイルを保存しています"))
    return jobs.Product(file, order.file_name, name_letters(lost))


def _excel(content: MonthlyContent) -> tuple[IO[bytes], tuple[str, ...]]:
    return write_excel(content), ()


def _pdf(content: MonthlyContent) -> tuple[IO[bytes], tuple[str, ...]]:
    return write_pdf(content), ()


def _csv(content: MonthlyContent) -> tuple[IO[bytes], tuple[str, ...]]:
    flat = write_csv(content)
    return flat.file, flat.lost


def _cp932(content: MonthlyContent) -> tuple[IO[bytes], tuple[str, ...]]:
    flat = write_csv(content, encoding="cp932")
    return flat.file, flat.lost


_WRITERS: dict[Format, Callable[[MonthlyContent], tuple[IO[bytes], tuple[str, ...]]]] = {
    Format.XLSX: _excel,
    Format.PDF: _pdf,
    Format.CSV: _csv,
    Format.CSV_CP932: _cp932,
}
