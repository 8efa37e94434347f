"""What may be ordered, and what has been made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from foundation.periods import Month
from hubs.access import GRANTS, Permission, memberships_of
from hubs.models import Bureau
from jobs.choices import JobState
from jobs.models import Job, JobQuerySet
from metrics.models import Count, Freeze
from reports.choices import Format
from reports.editions import NATION, Edition

KIND = "reports.make_edition"
FRESH = dt.timedelta(days=1)


@dataclass(frozen=True)
class Order:
    """Which report: whose, of which month, as what."""

    edition: Edition
    month: Month
    form: Format

    @property
    def parameters(self) -> dict[str, str]:
        """As a job keeps it."""
        return {"edition": self.edition.slug, "month": str(self.month), "format": str(self.form.value)}

    @classmethod
    def of(cls, job: Job, editions: dict[str, Edition] | None = None) -> Self:
        """What a job was asked for. Raises Bureau.DoesNotExist, Unreadable, ValueError."""
        slug = job.parameters["edition"]
        edition = editions[slug] if editions is not None else Edition.named(slug)
        return cls(edition, Month.parse(job.parameters["month"]), Format(job.parameters["format"]))

    @property
    def file_name(self) -> str:
        """よろず支援拠点_月次報告_2026年10月_全国版.xlsx"""
        stem = f"よろず支援拠点_月次報告_{self.month.year}年{self.month.number}月_{self.edition.title}"
        endings = {Format.XLSX: ".xlsx", Format.PDF: ".pdf", Format.CSV: ".csv", Format.CSV_CP932: "_cp932.csv"}
        return stem + endings[self.form]


@dataclass(frozen=True)
class Made:
    """A job of this room together with what was ordered."""

    job: Job
    order: Order


def editions_for(user: Any) -> dict[str, Edition]:
    """The editions that a user may have, by slug: a bureau's own, or the nation's and every bureau's."""
    granting = [m for m in memberships_of(user) if Permission.DOWNLOAD_REPORT in GRANTS[m.role]]
    bureaus = Bureau.objects.order_by("position")
    if any(m.bureau_id is None for m in granting):
        nation = [Edition.named(NATION)]
    else:
        nation, bureaus = [], bureaus.filter(pk__in=[m.bureau_id for m in granting])
    every = [*nation, *map(Edition.of_bureau, bureaus)]
    return {edition.slug: edition for edition in every}


def jobs_of(editions: dict[str, Edition]) -> JobQuerySet:
    """Every job that makes one of these editions."""
    return Job.objects.filter(kind=KIND, parameters__edition__in=list(editions)).with_people()


def newest_made(editions: dict[str, Edition], *, at_most: int) -> Sequence[Made]:
    """What is being made, is kept or has failed, newest first."""
    jobs = jobs_of(editions).exclude(state=JobState.EXPIRED).newest_first()[:at_most]
    return [Made(job, Order.of(job, editions)) for job in jobs]


def counted_months() -> list[Month]:
    """The months that have figures, newest first."""
    return [Month.of(day) for day in Count.objects.order_by("-month").values_list("month", flat=True)]


def counts_behind(month: Month) -> list[str]:
    """Which counts a month's report is made from: `2026-10 2026-11-20T01:00:00+00:00` for each month that it tells of,
    and `2026-10 v1` for each version of those that are closed. A job keeps those that it read. Their latest would not
    do: a count that waited for another is older than it."""
    behind = (month.year_before().fiscal_year.first, month.first)
    counts = Count.objects.filter(month__range=behind).order_by("month").values_list("month", "counted_at")
    versions = Freeze.objects.filter(month__range=behind).order_by("month", "version")
    frozen = [f"{one.as_month} v{one.version}" for one in versions.only("month", "version")]
    return [f"{Month.of(day)} {at.isoformat()}" for day, at in counts] + frozen


def same_as(order: Order, *, at: dt.datetime) -> Job | None:
    """A job that will read, or has read within FRESH, just what is ordered from the figures as they stand."""
    same = Job.objects.filter(kind=KIND, parameters__contains=order.parameters, requested_at__gt=at - FRESH)
    present = counts_behind(order.month)
    for job in same.newest_first():
        up_to_date = job.parameters.get("counts") == present
        if job.state == JobState.QUEUED or (up_to_date and (job.is_under_way or job.has_result)):
            return job
    return None
