"""Folding Japanese text: for match keys, for search, and for what arrives from outside."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import jaconv

# Written in front of or behind the name; never part of what tells two enterprises apart.
_LEGAL_FORMS = (
    "株式会社", "有限会社", "合同会社", "合名会社", "合資会社", "一般社団法人", "一般財団法人", "公益社団法人",
    "公益財団法人", "特定非営利活動法人", "npo法人", "医療法人社団", "医療法人", "社会福祉法人", "学校法人",
    "農事組合法人", "協同組合", "企業組合", "(株)", "(有)", "(同)", "(資)", "(名)", "(一社)", "(一財)",
)  # fmt: skip
_LEGAL_FORM = re.compile("|".join(map(re.escape, _LEGAL_FORMS)))
_NOISE = re.compile(r"[\s\-‐‑‒–—―−ー~〜・･.,、。'\"’”&＆]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def has_forbidden(text: str) -> bool:
    """Whether text holds what no person types: NUL, control or direction-changing characters, half pairs."""
    return bool(_CONTROL.search(text) or _LONE_SURROGATE.search(text))


def fold(text: str) -> str:
    """NFKC, lower case, hiragana as katakana, white space as one space: カナ, ｶﾅ and かな become one.

    NFKC turns ㈱ into (株) and full-width into half-width. It does not join 髙 and 高: neither do we.
    """
    return re.sub(r"\s+", " ", jaconv.hira2kata(unicodedata.normalize("NFKC", text)).lower()).strip()


def match_key(name: str) -> str:
    """What is left of an enterprise's name when its legal form, spaces, dashes and dots are gone."""
    return _NOISE.sub("", _LEGAL_FORM.sub("", fold(name)))


def grams(folded: str) -> list[int]:
    """The distinct character pairs of folded text, each as one signed 32-bit number, ascending.

    Pairs do not cross white space. Two characters of the basic plane fit one number exactly; rarer
    ones share numbers, which the recheck against the text itself sorts out.
    """
    found = set()
    for word in folded.split():
        for first, second in pairwise(word):
            number = (ord(first) & 0xFFFF) << 16 | ord(second) & 0xFFFF
            found.add(number - (1 << 32) if number >= 1 << 31 else number)
    return sorted(found)


MOST_WORDS = 8  # of a query: each costs the database a look at every candidate


def search_words(query: str) -> list[str]:
    """The folded words of a query, first come, at most MOST_WORDS."""
    return list(dict.fromkeys(fold(query).split()))[:MOST_WORDS]


def words_left_out(query: str) -> list[str]:
    """The words of a query that search_words leaves out. Whoever typed them is told."""
    return list(dict.fromkeys(fold(query).split()))[MOST_WORDS:]


def like_pattern(word: str) -> str:
    """`%word%` with LIKE's own characters made harmless."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
