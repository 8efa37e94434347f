"""小規模/中小企業判定: derived, never stored (domain.md §6; 中小企業基本法 2条)."""

from __future__ import annotations

from typing import NamedTuple

from consultations.choices import EnterpriseKind, Size

_MILLION = 1_000_000


class Line(NamedTuple):
    """Where an industry draws its lines: 中小企業 by capital or by employees, 小規模 by employees alone."""

    capital_yen: int
    employees: int
    small: int


MAKING = Line(300 * _MILLION, 300, 20)  # 製造・建設・運輸・その他
WHOLESALE = Line(100 * _MILLION, 100, 5)
SERVICE = Line(50 * _MILLION, 100, 5)
RETAIL = Line(50 * _MILLION, 50, 5)

# By 中分類 of the 14th revision. The law goes down to 小分類 in few places (411, 415, 693, 791), which a 中分類 cannot
# tell: there the larger part of the 中分類 decides.
_LINES = {
    **dict.fromkeys([f"{code:02d}" for code in range(50, 56)], WHOLESALE),
    **dict.fromkeys([f"{code:02d}" for code in range(56, 62)], RETAIL),
    **dict.fromkeys(["76", "77"], RETAIL),  # 飲食店 and 持ち帰り・配達飲食サービス count as retail
    **dict.fromkeys(["38", "39", "70", "75"], SERVICE),
    **dict.fromkeys([f"{code:02d}" for code in (*range(71, 75), *range(78, 97))], SERVICE),
    **dict.fromkeys(["L", "N", "O", "P", "Q", "R"], SERVICE),
}
_UNSURE = frozenset({"", "G", "I", "K", "M", "99", "T"})  # a 大分類 with two lines in it, or nothing known


def size_of(*, kind: str, industry: str, capital_yen: int | None, employees: int | None) -> Size:
    """Which side of the lines an enterprise stands on; UNKNOWN where what is recorded does not say.

    A company is 中小企業 if either test holds; who has no capital is judged by employees alone.
    """
    if kind == EnterpriseKind.FOUNDER or industry in _UNSURE:
        return Size.UNKNOWN
    line = _LINES.get(industry, MAKING)
    if employees is not None and employees <= line.small:
        return Size.SMALL
    if (employees is not None and employees <= line.employees) or (
        capital_yen is not None and capital_yen <= line.capital_yen
    ):
        return Size.MEDIUM  # without employees: for certain, though it may be small as well
    has_capital = kind == EnterpriseKind.CORPORATION
    if employees is None or (has_capital and capital_yen is None):
        return Size.UNKNOWN
    return Size.LARGE
