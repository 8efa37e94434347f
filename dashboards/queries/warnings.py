"""Early warning: which hubs fall behind, and why, in words.

RULES is the whole of it: what is looked at, from where on it is a sign, and how it is computed. Change a number here
and the page says so; a new rule is one entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.queries.analysis import PAST_YEARS, Outlook, forecast_of, months_between
from foundation.periods import Month
from foundation.templatetags.shown import month as shown_month
from hubs.models import Hub
from metrics.indicators import INDICATORS
from metrics.models import Pulse, Span
from metrics.pulse import ANSWER_DUE, LATE, LOOKED_BACK
from metrics.queries import Ask, Place, change, figures_for
from plans.queries import targets
from reports.models import MonthlyReport, ReportingMonth
from reports.queries.submissions import first_sent

MONTHS_FELL = 3  # in a row
MONTHS_TOLD = 6  # of reports that are looked at
FEWEST_SESSIONS, FEWEST_REFERRALS = 10, 5  # below these a share says nothing


@dataclass(frozen=True)
class Submission:
    """How one month of a hub was told: when it was due, when it first came, and whether it is there now."""

    month: Month
    due_on: dt.date
    first_on: dt.date | None
    is_there: bool

    @property
    def was_late(self) -> bool:
        return self.first_on is not None and self.first_on > self.due_on

    def days_over(self, today: dt.date) -> int:
        """How many days it is overdue; 0 for one that is there."""
        return 0 if self.is_there else max(0, (today - self.due_on).days)


@dataclass(frozen=True)
class Evidence:
    """What is known of one hub. `falls`: the last months' change of consultations against last year, newest last."""

    hub: Hub
    today: dt.date
    outlooks: Sequence[Outlook]
    falls: Sequence[float | None]
    submissions: Sequence[Submission]
    pulse: Pulse | None


@dataclass(frozen=True)
class Sign:
    """One reason, with its figure in it, and the page behind it."""

    rule: Rule
    words: str
    url: str


@dataclass(frozen=True)
class Rule:
    """What is looked at. `threshold` is what `look` compares with; `grave`: to be seen to before all others."""

    code: str
    label: str | Promise
    how: str | Promise
    threshold: int
    unit: str | Promise
    look: Callable[[Evidence, int], Iterator[tuple[str, str]]]
    grave: bool = False

    def signs(self, evidence: Evidence) -> list[Sign]:
        return [Sign(self, words, url) for words, url in self.look(evidence, self.threshold)]


@dataclass(frozen=True)
class Behind:
    """A hub that falls behind."""

    hub: Hub
    signs: Sequence[Sign]

    @property
    def grave(self) -> int:
        return sum(sign.rule.grave for sign in self.signs)


def _out_of_reach(evidence: Evidence, percent: int) -> Iterator[tuple[str, str]]:
    for outlook in evidence.outlooks:
        high, target = outlook.forecast.high, outlook.target
        if target and high is not None and high * 100 < target * percent:
            yield (
                _("%(name)s: 年度末の見込みは範囲の上限でも%(high)sで、目標%(target)sに届きません。")
                % {"name": outlook.indicator.label, "high": f"{high:,}", "target": f"{target:,}"},
                _analysis(evidence.hub),
            )


def _short(evidence: Evidence, percent: int) -> Iterator[tuple[str, str]]:
    for outlook in evidence.outlooks:
        value, target = outlook.forecast.value, outlook.target
        if target and value is not None and value * 100 < target * percent and not outlook.is_short:
            yield (
                _("%(name)s: 年度末の見込み%(value)sは目標%(target)sの%(percent).1f%%です。")
                % {"name": outlook.indicator.label, "value": f"{value:,}", "target": f"{target:,}",
                   "percent": value * 100 / target},
                _analysis(evidence.hub),
            )  # fmt: skip


def _falling(evidence: Evidence, percent: int) -> Iterator[tuple[str, str]]:
    falls = [fall for fall in evidence.falls if fall is not None]
    if len(falls) == MONTHS_FELL and max(falls) <= -percent:
        told = _("、").join(f"−{abs(fall):.0f}%" for fall in falls)
        yield (
            _("相談対応件数の前年同月比が%(n)dか月続けて%(told)sです。") % {"n": MONTHS_FELL, "told": told},
            _analysis(evidence.hub),
        )


def _silent(evidence: Evidence, days: int) -> Iterator[tuple[str, str]]:
    if evidence.pulse is None:
        return
    last, home = evidence.pulse.last_held_on, evidence.hub.get_absolute_url()
    if last is None:
        yield _("直近%(days)d日間に相談の記録がありません。") % {"days": LOOKED_BACK}, home
    elif (evidence.today - last).days >= days:
        yield _("最後の相談から%(days)d日たちました。") % {"days": (evidence.today - last).days}, home


def _entered_late(evidence: Evidence, percent: int) -> Iterator[tuple[str, str]]:
    pulse = evidence.pulse
    if pulse and pulse.sessions >= FEWEST_SESSIONS and pulse.late * 100 > pulse.sessions * percent:
        words = _(
            "直近%(days)d日間の相談%(sessions)d件のうち%(late)d件(%(percent).0f%%)が、相談日から%(limit)d日を超えて入力されました。"
        )
        yield (
            words % {"days": LOOKED_BACK, "sessions": pulse.sessions, "late": pulse.late,
                     "percent": pulse.late * 100 / pulse.sessions, "limit": LATE},
            evidence.hub.get_absolute_url(),
        )  # fmt: skip


def _overdue(evidence: Evidence, days: int) -> Iterator[tuple[str, str]]:
    for one in evidence.submissions:
        over = one.days_over(evidence.today)
        if over >= days:
            words = _("%(month)sの月次報告が提出期限を%(days)d日過ぎても提出されていません。")
            yield (
                words % {"month": shown_month(one.month), "days": over},
                reverse("months:month", args=[evidence.hub.slug, one.month]),
            )


def _often_late(evidence: Evidence, times: int) -> Iterator[tuple[str, str]]:
    late = [one for one in evidence.submissions if one.was_late]
    if len(late) >= times:
        words = _("直近%(n)dか月のうち%(late)dか月の月次報告が提出期限の後に提出されました。")
        yield (
            words % {"n": len(evidence.submissions), "late": len(late)},
            reverse("months:list", args=[evidence.hub.slug]),
        )


def _unanswered(evidence: Evidence, percent: int) -> Iterator[tuple[str, str]]:
    pulse = evidence.pulse
    if pulse and pulse.sent >= FEWEST_REFERRALS and pulse.unanswered * 100 > pulse.sent * percent:
        words = _("送付から%(days)d日を過ぎた依頼%(sent)d件のうち%(open)d件(%(percent).0f%%)に応答がありません。")
        yield (
            words % {"days": ANSWER_DUE, "sent": pulse.sent, "open": pulse.unanswered,
                     "percent": pulse.unanswered * 100 / pulse.sent},
            _analysis(evidence.hub, "referrals"),
        )  # fmt: skip


def _analysis(hub: Hub, topic: str = "activity") -> str:
    return reverse("hubs:analysis_topic", args=[hub.slug, topic])


PERCENT, DAYS, TIMES = gettext_lazy("%"), gettext_lazy("日"), gettext_lazy("回")
RULES: tuple[Rule, ...] = (
    Rule(
        "silent", gettext_lazy("相談が途絶えている"),
        gettext_lazy("計上される最後の相談の日から今日までの日数が、基準以上。"), 14, DAYS, _silent, grave=True,
    ),
    Rule(
        "overdue", gettext_lazy("月次報告が提出されていない"),
        gettext_lazy("提出期限を過ぎた日数が、基準以上。直近6か月を見ます。"), 5, DAYS, _overdue, grave=True,
    ),
    Rule(
        "out_of_reach", gettext_lazy("目標に届かない"),
        gettext_lazy("年度末の見込みの範囲(80%)の上限が、目標に対して基準未満。"), 100, PERCENT, _out_of_reach,
        grave=True,
    ),
    Rule(
        "short", gettext_lazy("目標を下回る見込み"),
        gettext_lazy("年度末の見込みが、目標に対して基準未満。範囲の上限は目標に届くか、過去が足りず範囲を示せないもの。"),
        95, PERCENT, _short,
    ),
    Rule(
        "falling", gettext_lazy("相談が減り続けている"),
        gettext_lazy("終わった3か月のどの月も、相談対応件数が前年同月から基準以上減っている。"), 20, PERCENT, _falling,
    ),
    Rule(
        "often_late", gettext_lazy("月次報告の遅れが続く"),
        gettext_lazy("直近6か月で、最初の提出が提出期限の後だった月の数が、基準以上。"), 2, TIMES, _often_late,
    ),
    Rule(
        "entered_late", gettext_lazy("記録の入力が遅い"),
        gettext_lazy("直近90日の相談のうち、相談日から7日を超えて入力された割合が、基準を超える。"
                     "相談10件以上の拠点を見ます。"),
        20, PERCENT, _entered_late,
    ),
    Rule(
        "unanswered", gettext_lazy("紹介先の応答がない"),
        gettext_lazy("直近1年に送付し45日を過ぎた依頼のうち、応答のない割合が、基準を超える。"
                     "依頼5件以上の拠点を見ます。"),
        30, PERCENT, _unanswered,
    ),
)  # fmt: skip


def hubs_behind(*, hubs: Sequence[Hub], today: dt.date) -> list[Behind]:
    """Those of some hubs (with prefecture and pulse) that show a sign, the gravest first. Four queries."""
    found = [
        Behind(evidence.hub, [sign for rule in RULES for sign in rule.signs(evidence)])
        for evidence in _gathered(hubs, today)
    ]
    shown = [behind for behind in found if behind.signs]
    return sorted(shown, key=lambda behind: (-behind.grave, -len(behind.signs), behind.hub.pk))


def _gathered(hubs: Sequence[Hub], today: dt.date) -> Iterator[Evidence]:
    last = Month.of(today).previous()
    places = [Place.of_hub(hub) for hub in hubs]
    promised = targets(year=last.fiscal_year)
    aimed = promised.indicators()
    since = Month(last.fiscal_year.year - PAST_YEARS, 4)
    summed = {INDICATORS["consultations"], *(i for i in aimed if i.adds_over_months)}
    distinct = [i for i in aimed if not i.adds_over_months]
    months = months_between(since, last)
    by_month, to_date = figures_for(
        [Ask(places, months, Span.MONTH, list(summed)), Ask(places, months, Span.YEAR_TO_DATE, distinct)]
    )
    told = submissions(today)
    sessions = INDICATORS["consultations"]
    for hub, place in zip(hubs, places, strict=True):
        outlooks = [
            Outlook(i, forecast_of(by_month if i.adds_over_months else to_date, place, i, last), target, 0)
            for i in aimed
            if (target := promised.value(place, i))
        ]
        falls = [
            change(by_month.value(place, month, sessions), by_month.value(place, month.year_before(), sessions))
            for month in [last.plus(-n) for n in reversed(range(MONTHS_FELL))]
        ]
        yield Evidence(hub, today, outlooks, falls, told(hub), getattr(hub, "pulse", None))


def submissions(today: dt.date) -> Callable[[Hub], list[Submission]]:
    """Each hub's last months: those that headquarters has asked for, whether or not the hub has touched them."""
    told = MonthlyReport.objects.filter(reporting_month=OuterRef("pk")).told()
    rows: Any = ReportingMonth.objects.over(today).annotate(told_by=ArraySubquery(told.values("hub_id")))
    asked = {Month.of(row.month): row for row in rows.order_by("-month")[:MONTHS_TOLD]}
    sent = first_sent(asked)

    def of(hub: Hub) -> list[Submission]:
        mine = sent.get(hub.pk, {})
        return [Submission(month, row.due_on, mine.get(month), hub.pk in row.told_by) for month, row in asked.items()]

    return of
