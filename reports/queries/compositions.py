"""Headquarters' own reports: who may see which, and what the next one starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from foundation.periods import Month
from hubs.access import Permission, holds_nationally
from jobs.models import Job
from metrics.models import Count
from reports.models import Block, Composition, CompositionQuerySet

KIND = "reports.make_composition"


def visible_to(user: Any) -> CompositionQuerySet:
    """All of them to who composes; to the agency just what was submitted. A bureau has no door to any of them."""
    rows = Composition.objects.with_people()
    return rows if holds_nationally(user, Permission.COMPOSE) else rows.submitted()


def newest_submitted(month: Month | None = None) -> Sequence[Composition]:
    """The newest submitted version of each month, newest month first; of one month, if it is named. With `paper`,
    which is missing for the seconds until the PDF is made."""
    rows = Composition.objects.submitted().without_content().with_people().newest_of_each_month()
    return list(rows if month is None else rows.of(month))


def newest_of(month: Month) -> Composition | None:
    """The newest version of a month, draft or not."""
    return Composition.objects.of(month).newest_first().first()


def source_for(month: Month) -> Composition | None:
    """What a month's first version may start from: the newest one of an earlier month."""
    return Composition.objects.filter(month__lt=month.first).without_content().newest_first().first()


def months_to_compose(*, at_most: int = 24) -> list[Month]:
    """The months that have figures and no report yet, newest first."""
    counted = Count.objects.exclude(month__in=Composition.objects.values("month")).order_by("-month")
    return [Month.of(day) for day in counted.values_list("month", flat=True)[:at_most]]


def unchanged_texts(composition: Composition, blocks: Sequence[Block]) -> list[Block]:
    """The blocks whose commentary still is, word for word, one of the report that this one started from: perhaps it
    speaks of the month before."""
    before = source_for(composition.as_month)
    if before is None:
        return []
    said = set(Block.objects.filter(composition=before).exclude(text="").values_list("text", flat=True))
    return [block for block in blocks if block.text in said]


def newest_job(composition: Composition) -> Job | None:
    """The newest order of this composition's PDF."""
    return Job.objects.filter(kind=KIND, parameters__composition=composition.pk).newest_first().first()
