"""``mes spc``, ``mes msa`` and ``mes aql`` on files as quality staff have them."""

import codecs
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mes.web.cli import main
from tests.statistics.published import AIAG_STUDY, PISTON_RINGS

RINGS = "sample,x1,x2,x3,x4,x5\n" + "\n".join(
    f"{at}," + ",".join(map(str, group)) for at, group in enumerate(PISTON_RINGS, 1)
)
STUDY = "부품,작업자,회차,측정값\n" + "\n".join(
    f"{part},{operator},{at},{value}"
    for operator, trials in AIAG_STUDY.items()
    for at, trial in enumerate(trials, 1)
    for part, value in enumerate(trial, 1)
)


def mes(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, list(words), env={"LC_ALL": f"{language}.UTF-8"}, catch_exceptions=False)


def told(*words: str) -> Any:
    answer = mes(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


@pytest.fixture
def rings(tmp_path: Path) -> str:
    file = tmp_path / "rings.csv"
    file.write_text(RINGS, "utf-8")
    return str(file)


@pytest.fixture
def study(tmp_path: Path) -> str:
    file = tmp_path / "study.csv"
    file.write_bytes(STUDY.encode("cp949"))
    return str(file)


def test_a_chart_with_capability_for_programs(rings: str) -> None:
    data = told("spc", rings, "--chart", "xbar-r", "--lsl", "73.95", "--usl", "74.05", "--rules", "nelson")
    assert data["in_control"] is True
    assert data["violations"] == []
    means, ranges = data["tracks"]
    assert (means["name"], ranges["name"]) == ("mean", "range")
    assert means["centre"] == pytest.approx(74.001176)
    assert ranges["lcl"] == 0
    assert len(means["points"]) == 25
    assert means["points"][0]["value"] == pytest.approx(74.0102)
    assert data["phases"][0]["sigma"] == pytest.approx(data["capability"]["sigma_within"])
    assert data["capability"]["cpk"] == pytest.approx(1.663, abs=5e-4)
    assert data["capability"]["intervals"]["cp"][0] < data["capability"]["cp"]
    assert data["capability"]["warnings"] == []
    assert len(data["rules"]) == 8


def test_published_figures_of_the_piston_rings(rings: str) -> None:
    data = told("spc", rings, "--chart", "X̄-R", "--lsl", "73.95", "--usl", "74.05")
    means = data["tracks"][0]
    assert round(means["centre"], 5) == 74.00118
    assert (round(means["lcl"], 5), round(means["ucl"], 5)) == (73.98805, 74.01430)
    assert (round(data["capability"]["cp"], 3), round(data["capability"]["cpk"], 3)) == (1.703, 1.663)


def test_a_chart_in_words(rings: str) -> None:
    said = mes("spc", rings, "--chart", "xbar-s", "--usl", "74.05", "--phase", "1-20").output
    assert "X-bar and S chart  (25 points)" in said
    assert "limits from points 1 to 20" in said
    assert "No rule is met: the process is in control." in said
    assert "Cp  -" in said
    korean = mes("spc", rings, "--chart", "xbar-s", language="ko").output
    assert "걸린 규칙이 없습니다." in korean


def test_the_help_names_bounds_only_where_there_are_any() -> None:
    said = mes("spc", "--help").output
    assert "x>=0" in said
    assert "None" not in said


def test_violations_are_sentences_with_their_points(tmp_path: Path) -> None:
    file = tmp_path / "shift.csv"
    file.write_text("value\n" + "\n".join(["10.0", "10.2", "9.8", "10.1", "9.9"] * 4 + ["10.6"] * 9), "utf-8")
    data = told("spc", str(file), "--chart", "imr", "--phase", "1-20", "--rules", "run-8", "--rules", "run-9")
    met = [one for one in data["violations"] if one["track"] == "value"]
    assert [(one["rule"], one["point"]) for one in met] == [("run-8", 28), ("run-8", 29), ("run-9", 29)]
    assert met[0]["points"] == list(range(21, 29))
    assert met[0]["sentence"] == "Points 21 to 28: 8 in a row on one side of the centre line."
    said = mes("spc", str(file), "--chart", "imr", "--phase", "1-20", language="ko").output
    assert "21~28번째 점: 8점이 연속으로 중심선 한쪽에 있습니다." in said


@pytest.mark.parametrize("chart", ["p", "np", "c", "u", "laney-p", "laney-u"])
def test_charts_of_counts(chart: str, tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("시료,검사수,불량수\n1,100,3\n2,120,2\n3,80,4\n", "utf-8-sig")
    data = told("spc", str(file), "--chart", chart)
    assert data["chart"] == chart
    assert len(data["tracks"][0]["points"]) == 3
    assert data["capability"] is None
    assert mes("spc", str(file), "--chart", chart).exit_code == 0


@pytest.mark.parametrize("chart", ["ewma", "cusum"])
def test_charts_of_small_shifts(chart: str, rings: str) -> None:
    data = told("spc", rings, "--chart", chart, "--lambda", "0.1", "--limit", "2.7", "--k", "0.5", "--h", "4", "--fir")
    assert data["chart"] == chart


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_a_file_of_any_usual_coding(coding: str, tmp_path: Path) -> None:
    file = tmp_path / "값.csv"
    file.write_bytes("부분군;측정값\r\n1;10.5\r\n1;10.6\r\n2;10.4\r\n2;10.7\r\n".encode(coding))
    assert told("spc", str(file), "--chart", "xbar-r")["tracks"][0]["centre"] == pytest.approx(10.55)
    assert codecs.lookup(coding)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('sample,x1\n1,"10,5"\n', "Row 2: “10,5” is not a number."),
        ("x1,x2\n1,2\n1,1O.5\n", "Row 3: “1O.5” is not a number."),
        ("x1,x2\n--,2\n", "Row 2: “--” is not a number."),
        ("value\n10.1\n10,5\n", "Row 3 has 2 cells where 1 are expected."),
        ("value\n", "The file holds no rows of values."),
        ("value\n3.3\n", "There are too few readings"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_on_the_error_line(content: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(content, "utf-8")
    answer = mes("spc", str(file), "--chart", "xbar-r", "--json")
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith(sentence)
    assert answer.stderr.count("\n") == 1


def test_wrong_words_are_told_at_once(rings: str) -> None:
    assert "xbar-r" in mes("spc", rings, "--chart", "pie").output
    assert "1-25" in mes("spc", rings, "--chart", "p", "--phase", "a").output
    assert mes("spc", rings, "--chart", "xbar-r", "--known-mean", "1").exit_code == 2
    assert mes("spc", rings, "--chart", "xbar-r", "--rules", "none").exit_code == 1
    reversed_limits = mes("spc", rings, "--chart", "xbar-r", "--lsl", "2", "--usl", "1")
    assert "do not enclose anything" in reversed_limits.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--chart", "ewma", "--limit", "nan"),
        ("--chart", "ewma", "--target", "inf"),
        ("--chart", "cusum", "--k", "nan"),
        ("--chart", "cusum", "--h", "inf"),
        ("--chart", "xbar-r", "--known-mean", "inf", "--known-sigma", "1"),
        ("--chart", "xbar-r", "--lsl", "nan"),
    ],
)
def test_no_option_is_a_number_without_a_value(words: tuple[str, ...], rings: str) -> None:
    answer = mes("spc", rings, *words, "--json")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "is not a number." in answer.stderr


def test_a_reference_and_a_tolerance_are_numbers(study: str, rings: str) -> None:
    assert mes("msa", rings, "--kind", "bias", "--reference", "nan").exit_code == 2
    assert mes("msa", study, "--tolerance", "inf").exit_code == 2


def test_a_target_outside_of_the_limits_is_refused(rings: str) -> None:
    answer = mes("spc", rings, "--chart", "xbar-r", "--lsl", "73.95", "--usl", "74.05", "--target", "80")
    assert answer.exit_code == 1
    assert "The target 80 is outside of the specification limits 73.95 and 74.05." in answer.stderr


def test_counts_take_no_specification_limits(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("n,defects\n50,3\n60,5\n", "utf-8")
    answer = mes("spc", str(file), "--chart", "p", "--usl", "0.1")
    assert answer.exit_code == 2
    assert "Specification limits are for readings" in answer.stderr


def test_many_points_are_printed_for_programs_without_indenting(tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("value\n" + "\n".join(str(at % 7) for at in range(2000)), "utf-8")
    answer = mes("spc", str(file), "--chart", "i-mr", "--json")
    assert answer.stdout.count("\n") == 1
    assert len(json.loads(answer.stdout)["tracks"][0]["points"]) == 2000


def test_the_gauge_study_of_aiag(study: str) -> None:
    data = told("msa", study, "--tolerance", "4")
    found = data["range"]
    assert found["ev"]["sigma"] == pytest.approx(0.2019, abs=5e-5)
    assert found["av"]["sigma"] == pytest.approx(0.2297, abs=5e-5)
    assert found["grr"]["sigma"] == pytest.approx(0.3058, abs=5e-5)
    assert found["grr"]["percent_of_total"] == pytest.approx(26.7, abs=0.05)
    assert found["ndc"] == 5
    assert found["verdict"] == "marginal"
    assert data["anova"]["grr"]["percent_of_total"] == pytest.approx(27.9, abs=0.05)
    assert data["anova"]["interaction_pooled"] is True
    assert [row["source"] for row in data["anova"]["table"]][-1] == "total"
    said = mes("msa", study, "--method", "range", "--tolerance", "4").output
    assert "ndc  5" in said
    assert "may do for some uses" in said
    assert "Analysis of variance" not in said
    assert "분산분석" in mes("msa", study, language="ko").output


def test_bias_linearity_and_stability(tmp_path: Path, rings: str) -> None:
    file = tmp_path / "bias.csv"
    file.write_text("part,reference,value\n1,2,2.1\n1,2,2.2\n2,4,4.1\n2,4,4.0\n3,6,6.1\n3,6,6.0\n", "utf-8")
    assert [one["reference"] for one in told("msa", str(file), "--kind", "bias")["biases"]] == [2, 4, 6]
    line = told("msa", str(file), "--kind", "linearity")
    assert line["slope"]["value"] == pytest.approx(-0.025)
    assert "reference value" in mes("msa", str(file), "--kind", "linearity").output
    assert "Bias" in mes("msa", str(file), "--kind", "bias").output
    assert told("msa", rings, "--kind", "stability")["in_control"] is True
    assert "in control" in mes("msa", rings, "--kind", "stability").output


def test_a_study_of_decisions(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    rows = ["부품,평가자,회차,판정,기준"]
    for who, trials in (("김", ("OOXX", "OOXO")), ("이", ("OOXX", "OOXX"))):
        for at, trial in enumerate(trials, 1):
            rows += [f"{part},{who},{at},{trial[part]},{'OOXX'[part]}" for part in range(4)]
    file.write_text("\n".join(rows), "utf-8")
    data = told("msa", str(file), "--kind", "attribute", "--good", "O")
    kim, lee = data["operators"]
    assert (kim["effectiveness"], kim["miss_rate"], kim["verdict"]) == (75, 25, "not acceptable")
    assert lee["reference_kappa"]["value"] == 1
    assert "kappa" in mes("msa", str(file), "--kind", "attribute").output


def test_a_sampling_plan_for_programs_and_in_words() -> None:
    data = told("aql", "--lot", "1500", "--aql", "1.0")
    assert (data["code_letter"], data["n"], data["ac"], data["re"], data["arrow"]) == ("K", 125, 3, 4, None)
    assert data["standard"] == "ISO 2859-1:1999/Amd 1:2011"
    assert data["oc"][0] == {"quality": 0, "accepted": 1, "aoq": 0, "asn": 125}
    per_hundred = told("aql", "--lot", "1500", "--aql", "1.0", "--nonconformities")
    assert per_hundred["unit"] == "nonconformities per 100 items"
    assert per_hundred["accepted_at_aql"] < data["accepted_at_aql"]
    assert data["aoql"] == pytest.approx(max(one["aoq"] for one in data["oc"]))
    double = told("aql", "--lot", "1500", "--aql", "1", "--plan", "double", "--kind", "tightened")
    assert double["samples"] == [{"n": 80, "ac": 0, "re": 3}, {"n": 80, "ac": 3, "re": 4}]
    arrow = mes("aql", "--lot", "40", "--aql", "0.65").output
    assert "The arrow leads to the plan of letter F." in arrow
    assert "inspect every piece" in mes("aql", "--lot", "20", "--aql", "0.65").output
    assert "On average" in mes("aql", "--lot", "1500", "--aql", "1", "--plan", "double").output
    assert "보통 검사" in mes("aql", "--lot", "1500", "--aql", "1", language="ko").output
    assert mes("aql", "--lot", "1500", "--aql", "7").stderr.startswith("ISO 2859-1:1999/Amd 1:2011 has no AQL 7.")
