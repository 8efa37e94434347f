"""Folding, match keys, character pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.text import fold, grams, has_forbidden, like_pattern, match_key, search_words, words_left_out

japanese = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFEF, exclude_categories=["Cs", "Cc"]), max_size=60
)


@given(japanese)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(japanese, japanese)
def test_the_pairs_of_a_part_are_among_the_pairs_of_the_whole(left, right):
    """What makes the index complete: a word in a text can never be missed."""
    whole = fold(left + right)
    for word in fold(right).split():
        if word in whole:
            assert set(grams(word)) <= set(grams(whole))


@given(st.text(max_size=60))
def test_pairs_are_distinct_ascending_and_fit_an_integer(text):
    found = grams(fold(text))
    assert found == sorted(set(found))
    assert all(-(2**31) <= number < 2**31 for number in found)


@pytest.mark.parametrize(
    "names",
    [
        ("㈱アシスト", "株式会社アシスト", "アシスト（株）", "(株) ｱｼｽﾄ", "株式会社　あしすと"),
        ("有限会社ヤマダ・フーズ", "ヤマダフーズ(有)", "㈲ヤマダ フーズ"),
        ("合同会社A&B", "Ａ＆Ｂ合同会社"),
    ],
)
def test_ways_to_write_a_name_have_one_key(names):
    assert len({match_key(name) for name in names}) == 1


def test_old_and_new_forms_of_a_character_stay_apart():
    assert match_key("髙橋商店") != match_key("高橋商店")


@pytest.mark.parametrize("text", ["a\x00", "\x07", "a\u202eb", "\ud800", "\u200b"])
def test_what_no_person_types(text):
    assert has_forbidden(text)


def test_line_ends_and_tabs_are_typed():
    assert not has_forbidden("一行目\n\t二行目\r\n髙﨑𠮷㈱")


def test_words_of_a_query():
    assert search_words(" ﾎｼﾞｮ　補助金 補助金 ") == ["ホジョ", "補助金"]
    assert words_left_out("a b c d e f g h a") == []
    assert words_left_out("a b c d e f g h ﾎｼﾞｮ a") == ["ホジョ"]
    assert like_pattern("10%_\\") == "%10\\%\\_\\\\%"
