"""Official numbers."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Unreadable
from foundation.identifiers import corporate_number, municipality_code, phone_number, postal_code, with_check_digit

twelve = st.from_regex(r"[0-9]{12}", fullmatch=True)


def plain_check_digit(digits: str) -> str:
    """domain.md §6, written out: 9 − (Σ Pn·Qn mod 9), n from the right, Qn 1 for odd n and 2 for even n."""
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(digits), start=1))
    return str(9 - total % 9)


@given(twelve)
def test_the_check_digit_is_the_one_of_the_ordinance(digits):
    assert with_check_digit(digits) == plain_check_digit(digits) + digits
    assert corporate_number(with_check_digit(digits)) == with_check_digit(digits)


@given(twelve, st.integers(0, 12), st.integers(0, 9))
def test_any_other_slip_of_one_digit_is_found_but_0_for_9(digits, place, digit):
    right = with_check_digit(digits)
    slipped = right[:place] + str(digit) + right[place + 1 :]
    same = slipped == right or {slipped[place], right[place]} == {"0", "9"}
    if same and slipped[0] != "0":
        assert corporate_number(slipped) == slipped
    elif not same:
        with pytest.raises(Unreadable):
            corporate_number(slipped)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_unreadable(text):
    for read in (corporate_number, postal_code, municipality_code, phone_number):
        with contextlib.suppress(Unreadable):
            assert read(text).isascii()


def test_ways_to_write_a_number():
    # 国税庁's own number, as its site prints it
    for typed in ("7000012050002", "T7000012050002", "７０００−０１２０−５０００２", " 7000 0120 50002 "):
        assert corporate_number(typed) == "7000012050002"
    assert postal_code("〒100-8912".removeprefix("〒")) == "1008912"
    assert municipality_code("131016") == "131016"
    assert phone_number("03-3501-1763") == phone_number("+81 3 3501 1763") == "0335011763"
    with pytest.raises(Unreadable):
        municipality_code("131017")
