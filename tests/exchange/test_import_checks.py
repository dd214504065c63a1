"""Check sheets from files: a sheet gets the lines of the file, the others are asked no more."""

import pytest

from mes.core.work import Work
from mes.exchange.exports import get_list
from mes.exchange.rules import SheetSaysBoth
from mes.shifts.check_models import AnswerKind, Every, OnFailure
from mes.shifts.check_queries import get_sheet
from mes.shifts.check_rules import HoldWithoutMachine, NoLimits
from mes.shifts.checks import change_sheet
from tests.conftest import Shop
from tests.exchange.importing import bring, look
from tests.factories import make_machine, make_work_centre

HEAD = "점검표코드|점검표명|작업장|설비|주기|시한|이상시|순번|점검항목|판정방식|단위|하한|상한"
OIL = "CK-1|프레스 점검|WC-1|PR-1|교대|30|보류|1|유압|값|MPa|0.4|0.6"
NOISE = "CK-1|프레스 점검|WC-1|PR-1|교대|30|보류|2|소음|확인|||"
TALK = "CK-2|TBM|WC-1|||||1|위험 예지||||"


@pytest.fixture
def plant(shop: Shop) -> Shop:
    """A press at a work centre."""

    def build(work: Work) -> None:
        make_machine(work, make_work_centre(work, code="WC-1"), code="PR-1")

    shop.do(build)
    return shop


def test_sheets_come_in_and_a_second_time_change_nothing(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL, NOISE, TALK)
    with plant.read() as read:
        press, talk = get_sheet(read, "CK-1"), get_sheet(read, "CK-2")
        assert (press.every, press.within_minutes, press.on_failure) == (Every.SHIFT, 30, OnFailure.HOLD)
        oil, _noise = press.items
        assert (oil.name, oil.kind, str(oil.upper)) == ("유압", AnswerKind.VALUE, "0.6")
        assert (talk.every, talk.within_minutes, talk.machine_id) == (Every.DAY, 60, None)
    assert not bring(plant, "check_sheets", HEAD, OIL, NOISE, TALK).does_something


def test_a_line_that_the_file_leaves_out_is_asked_no_more(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL, NOISE)
    bring(plant, "check_sheets", HEAD, OIL.replace("0.6", "0.7"))
    with plant.read() as read:
        first, second = get_sheet(read, "CK-1").items
        assert (str(first.upper), first.active, second.active) == ("0.7", True, False)
    bring(plant, "check_sheets", HEAD, OIL.replace("0.6", "0.7"), NOISE)
    with plant.read() as read:
        assert all(one.active for one in get_sheet(read, "CK-1").items)


def test_rows_of_a_sheet_that_contradict_each_other_are_refused(plant: Shop) -> None:
    plant.do(lambda work: make_work_centre(work, code="WC-2"))
    found = look(plant, "check_sheets", HEAD, TALK, "CK-2|TBM|WC-2|||||2|보호구||||").rows
    assert [row.verdict.value for row in found] == ["new", "refused"]
    assert isinstance(found[1].reason, SheetSaysBoth)
    assert "WC-1" in str(found[1].reason)
    assert "WC-2" in str(found[1].reason)


def test_what_changes_of_a_sheet_is_shown_by_its_codes(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, TALK)
    plant.do(lambda work: make_work_centre(work, code="WC-2"))
    [row] = look(plant, "check_sheets", HEAD, TALK.replace("WC-1", "WC-2")).rows
    assert [(one.field, one.before, one.after) for one in row.changes] == [("work_centre", "WC-1", "WC-2")]


def test_a_sheet_out_of_use_comes_back_with_the_file(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, TALK)
    plant.do(lambda work: change_sheet(work, "CK-2", active=False))
    assert bring(plant, "check_sheets", HEAD, TALK).does_something
    with plant.read() as read:
        assert get_sheet(read, "CK-2").active


def test_lines_that_cannot_be_are_refused(plant: Shop) -> None:
    rows = (
        OIL.replace("WC-1", "WC-9"), NOISE.replace("PR-1", "PR-9"), "CK-2|TBM|WC-1|||60|보류|1|위험 예지||||",
        "CK-3|점검|WC-1||||| 1|값|값||5|4", "CK-4|점검|WC-1|||||1|가||||", "CK-4|점검|WC-1|||||1|나||||",
    )  # fmt: skip
    found = look(plant, "check_sheets", HEAD, *rows).rows
    assert [bool(row.reason) for row in found] == [True, True, True, True, False, True]


def test_sheets_go_out_as_they_came_in(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL, NOISE, TALK)
    with plant.read() as read:
        rows = [tuple(row) for row in get_list("check_sheets").rows(read)]
    assert [(*row[:2], *row[3:5]) for row in rows] == [
        ("CK-1", "프레스 점검", "WC-1", "PR-1"), ("CK-1", "프레스 점검", "WC-1", "PR-1"), ("CK-2", "TBM", "WC-1", None),
    ]  # fmt: skip


def test_the_english_name_of_a_sheet_comes_in_and_stays_where_a_file_does_not_say_it(plant: Shop) -> None:
    head = HEAD.replace("점검표명|", "점검표명|점검표(영문)|")
    english = TALK.replace("TBM|", "TBM|Safety talk|", 1)
    bring(plant, "check_sheets", head, english)
    bring(plant, "check_sheets", HEAD, TALK)
    with plant.read() as read:
        assert get_sheet(read, "CK-2").name_en == "Safety talk"
    bring(plant, "check_sheets", head, english.replace("Safety talk", "Talk before work"))
    with plant.read() as read:
        assert get_sheet(read, "CK-2").name_en == "Talk before work"


SHORT = "점검표코드|점검표명|작업장|순번|점검항목"


def test_a_file_of_names_keeps_what_it_has_no_column_for(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL, NOISE)
    found = bring(plant, "check_sheets", SHORT, "CK-1|프레스 점검|WC-1|1|유압 압력", "CK-1|프레스 점검|WC-1|2|소음")
    assert [[(one.field, one.after) for one in row.changes] for row in found.rows] == [[("line_name", "유압 압력")], []]
    with plant.read() as read:
        press = get_sheet(read, "CK-1")
        assert (press.every, press.within_minutes, press.on_failure) == (Every.SHIFT, 30, OnFailure.HOLD)
        assert press.machine is not None
        assert press.machine.code == "PR-1"
        oil = press.items[0]
        assert (oil.name, oil.kind, oil.unit, str(oil.lower)) == ("유압 압력", AnswerKind.VALUE, "MPa", "0.4")
    assert not bring(plant, "check_sheets", HEAD, OIL.replace("유압", "유압 압력"), NOISE).does_something


def test_a_new_limit_needs_no_column_for_the_kind_of_answer(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL)
    bring(plant, "check_sheets", f"{SHORT}|상한", "CK-1|프레스 점검|WC-1|1|유압|0.7")
    with plant.read() as read:
        [oil] = get_sheet(read, "CK-1").items
        assert (oil.kind, str(oil.lower), str(oil.upper)) == (AnswerKind.VALUE, "0.4", "0.7")


def test_an_empty_cell_is_as_usual_and_a_new_line_too(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL)
    bring(plant, "check_sheets", f"{SHORT}|주기", "CK-1|프레스 점검|WC-1|1|유압|", "CK-1|프레스 점검|WC-1|2|소음|")
    with plant.read() as read:
        press = get_sheet(read, "CK-1")
        assert (press.every, press.within_minutes) == (Every.DAY, 30)
        assert [one.kind for one in press.items] == [AnswerKind.VALUE, AnswerKind.TICK]


def test_what_the_file_says_is_held_against_what_stays(plant: Shop) -> None:
    bring(plant, "check_sheets", HEAD, OIL)
    [row] = look(plant, "check_sheets", f"{SHORT}|설비", "CK-1|프레스 점검|WC-1|1|유압|").rows
    assert (row.cell, type(row.reason)) == ("F2", HoldWithoutMachine)
    [row] = look(plant, "check_sheets", f"{SHORT}|판정방식", "CK-1|프레스 점검|WC-1|1|유압|확인").rows
    assert (row.cell, type(row.reason)) == ("F2", NoLimits)
