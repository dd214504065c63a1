"""Files of readings as plants have them: layouts, headings in two languages, and cells that are no numbers."""

import pytest

from mes.core.i18n import speaking
from mes.statistics.building import Options, build
from mes.statistics.errors import NotOneReference, ReferenceMissing
from mes.statistics.layouts import counts, subgroups
from mes.statistics.run_rules import violations
from mes.statistics.sheet_errors import (
    CellBlank,
    ColumnMissing,
    MeasuredTwice,
    NoRowsInside,
    ReadingUnreadable,
    RowTooLong,
)
from mes.statistics.sheets import Sheet, sheet
from mes.statistics.study_rows import decisions, measurements, referenced
from tests.statistics.published import AIAG_STUDY, PISTON_RINGS


def table(text: str) -> Sheet:
    return sheet([line.split("|") for line in text.splitlines()])


def test_one_row_per_subgroup() -> None:
    found = subgroups(table("sample|x1|x2\nA|1|2\nB|3|\n"))
    assert found.labels == ("A", "B")
    assert found.groups == ((1.0, 2.0), (3.0, None))


def test_one_row_per_reading() -> None:
    found = subgroups(table("부분군|측정값\n1|10.5\n1|10.6\n2|10.4"))
    assert found.labels == ("1", "2")
    assert found.groups == ((10.5, 10.6), (10.4,))


def test_one_other_column_beside_the_subgroups_is_the_value() -> None:
    found = subgroups(table("diameter (mm)|sample|trial\n74.03|1|TRUE\n74.002|1|TRUE\n73.995|2|TRUE"))
    assert found.groups == ((74.03, 74.002), (73.995,))


def test_a_bare_column_is_cut_into_subgroups() -> None:
    rows = "\n".join(str(value) for value in range(1, 8))
    assert subgroups(table(rows), size=3).groups == ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0,))
    assert len(subgroups(table(rows)).groups) == 7


def test_rows_without_headings_are_subgroups() -> None:
    assert subgroups(table("1|2|3\n4|5|6")).groups == ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


def test_columns_can_be_named() -> None:
    found = subgroups(table("batch|width|height\nA|1|9\nA|2|8\nB|3|7"), value="Height", subgroup="Batch")
    assert found.groups == ((9.0, 8.0), (7.0,))
    with pytest.raises(ColumnMissing):
        subgroups(table("batch|width\nA|1"), value="depth")


def test_dates_and_remarks_are_no_readings() -> None:
    found = subgroups(table("일자|x1|x2|비고\n2026-01-05|1|2|ok\n2026-01-06|3|4|"))
    assert found.groups == ((1.0, 2.0), (3.0, 4.0))


def test_a_first_column_of_names_names_the_subgroups() -> None:
    assert subgroups(table("시간대|x1|x2\n08:00|1|2\n09:00|3|4")).labels == ("08:00", "09:00")
    assert subgroups(table("batch|width\nA1|1\nA1|2\nB2|3")).groups == ((1.0, 2.0), (3.0,))
    with pytest.raises(ReadingUnreadable, match=r"Row 2: “1O\.5”"):
        subgroups(table("left|right\n1O.5|1\n10,6|2"))


@pytest.mark.parametrize(
    "cell", ["10,5", "1O.5", "--", "-", "n/a", "1.2.3", "10.5 mm", "nan", "inf", "#DIV/0!", "1e999"]
)
def test_a_cell_that_is_no_number_is_refused_with_its_row(cell: str) -> None:
    with pytest.raises(ReadingUnreadable) as refused:
        subgroups(sheet([["sample", "x1", "x2"], ["1", "10.1", "10.2"], ["2", cell, "10.3"]]))
    assert str(refused.value).startswith(f"Row 3: “{cell}” is not a number.")
    with speaking("ko"):
        said = str(refused.value)
        assert said.startswith(f"3행: “{cell}”")
        assert " 숫자가 아닙니다." in said


@pytest.mark.parametrize(
    ("cell", "value"),
    [("10.5", 10.5), (" 10.50 ", 10.5), ("+0012.345", 12.345), ("-.5", -0.5), ("１０．５", 10.5), ("−3", -3),
     ("1.2e-3", 0.0012), ("5.", 5)],
)  # fmt: skip
def test_numbers_are_read_as_written(cell: str, value: float) -> None:
    assert subgroups(sheet([["value"], [cell], ["1"]])).groups[0] == (value,)


def test_a_decimal_comma_that_made_two_cells_is_refused_with_its_row() -> None:
    with pytest.raises(RowTooLong, match="Row 3 has 2 cells where 1 are expected"):
        table("value\n10.1\n10|5\n10.2")
    with pytest.raises(RowTooLong, match="Row 2 has 4 cells where 3 are expected"):
        table("1|2|3\n1|2|5|3\n2|2|2")


@pytest.mark.parametrize("cell", ["10²", "①", "½", "١٢", "1e999", "NaN"])
def test_what_is_no_plain_number_is_refused(cell: str) -> None:
    with pytest.raises(ReadingUnreadable):
        subgroups(table(f"value\n10.1\n{cell}"))


def test_blank_rows_and_cells_at_the_end_are_nothing() -> None:
    assert subgroups(table("x1|x2|\n1|2||\n||\n3|4")).groups == ((1.0, 2.0), (3.0, 4.0))
    for nothing in ("", "value", "\n\n"):
        with pytest.raises(NoRowsInside):
            table(nothing)


def test_a_blank_row_amid_a_single_column_is_a_missing_reading() -> None:
    column = "value\n10\n11\n\n12\n13\n\n\n"
    assert subgroups(table(column)).groups == ((10.0,), (11.0,), (None,), (12.0,), (13.0,))
    built = build("i-mr", table(column), Options())
    assert [point.value for point in built.chart.tracks[1].points] == [None, 1, None, None, 1]
    assert subgroups(table(column), size=3).groups == ((10.0, 11.0, None), (12.0, 13.0))
    spaced = table("10\n\n11\n\n12\n\n13")
    assert subgroups(spaced).groups == ((10.0,), (11.0,), (12.0,), (13.0,))


def test_counts_have_columns_in_two_languages() -> None:
    for heading in ("n|defectives", "검사수|불량수"):
        labels, found = counts(table(f"{heading}\n100|3\n80|0\n90|"))
        assert labels == ("1", "2", "3")
        assert [(one.found, one.size) for one in found] == [(3, 100), (0, 80), (None, 90)]


def test_counts_may_share_one_size() -> None:
    _, found = counts(table("day|불량수\nMon|3\nTue|1"), size=50)
    assert [(one.found, one.size) for one in found] == [(3, 50), (1, 50)]
    _, bare = counts(table("3|100\n1|80"))
    assert [(one.found, one.size) for one in bare] == [(3, 100), (1, 80)]
    with pytest.raises(ColumnMissing):
        counts(table("defects\n3\n1"))
    _, alone = counts(table("defects\n3\n1"), needs_size=False)
    assert [one.size for one in alone] == [1, 1]


@pytest.mark.parametrize("kind", ["xbar-r", "xbar-s", "i-mr", "ewma", "cusum"])
def test_every_chart_of_readings_is_built_by_its_name(kind: str) -> None:
    rows = [["sample", "a", "b", "c", "d", "e"]]
    rows += [[str(at), *map(str, group)] for at, group in enumerate(PISTON_RINGS, 1)]
    built = build(kind, sheet(rows), Options())
    assert built.chart.kind == kind
    assert len(built.labels) == len(built.chart.tracks[0].points) == (125 if kind == "i-mr" else 25)
    assert len(built.groups) == len(built.labels)
    violations(built.chart)


@pytest.mark.parametrize("kind", ["p", "np", "c", "u", "laney-p", "laney-u"])
def test_every_chart_of_counts_is_built_by_its_name(kind: str) -> None:
    built = build(kind, table("sample|n|defects\n1|50|3\n2|60|5\n3|40|1"), Options())
    assert built.chart.kind == kind
    assert built.groups == ()


def long_rows() -> list[list[str]]:
    return [["부품", "작업자", "회차", "측정값"]] + [
        [str(part), operator, str(at), str(value)]
        for operator, trials in AIAG_STUDY.items()
        for at, trial in enumerate(trials, 1)
        for part, value in enumerate(trial, 1)
    ]


def test_a_gauge_study_comes_long_or_as_the_form_of_aiag() -> None:
    form = [["Appraiser", "Trial", *map(str, range(1, 11))]] + [
        [operator, str(at), *map(str, trial)]
        for operator, trials in AIAG_STUDY.items()
        for at, trial in enumerate(trials, 1)
    ]
    long = measurements(sheet(long_rows()))
    assert sorted(long, key=repr) == sorted(measurements(sheet(form)), key=repr)
    assert len(long) == 90


def test_a_trial_given_twice_is_refused() -> None:
    with pytest.raises(MeasuredTwice, match="Row 92: operator C has trial 3 of part 10 already"):
        measurements(sheet([*long_rows(), ["10", "C", "3", "1.0"]]))


def test_columns_and_cells_that_a_study_needs() -> None:
    with pytest.raises(ColumnMissing, match="operator"):
        measurements(table("part|value\n1|2"))
    with pytest.raises(CellBlank, match="Row 2 does not say which part"):
        measurements(table("part|operator|value\n|Kim|2.0"))
    assert measurements(table("part|operator|value\n1|Kim|")) == []


def test_decisions_have_a_rating_and_perhaps_a_reference() -> None:
    found = decisions(table("부품|평가자|회차|판정|기준\n1|김|1|합격|합격\n1|김|2|불합격|합격"))
    assert [(one.rating, one.reference) for one in found] == [("합격", "합격"), ("불합격", "합격")]
    assert decisions(table("part|operator|rating\n1|Kim|G"))[0].reference is None


def test_references_group_the_readings() -> None:
    text = "part|reference|value\n2|4|4.1\n1|2|2.1\n1|2|2.2\n2|4|"
    assert referenced(table(text)) == [(2.0, [2.1, 2.2]), (4.0, [4.1])]
    assert referenced(table("5.1\n5.2"), 5.0) == [(5.0, [5.1, 5.2])]
    with pytest.raises(ReferenceMissing):
        referenced(table("value\n5.1"))
    with pytest.raises(NotOneReference):
        referenced(table("part|reference|value\n1|2|2.1\n1|3|2.1"))
