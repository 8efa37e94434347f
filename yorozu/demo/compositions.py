"""Headquarters' own reports: of the last closed month as it was submitted, of the newest month as a draft."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import User
from foundation.periods import Month, midnight
from hubs.tenancy import HUB_IDS, Scope, entered
from reports.actions import compositions as actions
from reports.choices import BlockKind
from reports.composing.reading import digest, read
from reports.models import Composition
from yorozu.demo.accounts import address

SAID = {
    BlockKind.WORDS: (
        "相談は製造業と小売業を中心に前月を上回りました。物価高と最低賃金の改定を受け、価格転嫁の相談が引き続き増えています。\n\n"
        "今月の主な取り組み:\n"
        "・商工会・商工会議所との合同相談会\n"
        "・価格転嫁の特別相談窓口\n"
        "・支援機関への紹介後の状況の確認"
    ),
    BlockKind.HUBS: "拠点の規模により件数が異なります。人員あたりの比較は年次報告で行います。",
    BlockKind.ATTENTION: "提出が遅れた拠点には、本部から個別に事情を確認しました。",
}


def load_compositions(*, at: dt.datetime) -> None:
    """The months must have been counted and closed."""
    last = Month.of(timezone.localdate(at)).previous()
    by = User.objects.get(email=address("hq"))
    with entered(Scope.of_figures(HUB_IDS)):
        submitted = _start(last.previous(), None, by, midnight(last.first) + dt.timedelta(days=24, hours=9))
        sent_at = midnight(last.first) + dt.timedelta(days=25, hours=10)
        shown = digest(read(submitted, list(submitted.blocks.in_order()), today=timezone.localdate(sent_at)))
        actions.submit(composition=submitted, revision=submitted.revision, sha256=shown, by=by, at=sent_at)
        _start(last, submitted, by, at)


def _start(month: Month, source: Composition | None, by: User, at: dt.datetime) -> Composition:
    title = f"よろず支援拠点 月次報告({month.year}年{month.number}月)"
    made = actions.start(month=month, title=title, source=source, by=by, at=at)
    if source is not None:
        return made
    kinds = [BlockKind(block.kind) for block in made.blocks.in_order()]
    headings = {BlockKind.WORDS: "概況"}
    pieces = [actions.Piece(kind, headings.get(kind, ""), text=SAID.get(kind, "")) for kind in kinds]
    return actions.save(composition=made, revision=made.revision, title=title, pieces=pieces, by=by, at=at)
