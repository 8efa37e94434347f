"""What a chief sees before submitting a month: each check with how many there are and the list that shows them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.choices import Gap, PairState
from consultations.models import Case, Draft
from consultations.queries import IDLE, quality
from consultations.queries.duplicates import every_pair
from consultations.queries.lists import cases_in, every_outcome
from foundation.periods import Month
from foundation.subqueries import CountOf
from hubs.models import Hub
from referrals.choices import Waiting
from referrals.queries import listed

_GAPS = {
    Gap.THEME: gettext_lazy("相談細目のない相談記録"),
    Gap.MINUTES: gettext_lazy("相談時間が5分未満か8時間を超える相談記録"),
    Gap.INDUSTRY: gettext_lazy("業種のない事業者の相談記録"),
    Gap.ENTRY: gettext_lazy("相談日から8日以上たって入力された相談記録"),
}


@dataclass(frozen=True)
class Check:
    """Something to look at before the month is submitted: how many, where, and what there is to say. Without an
    address where nobody else may open them: drafts are their writers' own."""

    label: str | Promise
    count: int
    url: str = ""
    said: str = ""


def checks_of(hub: Hub, month: Month, *, today: dt.date) -> list[Check]:
    """What a good month has none of. In the hub's records scope; three queries."""
    return [*_gaps(hub, month), *_unsettled(hub, month, today)]


def _gaps(hub: Hub, month: Month) -> list[Check]:
    found = quality.gaps(hub=hub, first=month.first, last=month.last)
    shown = reverse("consultations:consultations", args=[hub.slug])
    span = {"first": month.first.isoformat(), "last": month.last.isoformat()}
    said = {}
    if found.total:
        said[Gap.ENTRY] = _("入力までの日数の中央値 %(median).0f日、8日以上の割合 %(late).1f%%") % {
            "median": found.median_days, "late": found.late_percent,
        }  # fmt: skip
    return [
        Check(label, found.lacking[gap], f"{shown}?{urlencode(span | {'missing': gap.value})}", said.get(gap, ""))
        for gap, label in _GAPS.items()
    ]


def _drafts(hub: Hub, month: Month) -> QuerySet[Draft]:
    """Those of a session in the month, and those last saved in it."""
    of_month = Q(saved_at__date__range=(month.first, month.last)) | Q(fields__held_on__startswith=f"{month}-")
    return Draft.objects.filter(of_month, hub=hub)


def _of_drafts(writers: list[str]) -> Check:
    counts = Counter(sorted(writers)).most_common()
    said = "、".join(_("%(name)s %(count)d件") % {"name": name, "count": count} for name, count in counts)
    return Check(_("保存されていない下書き(書いた人だけが開けます)"), len(writers), said=said)


def _unsettled(hub: Hub, month: Month, today: dt.date) -> list[Check]:
    """Drafts, and what other lists have waiting: one query for them all, and one for the rules."""
    slug = [hub.slug]
    listings: dict[str, tuple[str | Promise, str, QuerySet[Any]]] = {}
    listings["pairs"] = (
        gettext_lazy("重複の疑いがある事業者の組"), reverse("consultations:duplicates", args=slug),
        every_pair(hub=hub, state=PairState.OPEN),
    )  # fmt: skip
    listings["referrals"] = (
        gettext_lazy("回答が遅れている紹介・連携"),
        f"{reverse('referrals:list', args=slug)}?state={Waiting.OVERDUE.value}",
        listed(hub=hub, wanted=Waiting.OVERDUE, today=today),
    )  # fmt: skip
    listings["outcomes"] = (
        gettext_lazy("本人確認がまだの成果"), f"{reverse('consultations:outcomes', args=slug)}?unconfirmed={month}",
        every_outcome(hub=hub, kind="", unconfirmed=month),
    )  # fmt: skip
    listings["cases"] = (
        gettext_lazy("次の予定がない未終了の案件"), f"{reverse('consultations:cases', args=slug)}?state={IDLE}",
        cases_in(Case.objects.filter(hub=hub), IDLE),
    )  # fmt: skip
    columns: dict[str, Any] = {name: CountOf(rows) for name, (_label, _url, rows) in listings.items()}
    columns["writers"] = ArraySubquery(_drafts(hub, month).values("owner__name"))
    counts: dict[str, Any] = Hub.objects.filter(pk=hub.pk).values(**columns).get()  # type: ignore[assignment]
    waiting = [Check(label, counts[name], url) for name, (label, url, _rows) in listings.items()]
    return [_of_drafts(counts["writers"]), *waiting]
