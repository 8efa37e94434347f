"""The registry: every figure is declared here once, and everything else reads it. Aggregation, screens, the
report's definitions sheet, lists of the records behind a figure. Rules: domain.md §4.

A definition is never edited once its months are published: `INDICATORS.add` the next version, valid from a month
on. Who shows or counts a month asks `INDICATORS.at(month)`.

`counted` says what is counted in SQL: the source's rows, an aggregate over them, and for a breakdown the
column whose values are its codes. metrics.counting writes the statement, metrics.records the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.choices import Category, Method, OutcomeKind, Resolution
from directory.choices import CodeKind
from foundation.periods import Month
from hubs.choices import UnitKind

UNSTATED = "unstated"  # the code of what a record leaves open; a total has the code ""
PROGRAMS = "programs"
SPECIAL_DESKS = "special_desks"


class Source(StrEnum):
    """Whose rows are counted. metrics.counting has the SELECT of each."""

    CONSULTATIONS = "consultations"  # those that count
    THEMES = "themes"  # one row per counted consultation and theme
    INVOLVEMENTS = "involvements"  # organizations in counted consultations
    PROGRAM_USES = "program_uses"  # programmes in counted consultations
    CLOSED_CASES = "closed_cases"
    DESKS = "desks"  # counted consultations of cases that a special desk took
    OUTCOMES = "outcomes"  # those that the client confirmed
    SENT_REFERRALS = "sent_referrals"  # not called back
    ANSWERED_REFERRALS = "answered_referrals"  # not called back
    PARTNER_WORKS = "partner_works"  # what the other agency did (tender II.7 ※)


class Way(StrEnum):
    """How rows become a figure."""

    ADD = "add"  # an aggregate per hub and month; bureau, nation and year are its sums
    DISTINCT = "distinct"  # different enterprises, anew at every level and for every span
    FIRST = "first"  # enterprises whose first ever lies in the span, anew at every level


@dataclass(frozen=True)
class Only:
    """Which of a source's rows count: those whose `column` is one of `values`, or `but` those."""

    column: str
    values: tuple[str, ...]
    but: bool = False

    def __post_init__(self) -> None:
        # they become a part of a statement: names as code lists have them, and nothing else
        if not self.values or not all(re.fullmatch(r"[A-Za-z0-9_]+", name) for name in (self.column, *self.values)):
            raise ValueError(f"not a column and codes: {self.column} {self.values}")

    def sql(self, table: str = "") -> str:
        values = ", ".join(f"'{value}'" for value in self.values)
        return f"{table}{self.column} {'NOT ' * self.but}IN ({values})"


@dataclass(frozen=True)
class Counted:
    """What is counted: an SQL aggregate over a source's rows, or over some of them, and the column that a breakdown
    goes by. Of 者 the rows are consultations and `only` speaks of their own columns."""

    source: Source
    aggregate: str = "count(*)"
    by: str = ""
    way: Way = Way.ADD
    only: Only | None = None

    @property
    def sql(self) -> str:
        """The aggregate over the rows that count."""
        return f"{self.aggregate} FILTER (WHERE {self.only.sql()})" if self.only else self.aggregate


@dataclass(frozen=True)
class Breakdown:
    """By what a total is divided: its codes come from a closed list, a national code list or the programmes."""

    name: str
    label: str | Promise
    codes: type[TextChoices] | CodeKind | str
    overlaps: bool = False  # one record may stand under several codes: the sum exceeds the total


@dataclass(frozen=True)
class Indicator:
    """活動指標: one figure, as users read it and as it is counted. `of` is the total that a breakdown divides.

    A changed definition is another declaration of the code, with the next version and the month it holds from;
    the months before keep theirs. `until`: the last month of an indicator that is given up. `guarded_by`: the
    count whose smallness makes this one small (分 of 件), where that is not its own."""

    code: str
    label: str | Promise
    unit: str | Promise
    definition: str | Promise
    counted: Counted
    since: Month
    breakdown: Breakdown | None = None
    of: str = ""
    version: int = 1
    until: Month | None = None
    guarded_by: str = ""

    @property
    def additive(self) -> bool:
        """Whether hubs add up to the nation and months to the year (件), or each is counted anew (者)."""
        return self.counted.way is Way.ADD

    @property
    def adds_over_months(self) -> bool:
        """Whether months add up to the year. A first ever happens once, so it does at each level by itself."""
        return self.counted.way is not Way.DISTINCT

    @property
    def guard(self) -> str:
        """The code of the count whose smallness makes this figure small."""
        return self.guarded_by or self.code

    def holds_in(self, month: Month) -> bool:
        """Whether the month lies in the time that this declaration names. A newer version may hold instead."""
        return self.since <= month and (self.until is None or month <= self.until)

    def __str__(self) -> str:
        return str(self.label)


class Definitions:
    """Indicators in display order, by code: those of one time."""

    def __init__(self, indicators: Iterable[Indicator] = ()) -> None:
        self._by_code = {indicator.code: indicator for indicator in indicators}

    def __getitem__(self, code: str) -> Indicator:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def totals(self) -> tuple[Indicator, ...]:
        """Those that are one number per place and time."""
        return tuple(indicator for indicator in self if indicator.breakdown is None)

    def breakdowns(self, of: str = "") -> tuple[Indicator, ...]:
        """Those with a number per code; of one total, if it is named."""
        return tuple(i for i in self if i.breakdown is not None and of in ("", i.of))


class Registry(Definitions):
    """Every definition that ever held. By itself it gives the newest of each code; `at` gives those of a month."""

    def __init__(self, *indicators: Indicator) -> None:
        super().__init__()
        self._versions: dict[str, tuple[Indicator, ...]] = {}
        self._at: dict[tuple[tuple[str, int], ...], Definitions] = {}
        for indicator in indicators:
            self.add(indicator)

    def add(self, indicator: Indicator) -> None:
        """Declare one more, or the next version of one. Raises ValueError for a version that does not follow, a
        change of what facts of both must share, and a breakdown of nothing."""
        earlier = self.versions(indicator.code)
        if earlier:
            self._check_follows(earlier[-1], indicator)
        elif indicator.version != 1:
            raise ValueError(f"the indicator {indicator.code} begins with version {indicator.version}")
        if indicator.of and indicator.of not in self:
            raise ValueError(f"{indicator.code} divides {indicator.of}, which is not declared before it")
        if indicator.until is not None and indicator.until < indicator.since:
            raise ValueError(f"{indicator.code} ends before it begins")
        self._at.clear()
        self._versions[indicator.code] = (*earlier, indicator)
        self._by_code[indicator.code] = indicator

    @staticmethod
    def _check_follows(before: Indicator, indicator: Indicator) -> None:
        if indicator.version <= before.version:
            raise ValueError(f"the indicator {indicator.code} is declared twice")
        if indicator.version != before.version + 1 or indicator.since <= before.since:
            raise ValueError(f"{indicator.code} version {indicator.version} does not follow version {before.version}")
        if (indicator.counted.way, indicator.breakdown, indicator.of) != (
            before.counted.way, before.breakdown, before.of,
        ):  # fmt: skip
            raise ValueError(f"{indicator.code} would not add up over its versions: it needs a code of its own")

    def versions(self, code: str) -> tuple[Indicator, ...]:
        """All definitions of a code, the oldest first; none of an unknown one."""
        return self._versions.get(code, ())

    def histories(self) -> list[tuple[Indicator, tuple[Indicator, ...]]]:
        """Each indicator as it is newest, with those before it."""
        return [(indicator, self.earlier(indicator.code)) for indicator in self]

    def earlier(self, code: str) -> tuple[Indicator, ...]:
        """The definitions before the newest, the newest of those first, each with the last month that it held in."""
        newest, oldest = self[code], self.versions(code)[0]
        held = self.within(code, oldest.since, newest.since.previous())
        return tuple(replace(one, until=last) for one, _first, last in reversed(held))

    def at(self, month: Month) -> Definitions:
        """The definitions that hold in a month. A breakdown is not without its total."""
        valid = {i.code: i for code in self._versions if (i := self._of(code, month)) is not None}
        key = tuple((i.code, i.version) for i in valid.values() if i.of in ("", *valid))
        if key not in self._at:
            self._at[key] = Definitions(valid[code] for code, _version in key)
        return self._at[key]

    def _of(self, code: str, month: Month) -> Indicator | None:
        newest = next((i for i in reversed(self._versions[code]) if i.since <= month), None)
        return newest if newest is not None and newest.holds_in(month) else None

    def within(self, code: str, first: Month, last: Month) -> list[tuple[Indicator, Month, Month]]:
        """The definitions of a code that hold between two months, each with the first and last month of those."""
        versions, found = self.versions(code), []
        for one, after in zip(versions, (*versions[1:], None), strict=True):
            begins, ends = max(one.since, first), last if one.until is None else min(one.until, last)
            if after is not None:
                ends = min(ends, after.since.previous())
            if begins <= ends:
                found.append((one, begins, ends))
        return found


CASES, PEOPLE, MINUTES = pgettext_lazy("cases", "件"), _("者"), _("分")
# 件 in Japanese; other languages name what they count
SESSIONS = pgettext_lazy("consultations", "件")
REFERRALS = pgettext_lazy("referrals", "件")
COOPERATIONS = pgettext_lazy("cooperations", "件")
USES = pgettext_lazy("uses", "件")
OUTCOMES = pgettext_lazy("outcomes", "件")
REQUESTS = pgettext_lazy("requests", "件")
WORKS = pgettext_lazy("supports", "件")
TIMES = _("回")
FIRST_MONTH = Month(2014, 4)  # of the programme: no month before it has a page
SINCE = FIRST_MONTH  # records taken over from before count as well

BY_CATEGORY = Breakdown("category", _("主たる相談区分"), Category)
BY_THEME = Breakdown("theme", _("相談細目"), CodeKind.THEME, overlaps=True)
BY_METHOD = Breakdown("method", _("相談方法"), Method)
BY_INDUSTRY = Breakdown("industry", _("業種(大分類)"), CodeKind.INDUSTRY)
BY_INTRODUCER = Breakdown("introducer", _("案件紹介元機関"), CodeKind.INTRODUCER)
BY_UNIT = Breakdown("unit", _("ユニット"), UnitKind)
BY_RESOLUTION = Breakdown("resolution", _("解決度"), Resolution)
BY_ORGANIZATION = Breakdown("organization_kind", _("支援機関の種別"), CodeKind.ORGANIZATION_KIND)
BY_PROGRAM = Breakdown("program", _("支援制度"), PROGRAMS)
BY_SPECIAL_DESK = Breakdown("special_desk", _("特別相談窓口"), SPECIAL_DESKS)
BY_OUTCOME = Breakdown("outcome_kind", _("成果の種類"), OutcomeKind)

_REFERRED = Only("kind", ("referral",))
_COOPERATED = Only("kind", ("cooperation",))
_INTRODUCED = Only("kind", ("introduced",))
_USED = Only("kind", ("used",))
_RESOLVED = Only("resolution", ("solved", "partly"))

INDICATORS = Registry(
    Indicator(
        "consultations", _("相談対応件数"), SESSIONS,
        _("相談日が対象期間に属する相談記録の数です。1事業者との1回の相談を1件とし、対応者や細目がいくつあっても1件です。"
          "2事業者が同席した相談は2件です。メールと電話は助言を行ったものに限ります。下書き、非計上、削除された記録は数えません。"),
        Counted(Source.CONSULTATIONS), SINCE,
    ),
    Indicator(
        "visitors", _("来訪相談者数"), PEOPLE,
        _("対象期間に1回以上の相談(相談対応件数に数えるもの)があった事業者の実数です。同じ事業者は何回相談しても1者です。"
          "拠点をまたぐ同一の事業者は法人番号で判定し、法人番号のない事業者は拠点の登録ごとに数えます。"
          "月の合計は年度累計に、拠点の合計は全国に一致しません。"),
        Counted(Source.CONSULTATIONS, way=Way.DISTINCT), SINCE,
    ),
    Indicator(
        "new_visitors", _("新規相談者数"), PEOPLE,
        _("初めての相談(相談対応件数に数えるもの)が対象期間にあった事業者の数です。拠点の値はその拠点で初めて、経済産業局の値は管内で"
          "初めて、全国の値は全国で初めての事業者を数えます。拠点をまたぐ同一の事業者は法人番号で判定します。"
          "拠点の合計は全国に一致しません。"),
        Counted(Source.CONSULTATIONS, way=Way.FIRST), SINCE,
    ),
    Indicator(
        "minutes", _("延べ相談時間"), MINUTES,
        _("相談対応件数に数える相談記録の相談時間(分)の合計です。"),
        Counted(Source.CONSULTATIONS, "sum(minutes)"), SINCE, guarded_by="consultations",
    ),
    Indicator(
        "cases_closed", _("終了案件数"), CASES,
        _("終了日が対象期間に属する相談案件の数です。解決度を問いません。再開された案件は数えません。"),
        Counted(Source.CLOSED_CASES), SINCE,
    ),
    Indicator(
        "cases_resolved", _("課題解決件数"), CASES,
        _("終了日が対象期間に属する相談案件のうち、解決度が「解決」または「一部解決」であるものの数です。"),
        Counted(Source.CLOSED_CASES, only=_RESOLVED), SINCE,
    ),
    Indicator(
        "referrals", _("紹介件数"), REFERRALS,
        _("相談対応件数に数える相談記録で、事業者を支援機関に紹介した数です。1回の相談で2機関に紹介すれば2件です。"),
        Counted(Source.INVOLVEMENTS, only=_REFERRED), SINCE,
    ),
    Indicator(
        "cooperations", _("連携件数"), COOPERATIONS,
        _("相談対応件数に数える相談記録で、支援機関と連携して対応した数です。1回の相談で2機関と連携すれば2件です。"),
        Counted(Source.INVOLVEMENTS, only=_COOPERATED), SINCE,
    ),
    Indicator(
        "programs_introduced", _("支援制度の紹介件数"), USES,
        _("相談対応件数に数える相談記録で、支援制度を紹介した数です。1回の相談で2制度を紹介すれば2件です。"),
        Counted(Source.PROGRAM_USES, only=_INTRODUCED), SINCE,
    ),
    Indicator(
        "programs_used", _("支援制度の活用件数"), USES,
        _("相談対応件数に数える相談記録で、支援制度を活用した数です。1回の相談で2制度を活用すれば2件です。"),
        Counted(Source.PROGRAM_USES, only=_USED), SINCE,
    ),
    Indicator(
        "outcomes", _("成果件数"), OUTCOMES,
        _("把握した日が対象期間に属する成果のうち、事業者本人に確かめたものの数です。1つの案件に成果がいくつあっても、"
          "また終了時・3か月後・6か月後・12か月後のそれぞれで把握しても、その数だけ数えます。"),
        Counted(Source.OUTCOMES), SINCE,
    ),
    Indicator(
        "referrals_sent", _("支援機関への依頼件数"), REQUESTS,
        _("送付日が対象期間に属する紹介・連携対応・専門家派遣の依頼の数です。本人の同意を得て支援機関に送ったものに限り、"
          "取り消したものは数えません。相談記録に書いた紹介・連携の数(紹介件数・連携件数)とは別に数えます。"),
        Counted(Source.SENT_REFERRALS), SINCE,
    ),
    Indicator(
        "referrals_answered", _("支援機関からの応答件数"), REQUESTS,
        _("応答日が対象期間に属する依頼の数です。応答日は、支援機関が受領・対応中・完了・連絡不能・辞退のいずれかを初めて知らせた日です。"
          "取り消したものは数えません。"),
        Counted(Source.ANSWERED_REFERRALS), SINCE,
    ),
    Indicator(
        "partner_works", _("紹介先の支援実施件数"), WORKS,
        _("拠点が支援機関に繋いだ案件について、支援した日が対象期間に属する支援機関の支援の記入の数です。支援機関が回答用の画面で、"
          "または拠点が支援機関から聞いて記入します。記入を取り消したもの、依頼を取り消したものは数えません。"),
        Counted(Source.PARTNER_WORKS), SINCE,
    ),
    Indicator(
        "partner_work_times", _("紹介先の支援実施回数"), TIMES,
        _("紹介先の支援実施件数に数える記入の回数の合計です。"),
        Counted(Source.PARTNER_WORKS, "sum(times)"), SINCE, guarded_by="partner_works",
    ),
    Indicator(
        "consultations_by_category", _("相談区分別 相談対応件数"), SESSIONS,
        _("相談対応件数を、相談案件の主たる相談区分で分けたものです。合計は相談対応件数に一致します。"),
        Counted(Source.CONSULTATIONS, by="category"), SINCE, BY_CATEGORY, "consultations",
    ),
    Indicator(
        "consultations_by_theme", _("細目別 相談対応件数"), SESSIONS,
        _("相談対応件数を、相談記録の細目で分けたものです。1件の相談に複数の細目を付けられるため、"
          "合計は相談対応件数を上回ることがあります。"),
        Counted(Source.THEMES, by="theme"), SINCE, BY_THEME, "consultations",
    ),
    Indicator(
        "consultations_by_method", _("相談方法別 相談対応件数"), SESSIONS,
        _("相談対応件数を、相談方法で分けたものです。合計は相談対応件数に一致します。"),
        Counted(Source.CONSULTATIONS, by="method"), SINCE, BY_METHOD, "consultations",
    ),
    Indicator(
        "consultations_by_industry", _("業種別 相談対応件数"), SESSIONS,
        _("相談対応件数を、事業者の業種(日本標準産業分類の大分類)で分けたものです。中分類で登録された業種は大分類にまとめます。"
          "合計は相談対応件数に一致します。"),
        Counted(Source.CONSULTATIONS, by="industry"), SINCE, BY_INDUSTRY, "consultations",
    ),
    Indicator(
        "consultations_by_introducer", _("紹介元機関別 相談対応件数"), SESSIONS,
        _("相談対応件数を、相談案件の案件紹介元機関で分けたものです。合計は相談対応件数に一致します。"),
        Counted(Source.CONSULTATIONS, by="introducer"), SINCE, BY_INTRODUCER, "consultations",
    ),
    Indicator(
        "consultations_by_unit", _("ユニット別 相談対応件数"), SESSIONS,
        _("相談対応件数を、対応したユニットの種別で分けたものです。合計は相談対応件数に一致します。"),
        Counted(Source.CONSULTATIONS, by="unit"), SINCE, BY_UNIT, "consultations",
    ),
    Indicator(
        "consultations_by_special_desk", _("特別相談窓口別 相談対応件数"), SESSIONS,
        _("相談対応件数のうち、特別相談窓口の案件として受け付けたものを窓口で分けたものです。窓口によらない相談は含まないため、"
          "合計は相談対応件数に一致しません。"),
        Counted(Source.DESKS, by="special_desk"), SINCE, BY_SPECIAL_DESK, "consultations",
    ),
    Indicator(
        "cases_closed_by_resolution", _("解決度別 終了案件数"), CASES,
        _("終了案件数を、解決度で分けたものです。合計は終了案件数に一致します。"),
        Counted(Source.CLOSED_CASES, by="resolution"), SINCE, BY_RESOLUTION, "cases_closed",
    ),
    Indicator(
        "referrals_by_organization", _("支援機関の種別 紹介件数"), REFERRALS,
        _("紹介件数を、紹介先の支援機関の種別で分けたものです。合計は紹介件数に一致します。"),
        Counted(Source.INVOLVEMENTS, by="organization_kind", only=_REFERRED), SINCE, BY_ORGANIZATION, "referrals",
    ),
    Indicator(
        "cooperations_by_organization", _("支援機関の種別 連携件数"), COOPERATIONS,
        _("連携件数を、連携した支援機関の種別で分けたものです。合計は連携件数に一致します。"),
        Counted(Source.INVOLVEMENTS, by="organization_kind", only=_COOPERATED), SINCE, BY_ORGANIZATION, "cooperations",
    ),
    Indicator(
        "programs_introduced_by_program", _("制度別 支援制度の紹介件数"), USES,
        _("支援制度の紹介件数を、制度で分けたものです。合計は支援制度の紹介件数に一致します。"),
        Counted(Source.PROGRAM_USES, by="program", only=_INTRODUCED), SINCE, BY_PROGRAM, "programs_introduced",
    ),
    Indicator(
        "programs_used_by_program", _("制度別 支援制度の活用件数"), USES,
        _("支援制度の活用件数を、制度で分けたものです。合計は支援制度の活用件数に一致します。"),
        Counted(Source.PROGRAM_USES, by="program", only=_USED), SINCE, BY_PROGRAM, "programs_used",
    ),
    Indicator(
        "referrals_sent_by_organization", _("支援機関の種別 依頼件数"), REQUESTS,
        _("支援機関への依頼件数を、依頼先の支援機関の種別で分けたものです。合計は支援機関への依頼件数に一致します。"),
        Counted(Source.SENT_REFERRALS, by="organization_kind"), SINCE, BY_ORGANIZATION, "referrals_sent",
    ),
    Indicator(
        "referrals_answered_by_organization", _("支援機関の種別 応答件数"), REQUESTS,
        _("支援機関からの応答件数を、応答した支援機関の種別で分けたものです。合計は支援機関からの応答件数に一致します。"),
        Counted(Source.ANSWERED_REFERRALS, by="organization_kind"), SINCE, BY_ORGANIZATION, "referrals_answered",
    ),
    Indicator(
        "partner_works_by_organization", _("支援機関の種別 紹介先の支援実施件数"), WORKS,
        _("紹介先の支援実施件数を、支援した支援機関の種別で分けたものです。合計は紹介先の支援実施件数に一致します。"),
        Counted(Source.PARTNER_WORKS, by="organization_kind"), SINCE, BY_ORGANIZATION, "partner_works",
    ),
    Indicator(
        "outcomes_by_kind", _("種類別 成果件数"), OUTCOMES,
        _("成果件数を、成果の種類で分けたものです。合計は成果件数に一致します。"),
        Counted(Source.OUTCOMES, by="kind"), SINCE, BY_OUTCOME, "outcomes",
    ),
)  # fmt: skip
