"""What clients come with and what they are told: sentence pieces by topic, with slots for the trade's words."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from yorozu.demo.stories import growth, money, passages, work


@dataclass
class Topic:
    """The pieces of one topic: titles of cases, problems and advice, reports at a later visit, next steps."""

    code: str
    themes: list[str]
    titles: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    nexts: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)


_LISTS = {"件": "titles", "相": "problems", "助": "advice", "経": "reports", "次": "nexts", "本": "issues"}


def _read(text: str) -> dict[str, Topic]:
    """Lines `# code theme …` begin a topic; the first character of each other line names its list."""
    topics: dict[str, Topic] = {}
    topic = None
    for line in filter(None, text.splitlines()):
        if line.startswith("# "):
            code, *themes = line[2:].split()
            topic = topics.setdefault(code, Topic(code, themes))
        elif topic:
            getattr(topic, _LISTS[line[0]]).append(line[2:])
    return topics


TOPICS: dict[str, Topic] = _read(growth.TEXT) | _read(work.TEXT) | _read(money.TEXT) | _read(passages.TEXT)

# Words that fit shops only, and works only: an accountant has no shop front, a hairdresser no tooling.
OF_SHOPS = (
    "来店",
    "店頭",
    "メニュー",
    "客単価",
    "看板",
    "口コミ",
    "チラシ",
    "リピーター",
    "売場",
    "客数",
    "店舗",
    "予約の電話",
    "電話予約",
)
OF_WORKS = (
    "段取り", "工程", "製造", "稼働率", "試作", "ロット", "下請", "生産", "納期", "在庫", "包材", "検査", "工具", "サンプル", "量産", "原料",
    "原材料", "梱包", "工業", "特許",
)  # fmt: skip
OF_SELLERS = (
    "通販",
    "商品",
    "棚",
    "パッケージ",
    "包装",
    "注文",
    "試食",
    "詰め合わせ",
    "輸出",
    "海外",
    "台湾",
    "ギフト",
    "規格外",
    "出荷",
    "販売",
)


@cache
def fitting(code: str, site: str, sells: bool, renowned: bool) -> Topic:
    """A topic without what does not fit: `site` is 店舗, 工場 or 事務所, `sells` says that there are goods,
    `renowned` that the place's specialty has to do with them. A list that would be empty stays whole."""
    foreign: tuple[str, ...] = () if site == "店舗" else OF_SHOPS
    foreign += () if site == "工場" else OF_WORKS
    foreign += () if sells else OF_SELLERS
    foreign += () if renowned else ("{specialty}",)
    topic = TOPICS[code]
    lists = {f.name: getattr(topic, f.name) for f in fields(topic) if f.name not in ("code", "themes")}
    kept: dict[str, Any] = {
        name: [p for p in pieces if not any(w in p for w in foreign)] or pieces for name, pieces in lists.items()
    }
    return replace(topic, **kept)


# Category of the case: topics with their weights (shares as published: 売上拡大 74 %, 経営改善・事業再生 15 % …).
BY_CATEGORY: dict[str, dict[str, int]] = {
    "sales": {
        "channels": 20, "publicity": 18, "product": 12, "design": 6, "digital": 12, "overseas": 4, "price": 9,
        "productivity": 7, "labor_saving": 5, "people": 7, "wage": 4, "subsidies": 10, "rights": 3,
    },
    "turnaround": {"cash_flow": 10, "recovery": 8, "price": 3, "productivity": 2},
    "startup": {"startup": 1},
    "succession": {"succession": 1},
    "closure": {"closure": 1},
    "other": {"tax": 4, "rights": 2, "bcp": 3, "people": 2},
}  # fmt: skip
