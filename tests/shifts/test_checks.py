"""Daily checks: when they are due, what counts as in order, and what follows when something is not."""

import re
from datetime import timedelta
from decimal import Decimal as D
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from mes.core.access import Role
from mes.core.errors import NotFound, StaleEdit
from mes.equipment.call_queries import open_calls
from mes.equipment.models import Machine
from mes.equipment.rules import MachineElsewhere
from mes.shifts import check_queries, checks
from mes.shifts.check_models import AnswerKind, CheckSheet, Every, OnFailure
from mes.shifts.check_rules import HoldWithoutMachine, NoLimits, NothingToCheck, PositionTaken, Standing, Unanswered
from mes.shifts.checks import Told
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_check_sheet, make_machine, make_shift, make_work_centre
from tests.station.floor import Floor, Tablet, words

OIL = {"name": "유압", "kind": AnswerKind.VALUE, "unit": "MPa", "lower": D("0.4"), "upper": D("0.6")}


def ids(shop: Shop, sheet: CheckSheet) -> list[int]:
    """The numbers of a sheet's lines in use."""
    with shop.read() as read:
        return [item.id for item in check_queries.get_sheet(read, sheet.code).items if item.active]


def stands(shop: Shop) -> list[Standing]:
    """How the sheets stand now."""
    with shop.read() as read:
        return [one.standing for one in check_queries.due_sheets(read, shop.now)]


def test_a_sheet_is_due_with_the_shift_and_overdue_an_hour_later(shop: Shop) -> None:
    shop.do(lambda work: make_shift(work, starts_at=9 * 60, ends_at=18 * 60))
    sheet = shop.do(lambda work: make_check_sheet(work, every=Every.SHIFT))
    assert stands(shop) == [Standing.DUE]
    shop.later(minutes=30)
    assert stands(shop) == [Standing.OVERDUE]
    [line] = ids(shop, sheet)
    shop.do(lambda work: checks.fill_in(work, sheet.code, {line: Told(ok=True)}))
    assert stands(shop) == [Standing.DONE]
    shop.later(hours=9)
    assert stands(shop) == [Standing.RESTS]  # nobody works there now
    shop.later(hours=14)
    assert stands(shop) == [Standing.DUE]
    with shop.read() as read:
        past = check_queries.past_days(read, check_queries.list_sheets(read), shop.now)
        assert [was for _day, was in past[sheet.id]][-1] == "done"
        assert "missed" in {was for _day, was in past[sheet.id]}


def test_a_weekly_sheet_is_done_once_a_week(shop: Shop) -> None:
    shop.do(make_shift)
    sheet = shop.do(lambda work: make_check_sheet(work, every=Every.WEEK, within_minutes=1440))
    [line] = ids(shop, sheet)
    assert stands(shop) == [Standing.DUE]
    shop.later(days=2)
    assert stands(shop) == [Standing.OVERDUE]
    shop.do(lambda work: checks.fill_in(work, sheet.code, {line: Told(ok=True)}))
    shop.later(days=1)
    assert stands(shop) == [Standing.DONE]
    shop.later(days=4)
    assert stands(shop) == [Standing.DUE]
    with shop.read() as read:
        past = check_queries.past_days(read, check_queries.list_sheets(read), shop.now)
        assert sorted({was for _day, was in past[sheet.id]}) == ["done", "rests"]


def test_without_a_calendar_the_production_day_counts(shop: Shop) -> None:
    for every in Every:
        shop.do(partial(make_check_sheet, every=every, within_minutes=10000))
    assert stands(shop) == [Standing.DUE] * 3


def test_without_a_calendar_a_weekly_sheet_is_due_from_monday_on(shop: Shop) -> None:
    sheet = shop.do(lambda work: make_check_sheet(work, every=Every.WEEK, within_minutes=1440))
    assert stands(shop) == [Standing.DUE]
    shop.later(days=2)
    assert stands(shop) == [Standing.OVERDUE]
    [line] = ids(shop, sheet)
    shop.do(lambda work: checks.fill_in(work, sheet.code, {line: Told(ok=True)}))
    shop.later(days=1)
    assert stands(shop) == [Standing.DONE]


def test_a_value_outside_its_limits_is_not_in_order_and_somebody_is_called(shop: Shop) -> None:
    sheet = shop.do(lambda work: make_check_sheet(work, OIL, {"name": "누유"}))
    value, tick = ids(shop, sheet)
    with pytest.raises(Unanswered):
        shop.do(lambda work: checks.fill_in(work, sheet.code, {tick: Told(ok=True)}))
    with pytest.raises(Unanswered):
        shop.do(lambda work: checks.fill_in(work, sheet.code, {value: Told(value=D("0.5"))}))
    good = shop.do(lambda work: checks.fill_in(work, sheet.code, {value: Told(value=D("0.6")), tick: Told(ok=True)}))
    assert good.passed
    wrong = {value: Told(ok=True, value=D("0.61")), tick: Told(ok=True)}
    bad = shop.do(lambda work: checks.fill_in(work, sheet.code, wrong, "압력 낮음"))
    assert not bad.passed
    with shop.read() as read:
        [call] = open_calls(read, sheet.work_centre_id)
        assert "유압" in (call.note or "")
        kept = check_queries.get_check(read, bad.id)
        assert [(one.name, one.ok, one.value) for one in kept.answers] == [
            ("유압", False, D("0.61")),
            ("누유", True, None),
        ]
    shop.do(lambda work: checks.fill_in(work, sheet.code, wrong))  # one call is enough
    assert stands(shop) == [Standing.FAILED]


def test_a_failed_check_may_hold_the_machine(shop: Shop) -> None:
    sheet = shop.do(lambda work: make_check_sheet(work, on_failure=OnFailure.HOLD))
    [line] = ids(shop, sheet)
    for _twice in range(2):
        shop.do(lambda work: checks.fill_in(work, sheet.code, {line: Told(ok=False)}))
    with shop.read() as read:
        assert "누유 없음" in (read.get_one(Machine, sheet.machine_id).hold_reason or "")
    only = shop.do(lambda work: make_check_sheet(work, on_failure=OnFailure.NOTHING))
    [line] = ids(shop, only)
    assert not shop.do(lambda work: checks.fill_in(work, only.code, {line: Told(ok=False)})).passed
    with shop.read() as read:
        assert read.get_one(Machine, only.machine_id).hold_reason is None
        assert open_calls(read, only.work_centre_id) == []


def test_a_photo_is_asked_for_and_kept(shop: Shop) -> None:
    sheet = shop.do(lambda work: make_check_sheet(work, {"name": "정리정돈", "kind": AnswerKind.PHOTO}))
    [line] = ids(shop, sheet)
    with pytest.raises(Unanswered):
        shop.do(lambda work: checks.fill_in(work, sheet.code, {line: Told(ok=True)}))
    picture = BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    done = shop.do(
        lambda work: checks.fill_in(work, sheet.code, {line: Told(ok=True, photo=("x.jpg", picture.getvalue()))})
    )
    with shop.read() as read:
        [answer] = check_queries.get_check(read, done.id).answers
        assert check_queries.get_answer_photo(read, answer.id).kind == "image/jpeg"
        with pytest.raises(NotFound):
            check_queries.get_answer_photo(read, 999999999)


def test_sheets_and_lines_are_kept_in_order(shop: Shop) -> None:
    centre, elsewhere = shop.do(make_work_centre), shop.do(make_machine)
    with pytest.raises(HoldWithoutMachine):
        shop.do(lambda work: make_check_sheet(work, work_centre_id=centre.id, on_failure=OnFailure.HOLD))
    with pytest.raises(MachineElsewhere):
        shop.do(lambda work: make_check_sheet(work, work_centre_id=centre.id, machine_id=elsewhere.id))
    sheet = shop.do(make_check_sheet)
    with pytest.raises(PositionTaken):
        shop.do(lambda work: checks.set_line(work, sheet.code, 1, name="소음"))
    with pytest.raises(NoLimits):
        shop.do(lambda work: checks.set_line(work, sheet.code, 2, name="소음", lower=D(1)))
    with pytest.raises(NoLimits):
        shop.do(
            lambda work: checks.set_line(
                work, sheet.code, 2, name="소음", kind=AnswerKind.VALUE, lower=D(2), upper=D(1)
            )
        )
    shop.do(lambda work: checks.drop_line(work, sheet.code, 1))
    with pytest.raises(NotFound):
        shop.do(lambda work: checks.drop_line(work, sheet.code, 1))
    with pytest.raises(NothingToCheck):
        shop.do(lambda work: checks.fill_in(work, sheet.code, {}))
    shop.do(lambda work: checks.set_line(work, sheet.code, 1, name="소음"))
    with pytest.raises(StaleEdit):
        shop.do(lambda work: checks.change_sheet(work, sheet.code, version=9, name="다른 이름"))
    with shop.read() as read:
        with pytest.raises(NotFound):
            check_queries.get_sheet(read, "NONE")
        with pytest.raises(NotFound):
            check_queries.get_check(read, 999999999)


def test_the_leader_writes_sheets_at_the_desk(app: Flask, shop: Shop) -> None:
    leader = Desk(app, shop, Role.LEADER)
    machine = shop.do(make_machine)
    assert "No check sheets yet" in leader.see("/checks")
    given: dict[str, Any] = {
        "name": "일상점검",
        "work_centre_id": machine.work_centre_id,
        "machine_id": machine.id,
        "every": "day",
    }
    given |= {"within_minutes": 60, "on_failure": "call"}
    assert leader.press("/new/check-sheet", code="CS-1", **given) == "/check-sheets/CS-1"
    leader.see("/new/check-sheet")
    leader.press("/change/check-sheet/CS-1", **given, active="y", version=1)
    leader.press("/new/check-line/CS-1", 422, position=1, name="유압", kind="tick", lower="0.4")
    leader.press("/new/check-line/CS-1", position=1, name="유압", kind="value", lower="0.4", upper="0.6", unit="MPa")
    leader.press("/new/check-line/CS-1", position=2, name="청소", kind="tick")
    assert 'value="3"' in leader.see("/new/check-line/CS-1")
    leader.press("/check-lines/2/CS-1", name="청소 상태", kind="photo")
    assert "청소 상태" in leader.see("/check-lines/2/CS-1")
    leader.press("/drop-check-line/2/CS-1")
    page = leader.see("/check-sheets/CS-1")
    assert "0.4 – 0.6" in page
    assert "청소 상태" not in page
    assert "Nothing was filled in yet" in leader.see("/checks/done")
    assert "Overdue" in leader.see("/checks")
    leader.press("/change/check-sheet/CS-1", **given, version=1)
    assert "Not in use" in leader.see("/checks")


def test_an_answer_goes_with_the_words_that_were_read(app: Flask, floor: Floor, shop: Shop) -> None:
    lines = ({"name": "누유 없음"}, {"name": "소음 없음"}, OIL)
    sheet = shop.do(lambda work: make_check_sheet(work, *lines, work_centre_id=floor.kettle.id, code="CS-K"))
    oil, noise, value = ids(shop, sheet)
    tablet = Tablet(app, floor)
    tablet.badge(floor.kim)
    page = tablet.open("/station/checks/CS-K")
    shown = dict(re.findall(r'name="(asked-\d+)" value="(\w+)"', page))
    sent = shown | {f"ok-{oil}": "yes", f"ok-{noise}": "yes", f"value-{value}": "0.5"}
    shop.do(lambda work: checks.drop_line(work, "CS-K", 2))  # meanwhile the leader takes one out,
    shop.do(lambda work: checks.set_line(work, "CS-K", 1, again=True, name="안전 덮개 닫힘"))  # and asks another thing
    again = tablet.press("/station/checks/CS-K", **sent)
    assert again.status_code == 422
    assert "안전 덮개 닫힘" in words(again.text)
    assert 'value="0.5"' in again.text, "what was answered and is still asked stays"
    assert " checked" not in again.text, "of the guard nothing was said"
    with shop.read() as read:
        assert not check_queries.page_of_checks(read).rows
    shown = dict(re.findall(r'name="(asked-\d+)" value="(\w+)"', again.text))
    assert (
        tablet.press("/station/checks/CS-K", **shown, **{f"ok-{oil}": "no", f"value-{value}": "0.5"}).status_code == 200
    )
    with shop.read() as read:
        [check] = check_queries.page_of_checks(read).rows
        answers = check_queries.get_check(read, check.id).answers
    assert [(one.name, one.ok) for one in answers] == [("안전 덮개 닫힘", False), ("유압", True)]


def test_an_operator_fills_a_sheet_in_at_the_tablet(app: Flask, floor: Floor, shop: Shop) -> None:
    centre = floor.kettle.id
    sheet = shop.do(lambda work: make_check_sheet(work, OIL, {"name": "누유"}, work_centre_id=centre, code="CS-K"))
    value, tick = ids(shop, sheet)
    tablet = Tablet(app, floor)
    assert "일상점검" in words(tablet.badge(floor.kim).text)
    assert sheet.name in words(tablet.open("/station/checks"))
    assert "0.4 – 0.6" in words(tablet.open("/station/checks/CS-K"))
    assert tablet.press("/station/checks/CS-K", **{f"value-{value}": "반", f"ok-{tick}": "yes"}).status_code == 422
    again = tablet.press("/station/checks/CS-K", **{f"value-{value}": "0.5"})
    assert again.status_code == 422
    assert 'value="0.5"' in again.text
    done = tablet.press("/station/checks/CS-K", **{f"value-{value}": "0.5", f"ok-{tick}": "no"})
    assert "이상 1건" in words(done.text)
    desk = Desk(app, shop, Role.QUALITY)
    assert sheet.name in desk.see("/checks/done")
    with shop.read() as read:
        [check] = check_queries.page_of_checks(read).rows
    assert "Not in order" in desk.see(f"/checks/done/{check.id}")
    assert shop.now - check.at < timedelta(minutes=1)
