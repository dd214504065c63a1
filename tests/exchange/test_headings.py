"""Headings in Korean and English are matched to fields; what is not read is said."""

import pytest

from mes.core.i18n import speaking
from mes.exchange.errors import ColumnsMissing, HeadingTwice, HeadingUnitWrong
from mes.exchange.headings import REQUIRED, SYNONYMS, cell_name, column_letters, match_columns
from tests.exchange.files import table


@pytest.mark.parametrize(
    "heading",
    ["수량", "수 량", "수량(kg)", "수량*", "QTY", "Quantity", "qty.", "수량\n(EA)", "［수량］", "Ｑｔｙ"],
)
def test_case_spaces_punctuation_and_units_do_not_matter(heading: str) -> None:
    assert match_columns("opening_lots", table(f"품목코드|{heading}")).columns == {"item": 0, "quantity": 1}


def test_korean_and_english_headings_mean_the_same() -> None:
    korean = match_columns("items", table("품목코드|품명|규격|구분|단위|소비기한(일)|안전재고"))
    english = match_columns("items", table("Item Code|Name|Spec|Kind|Unit|Shelf-life (days)|Safety Stock"))
    assert korean.columns == english.columns
    assert not korean.ignored


def test_a_name_in_english_is_told_from_the_name() -> None:
    mapping = match_columns("items", table("코드|품명|품명(영문)"))
    assert mapping.columns == {"code": 0, "name": 1, "name_en": 2}


def test_columns_nobody_reads_are_named() -> None:
    assert match_columns("items", table("품목코드|품명|담당자 메모|")).ignored == ["담당자 메모"]


def test_of_two_columns_for_one_field_the_better_word_wins_and_the_other_is_named() -> None:
    mapping = match_columns("items", table("No.|IPN|품목코드|품명"))
    assert mapping.columns["code"] == 2
    assert mapping.ignored == ["No.", "IPN"]


def test_the_same_heading_twice_is_refused_with_both_columns() -> None:
    with pytest.raises(HeadingTwice) as refused:
        match_columns("opening_lots", table("품목코드|수량|수량(kg)"))
    assert "(B and C)" in refused.value.sentence


def test_missing_columns_are_named_in_words() -> None:
    with pytest.raises(ColumnsMissing) as refused:
        match_columns("routings", table("품목코드|비고"))
    assert refused.value.sentence == "These columns are missing: Sequence, Operation, Work centre."
    assert "품목코드, 비고" in str(refused.value.advice)


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("routings", "사이클타임(분)"),
        ("routings", "준비시간(시간)"),
        ("items", "소비기한(개월)"),
        ("items", "Shelf life (months)"),
    ],
)
def test_a_time_in_another_unit_is_refused_and_not_read_as_sixty_times_less(kind: str, heading: str) -> None:
    with pytest.raises(HeadingUnitWrong):
        match_columns(kind, table(f"품목코드|품명|순서|공정명|{heading}"))


def test_a_time_in_its_own_unit_is_read() -> None:
    mapping = match_columns("routings", table("품목코드|순서|공정명|작업장|준비시간(분)|사이클타임(초)"))
    assert {"setup_minutes", "cycle_seconds"} <= mapping.columns.keys()


@pytest.mark.parametrize("kind", SYNONYMS)
def test_every_kind_understands_its_own_field_names_and_korean_headings(kind: str) -> None:
    fields = list(SYNONYMS[kind])
    assert match_columns(kind, table("|".join(fields))).columns == {field: place for place, field in enumerate(fields)}
    korean = [SYNONYMS[kind][field].split()[0] for field in REQUIRED[kind]]
    assert set(match_columns(kind, table("|".join(korean))).columns) == set(REQUIRED[kind])


def test_a_field_without_a_column_reads_as_blank() -> None:
    mapping = match_columns("items", table("코드|품명"))
    assert mapping.value(["A", "a"], "code") == "A"
    assert mapping.value(["A", "a"], "unit") == ""
    assert "unit" not in mapping


def test_cells_are_named_as_excel_names_them() -> None:
    assert [column_letters(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert cell_name(17, 3) == "D17"


def test_missing_columns_can_be_said_in_korean() -> None:
    with speaking("ko"), pytest.raises(ColumnsMissing) as refused:
        match_columns("items", table("품명|비고"))
    assert refused.value.values["found"] == "품명, 비고"
