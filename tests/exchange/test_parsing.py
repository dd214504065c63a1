"""Cells become exact values, or a reason in words."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.exchange import cell_errors, parsing
from mes.exchange.choices import CHOICES, parse_choice


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.5", "1234.5"), ("0", "0"), (" 12 ", "12"), ("１２.５", "12.5"), ("1,234,567", "1234567"), (".5", "0.5"),
        ("5.", "5"), ("+3", "3"), ("0.000001", "0.000001"), ("999999999999.999999", "999999999999.999999"),
        ("1.50000000", "1.5"), ("007", "7"),
    ],
)  # fmt: skip
def test_quantities_are_exact(text: str, number: str) -> None:
    assert parsing.parse_quantity(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "quart",
        "12 kg",
        "1,5",
        "12,34",
        "0,125",
        "00,500",
        "012,345.6",
        "1.2.3",
        "NaN",
        "Infinity",
        "1e400",
        "--1",
        "1_000",
        "٣",
        "½",
        "10²",
        "①",
        "=1+1",
        "0x10",
        "1 000",
    ],
)
def test_what_is_not_a_number_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(cell_errors.NotANumber) as refused:
        parsing.parse_quantity(text)
    assert text in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", cell_errors.CellIsMissing), ("  ", cell_errors.CellIsMissing), ("#N/A", cell_errors.CellIsExcelError),
        ("-1", cell_errors.NumberIsNegative),
        ("0.0000001", cell_errors.NumberTooFine), ("1000000000000", cell_errors.NumberTooLarge),
        ("9" * 500, cell_errors.NumberTooLarge),
        ("0." + "1" * 500, cell_errors.NumberTooFine), ("1.2E+12", cell_errors.CellWasShortened),
    ],
)  # fmt: skip
def test_impossible_quantities_are_refused_by_their_reason(text: str, reason: type[cell_errors.CellRefused]) -> None:
    with pytest.raises(reason):
        parsing.parse_quantity(text)


def test_zero_and_negative_pass_only_where_they_may() -> None:
    assert parsing.parse_quantity("-2", negative=True) == -2
    with pytest.raises(cell_errors.NumberIsZero):
        parsing.parse_quantity("0", zero=False)


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_a_reason(text: str) -> None:
    with suppress(cell_errors.CellRefused):
        assert abs(parsing.parse_quantity(text, negative=True)) < 10**12


@given(st.decimals(min_value=0, max_value=10**11, places=6))
def test_every_quantity_that_is_written_out_comes_back(number: Decimal) -> None:
    assert parsing.parse_quantity(f"{number:,f}") == number


def test_shares_are_read_with_and_without_the_sign() -> None:
    assert [parsing.parse_percent(text) for text in ("5", "5 %", "2.5%", "５％")] == [5, 5, Decimal("2.5"), 5]
    with pytest.raises(cell_errors.ShareTooLarge):
        parsing.parse_percent("100")


def test_whole_numbers_may_be_written_with_a_zero_behind_the_point() -> None:
    assert parsing.parse_integer("30.0") == 30
    with pytest.raises(cell_errors.NotAWholeNumber):
        parsing.parse_integer("2.5")


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05", "2026.1.5", "2026. 1. 5.", "2026/01/05", "20260105", "2026년 1월 5일", "２０２６-01-05",
        "2026-01-05 00:00:00",
        "2026-01-05T13:05", "2026-01-05 (월)", "46027",
    ],
)  # fmt: skip
def test_dates_are_read_as_plants_write_them(text: str) -> None:
    assert parsing.parse_date(text) == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["0000-01-01", "9999-12-31", "1900-01-01", "19991231", "0000년 1월 1일", "2101-01-01"])
def test_dates_no_plant_can_mean_are_refused(text: str) -> None:
    with pytest.raises(cell_errors.DateImplausible) as refused:
        parsing.parse_date(text)
    assert "2000" in str(refused.value.advice)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "05/01/2026", "26.1.5", "260105", "내일", "2026-13-01", "2026-1", "9999999999"]
)
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(cell_errors.NotADate):
        parsing.parse_date(text)


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_a_reason(text: str) -> None:
    with suppress(cell_errors.CellRefused):
        assert 2000 <= parsing.parse_date(text).year <= 2100


@pytest.mark.parametrize(
    ("text", "answer"),
    [("예", True), ("Y", True), ("O", True), ("TRUE", True), ("유", True), ("1", True), ("Ｙ", True), ("아니오", False),
     ("N", False), ("x", False), ("False", False), ("무", False), ("-", False)],
)  # fmt: skip
def test_yes_and_no_are_read_in_both_languages(text: str, answer: bool) -> None:
    assert parsing.parse_yes_no(text) is answer


def test_maybe_is_refused() -> None:
    with pytest.raises(cell_errors.NotYesOrNo):
        parsing.parse_yes_no("글쎄")


@pytest.mark.parametrize(
    "code", ["09551667812741", "00123", "1E5", "3-4", "A B", "'; DROP", "<script>", "가나-1", "=cmd|x", "1.5"]
)
def test_codes_come_through_unchanged(code: str) -> None:
    assert parsing.parse_code(f"  {code}\n") == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", cell_errors.CellIsMissing),
        ("a\nb", cell_errors.TextHasControlCharacters),
        ("a\u200bb", cell_errors.TextHasControlCharacters),
        ("A" * 65, cell_errors.TextTooLong), ("9.55167E+12", cell_errors.CellWasShortened),
        ("#REF!", cell_errors.CellIsExcelError),
    ],
)  # fmt: skip
def test_codes_that_cannot_be_right_are_refused(text: str, reason: type[cell_errors.CellRefused]) -> None:
    with pytest.raises(reason):
        parsing.parse_code(text)


def test_hangul_from_a_mac_is_the_same_code() -> None:
    assert parsing.parse_code("\u1100\u1161-1") == "가-1"


def test_names_keep_emoji_and_lose_line_breaks() -> None:
    assert parsing.parse_name(" 떡국떡\r\n500 g 👩‍🍳 ") == "떡국떡 500 g 👩‍🍳"
    assert parsing.parse_name("A" * 200) == "A" * 200
    with pytest.raises(cell_errors.TextTooLong):
        parsing.parse_name("A" * 201)
    with pytest.raises(cell_errors.TextHasControlCharacters):
        parsing.parse_name("a\x07b")


def test_instructions_keep_their_lines() -> None:
    assert parsing.parse_text("1. 계량\r\n\r\n2. 혼합") == "1. 계량\n\n2. 혼합"


def test_several_words_in_one_cell_are_parted() -> None:
    assert parsing.parse_list("작업자, 반장;품질 / 자재") == ["작업자", "반장", "품질", "자재"]
    assert parsing.parse_list(" ") == []


def test_a_blank_is_none_where_it_may_be() -> None:
    assert parsing.optional(parsing.parse_quantity, "  ") is None
    assert parsing.optional(parsing.parse_quantity, "2") == 2


def test_words_of_the_plant_mean_fixed_choices() -> None:
    assert parse_choice("item_kind", "원자재") == "raw"
    assert parse_choice("item_kind", "Finished goods") == "finished"
    assert parse_choice("tracking", "시리얼") == "serial"
    assert parse_choice("consumption", "자동차감") == "backflush"
    assert parse_choice("priority", "긴급") == parse_choice("priority", "1") == "1"


def test_every_choice_understands_all_its_words_and_no_word_means_two() -> None:
    for field, choices in CHOICES.items():
        for choice, words in choices.items():
            assert {parse_choice(field, word) for word in (choice, *words.split())} == {choice}


def test_an_unknown_choice_is_refused_with_the_known_ones() -> None:
    with pytest.raises(cell_errors.NotAChoice) as refused:
        parse_choice("tracking", "대충")
    assert "로트, 시리얼, 없음" in str(refused.value.advice)
    with pytest.raises(cell_errors.CellIsMissing):
        parse_choice("tracking", " ")
