"""The test label: what the keys of one scan tell about the scanner, without a browser."""

from typing import Any

import pytest
from flask import Flask

from mes.core.gs1 import parse_elements
from mes.core.keyboards import Layout, typed_on
from mes.scan.pictures import codes_in
from mes.scan.trial import ELEMENTS, GS1_LABEL, LABEL, Diagnosis, Stroke, diagnose
from mes.scan.trial_views import GRADE_LOOKS
from mes.scan.trial_words import Grade
from tests.core.hangul_keyboard import typed
from tests.labels.paper import pages


def keys(text: str, each: float = 5, end: str = "Enter", **held: bool) -> list[Stroke]:
    """A scan as keys with names."""
    strokes = [_stroke(place * each, letter, held) for place, letter in enumerate(text)]
    if end:
        strokes.append(Stroke(len(text) * each, "down", end))
    return strokes


def _stroke(at: float, letter: str, held: dict[str, Any]) -> Stroke:
    if letter == "\x1d":
        return Stroke(at, "down", "]", ctrl=True)
    return Stroke(at, "down", letter, **held)


def grades(found: Diagnosis) -> dict[str, Grade]:
    return {finding.topic: finding.grade for finding in found.findings}


def test_a_scanner_that_is_set_right_is_told_so() -> None:
    found = diagnose(keys(LABEL))
    assert (found.grade, found.text) == (Grade.GOOD, LABEL)
    assert grades(found) == {"text": Grade.GOOD, "suffix": Grade.GOOD, "speed": Grade.GOOD}


@pytest.mark.parametrize(("end", "grade"), [("Enter", Grade.GOOD), ("Tab", Grade.GOOD), ("", Grade.MIND)])
def test_the_key_behind_the_code(end: str, grade: Grade) -> None:
    assert grades(diagnose(keys(LABEL, end=end)))["suffix"] is grade


def test_two_line_ends_are_fine() -> None:
    found = diagnose([*keys(LABEL), Stroke(200, "down", "j", ctrl=True)])
    assert grades(found)["suffix"] is Grade.GOOD
    assert "CR and LF" in next(one.sentence for one in found.findings if one.topic == "suffix")


@pytest.mark.parametrize(("scanner", "computer"), [(Layout.US, Layout.GERMAN), (Layout.FRENCH, Layout.US)])
def test_another_keyboard_layout_is_named(scanner: Layout, computer: Layout) -> None:
    found = diagnose(keys(typed_on(LABEL, scanner, computer)))
    (layout,) = [one for one in found.findings if one.topic == "layout"]
    assert layout.grade is Grade.BAD
    assert layout.advice
    assert found.text == LABEL


def test_hangul_is_told_and_is_no_fault() -> None:
    strokes = [
        Stroke(place * 5, "down", "Process", f"Key{letter}" if letter.isalpha() else "")
        for place, letter in enumerate(LABEL)
    ]
    found = diagnose([*strokes, Stroke(150, "input", data=typed(LABEL)), Stroke(160, "down", "Enter")])
    assert found.text == LABEL
    assert grades(diagnose(keys(typed(LABEL))))["hangul"] is Grade.MIND


def test_caps_lock_is_seen() -> None:
    found = grades(diagnose(keys(LABEL.swapcase(), caps=True)))
    assert found["case"] is found["caps"] is Grade.MIND


@pytest.mark.parametrize(
    ("came", "grade"),
    [
        (GS1_LABEL, Grade.GOOD),
        (GS1_LABEL.replace("\x1d", "|"), Grade.GOOD),
        (GS1_LABEL.replace("\x1d", ""), Grade.MIND),
        (GS1_LABEL.replace("\x1d", "029"), Grade.BAD),
        (f"]d2{GS1_LABEL}", Grade.GOOD),
    ],
)
def test_what_becomes_of_the_separator(came: str, grade: Grade) -> None:
    found = diagnose(keys(came))
    assert grades(found)["gs"] is grade
    assert found.text == GS1_LABEL


@pytest.mark.parametrize(("each", "grade"), [(5, Grade.GOOD), (45, Grade.MIND), (90, Grade.BAD)])
def test_slow_keys(each: float, grade: Grade) -> None:
    assert grades(diagnose(keys(LABEL, each)))["speed"] is grade


def test_lost_keys_are_counted() -> None:
    found = diagnose(keys(LABEL[:5] + LABEL[8:]))
    (text,) = [one for one in found.findings if one.topic == "text"]
    assert (text.grade, dict(text.values)["lost"]) == (Grade.BAD, 3)


def test_keys_without_names_are_read_from_the_field() -> None:
    strokes = [Stroke(place * 9, kind, "Unidentified" if kind == "down" else "", data="" if kind == "down" else letter)
               for place, letter in enumerate(LABEL) for kind in ("down", "input")]  # fmt: skip
    found = diagnose([*strokes, Stroke(300, "down", "Enter")])
    assert (found.text, grades(found)["keys"]) == (LABEL, Grade.GOOD)


def test_pasted_text_is_named() -> None:
    found = diagnose([Stroke(0, "input", data=LABEL), Stroke(1, "down", "Enter")])
    assert grades(found)["keys"] is Grade.BAD


def test_what_the_scanner_adds_in_front() -> None:
    assert grades(diagnose(keys(f"XX{LABEL}")))["prefix"] is Grade.BAD


def test_another_code_and_silence() -> None:
    assert diagnose(keys("4901234567894")).grade is Grade.BAD
    assert diagnose([]).grade is Grade.BAD


def test_alt_with_every_key_is_no_fault() -> None:
    assert grades(diagnose(keys(LABEL, alt=True)))["alt"] is Grade.GOOD


def test_the_page_shows_the_label_and_says_what_it_found(app: Flask) -> None:
    client = app.test_client()
    shown = client.get("/scan/test")
    assert shown.status_code == 200
    assert LABEL in shown.text
    sent = [{"at": one.at, "kind": one.kind, "key": one.key} for one in keys(typed_on(LABEL, Layout.US, Layout.GERMAN))]
    answer = client.post("/scan/test/keys", json=sent)
    assert answer.status_code == 200
    assert "is-stopped" in answer.text
    assert client.post("/scan/test/keys", data="nothing").status_code == 422
    assert set(GRADE_LOOKS) == {grade.value for grade in Grade}


def test_the_paper_bears_all_three_codes(app: Flask, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pdf = app.test_client().get("/scan/test/label.pdf")
    assert pdf.content_type == "application/pdf"
    (paper,) = pages(pdf.data, tmp_path, 150, "-gray")
    file = tmp_path / "paper.png"
    paper.save(file)
    codes = codes_in(file.read_bytes())
    assert LABEL in codes
    (gs1,) = [code for code in codes if code.startswith("]d2")]
    assert parse_elements(gs1[3:]) == ELEMENTS


def test_hours_of_keys_and_times_that_are_none_are_refused(app: Flask) -> None:
    client = app.test_client()
    for at in ("1e400", "-1", "NaN"):
        sent = f'[{{"at": {at}, "kind": "down", "key": "a"}}]'
        assert client.post("/scan/test/keys", data=sent).status_code == 422
    assert client.post("/scan/test/keys", json=[{"at": 1, "kind": "input", "data": "x" * 600_000}]).status_code == 422


def test_a_long_text_that_was_pasted_is_told_at_once() -> None:
    # compared letter by letter with the label, it would keep the server for minutes
    found = diagnose([Stroke(0, "input", data=LABEL * 20_000)])
    assert found.grade is Grade.BAD
    assert len(found.text) <= 400
