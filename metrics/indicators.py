"""The registry: every figure is declared here once, and everything else reads it. Aggregation, screens, the
report's definitions sheet, lists of the records behind a figure. Rules: domain.md §4.

`counted` says what is counted in SQL: the source's rows, an aggregate over them, and for a breakdown the
column whose values are its codes. metrics.counting writes the statement, metrics.records the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.choices import Category, Method, Resolution
from directory.choices import CodeKind
from foundation.periods import Month
from hubs.choices import UnitKind

UNSTATED = "unstated"  # the code of what a record leaves open; a total has the code ""
PROGRAMS = "programs"


class Source(StrEnum):
    """Whose rows are counted. metrics.counting has the SELECT of each."""

    CONSULTATIONS = "consultations"  # those that count
    THEMES = "themes"  # one row per counted consultation and theme
    INVOLVEMENTS = "involvements"  # organizations in counted consultations
    PROGRAM_USES = "program_uses"  # programmes in counted consultations
    CLOSED_CASES = "closed_cases"


class Way(StrEnum):
    """How rows become a figure."""

    ADD = "add"  # an aggregate per hub and month; bureau, nation and year are its sums
    DISTINCT = "distinct"  # different enterprises, anew at every level and for every span
    FIRST = "first"  # enterprises whose first ever lies in the span, anew at every level


@dataclass(frozen=True)
class Counted:
    """What is counted: an SQL aggregate over a source's rows, and the column that a breakdown goes by."""

    source: Source
    aggregate: str = "count(*)"
    by: str = ""
    way: Way = Way.ADD


@dataclass(frozen=True)
class Breakdown:
    """By what a total is divided: its codes come from a closed list, a national code list or the programmes."""

    name: str
    label: str | Promise
    codes: type[TextChoices] | CodeKind | str
    overlaps: bool = False  # one record may stand under several codes: the sum exceeds the total


@dataclass(frozen=True)
class Indicator:
    """活動指標: one figure, as users read it and as it is counted. `of` is the total that a breakdown divides."""

    code: str
    label: str | Promise
    unit: str | Promise
    definition: str | Promise
    counted: Counted
    since: Month
    breakdown: Breakdown | None = None
    of: str = ""

    @property
    def additive(self) -> bool:
        """Whether hubs add up to the nation and months to the year (件), or each is counted anew (者)."""
        return self.counted.way is Way.ADD

    @property
    def adds_over_months(self) -> bool:
        """Whether months add up to the year. A first ever happens once, so it does at each level by itself."""
        return self.counted.way is not Way.DISTINCT

    def __str__(self) -> str:
        return str(self.label)


class Registry:
    """Indicators in display order, by code."""

    def __init__(self, *indicators: Indicator) -> None:
        self._by_code: dict[str, Indicator] = {}
        for indicator in indicators:
            self.add(indicator)

    def add(self, indicator: Indicator) -> None:
        """Declare one more. Raises ValueError for a code that is taken and a breakdown of nothing."""
        if indicator.code in self._by_code:
            raise ValueError(f"the indicator {indicator.code} is declared twice")
        if indicator.of and indicator.of not in self._by_code:
            raise ValueError(f"{indicator.code} divides {indicator.of}, which is not declared before it")
        self._by_code[indicator.code] = indicator

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


CASES, PEOPLE, MINUTES = pgettext_lazy("cases", "件"), _("者"), _("分")
# 件 in Japanese; other languages name what they count
SESSIONS = pgettext_lazy("consultations", "件")
REFERRALS = pgettext_lazy("referrals", "件")
COOPERATIONS = pgettext_lazy("cooperations", "件")
USES = pgettext_lazy("uses", "件")
FIRST_MONTH = Month(2014, 4)  # of the programme: no month before it has a page
SINCE = Month(2025, 4)

BY_CATEGORY = Breakdown("category", _("主たる相談区分"), Category)
BY_THEME = Breakdown("theme", _("相談細目"), CodeKind.THEME, overlaps=True)
BY_METHOD = Breakdown("method", _("相談方法"), Method)
BY_INDUSTRY = Breakdown("industry", _("業種(大分類)"), CodeKind.INDUSTRY)
BY_INTRODUCER = Breakdown("introducer", _("案件紹介元機関"), CodeKind.INTRODUCER)
BY_UNIT = Breakdown("unit", _("ユニット"), UnitKind)
BY_RESOLUTION = Breakdown("resolution", _("解決度"), Resolution)
BY_ORGANIZATION = Breakdown("organization_kind", _("支援機関の種別"), CodeKind.ORGANIZATION_KIND)
BY_PROGRAM = Breakdown("program", _("支援制度"), PROGRAMS)

_REFERRED = "count(*) FILTER (WHERE kind = 'referral')"
_COOPERATED = "count(*) FILTER (WHERE kind = 'cooperation')"
_INTRODUCED = "count(*) FILTER (WHERE kind = 'introduced')"
_USED = "count(*) FILTER (WHERE kind = 'used')"
_RESOLVED = "count(*) FILTER (WHERE resolution IN ('solved', 'partly'))"

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
        Counted(Source.CONSULTATIONS, "sum(minutes)"), SINCE,
    ),
    Indicator(
        "cases_closed", _("終了案件数"), CASES,
        _("終了日が対象期間に属する相談案件の数です。解決度を問いません。再開された案件は数えません。"),
        Counted(Source.CLOSED_CASES), SINCE,
    ),
    Indicator(
        "cases_resolved", _("課題解決件数"), CASES,
        _("終了日が対象期間に属する相談案件のうち、解決度が「解決」または「一部解決」であるものの数です。"),
        Counted(Source.CLOSED_CASES, _RESOLVED), SINCE,
    ),
    Indicator(
        "referrals", _("紹介件数"), REFERRALS,
        _("相談対応件数に数える相談記録で、事業者を支援機関に紹介した数です。1回の相談で2機関に紹介すれば2件です。"),
        Counted(Source.INVOLVEMENTS, _REFERRED), SINCE,
    ),
    Indicator(
        "cooperations", _("連携件数"), COOPERATIONS,
        _("相談対応件数に数える相談記録で、支援機関と連携して対応した数です。1回の相談で2機関と連携すれば2件です。"),
        Counted(Source.INVOLVEMENTS, _COOPERATED), SINCE,
    ),
    Indicator(
        "programs_introduced", _("支援制度の紹介件数"), USES,
        _("相談対応件数に数える相談記録で、支援制度を紹介した数です。1回の相談で2制度を紹介すれば2件です。"),
        Counted(Source.PROGRAM_USES, _INTRODUCED), SINCE,
    ),
    Indicator(
        "programs_used", _("支援制度の活用件数"), USES,
        _("相談対応件数に数える相談記録で、支援制度を活用した数です。1回の相談で2制度を活用すれば2件です。"),
        Counted(Source.PROGRAM_USES, _USED), SINCE,
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
        "cases_closed_by_resolution", _("解決度別 終了案件数"), CASES,
        _("終了案件数を、解決度で分けたものです。合計は終了案件数に一致します。"),
        Counted(Source.CLOSED_CASES, by="resolution"), SINCE, BY_RESOLUTION, "cases_closed",
    ),
    Indicator(
        "referrals_by_organization", _("支援機関の種別 紹介件数"), REFERRALS,
        _("紹介件数を、紹介先の支援機関の種別で分けたものです。合計は紹介件数に一致します。"),
        Counted(Source.INVOLVEMENTS, _REFERRED, by="organization_kind"), SINCE, BY_ORGANIZATION, "referrals",
    ),
    Indicator(
        "cooperations_by_organization", _("支援機関の種別 連携件数"), COOPERATIONS,
        _("連携件数を、連携した支援機関の種別で分けたものです。合計は連携件数に一致します。"),
        Counted(Source.INVOLVEMENTS, _COOPERATED, by="organization_kind"), SINCE, BY_ORGANIZATION, "cooperations",
    ),
    Indicator(
        "programs_introduced_by_program", _("制度別 支援制度の紹介件数"), USES,
        _("支援制度の紹介件数を、制度で分けたものです。合計は支援制度の紹介件数に一致します。"),
        Counted(Source.PROGRAM_USES, _INTRODUCED, by="program"), SINCE, BY_PROGRAM, "programs_introduced",
    ),
    Indicator(
        "programs_used_by_program", _("制度別 支援制度の活用件数"), USES,
        _("支援制度の活用件数を、制度で分けたものです。合計は支援制度の活用件数に一致します。"),
        Counted(Source.PROGRAM_USES, _USED, by="program"), SINCE, BY_PROGRAM, "programs_used",
    ),
)  # fmt: skip
