"""Composing カルテ notes: pieces of a topic and of a trade, filled with words and numbers, in a coordinator's style."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from yorozu.demo.businesses import Trade
from yorozu.demo.stories import Topic

Random = random.Random

# Numbers are drawn anew at each mention. 万円 below 300 are running costs, man2 are investments and loans.
NUMBERS: dict[str, Callable[[Random], str]] = {
    "pct": lambda rng: str(int(3 + rng.random() * 22)),
    "pct2": lambda rng: str(int(30 + rng.random() * 45)),
    "rate": lambda rng: f"{1.1 + rng.random() * 3.4:.1f}",
    "yen": lambda rng: f"{10 * int(18 + rng.random() ** 2 * 460):,}",
    "yen2": lambda rng: str(int(30 + rng.random() * 41)),
    "man": lambda rng: str(int(5 + rng.random() ** 2 * 50) * 5),
    "man2": lambda rng: f"{int(3 + rng.random() ** 2 * 27) * 100:,}",
    "rent": lambda rng: str(int(8 + rng.random() * 30)),
    "people": lambda rng: str(int(4 + rng.random() ** 2 * 36)),
    "count": lambda rng: str(int(2 + rng.random() * 4)),
    "age": lambda rng: str(int(58 + rng.random() * 18)),
    "minutes": lambda rng: str(int(3 + rng.random() * 15) * 5),
}


class Words(dict[str, str]):
    """What fills the slots: fixed words of the enterprise, and a fresh number for each slot that asks for one."""

    def __init__(self, rng: Random, trade: Trade, *, town: str, specialties: tuple[str, ...], site: str) -> None:
        product, other = rng.sample(trade.products, 2)
        super().__init__(product=product, product2=other, place=town, site=site)
        self.rng, self.trade, self.specialties = rng, trade, specialties

    def __missing__(self, slot: str) -> str:
        if slot in NUMBERS:
            return NUMBERS[slot](self.rng)
        source = {"customer": self.trade.customers, "equipment": self.trade.equipment, "specialty": self.specialties}
        return self.rng.choice(source[slot])

    def at(self, month: int) -> None:
        """The month of the session: deadlines and plans lie one to four months ahead."""
        self["month"] = str((month + int(self.rng.random() * 4)) % 12 + 1)


class Pile:
    """Pieces in a shuffled order, taken from the top and laid under again: no repetition before all were used."""

    def __init__(self, rng: Random, pieces: list[str] | tuple[str, ...]) -> None:
        self.pieces = rng.sample(pieces, len(pieces))
        self.next = 0

    def take(self, count: int) -> list[str]:
        found = [self.pieces[(self.next + n) % len(self.pieces)] for n in range(min(count, len(self.pieces)))]
        self.next += count
        return found


@dataclass
class Note:
    """One session's texts."""

    content: str
    advice: str
    next_step: str


OPENINGS = (
    "", "", "{person}が来所。", "初回相談。", "{person}より相談内容を聞き取り。", "{place}で{product}を扱う事業者。",
    "事業概要を確認。主な商品・サービスは{product}と{product2}。", "従業員{people}名。{product}が売上の中心。",
    "紹介元からの連絡票をもとに聞き取りを行った。",
)  # fmt: skip
RETURNS = (
    "", "", "前回からの状況を確認。", "{times}回目の相談。", "前回の宿題を確認した。", "{person}と進捗を共有。",
    "前回助言した内容の実施状況を聞いた。", "{product}の状況を中心に確認。",
)  # fmt: skip
LINKS = ("また、", "加えて、", "一方で、", "", "", "")
DOUBTS = (
    "本人の理解は進んでいるが、実行する時間が取れていない。", "家族の協力が得られるかが鍵になる。",
    "数字の裏付けはこれから確認する。", "社内で相談できる相手がいないとのこと。", "表情は前回より明るい。",
    "資料が揃っておらず、次回に持ち越した。", "同業の事例に関心を示された。", "決断は{month}月までに行いたいとのこと。",
)  # fmt: skip
CONTACTS = (
    "次回の日程変更の連絡。{month}月に改めて予約。", "必要書類の問合せ。持ち物を案内した。",
    "前回の資料の再送を依頼された。", "セミナーの申込方法の問合せ。", "面談時間の確認の連絡があった。",
)  # fmt: skip
STYLES = ("plain", "plain", "bullets", "headed", "numbered")


class Story:
    """The notes of one case, session by session."""

    def __init__(self, rng: Random, topic: Topic, second: Topic, words: Words, person: str) -> None:
        self.rng, self.topic, self.second, self.words = rng, topic, second, words
        self.problems, self.advice = Pile(rng, topic.problems), Pile(rng, topic.advice)
        self.reports, self.nexts = Pile(rng, topic.reports), Pile(rng, topic.nexts)
        self.troubles = Pile(rng, words.trade.troubles)
        words["person"] = person

    def fill(self, pieces: list[str]) -> list[str]:
        return [piece.format_map(self.words) for piece in pieces if piece]

    def first(self, *, brief: bool) -> tuple[list[str], list[str]]:
        """Content and advice of the first session."""
        rng = self.rng
        content = [rng.choice(OPENINGS), *self.problems.take(1), *self.troubles.take(1)]
        if not brief:
            content += [rng.choice(LINKS) + self.problems.take(1)[0], *self.troubles.take(int(rng.random() < 0.4))]
            content += [rng.choice(DOUBTS)] if rng.random() < 0.35 else []
        return self.fill(content), self.fill(self.advice.take(1 if brief else 2 + int(rng.random() < 0.5)))

    def later(self, times: int, *, brief: bool) -> tuple[list[str], list[str]]:
        """Content and advice of the session so many times after the first."""
        rng = self.rng
        self.words["times"] = str(times)
        content = [rng.choice(RETURNS), *self.reports.take(1)]
        advice = self.advice.take(1)
        if not brief:
            content += [rng.choice(LINKS) + rng.choice((*self.second.problems, *self.topic.problems))]
            content += [rng.choice(DOUBTS)] if rng.random() < 0.5 else self.troubles.take(1)
            advice += self.more_advice(advice) if rng.random() < 0.6 else []
        return self.fill(content), self.fill(advice)

    def more_advice(self, given: list[str]) -> list[str]:
        """A piece of the second topic that has not been given."""
        return [
            piece
            for piece in self.rng.sample(self.second.advice, min(2, len(self.second.advice)))
            if piece not in given
        ][:1]

    def note(self, times: int, month: int, style: str, *, brief: bool) -> Note:
        """The note of the session number `times`, counted from 1. `brief` notes are those of the year before."""
        self.words.at(month)
        content, advice = self.first(brief=brief) if times == 1 else self.later(times, brief=brief)
        step = self.nexts.take(1) if self.rng.random() < 0.85 else []
        return Note(laid_out(content, style, "相談"), laid_out(advice, style, "助言"), "".join(self.fill(step)))

    def contact(self, month: int) -> Note:
        """A call or mail without advice: not counted."""
        self.words.at(month)
        return Note(self.fill([self.rng.choice(CONTACTS)])[0], "助言なし(連絡のみ)。", "")


def laid_out(sentences: list[str], style: str, heading: str) -> str:
    """Sentences as a coordinator writes them down."""
    if style == "bullets":
        return "\n".join(f"・{sentence}" for sentence in sentences)
    if style == "numbered" and len(sentences) > 1:
        return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1))
    if style == "headed":
        middle = len(sentences) // 2
        parts = ("現状", heading) if heading == "相談" else (heading, "確認事項")
        if middle:
            return f"【{parts[0]}】{''.join(sentences[:middle])}\n【{parts[1]}】{''.join(sentences[middle:])}"
    return "".join(sentences)
