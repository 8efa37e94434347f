"""Official numbers. They are text, never numbers: leading zeros count (domain.md §6)."""

from __future__ import annotations

import re
import unicodedata

from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.jp import cn

from foundation.errors import Unreadable

_DASHES = re.compile(r"[\s\-‐‑‒–—―−ー－]")


def digits_of(text: str) -> str:
    """Full-width digits made half-width, spaces and every kind of dash removed."""
    return _DASHES.sub("", unicodedata.normalize("NFKC", text))


def corporate_number(text: str) -> str:
    """法人番号: thirteen digits whose first is the check digit (国税庁 法人番号の指定等に関する省令).

    Takes full-width digits, dashes and a leading T (適格請求書発行事業者登録番号). Raises Unreadable
    with `length` or `check_digit` as its argument. A slip between 0 and 9 is not detected by the
    check digit: show the registered name as well.
    """
    digits = digits_of(text).upper().removeprefix("T")
    if not re.fullmatch(r"\d{13}", digits, flags=re.ASCII):
        raise Unreadable("length")
    try:
        return cn.validate(digits)
    except NumberInvalid as problem:
        raise Unreadable("check_digit") from problem


def with_check_digit(twelve: str) -> str:
    """The 法人番号 that belongs to twelve digits: 9 − (Σ Pn·Qn mod 9), n from the right, Q 1 for odd n, 2 for even."""
    return cn.calc_check_digit(twelve) + twelve


def differ_in_one_digit(one: str, other: str) -> bool:
    """Whether two numbers look like one and its slip: exactly one digit is another (0 for 9 passes the check digit)."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def with_one_other_digit(number: str) -> list[str]:
    """Every number that differs from this one in one digit."""
    return [
        f"{number[:place]}{digit}{number[place + 1 :]}"
        for place, own in enumerate(number)
        for digit in "0123456789"
        if digit != own
    ]


def postal_code(text: str) -> str:
    """Seven digits. Raises Unreadable."""
    digits = digits_of(text)
    if not re.fullmatch(r"\d{7}", digits, flags=re.ASCII):
        raise Unreadable("length")
    return digits


def municipality_code(text: str) -> str:
    """市区町村コード: six digits, the last a mod-11 check with weights 6 5 4 3 2 (総務省). Raises Unreadable."""
    digits = digits_of(text)
    if not re.fullmatch(r"\d{6}", digits, flags=re.ASCII):
        raise Unreadable("length")
    if with_municipality_check(digits[:5]) != digits:
        raise Unreadable("check_digit")
    return digits


def with_municipality_check(five: str) -> str:
    """The 市区町村コード that belongs to five digits: files of other offices leave the sixth away."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return f"{five}{(11 - total % 11) % 10}"


def phone_number(text: str) -> str:
    """Digits of a Japanese telephone number, 10 or 11 of them, beginning with 0. Raises Unreadable."""
    digits = digits_of(text).replace("(", "").replace(")", "")
    if digits.startswith("+81"):
        digits = "0" + digits[3:]
    if not re.fullmatch(r"0\d{9,10}", digits, flags=re.ASCII):
        raise Unreadable("length")
    return digits
