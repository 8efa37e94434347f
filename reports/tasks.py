"""Reports are made, months closed and published in the background: each takes seconds, and must survive its worker."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext_noop

from foundation.periods import Month
from hubs.models import Hub
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.models import Job
from metrics.evidence import canonical
from metrics.freezing import Disagrees
from metrics.models import Cause, Freeze, FrozenHub
from reports.actions import chasing, closing, compositions, months, packages, reopening
from reports.actions import editions as actions
from reports.models import Publication, Reopening
from reports.queries.closing import CLOSE, CORRECT, PUBLISH
from reports.queries.compositions import KIND as COMPOSITION
from reports.queries.editions import KIND
from reports.queries.packages import KIND as PACKAGE
from reports.relations import Disagreement

log = logging.getLogger("yorozu.reports")

Made = TypeVar("Made")
TRIES, PAUSE = 5, 2.0  # a recount that ran at the same moment makes PostgreSQL refuse one of the two
COUNTING = gettext_noop("集計値を数え直し、元の記録と突き合わせています")
SUPPRESSING = gettext_noop("小さい値を伏せて公表の準備をしています")


@shared_task(name=KIND, soft_time_limit=600)
def make_edition(*, job_id: int) -> None:
    """Make what a job asks for. The job belongs to no hub; the figures' scope is entered when they are read."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_made, clock=timezone.now)


@shared_task(name=PACKAGE, soft_time_limit=3000)
def make_package(*, job_id: int) -> None:
    """Make what is missing of a package. The figures' scope is entered when they are read."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_package, clock=timezone.now)
    packages.tell_subscribers(at=timezone.now())


@shared_task(name="reports.order_packages")
def order_packages() -> None:
    """What was published gets its package, and whoever wants to know is told: due minus done."""
    packages.order_due(at=timezone.now())
    packages.tell_subscribers(at=timezone.now())


@shared_task(name=COMPOSITION, soft_time_limit=600)
def make_composition(*, job_id: int) -> None:
    """Make the PDF of headquarters' own report."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_made_composition, clock=timezone.now)


@shared_task(name="reports.open_months")
def open_months() -> None:
    """A month that is over waits for the hubs from its first day on."""
    months.open_months(today=timezone.localdate())


@shared_task(name=CLOSE, soft_time_limit=1800)
def close_month(*, job_id: int) -> None:
    """Close a month for the nation. The file of the job is the record of it."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_closed, clock=timezone.now, is_quiet=True)


@shared_task(name=CORRECT, soft_time_limit=1800)
def correct_month(*, job_id: int) -> None:
    """Make a further version of the newest closed month."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_corrected, clock=timezone.now, is_quiet=True)


@shared_task(name=PUBLISH, soft_time_limit=1800)
def publish_month(*, job_id: int) -> None:
    """Publish a closed month."""
    jobs.perform(job_id=job_id, scope=Scope(), make=_published, clock=timezone.now, is_quiet=True)


@shared_task(name="reports.end_reopenings")
def end_reopenings() -> None:
    """Those whose time is over, each by itself: one that fails waits for the next beat and stops nobody else."""
    with entered(Scope.of_figures(HUB_IDS)):
        due = list(Reopening.objects.run_out(timezone.now()).order_by("pk"))
    for one in due:
        try:
            with entered(Scope.of_figures([one.hub_id])):
                reopening.lapse(reopening=one, at=timezone.now())
        except Exception:
            log.exception("reopening %s could not be ended", one.pk)


@shared_task(name="reports.chase_months")
def chase_months() -> None:
    """Remind the hubs that have not submitted, each by itself: one that fails stops nobody else. Then the digest."""
    at = timezone.now()
    for hub in Hub.objects.order_by("pk"):
        try:
            with entered(Scope.of_figures([hub.pk])):
                chasing.remind(hub=hub, at=at)
        except Exception:
            log.exception("hub %s could not be reminded of its month", hub.pk)
    with entered(Scope.of_figures(HUB_IDS)):
        chasing.tell_headquarters(at=at)


def _made(job: Job, progress: jobs.Progress) -> jobs.Product:
    return actions.make_edition(job=job, progress=progress, clock=timezone.now)


def _made_composition(job: Job, progress: jobs.Progress) -> jobs.Product:
    return compositions.make_paper(job=job, progress=progress, clock=timezone.now)


def _closed(job: Job, progress: jobs.Progress) -> jobs.Product:
    month, said = Month.parse(job.parameters["month"]), job.parameters
    note, seen = said.get("note", ""), said.get("seen", "")
    progress(10, COUNTING)
    return _record_of(_patiently(
        lambda: closing.close_month(month=month, note=note, seen=seen, by=job.requested_by, at=timezone.now())
    ))  # fmt: skip


def _corrected(job: Job, progress: jobs.Progress) -> jobs.Product:
    month = Month.parse(job.parameters["month"])
    progress(10, COUNTING)
    made = _patiently(lambda: closing.correct_month(month=month, by=job.requested_by, at=timezone.now()))
    made = made or _made_before(job, month)
    if made is None:
        raise jobs.CannotBeMade(gettext_noop("公表済みの値と違うところはありません。"))
    return _record_of(made)


def _made_before(job: Job, month: Month) -> Freeze | None:
    """What an attempt made whose worker died before it could say so."""
    since = Freeze.objects.filter(carried_in=month.first, cause=Cause.CORRECTION, made_at__gte=job.requested_at)
    return since.newest_first().first() if job.attempt > 1 else None


def _published(job: Job, progress: jobs.Progress) -> jobs.Product:
    month = Month.parse(job.parameters["month"])
    progress(10, SUPPRESSING)
    try:
        made = closing.publish(month=month, by=job.requested_by, at=timezone.now())
    except closing.NotClosed as problem:
        raise jobs.CannotBeMade(gettext_noop("締めていない月は公表できません。")) from problem
    except Disagreement as problem:
        log.exception("the figures of %s do not add up", month)
        raise jobs.CannotBeMade(
            gettext_noop("内訳と合計が一致しないため、公表していません。管理者が調べます。")
        ) from problem
    frozen = Freeze.objects.of(month).newest_first()[0]
    if not made and not Publication.objects.filter(freeze=frozen).exists():
        raise jobs.CannotBeMade(gettext_noop("公表していません。この月の新しい版は、あとの月と一緒に公表します。"))
    return _record_of(frozen)


def _patiently(deed: Callable[[], Made]) -> Made:
    """Do it, again if a recount was at the same rows. Raises CannotBeMade with what stands in the way, in words."""
    for attempt in range(TRIES):
        try:
            return deed()
        except OperationalError:
            if attempt == TRIES - 1:
                raise
            time.sleep(PAUSE)
        except Disagrees as problem:
            if attempt == TRIES - 1:
                log.exception("the figures to be closed are not those of the records")
                raise jobs.CannotBeMade(
                    gettext_noop("集計値が元の記録と一致しないため、締めていません。管理者が調べます。")
                ) from problem
        except closing.Unconfirmed as problem:
            raise jobs.CannotBeMade(
                gettext_noop("確認済みでない拠点があります。理由を書いてから締めてください。")
            ) from problem
        except closing.MovedSince as problem:
            raise jobs.CannotBeMade(
                gettext_noop("確認した後に値が変わった拠点があります。いまの値を見てから締めてください。")
            ) from problem
        except closing.NotInOrder as problem:
            raise jobs.CannotBeMade(gettext_noop("前の月を先に締めてください。")) from problem
        except (closing.NotClosed, months.NotOver) as problem:
            raise jobs.CannotBeMade(gettext_noop("この月はまだ締められません。")) from problem
    raise AssertionError("never reached")


def _record_of(frozen: Freeze) -> jobs.Product:
    """締め記録: what was frozen, by whom, and the hashes."""
    with entered(Scope.of_figures(HUB_IDS), read_only=True):
        hubs = {part.hub_id: part for part in FrozenHub.objects.filter(freeze=frozen).order_by("hub_id")}
        told = {
            "month": str(frozen.as_month), "version": frozen.version, "cause": frozen.cause, "sha256": frozen.sha256,
            "made_at": frozen.made_at.isoformat(), "made_by": frozen.made_by.name,
            "definitions": {one["code"]: one["version"] for one in frozen.definitions},
            "hubs": {
                str(pk): {"confirmed": one.confirmed, "rows_sha256": one.rows_sha256} for pk, one in hubs.items()
            },
        }  # fmt: skip
    name = f"よろず支援拠点_締め記録_{frozen.as_month}_v{frozen.version}.json"
    return jobs.Product(io.BytesIO(canonical(told)), name)


def _package(job: Job, progress: jobs.Progress) -> jobs.Product:
    return packages.make_package(job=job, progress=progress, clock=timezone.now)
