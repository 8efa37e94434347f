"""Fields refuse what no person types, and read dates as people write them."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError

from foundation.fields import CleanCharField, JapaneseDateField


@pytest.mark.parametrize(
    "text", ["2026-04-01", "2026/4/1", "2026年4月1日", "令和8年4月1日", "R8.4.1", "2026/04/01", "20260401"]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert JapaneseDateField().clean(text) == dt.date(2026, 4, 1)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "令和元年4月30日", "0001-01-01", "9999-12-31", "明日", "1" * 5000, "--"]
)
def test_what_is_no_day_is_told(text: str) -> None:
    with pytest.raises(ValidationError):
        JapaneseDateField().clean(text)


def test_an_empty_day_is_none_unless_required() -> None:
    assert JapaneseDateField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        JapaneseDateField().clean("")


@pytest.mark.parametrize("text", ["a\x07b", "a\x00b", "a\u202eb", "a\ufeffb", "\ud800"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        CleanCharField(max_length=100).clean(text)


def test_too_long_is_told_and_never_cut() -> None:
    field = CleanCharField(max_length=10)
    with pytest.raises(ValidationError):
        field.clean("あ" * 11)
    assert "maxlength" not in field.widget.attrs


def test_line_ends() -> None:
    assert CleanCharField(max_length=10, multiline=True).clean("a\r\nb\rc") == "a\nb\nc"
    with pytest.raises(ValidationError):
        CleanCharField(max_length=10).clean("a\nb")


def test_what_was_typed_stays_in_the_form() -> None:
    class Form(forms.Form):
        day = JapaneseDateField()

    assert 'value="あした"' in str(Form({"day": "あした"})["day"])
    assert 'value="2026-04-01"' in str(Form(initial={"day": dt.date(2026, 4, 1)})["day"])
