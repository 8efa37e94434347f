"""Corrections as a report lists them: before, after, and why in words. Read within a figures scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils import timezone

from foundation.periods import Month
from hubs.models import Bureau, Hub
from metrics import corrections
from metrics.corrections import Correction
from metrics.indicators import INDICATORS
from metrics.models import Freeze, FrozenHub, Level, Span
from reports.choices import ReopeningState
from reports.contents import CorrectionLine
from reports.models import Reopening
from reports.queries.closing import changes_in_words

NATION_NAME = "全国"
NAMED_HUBS = 5  # a nation's line names so many hubs as its reason


def read_corrections(
    *,
    carried: Collection[Freeze],
    hubs: Sequence[Hub],
    bureaus: Sequence[Bureau],
    labels: Mapping[str, Mapping[str, str]],
) -> tuple[CorrectionLine, ...]:
    """What the versions `carried` tell differently from those before them."""
    versions = {(one.as_month, one.version): one for one in carried}
    found = corrections.told_by([one.pk for one in carried])
    if not found:
        return ()
    reasons = _Reasons(versions, hubs)
    names = {Level.HUB: {hub.pk: hub.prefecture.name for hub in hubs}, Level.BUREAU: {b.pk: b.name for b in bureaus}}
    return tuple(
        _line(one, names, labels, reasons) for one in found if one.indicator in INDICATORS and _is_known(one, names)
    )


def _is_known(one: Correction, names: Mapping[Level, Mapping[int, str]]) -> bool:
    key = one.place.hub_id or one.place.bureau_id
    return key is None or key in names[one.place.level]


def _line(
    one: Correction, names: Mapping[Level, Mapping[int, str]], labels: Mapping[str, Mapping[str, str]], why: _Reasons
) -> CorrectionLine:
    indicator, key = INDICATORS[one.indicator], one.place.hub_id or one.place.bureau_id
    return CorrectionLine(
        month=one.month, span=one.span, version=one.version or 0, where=one.place,
        place=NATION_NAME if key is None else names[one.place.level][key],
        indicator=one.indicator, label=str(indicator.label),
        code_label=labels.get(one.indicator, {}).get(one.code, one.code) if one.code else "",
        before=one.before, after=one.after, unit=str(indicator.unit), reason=why.of(one),
    )  # fmt: skip


class _Reasons:
    """Why figures changed: which records came, went and changed, and what was reopened for it."""

    def __init__(self, versions: Mapping[tuple[Month, int], Freeze], hubs: Sequence[Hub]) -> None:
        self.names = {hub.pk: hub.prefecture.name for hub in hubs}
        self.bureau_of = {hub.pk: hub.prefecture.bureau_id for hub in hubs}
        by_freeze = {one.pk: key for key, one in versions.items()}
        parts = FrozenHub.objects.filter(freeze__in=by_freeze).exclude(changes={}).order_by("hub_id")
        self.changes: dict[tuple[Month, int], dict[int, dict[str, Any]]] = defaultdict(dict)
        for part in parts:
            self.changes[by_freeze[part.freeze_id]][part.hub_id] = part.changes
        self.reopened = _reopened(versions)

    def of(self, one: Correction) -> str:
        """In words. Of a hub: what changed there; of a bureau and the nation: where. A quarter and a year change with
        the months in them, which have lines of their own."""
        if one.span != Span.MONTH:
            return f"{one.span.label}に含まれる月の訂正、または事業者の名寄せによる"
        changed = self.changes[one.month, one.version or 0]
        if one.place.hub_id is not None:
            return self._at_hub(one, changed.get(one.place.hub_id))
        where = [hub for hub in changed if one.place.bureau_id in (None, self.bureau_of.get(hub))]
        names = "、".join(self.names.get(hub, "") for hub in where[:NAMED_HUBS])
        more = f"ほか{len(where) - NAMED_HUBS}拠点" if len(where) > NAMED_HUBS else ""
        return f"{names}{more}の訂正" if names else "事業者の名寄せによる"

    def _at_hub(self, one: Correction, changes: Mapping[str, dict[str, int]] | None) -> str:
        hub = one.place.hub_id
        if changes is None:
            return "事業者の名寄せによる"
        told = "、".join(changes_in_words(dict(changes)))
        asked = self.reopened.get((one.month, one.version or 0, hub or 0))
        return f"再開({asked}):{told}" if asked else f"締め後の記録:{told}"


def _reopened(versions: Mapping[tuple[Month, int], Freeze]) -> dict[tuple[Month, int, int], str]:
    """When the reopening was granted that lay between a version and the one before it, per hub. Its reason is a
    chief's free words, and stays at headquarters: a client might be named in them."""
    months = {month for month, _version in versions}
    before = {
        (one.as_month, one.version): one.made_at for one in Freeze.objects.filter(month__in=[m.first for m in months])
    }
    rows = Reopening.objects.filter(
        report__reporting_month__in=[month.first for month in months],
        state__in=[ReopeningState.GRANTED, ReopeningState.ENDED],
    ).select_related("report")
    found: dict[tuple[Month, int, int], str] = {}
    for row in rows.order_by("decided_at"):
        for (month, version), freeze in versions.items():
            since = before.get((month, version - 1))
            if row.report.month == month and since and row.decided_at and since <= row.decided_at <= freeze.made_at:
                found[month, version, row.hub_id] = f"{timezone.localdate(row.decided_at):%Y-%m-%d}承認"
    return found
