"""Gauge studies: the published study of AIAG goes in by hand or by paste and comes out as published."""

from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import ReasonNeeded
from mes.gauges import queries, studies, study_grid
from mes.gauges.models import GaugeStudy, StudyKind, StudyState
from mes.gauges.study_charts import charts_of
from mes.gauges.study_paper import figure
from mes.gauges.study_result import short_verdict, verdict_sentence, work_out
from mes.scan.models import Kind
from mes.scan.service import resolve
from mes.statistics.errors import NothingMeasured, NotOneReference, ReferenceMissing, StudyIncomplete
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_gauge, make_study
from tests.statistics.published import AIAG_STUDY

PARTS = [str(number) for number in range(1, 11)]
AIAG_FORM = "\n".join(
    ["\t".join(["operator", "trial", *PARTS])]
    + [
        "\t".join([operator, str(trial), *(f"{value}" for value in row)])
        for operator, rows in AIAG_STUDY.items()
        for trial, row in enumerate(rows, 1)
    ]
)
DECISIONS = "part,operator,trial,decision,reference\n" + "\n".join(
    f"{part},{operator},{trial},{'OK' if part % 3 else 'NG'},{'OK' if part % 3 else 'NG'}"
    for part in range(1, 13)
    for operator in "AB"
    for trial in (1, 2)
)


def test_the_form_of_aiag_is_pasted_and_comes_out_as_published() -> None:
    grid = study_grid.pasted(StudyKind.GAUGE_RR, AIAG_FORM)
    assert (grid.parts, grid.operators, grid.trials) == (tuple(PARTS), ("A", "B", "C"), 3)
    found = work_out(StudyKind.GAUGE_RR, grid)
    assert found.ranges is not None
    assert found.anova is not None
    assert round(found.ranges.gauge.sigma, 4) == 0.3058
    assert round(found.ranges.gauge.percent_of_total or 0, 1) == 26.7
    assert (round(found.figure or 0, 1), found.categories, found.verdict) == (27.9, 4, "marginal")
    assert [one.title for one in charts_of(found)]


def test_a_sheet_is_kept_as_one_text_and_comes_back() -> None:
    grid = study_grid.pasted(StudyKind.GAUGE_RR, AIAG_FORM)
    assert study_grid.from_text(study_grid.to_text(grid)) == grid


def test_cells_that_are_no_numbers_are_named_by_operator_trial_and_part() -> None:
    grid = study_grid.with_typed(study_grid.new_grid(["1", "2"], ["김"], 2), {"v-1-1": "10,5", "v-0-0": "１.5"})
    assert grid.rows[0][0] == "1.5"
    with pytest.raises(study_grid.CellUnreadable) as refused:
        study_grid.check_grid(StudyKind.GAUGE_RR, grid)
    assert refused.value.values == {"operator": "김", "trial": 2, "part": "2", "value": "10,5"}
    wrong = study_grid.with_typed(study_grid.new_grid(["1"], ["김"], 2), {"ref-0": "zehn"})
    with pytest.raises(study_grid.ReferenceUnreadable):
        study_grid.check_grid(StudyKind.BIAS, wrong)


def test_a_sheet_has_a_size_and_names_that_differ() -> None:
    for parts, operators, trials in (([], ["a"], 2), (["1"], ["a"], 0), (["1"] * 61, ["a"], 2)):
        with pytest.raises(study_grid.SizeImpossible):
            study_grid.new_grid(parts, operators, trials)
    with pytest.raises(study_grid.NameTwice):
        study_grid.new_grid(["1", "1"], ["a"], 2)
    assert study_grid.names("김, 이", 3) == ["김", "이", "1"]
    with pytest.raises(study_grid.NothingPasted):
        study_grid.pasted(StudyKind.GAUGE_RR, " \n")


def test_bias_and_linearity_and_decisions_have_verdicts_of_their_own() -> None:
    near = study_grid.pasted(StudyKind.BIAS, "reference,value\n" + "\n".join(f"6,{5.9 + n / 50}" for n in range(11)))
    assert work_out(StudyKind.BIAS, near).verdict == "acceptable"
    far = study_grid.pasted(StudyKind.BIAS, "reference,value\n" + "\n".join(f"6,{6.5 + n / 50}" for n in range(11)))
    found = work_out(StudyKind.BIAS, far)
    assert found.verdict == "not acceptable"
    assert charts_of(found, [6.5, 6.6])
    rows = "\n".join(f"{truth},{truth + 0.02 * (n - 2)}" for truth in (2, 4, 6, 8) for n in range(5))
    line = work_out(StudyKind.LINEARITY, study_grid.pasted(StudyKind.LINEARITY, "reference,value\n" + rows))
    assert (line.verdict, len(charts_of(line))) == ("acceptable", 1)
    agreed = work_out(StudyKind.ATTRIBUTE, study_grid.pasted(StudyKind.ATTRIBUTE, DECISIONS), good="OK")
    assert (agreed.verdict, agreed.figure) == ("acceptable", 1.0)
    assert charts_of(agreed)
    with pytest.raises(ReferenceMissing):
        work_out(StudyKind.BIAS, study_grid.new_grid(["1"], ["1"], 10))
    one = study_grid.with_typed(study_grid.new_grid(["1"], ["1"], 10), {"ref-0": "6", "v-0-0": "6"})
    with pytest.raises(NothingMeasured):
        work_out(StudyKind.BIAS, one)


def test_a_study_of_bias_takes_the_table_of_one_part_and_leaves_no_reading_out() -> None:
    with pytest.raises(study_grid.OnePartOnly) as refused:
        study_grid.pasted(StudyKind.BIAS, "reference,value\n10,10.1\n10,10.2\n20,25\n20,25.1")
    assert "2 reference values" in refused.value.sentence


def test_a_part_with_two_references_is_refused_when_it_is_pasted() -> None:
    rows = ("1,A,1,OK,OK", "1,A,2,OK,ok", "2,A,1,NG,NG", "2,A,2,NG,OK")
    with pytest.raises(NotOneReference):
        study_grid.pasted(StudyKind.ATTRIBUTE, "part,operator,trial,decision,reference\n" + "\n".join(rows))


def test_pasted_readings_keep_all_their_figures() -> None:
    grid = study_grid.pasted(StudyKind.GAUGE_RR, "part,operator,value\n1,A,123456.12345678\n1,A,10.0\n1,A,1e-7")
    assert grid.rows == (("123456.12345678",), ("10",), ("1e-07",))
    near = study_grid.pasted(StudyKind.LINEARITY, "reference,value\n1000000.123456,1\n1000000.1234561,2")
    assert near.references == ("1000000.123456", "1000000.1234561")


def test_a_figure_beyond_anything_that_is_measured_is_not_kept(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    study = shop.do(lambda work: make_study(work, gauge, kind=StudyKind.BIAS))
    typed = {"ref-0": "1", **{f"v-{row}-0": f"{row}e20" for row in range(study_grid.from_text(study.data).trials)}}
    grid = study_grid.with_typed(study_grid.from_text(study.data), typed)
    shop.do(lambda work: studies.fill_study(work, study.code, grid))
    done = shop.do(lambda work: studies.conclude_study(work, study.code))
    assert (done.state, done.figure) == (StudyState.CONCLUDED, None)


def test_a_study_in_which_nothing_varies_has_no_verdict() -> None:
    grid = study_grid.new_grid(["1", "2"], ["a", "b"], 2)
    same = study_grid.with_typed(grid, {f"v-{row}-{part}": "5" for row in range(4) for part in range(2)})
    found = work_out(StudyKind.GAUGE_RR, same)
    assert (found.verdict, short_verdict(found.verdict)) == (None, "-")
    assert "no verdict" in verdict_sentence(StudyKind.GAUGE_RR, None)
    assert charts_of(found)


def filled(shop: Shop) -> GaugeStudy:
    gauge = shop.do(make_gauge)
    study = shop.do(lambda work: make_study(work, gauge))
    grid = study_grid.pasted(StudyKind.GAUGE_RR, AIAG_FORM)
    return shop.do(lambda work: studies.fill_study(work, study.code, grid))


def test_a_concluded_study_is_frozen_and_the_gauge_shows_its_verdict(shop: Shop) -> None:
    study = filled(shop)
    done = shop.do(lambda work: studies.conclude_study(work, study.code))
    assert (done.state, done.verdict, done.categories) == (StudyState.CONCLUDED, "marginal", 4)
    assert round(done.figure or 0, 1) == D("27.9")
    for act in (
        lambda work: studies.conclude_study(work, study.code),
        lambda work: studies.drop_study(work, study.code, "x"),
        lambda work: studies.fill_study(work, study.code, study_grid.new_grid(["1"], ["1"], 1)),
    ):
        with pytest.raises(studies.StudyFrozen):
            shop.do(act)
    with shop.read() as read:
        assert resolve(read, study.code.lower()).only.kind is Kind.STUDY
        assert queries.newest_verdicts(read, [study.gauge_id])[study.gauge_id].code == study.code


def test_an_unfinished_study_is_not_concluded_but_may_be_given_up(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    study = shop.do(lambda work: make_study(work, gauge))
    grid = study_grid.with_typed(study_grid.from_text(study.data), {"v-0-0": "1", "v-1-0": "2", "v-2-0": "1"})
    shop.do(lambda work: studies.fill_study(work, study.code, grid))
    with pytest.raises(StudyIncomplete):
        shop.do(lambda work: studies.conclude_study(work, study.code))
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: studies.drop_study(work, study.code, ""))
    assert shop.do(lambda work: studies.drop_study(work, study.code, "부품 부족")).state is StudyState.DROPPED


def test_a_study_says_what_is_measured(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    with pytest.raises(studies.CharacteristicMissing):
        shop.do(lambda work: make_study(work, gauge, characteristic=" "))
    alone = shop.do(lambda work: make_study(work, gauge, kind=StudyKind.BIAS))
    grid = study_grid.from_text(alone.data)
    assert (len(grid.parts), grid.operators) == (1, ("1",))


def test_quality_lays_out_fills_in_concludes_and_prints_a_study(shop: Shop, app: Flask) -> None:
    gauge = shop.do(make_gauge)
    quality = Desk(app, shop, Role.QUALITY)
    where = quality.press(
        f"/gauges/{gauge.code}/new-study", kind="gauge_rr", characteristic="Diameter", parts="10", operators="3",
        operator_names="A, B, C", trials="3", unit="mm", tolerance="4",
    )  # fmt: skip
    code = where.split("/")[-2]
    assert "0 of 90 cells" in quality.see(f"/gauge-studies/{code}")
    assert "data-sheet" in quality.see(where)
    cell: Any = {"v-0-0": "1O.5"}
    wrong = quality.press(where, 422, **cell)
    assert 'value="1O.5"' in wrong
    quality.press(where, **(cell | {"v-0-0": "0.29"}))
    quality.press(f"/gauge-studies/{code}/paste", table=AIAG_FORM)
    shown = quality.see(f"/gauge-studies/{code}")
    assert "26.68" in shown
    assert shown.count("<figure") == 4
    quality.press(f"/gauge-studies/{code}/conclude")
    assert "is closed" in quality.press(f"/gauge-studies/{code}/conclude", 409)
    assert "Limited" in quality.see(f"/gauges/{gauge.code}")
    made = quality.client.get(f"/gauge-studies/{code}/study.pdf")
    assert made.data.startswith(b"%PDF")
    assert quality.client.get("/gauge-studies?kind=gauge_rr&state=concluded").status_code == 200
    other = quality.press(
        f"/gauges/{gauge.code}/new-study", kind="attribute", characteristic="Scratch", parts="12", operators="2",
        trials="2", good="OK",
    ).split("/")[-2]  # fmt: skip
    assert quality.client.get(f"/gauge-studies/{other}/study.pdf").status_code == 422
    quality.press(f"/gauge-studies/{other}/paste", table=DECISIONS)
    assert "Each operator" in quality.see(f"/gauge-studies/{other}")
    assert quality.client.get(f"/gauge-studies/{other}/study.pdf").data.startswith(b"%PDF")
    quality.press(f"/gauge-studies/{other}/drop", reason="once more")
    assert "Given up" in quality.see(f"/gauge-studies/{other}")


def test_small_figures_are_written_without_powers_of_ten() -> None:
    assert [figure(value) for value in (0.0000097556, -5.8337e-05, 245.61, None)] == [
        "0.0000097556", "-0.000058337", "245.61", "-",
    ]  # fmt: skip
