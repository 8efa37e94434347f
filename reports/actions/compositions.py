"""Headquarters composes its own monthly report: started, saved, submitted to the agency, then followed by another."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from audit import trail
from foundation.periods import Month
from hubs.tenancy import HUB_IDS, Scope, entered
from jobs import actions as jobs
from jobs.models import Job
from letters import actions as letters
from metrics.models import Freeze
from metrics.queries import counted_at
from reports import emails
from reports.choices import BlockKind, CompositionMove, CompositionState
from reports.composing.kinds import Lists
from reports.composing.paper import write_paper
from reports.composing.reading import digest, read
from reports.composing.sections import KINDS
from reports.contents import NotCounted
from reports.models import Block, Composition, Paper
from reports.queries import people
from reports.queries.compositions import KIND, newest_of
from reports.workflow import COMPOSITION

MOST_BLOCKS = 40
USUAL = (
    BlockKind.WORDS, BlockKind.TOTALS, BlockKind.TREND, BlockKind.BREAKDOWN, BlockKind.BUREAUS, BlockKind.HUBS,
    BlockKind.CORRECTIONS, BlockKind.ATTENTION, BlockKind.DEFINITIONS,
)  # fmt: skip
PAPER_KEPT = dt.timedelta(days=7)  # a draft's; a submitted one's is kept for good beside it


class Edited(Exception):
    """Somebody else saved it meanwhile. `current` is as it stands now."""

    def __init__(self, current: Composition) -> None:
        super().__init__(str(current))
        self.current = current


class Changed(Exception):
    """The figures changed since what was confirmed was shown."""


class NothingToSay(Exception):
    """A report without any block."""


class TooMany(Exception):
    """More than MOST_BLOCKS."""


class AlreadyThere(Exception):
    """The month has its report; `current` is its newest version."""

    def __init__(self, current: Composition | None) -> None:
        super().__init__(str(current))
        self.current = current


@dataclass(frozen=True)
class Piece:
    """What a block is to be."""

    kind: BlockKind
    heading: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    text: str = ""


@transaction.atomic
def start(*, month: Month, title: str, source: Composition | None, by: User, at: dt.datetime) -> Composition:
    """A month's first version: of the usual blocks, or with those of an earlier report. Raises NotCounted and
    AlreadyThere."""
    if counted_at(month) is None:
        raise NotCounted(str(month))
    pieces = _pieces_of(source) if source else [Piece(kind, options=KINDS[kind].complete({})) for kind in USUAL]
    made = _made(month=month, version=1, title=title, pieces=pieces, by=by, at=at)
    trail.record(
        "composition.started", by=by, at=at, on=made, month=str(month), version=1, source=source.pk if source else None
    )
    return made


@transaction.atomic
def start_version(*, composition: Composition, by: User, at: dt.datetime) -> Composition:
    """A further version of what was submitted, as it was. Raises AlreadyThere unless it is the newest, submitted."""
    newest = newest_of(composition.as_month)
    if newest is None or newest.pk != composition.pk or newest.is_draft:
        raise AlreadyThere(newest)
    made = _made(
        month=composition.as_month, version=newest.version + 1, title=newest.title, pieces=_pieces_of(newest),
        by=by, at=at,
    )  # fmt: skip
    trail.record(
        "composition.started", by=by, at=at, on=made, month=str(made.as_month), version=made.version, source=newest.pk
    )
    return made


@transaction.atomic
def save(
    *, composition: Composition, revision: int, title: str, pieces: Sequence[Piece], by: User, at: dt.datetime
) -> Composition:
    """Keep title and blocks as they are given, in their order. Raises Edited, TooMany and kinds.WrongOption."""
    row = _own(composition, revision)
    _write_blocks(row, pieces)
    row.title, row.revision, row.changed_by, row.changed_at = title, row.revision + 1, by, at
    row.save(update_fields=["title", "revision", "changed_by", "changed_at"])
    trail.record("composition.saved", by=by, at=at, on=row, revision=row.revision, blocks=len(pieces))
    return row


@transaction.atomic
def discard(*, composition: Composition, revision: int, by: User, at: dt.datetime) -> None:
    """Throw a draft away. Raises Edited."""
    row = _own(composition, revision)
    trail.record(
        "composition.discarded", by=by, at=at, on=row, month=str(row.as_month), version=row.version, title=row.title
    )
    row.delete()


@transaction.atomic
def submit(*, composition: Composition, revision: int, sha256: str, by: User, at: dt.datetime) -> Composition:
    """中小企業庁に提出: what it says is kept for good, its PDF ordered, and the agency told by mail. In a scope of all
    figures. `sha256` is of what was confirmed: should the figures have changed since, Changed is raised. Raises Edited
    and NothingToSay."""
    row = _own(composition, revision)
    blocks = list(row.blocks.in_order())
    if not blocks:
        raise NothingToSay
    content = read(row, blocks, today=timezone.localdate(at))
    if digest(content) != sha256:
        raise Changed
    row.state = COMPOSITION.after(row.state, CompositionMove.SUBMIT)
    row.content, row.sha256, row.freeze = content, sha256, _freeze_of(content, row.as_month)
    row.revision, row.submitted_by, row.submitted_at = row.revision + 1, by, at
    row.save(update_fields=["state", "content", "sha256", "freeze", "revision", "submitted_by", "submitted_at"])
    trail.record(
        "composition.submitted", by=by, at=at, on=row, month=str(row.as_month), version=row.version, sha256=sha256,
        frozen=content["frozen"],
    )  # fmt: skip
    jobs.request(kind=KIND, parameters=_parameters(row), by=by, at=at)
    for reader in people.agency(timezone.localdate(at)):
        text = emails.composed(row, reader)
        key = f"composition:{row.pk}:submitted:{reader.pk}"
        letters.post(key=key, hub=None, to=reader.email, subject=text.subject, body=text.body, at=at)
    return row


@transaction.atomic
def order_paper(*, composition: Composition, by: User, at: dt.datetime) -> Job:
    """Ask for the PDF as it stands; if that is under way, the same."""
    found = Job.objects.filter(kind=KIND, parameters__contains=_parameters(composition)).newest_first().first()
    if found is not None and found.is_under_way:
        return found
    return jobs.request(kind=KIND, parameters=_parameters(composition), by=by, at=at)


def make_paper(*, job: Job, progress: jobs.Progress, clock: jobs.Clock) -> jobs.Product:
    """The PDF that a job asks for. Reads in one transaction of all figures, lays out after it. What was submitted is
    made from what was kept, never read anew, and is kept as well. Raises jobs.CannotBeMade."""
    progress(10, gettext_noop("集計値を読み込んでいます"))
    at = clock()
    with entered(Scope.of_figures(HUB_IDS), read_only=True, snapshot=True):
        row = Composition.objects.filter(pk=job.parameters["composition"]).first()
        if row is None:
            raise jobs.CannotBeMade(gettext_noop("この報告は破棄されました。"))
        content = row.content or read(row, list(row.blocks.in_order()), today=timezone.localdate(at))
    progress(50, gettext_noop("ファイルを組み立てています"))
    made = write_paper(content, at=row.submitted_at or at, sha256=row.sha256)
    progress(90, gettext_noop("ファイルを保存しています"))
    if not row.is_draft:
        keep_paper(composition=row, made=made, at=at)
    return jobs.Product(io.BytesIO(made), name_of(row), kept=PAPER_KEPT)


def keep_paper(*, composition: Composition, made: bytes, at: dt.datetime) -> None:
    """Keep a submitted report's PDF for good. If there is one, that stays. The row names the file only after all of it
    is stored."""
    if Paper.objects.filter(composition=composition).exists():
        return
    folder = f"compositions/{composition.month:%Y/%m}"
    path = default_storage.save(f"{folder}/{composition.pk}-{composition.version}.pdf", ContentFile(made))
    try:
        with transaction.atomic():
            paper = Paper.objects.create(
                composition=composition, file=path, bytes=len(made), sha256=hashlib.sha256(made).hexdigest(), made_at=at
            )
            trail.record("composition.paper_kept", by=None, at=at, on=composition, sha256=paper.sha256)
    except BaseException as problem:
        default_storage.delete(path)
        if not isinstance(problem, IntegrityError):  # then another worker was quicker
            raise


def name_of(composition: Composition) -> str:
    """よろず支援拠点_本部月次報告_2026年10月_第1版.pdf"""
    draft = "_下書き" if composition.is_draft else ""
    month = f"{composition.month.year}年{composition.month.month}月"
    return f"よろず支援拠点_本部月次報告_{month}_第{composition.version}版{draft}.pdf"


# ---- inside
def _own(composition: Composition, revision: int) -> Composition:
    """The row, locked, if nobody has saved or submitted it since. Raises Edited."""
    row = Composition.objects.select_for_update(of=("self",)).get(pk=composition.pk)
    if row.revision != revision or not row.is_draft:
        raise Edited(row)
    return row


def _made(*, month: Month, version: int, title: str, pieces: Sequence[Piece], by: User, at: dt.datetime) -> Composition:
    try:
        with transaction.atomic():
            row = Composition.objects.create(
                month=month.first, version=version, title=title, state=CompositionState.DRAFTING,
                made_at=at, made_by=by, changed_at=at, changed_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyThere(newest_of(month)) from None
    _write_blocks(row, pieces)
    return row


def _write_blocks(row: Composition, pieces: Sequence[Piece]) -> None:
    if len(pieces) > MOST_BLOCKS:
        raise TooMany
    lists = Lists()
    row.blocks.all().delete()
    Block.objects.bulk_create(
        Block(
            composition=row, position=position, kind=piece.kind, heading=piece.heading, text=piece.text,
            options=KINDS[piece.kind].checked(piece.options, lists),
        )
        for position, piece in enumerate(pieces, start=1)
    )  # fmt: skip


def _pieces_of(composition: Composition) -> list[Piece]:
    """Options that are none any more (a bureau that is gone, say) fall back to what is usual."""
    lists, found = Lists(), []
    for block in composition.blocks.in_order():
        kind = KINDS[BlockKind(block.kind)]
        options = {
            one.name: value
            for one in kind.options
            if (value := block.options.get(one.name)) in dict(one.choices(lists))
        }
        found.append(Piece(kind.kind, block.heading, kind.complete(options), block.text))
    return found


def _freeze_of(content: dict[str, Any], month: Month) -> Freeze | None:
    if content["frozen"] is None:
        return None
    return Freeze.objects.get(month=month.first, version=content["frozen"]["version"])


def _parameters(composition: Composition) -> dict[str, int]:
    return {"composition": composition.pk, "revision": composition.revision}
