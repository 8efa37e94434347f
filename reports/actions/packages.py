"""The agency's package: asked for, made file by file, told of.

Each file is stored and committed by itself. Whoever makes a package asks first what is missing, so a worker that was
killed goes on where it was; and where two are at it at once, the database takes each file once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from audit import trail
from foundation.periods import FiscalYear, Month
from hubs.access import Permission, holds_nationally
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.models import Job
from letters import actions as letters
from metrics.models import Freeze
from reports import emails
from reports.actions.closing import NotClosed
from reports.choices import PackageFormat, PackageKind
from reports.contents import MonthlyContent
from reports.excel import write_excel
from reports.flat import write_zip
from reports.manifest import write_manifest
from reports.models import Package, PackageFile, Publication, Subscription
from reports.pdf import write_pdf
from reports.queries import packages as queries
from reports.queries.packages import KIND, PROOFS, Due
from reports.signing import NoKey, sign
from reports.words import summary_of

EVERY_HUB = Scope.of_figures(HUB_IDS)
RECENT = dt.timedelta(days=45)  # what was published before that gets its package by hand only
REST = dt.timedelta(hours=1)  # after a failure, before it is tried again by itself
TOLD_FOR = dt.timedelta(days=7)  # mails of a package that was made longer ago would be news to nobody
WRITERS: dict[PackageFormat, Callable[[MonthlyContent], IO[bytes]]] = {
    PackageFormat.XLSX: write_excel,
    PackageFormat.PDF: write_pdf,
    PackageFormat.DATA: write_zip,
}


@transaction.atomic
def order_package(*, kind: str, first: dt.date, by: User, at: dt.datetime) -> Package:
    """The package of a month or fiscal year as it is closed now: the one there is, if it is made from just that; else
    the next version. What came to nothing is begun again, and goes on with the files that it has. Raises NotClosed."""
    basis = queries.basis_of(kind, first)
    if basis is None:
        raise NotClosed
    Freeze.objects.select_for_update(of=("self",)).get(pk=basis.freeze.pk)  # one after the other
    newest = Package.objects.of(kind, first).with_job().order_by("-version").first()
    if newest is not None and basis.is_of(newest):
        return newest if newest.is_complete or newest.job.is_under_way else _begin_again(newest, by=by, at=at)
    version = newest.version + 1 if newest is not None else 1
    job = _request(kind, first, version, by=by, at=at)
    made = Package.objects.create(
        kind=kind, first=first, version=version, freeze=basis.freeze, told=basis.told, carried=basis.carried,
        files_due=len(queries.plan()) + len(PROOFS), job=job, requested_by=by, requested_at=at,
    )  # fmt: skip
    trail.record("package.ordered", by=by, at=at, on=made, kind=kind, first=str(first), version=version)
    return made


def order_due(*, at: dt.datetime) -> list[Package]:
    """Packages of what was published lately and has none yet. A March brings its year's too, and so does whatever
    corrects a year that has ended. Due minus done."""
    recent = Publication.objects.filter(published_at__gt=at - RECENT).select_related("freeze", "published_by")
    people: dict[tuple[str, dt.date], User] = {}
    for one in recent.order_by("freeze__carried_in", "published_at", "pk"):
        told_in = Month.of(one.freeze.carried_in)
        if not queries.unpublished(told_in):
            people[PackageKind.MONTH, told_in.first] = one.published_by
            if (year := _year_ended(one.freeze.as_month, told_in)) is not None:
                people[PackageKind.YEAR, year.first] = one.published_by
    made = []
    for (kind, first), by in people.items():
        if not _rests(kind, first, at):
            with contextlib.suppress(NotClosed):
                made.append(order_package(kind=kind, first=first, by=by, at=at))
    return made


def _year_ended(month: Month, told_in: Month) -> FiscalYear | None:
    """The year of a month, if it had ended with the month in whose report this was told."""
    year = month.fiscal_year
    return year if told_in >= year.months[-1] else None


def make_package(*, job: Job, progress: jobs.Progress, clock: jobs.Clock) -> jobs.Product:
    """Make what is missing of the package that a job is for. Figures are read once, in one transaction that sees no
    record; files are laid out after it, one at a time. Raises CannotBeMade."""
    progress(0, gettext_noop("集計値を読み込んでいます"))
    with entered(EVERY_HUB, read_only=True, snapshot=True):
        package = Package.objects.with_job().filter(job=job).first()
        if package is None:
            raise jobs.CannotBeMade(gettext_noop("この作成は、新しい依頼に引き継がれました。"))
        reading = queries.reading_of(package)
        done = set(package.files.values_list("edition", "form"))
        due = [one for one in queries.plan() if one.key not in done]
    if not package.summary:
        _keep_summary(package, reading.content(queries.proofs()[0].edition, at=package.requested_at))
    content = None
    for number, one in enumerate(due, start=package.files_due - len(due) - len(PROOFS)):
        progress(number * 100 // package.files_due, gettext_noop("ファイルを作成しています"))
        if content is None or content.edition.slug != one.edition.slug:
            content = reading.content(one.edition, at=package.requested_at)
        with WRITERS[one.form](content) as file:
            keep_file(package=package, due=one, file=file, job=job, at=clock())
    progress(99, gettext_noop("目録に署名しています"))
    return _seal(package, job=job, clock=clock)


def keep_file(*, package: Package, due: Due, file: IO[bytes], job: Job, at: dt.datetime) -> None:
    """Store one file and say so. If somebody else has, theirs holds and ours is thrown away."""
    sha256, bytes_ = _hash_and_size(file)
    name = f"packages/{package.pk}/{due.edition.slug}-{due.form}-{job.pk}-{job.attempt}"
    stored = default_storage.save(name, File(file))
    try:
        with entered(EVERY_HUB):
            PackageFile.objects.create(
                package=package, edition=due.edition.slug, bureau=due.edition.bureau, hub=due.edition.hub,
                form=due.form, path=due.path_in(package), stored=stored, bytes=bytes_, sha256=sha256, made_at=at,
            )  # fmt: skip
    except IntegrityError as problem:
        default_storage.delete(stored)
        if "one_file_per" not in str(problem):
            raise
    except BaseException:
        default_storage.delete(stored)
        raise


def tell_subscribers(*, at: dt.datetime) -> int:
    """Post a mail to everybody who subscribed to what has just been made and may still have it; each once."""
    told = 0
    for package in Package.objects.filter(made_at__gt=at - TOLD_FOR).select_related("freeze").order_by("pk"):
        for subscription in Subscription.objects.to(package).order_by("pk"):
            person = subscription.user
            if holds_nationally(person, Permission.DOWNLOAD_REPORT):
                text, key = emails.package_made(package, person), f"package:{package.pk}:{person.pk}"
                letters.post(key=key, hub=None, to=person.email, subject=text.subject, body=text.body, at=at)
                told += 1
    return told


@transaction.atomic
def subscribe(*, user: User, kinds: list[str], at: dt.datetime) -> None:
    """From now on tell the user of these, and of nothing else."""
    mine = Subscription.objects.filter(user=user)
    mine.exclude(what__in=kinds).delete()
    held = set(mine.values_list("what", flat=True))
    Subscription.objects.bulk_create(
        [Subscription(user=user, what=kind, since=at) for kind in kinds if kind not in held], ignore_conflicts=True
    )
    trail.record("package.subscribed", by=user, at=at, kinds=kinds)


# ---- inside
def _request(kind: str, first: dt.date, version: int, *, by: Any, at: dt.datetime) -> Job:
    return jobs.request(kind=KIND, parameters={"period": f"{kind} {first:%Y-%m}", "version": version}, by=by, at=at)


def _begin_again(package: Package, *, by: User, at: dt.datetime) -> Package:
    package.job = _request(package.kind, package.first, package.version, by=by, at=at)
    package.save(update_fields=["job"])
    trail.record("package.begun_again", by=by, at=at, on=package)
    return package


def _rests(kind: str, first: dt.date, at: dt.datetime) -> bool:
    """Whether the newest one has just failed."""
    newest = Package.objects.of(kind, first).with_job().order_by("-version").first()
    if newest is None or newest.is_complete or newest.job.is_under_way:
        return False
    return newest.job.finished_at is not None and newest.job.finished_at > at - REST


def _hash_and_size(file: IO[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    bytes_ = file.tell()
    file.seek(0)
    return digest.hexdigest(), bytes_


def _keep_summary(package: Package, content: MonthlyContent) -> None:
    package.summary = [list(passage) for passage in summary_of(content)]
    Package.objects.filter(pk=package.pk).update(summary=package.summary)


def _seal(package: Package, *, job: Job, clock: jobs.Clock) -> jobs.Product:
    """Manifest and signature, then the package is complete. The job's own result is the manifest."""
    manifest_due, signature_due = queries.proofs()
    with entered(EVERY_HUB):
        files = list(PackageFile.objects.filter(package=package).exclude(form__in=PROOFS).in_order())
        freezes = list(Freeze.objects.filter(pk__in=[*package.told, *package.carried]))
        kept = package.files.filter(form=PackageFormat.MANIFEST).first()
    try:
        if kept is None:
            written = write_manifest(package, files, freezes)
            keep_file(package=package, due=manifest_due, file=io.BytesIO(written), job=job, at=clock())
        written = _kept_manifest(package)
        keep_file(package=package, due=signature_due, file=io.BytesIO(sign(written)), job=job, at=clock())
    except NoKey as problem:
        raise jobs.CannotBeMade(gettext_noop("署名鍵が設定されていないため、目録に署名できません。")) from problem
    _complete(package, at=clock())
    _clear_left_behind(package)
    return jobs.Product(io.BytesIO(written), PROOFS[PackageFormat.MANIFEST])


def _kept_manifest(package: Package) -> bytes:
    """As it is stored: ours, or that of whoever was faster."""
    with entered(EVERY_HUB):
        kept = package.files.get(form=PackageFormat.MANIFEST)
    with kept.stored.open() as file:
        return file.read()


@transaction.atomic
def _complete(package: Package, *, at: dt.datetime) -> None:
    if Package.objects.filter(pk=package.pk, made_at__isnull=True).update(made_at=at):
        trail.record("package.made", by=None, at=at, on=package, version=package.version)


def _clear_left_behind(package: Package) -> None:
    """Files that were stored by a worker which died before it could say so."""
    folder = f"packages/{package.pk}"
    with entered(EVERY_HUB):
        known = set(package.files.values_list("stored", flat=True))
    for name in _stored_in(folder):
        if f"{folder}/{name}" not in known:
            default_storage.delete(f"{folder}/{name}")


def _stored_in(folder: str) -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):
        yield from default_storage.listdir(folder)[1]
