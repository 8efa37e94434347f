"""How complete a note is, by one rule: another coordinator can carry on from it (domain.md §5).

The criteria stand here once, as what they look at, how much of it and in which words. Python reads them for records
and for the chief's queue; the editor reads the same ones from the page (static/yorozu/meter.js), so that the meter
moves while one types, also without a network. They look for what is missing and judge nobody's style: a note is
never refused because of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, DateField, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.choices import Gap
from consultations.models import Consultation
from consultations.models.sessions import ConsultationQuerySet
from hubs.models import Hub

FULL = 6  # how many criteria there are; a test counts them
THIN = 4  # fewer than this many met: the note comes before the chief
LATE_DAYS = 7  # entered later than this after the session: likewise
SAMPLE_PERCENT = 10  # of all other notes, as evaluation samples them (domain.md §5 抽出カルテ審査)
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 480  # what is shorter or longer was probably mistyped
LONGEST_BACK_DAYS = 60  # sessions before this are somebody's backlog: counted in the lag, not queued

# What somebody does in a session, by the stems of the verbs that notes use for it.
_DEEDS = (
    "した|行っ|実施|確認|整理|作成|試算|分析|見直|聞き取|ヒアリング|提案|紹介|説明|検討|点検|視察|同行|共有|比較|計算"
)
# A time, however one says it: 12月3日, 12/3, 来週, 2週間, 月末, 次回, 3日以内.
_WHEN = (
    r"[0-9０-９]+ *(月|日|週|か月|ヶ月|カ月|年|/)|来週|再来週|来月|再来月|今月|今週|月末|年内|年度内|年明け|次回|翌"
    "|[上中下]旬|までに"
)


@dataclass(frozen=True)
class Criterion:
    """Met if the named fields, taken together, have `at_least` characters and hold `pattern`; or if `given` is known
    from elsewhere. `reason` is what its writer reads while it is not met."""

    code: str
    label: str | Promise
    reason: str | Promise
    fields: tuple[str, ...]
    at_least: int = 1
    pattern: str = ""
    given: str = ""

    def is_met(self, note: Mapping[str, Any], given: frozenset[str] = frozenset()) -> bool:
        """Whether a note (its fields by name, texts or lists) meets it."""
        if self.given and self.given in given:
            return True
        text = " ".join(filter(None, (_text(note.get(name)) for name in self.fields)))
        return len("".join(text.split())) >= self.at_least and bool(re.search(self.pattern, text))


CRITERIA = (
    Criterion(
        "problem", _("何に困っているか"), _("相談内容に、何がどう困っているのかを40字ほど書いてください。"),
        ("content",), at_least=40,
    ),
    Criterion(
        "done", _("この回に行ったこと"),
        _("この回に確認・整理・試算・提案したことなどを、相談内容か助言内容に書いてください。"),
        ("content", "advice"), at_least=40, pattern=_DEEDS,
    ),
    Criterion("advice", _("助言"), _("助言内容に、何を勧めたかを30字ほど書いてください。"), ("advice",), at_least=30),
    Criterion(
        "follow_up", _("次に行うこと"), _("「次回まで」に、誰が何をするかを書いてください。"), ("next_step",),
        at_least=10,
    ),
    Criterion("themes", _("相談細目"), _("相談細目を選んでください。"), ("themes",)),
    Criterion(
        "due", _("次の期日"), _("「次回まで」にいつまでかを書くか、案件に次回アクションの期日を入れてください。"),
        ("next_step",), pattern=_WHEN, given="due",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One criterion and whether a note meets it."""

    criterion: Criterion
    is_met: bool


@dataclass(frozen=True)
class Completeness:
    """What a note has and what it lacks."""

    findings: Sequence[Finding]

    @property
    def met(self) -> int:
        """How many criteria are met."""
        return sum(found.is_met for found in self.findings)

    @property
    def full(self) -> int:
        """How many there are."""
        return len(self.findings)

    @property
    def missing(self) -> list[Criterion]:
        """Those that are not met."""
        return [found.criterion for found in self.findings if not found.is_met]


def completeness(note: Mapping[str, Any], *, given: frozenset[str] = frozenset()) -> Completeness:
    """How complete a note is; `given` names what is known from elsewhere ("due": the case has a day)."""
    return Completeness([Finding(criterion, criterion.is_met(note, given)) for criterion in CRITERIA])


def completeness_of(consultation: Consultation) -> Completeness:
    """How complete a record is, together with its case: one that is closed needs no next day."""
    note = {name: getattr(consultation, name) for name in ("content", "advice", "next_step", "themes")}
    return completeness(note, given=given_by(consultation))


def given_by(consultation: Consultation) -> frozenset[str]:
    """What a record's case says, so that the note need not say it."""
    case = consultation.case
    return frozenset({"due"} if case.next_due_on or case.closed_on else ())


def criteria_for_page() -> list[dict[str, Any]]:
    """The criteria as the editor's script reads them."""
    return [
        {
            "code": one.code, "label": str(one.label), "reason": str(one.reason), "fields": list(one.fields),
            "at_least": one.at_least, "pattern": one.pattern, "given": one.given,
        }
        for one in CRITERIA
    ]  # fmt: skip


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


# ---- entry lag
@dataclass(frozen=True)
class Lag:
    """How long somebody's notes took from the session to their entry, in days. `person` is empty for the hub."""

    person: str
    count: int
    mean_days: float
    median_days: float
    longest_days: int
    late_count: int

    @property
    def late_percent(self) -> float:
        """Of 100 notes, how many were entered later than LATE_DAYS after the session."""
        return 100 * self.late_count / self.count if self.count else 0.0


_LAG = """
    SELECT coalesce(who.name, ''), count(*), avg(days), percentile_cont(0.5) WITHIN GROUP (ORDER BY days), max(days),
           count(*) FILTER (WHERE days > %(late)s), grouping(who.id)
      FROM (SELECT lead_id, greatest(0, (created_at AT TIME ZONE 'Asia/Tokyo')::date - held_on) AS days
              FROM consultations_consultation
             WHERE hub_id = %(hub)s AND held_on BETWEEN %(first)s AND %(last)s AND deleted_at IS NULL) AS notes
      JOIN accounts_user AS who ON who.id = notes.lead_id
     GROUP BY GROUPING SETS ((), (who.id, who.name))
     ORDER BY grouping(who.id) DESC, 3 DESC, 1
"""


def entry_lag(*, hub: Hub, first: dt.date, last: dt.date) -> tuple[Lag | None, list[Lag]]:
    """The hub's lag over the sessions of some days, and each coordinator's, slowest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LAG, {"hub": hub.pk, "first": first, "last": last, "late": LATE_DAYS})
        found = [(row[6], Lag(row[0], row[1], float(row[2] or 0), float(row[3] or 0), row[4] or 0, row[5]))
                 for row in cursor.fetchall()]  # fmt: skip
    whole = next((lag for is_whole, lag in found if is_whole), None)
    return (whole if whole and whole.count else None), [lag for is_whole, lag in found if not is_whole]


# ---- what a month's records lack
_LACKS = {
    Gap.THEME: Q(themes=[]),
    Gap.MINUTES: Q(minutes__lt=SHORTEST_MINUTES) | Q(minutes__gt=LONGEST_MINUTES),
    Gap.INDUSTRY: Q(enterprise__industry=""),
    Gap.ENTRY: Q(created_at__date__gt=F("held_on") + dt.timedelta(days=LATE_DAYS)),
}


class _Median(Aggregate):
    """percentile_cont(0.5)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Gaps:
    """How many of some days' counted records lack what, and how long the entry took."""

    total: int
    lacking: Mapping[Gap, int]
    median_days: float

    @property
    def late_percent(self) -> float:
        return 100 * self.lacking[Gap.ENTRY] / self.total if self.total else 0.0


def lacking(rows: ConsultationQuerySet, gap: str) -> ConsultationQuerySet:
    """Those of some records that count and lack something."""
    return rows.counted().filter(_LACKS[Gap(gap)])


def gaps(*, hub: Hub, first: dt.date, last: dt.date) -> Gaps:
    """What the records of some days lack. One query."""
    rows = Consultation.objects.filter(hub=hub).counted().held_between(first, last)
    days = ExpressionWrapper(TruncDate("created_at", output_field=DateField()) - F("held_on"), DurationField())
    found = rows.aggregate(
        total=Count("pk"), median=_Median(days, output_field=DurationField()),
        **{gap.value: Count("pk", filter=lack) for gap, lack in _LACKS.items()},
    )  # fmt: skip
    median = max(0.0, found["median"] / dt.timedelta(days=1)) if found["median"] is not None else 0.0
    return Gaps(found["total"], {gap: found[gap.value] for gap in _LACKS}, median)
