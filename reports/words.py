"""The summary in words, written from the figures by rules: what rose and fell, what people came with, what came of it,
what was corrected. Nothing here knows more than the tables do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from metrics.models import Level
from reports.contents import BreakdownTable, Compared, Line, MonthlyContent, PlaceRow

STEADY = 0.5  # percent: below it a figure has not moved
MOVED = 5.0  # percent: from here on a move is worth naming
SMALL = 20  # a figure below it jumps by chance
NAMED = 3
OF_PLACES = "地域の動き"


class Passage(NamedTuple):
    """One heading with its sentences."""

    heading: str
    text: str


def summary_of(content: MonthlyContent) -> tuple[Passage, ...]:
    """The summary, without what there is nothing to say of."""
    telling = _Telling(content)
    found = [
        Passage("相談の状況", telling.activity()), Passage("増えたもの・減ったもの", telling.moves()),
        Passage("相談の内容", telling.themes()), Passage("成果", telling.outcomes()),
        Passage("連携・紹介", telling.partners()), Passage("目標に対する進捗", telling.targets(dict(content.targets))),
        Passage(OF_PLACES, telling.places()), Passage("訂正", telling.corrections()),
    ]  # fmt: skip
    return tuple(passage for passage in found if passage.text)


class _Telling:
    def __init__(self, content: MonthlyContent) -> None:
        self.content = content
        self.lines = {line.code: line for line in content.focus.lines}
        self.tables = {table.indicator.code: table for table in content.breakdowns}
        self.than = "前年同期" if content.is_year else "前年同月"

    def figure(self, line: Line) -> Compared:
        return line.year if self.content.is_year else line.month

    def activity(self) -> str:
        content, line = self.content, self.lines["consultations"]
        told = [f"{content.period}の{content.focus.name}の{self.sentence(line)}"]
        if not content.is_year and content.month.number != 4:
            told.append(f"年度累計は{number(line.year.now)}{line.unit}{brackets(line.year, '前年同期')}です。")
        people, new = self.lines.get("visitors"), self.lines.get("new_visitors")
        if people and new:
            share = share_of(self.figure(new).now, self.figure(people).now)
            told.append(self.sentence(people) + f"うち新規は{number(self.figure(new).now)}{new.unit}{share}です。")
        return "".join(told)

    def sentence(self, line: Line) -> str:
        """相談対応件数は59,123件で、前年同月(56,000件)に比べ5.6%増加しました。"""
        figure = self.figure(line)
        told = f"{line.label}は{number(figure.now)}{line.unit}"
        if figure.percent is None or figure.before is None:
            return f"{told}でした。"
        return f"{told}で、{self.than}({number(figure.before)}{line.unit})に比べ{moved(figure.percent)}。"

    def moves(self) -> str:
        lines = [line for line in self.content.focus.lines if _is_worth_naming(self.figure(line))]
        ordered = sorted(lines, key=lambda line: -(self.figure(line).percent or 0))
        rose = [line for line in ordered if (self.figure(line).percent or 0) >= MOVED][:NAMED]
        fell = [line for line in reversed(ordered) if (self.figure(line).percent or 0) <= -MOVED][:NAMED]
        told = []
        if rose:
            told.append("増加が目立つ指標は" + "、".join(map(self._moved_line, rose)) + "です。")
        if fell:
            told.append("減少が目立つ指標は" + "、".join(map(self._moved_line, fell)) + "です。")
        if not told and lines:
            told.append(f"{self.than}に比べ5%以上増減した指標はありません。")
        return "".join(told)

    def _moved_line(self, line: Line) -> str:
        return f"{line.label}({signed(self.figure(line).percent or 0)})"

    def themes(self) -> str:
        told = []
        for code, before in (("consultations_by_category", "主たる相談区分"), ("consultations_by_theme", "細目")):
            top = self._top(self.tables.get(code))
            if top:
                told.append(f"{before}では" + "、".join(top) + "の順に多くなっています。")
        return "".join(told)

    def outcomes(self) -> str:
        told = [self.sentence(self.lines[code]) for code in ("cases_resolved", "outcomes") if code in self.lines]
        top = self._top(self.tables.get("outcomes_by_kind"))
        if top:
            told.append("確認された成果は" + "、".join(top) + "の順に多くなっています。")
        return "".join(told)

    def partners(self) -> str:
        wanted = ("cooperations", "referrals", "partner_works")
        told = [f"{self.lines[c].label}は{number(self.figure(self.lines[c]).now)}{self.lines[c].unit}"
                f"{brackets(self.figure(self.lines[c]), self.than)}" for c in wanted if c in self.lines]  # fmt: skip
        return "、".join(told) + "でした。" if told else ""

    def targets(self, targets: Mapping[str, int]) -> str:
        """Of the year's targets, how much is reached."""
        told = [
            f"{line.label}は年度目標{number(targets[code])}{line.unit}に対し{line.year.now * 100 / targets[code]:.1f}%"
            for code, line in self.lines.items() if targets.get(code)
        ]  # fmt: skip
        return "、".join(told) + "です。" if told else ""

    def places(self) -> str:
        rows = self.content.hubs
        if self.content.edition.level is Level.HUB or len(rows) < 2:
            return ""
        known = [row for row in rows if _is_worth_naming(self.figure(row.lines[0]))]
        ordered = sorted(known, key=lambda row: -(self.figure(row.lines[0]).percent or 0))
        rose = [row for row in ordered if (self.figure(row.lines[0]).percent or 0) >= MOVED][:NAMED]
        fell = [row for row in reversed(ordered) if (self.figure(row.lines[0]).percent or 0) <= -MOVED][:NAMED]
        label, told = rows[0].lines[0].label, []
        if rose:
            told.append(f"{label}の増加率が大きい拠点は" + "、".join(map(self._moved_place, rose)) + "です。")
        if fell:
            told.append("減少率が大きい拠点は" + "、".join(map(self._moved_place, fell)) + "です。")
        none = [row.name for row in rows if self.figure(row.lines[0]).now == 0]
        if none and len(none) < len(rows) / 2:
            told.append("実績がなかった拠点は" + "、".join(none) + "です。")
        return "".join(told)

    def _moved_place(self, row: PlaceRow) -> str:
        return f"{row.name}({signed(self.figure(row.lines[0]).percent or 0)})"

    def _top(self, table: BreakdownTable | None) -> list[str]:
        if table is None:
            return []
        total = self.figure(table.total).now
        found = sorted((line for line in table.lines if line.code != "unstated" and self.figure(line).now),
                       key=lambda line: -self.figure(line).now)[:NAMED]  # fmt: skip
        return [f"{line.label}{share_of(self.figure(line).now, total)}" for line in found]

    def corrections(self) -> str:
        if self.content.frozen is None:
            return ""
        own = [one for one in self.content.corrections if not one.code_label]
        if not own:
            return "この報告で訂正する、公表済みの月の数値はありません。"
        months = "、".join(f"{m.year}年{m.number}月" for m in sorted({one.month for one in own}))
        return f"締め後に届いた記録などにより、{months}の数値を訂正しました。訂正前後の値と理由は「訂正」に示します。"


def _is_worth_naming(figure: Compared) -> bool:
    return figure.percent is not None and max(figure.now, figure.before or 0) >= SMALL


def moved(percent: float) -> str:
    """5.6%増加しました, ほぼ横ばいでした."""
    if abs(percent) < STEADY:
        return "ほぼ横ばいでした"
    return f"{abs(percent):.1f}%{'増加' if percent > 0 else '減少'}しました"


def signed(percent: float) -> str:
    return f"{'+' if percent > 0 else '▲' if percent < 0 else '±'}{abs(percent):.1f}%"


def brackets(figure: Compared, than: str) -> str:
    return "" if figure.percent is None else f"({than}比{signed(figure.percent)})"


def share_of(part: int, whole: int) -> str:
    return f"({part * 100 / whole:.1f}%)" if whole else ""


def number(value: int) -> str:
    return f"{value:,}"
