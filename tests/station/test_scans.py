"""What one scan does at a tablet."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mes.core.commands import COMMANDS, Command
from mes.inspection.models import InspectionKind, SampleRule
from mes.inspection.service import StandardData
from mes.items.service import change_item
from mes.lots.models import Lot
from mes.orders.models import Job, JobState
from mes.station.rules import JobElsewhere, NothingHere, NothingToUndo, NoUseHere, SeveralLots, UnknownCode, WhichJob
from tests.conftest import Shop
from tests.core.hangul_keyboard import typed
from tests.factories import make_machine, make_released_standard, make_tool
from tests.station.floor import Floor, Tablet, says, words

CODES = {command: code for code, command in COMMANDS.items()}


@pytest.fixture
def flour(floor: Floor) -> Lot:
    """Sixty kilos at the kettle."""
    return floor.receive(floor.flour, 60)[0]


@pytest.fixture
def job(floor: Floor, tablet: Tablet) -> Job:
    """A job of a hundred cakes that runs; Kim is signed in."""
    running = floor.order().jobs[0]
    floor.start(running)
    tablet.badge(floor.kim)
    return running


def test_an_order_opens_its_job_at_this_work_centre(floor: Floor, tablet: Tablet) -> None:
    order = floor.order()
    tablet.badge(floor.kim)
    assert tablet.scan(order.code).request.path == f"/station/jobs/{order.jobs[0].code}"


def test_an_order_with_nothing_to_do_here_is_named(floor: Floor, tablet: Tablet, job: Job) -> None:
    code = floor.see_job(job).order.code
    floor.receive(floor.flour, 60)
    tablet.press(f"/station/jobs/{job.code}/finish", confirmed="1")
    assert says(tablet.scan(code), NothingHere(order=code, here="증숙"))


def test_a_job_of_another_work_centre_asks_first(floor: Floor, tablet: Tablet) -> None:
    packing = floor.order().jobs[1]
    tablet.badge(floor.kim)
    answer = tablet.scan(packing.code)
    assert says(answer, JobElsewhere(job=packing.code, place="포장", here="증숙"))
    assert 'name="confirmed"' in answer.text
    assert "포장" in words(tablet.scan(packing.code, confirmed="1").text)


def test_a_lot_is_taken_for_the_only_job_that_runs_here(floor: Floor, tablet: Tablet, job: Job, flour: Lot) -> None:
    assert tablet.scan(flour.code).request.path == f"/station/jobs/{job.code}"
    assert floor.lot(flour).on_hand == 10


def test_with_two_jobs_running_the_tablet_asks_which_one(floor: Floor, tablet: Tablet, job: Job, flour: Lot) -> None:
    floor.start(floor.order().jobs[0])
    assert says(tablet.scan(flour.code), WhichJob(code=flour.code))
    assert floor.lot(flour).on_hand == 60


def test_a_lot_typed_into_a_hangul_keyboard_is_taken(floor: Floor, tablet: Tablet, job: Job, flour: Lot) -> None:
    assert tablet.scan(typed(flour.code), job.code).status_code == 200
    assert floor.lot(flour).on_hand == 10


def test_a_wrong_lot_is_refused_naming_it_and_what_is_wanted(floor: Floor, tablet: Tablet, job: Job) -> None:
    [film] = floor.receive(floor.film, 10)
    answer = tablet.scan(film.code, job.code)
    assert answer.status_code == 409
    assert film.code in words(answer.text)
    assert "쌀가루" in words(answer.text)
    assert 'data-feedback="no"' in answer.text


def test_two_tablets_at_the_last_of_a_lot_one_succeeds_the_other_is_told(
    app: Flask, floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    [last] = floor.receive(floor.flour, 50)
    first, second = (floor.order().jobs[0] for _ in range(2))
    other = Tablet(app, floor)
    for each, who, job in ((tablet, floor.kim, first), (other, floor.nguyen, second)):
        floor.start(job)
        each.badge(who)
    assert tablet.scan(last.code, first.code).status_code == 200
    answer = other.scan(last.code, second.code)
    assert answer.status_code == 409
    assert last.code in words(answer.text)
    assert "김미숙" in words(answer.text)


def test_a_suppliers_number_is_taken_when_only_one_lot_has_it(
    floor: Floor, tablet: Tablet, job: Job, flour: Lot
) -> None:
    assert tablet.scan("A-77", job.code).status_code == 200
    assert floor.lot(flour).on_hand == 10


def test_a_suppliers_number_of_several_lots_is_not_guessed(floor: Floor, tablet: Tablet, job: Job, flour: Lot) -> None:
    floor.receive(floor.flour, 60)
    assert says(tablet.scan("A-77", job.code), SeveralLots(code="A-77"))


def test_a_defect_code_opens_the_defect_with_it_chosen(tablet: Tablet, job: Job) -> None:
    answer = tablet.scan("TORN", job.code)
    assert answer.request.path == f"/station/jobs/{job.code}/defect"
    assert 'value="TORN" checked' in answer.text


def test_a_code_without_use_at_a_station_says_what_can_be_scanned(tablet: Tablet, job: Job) -> None:
    assert says(tablet.scan("CAKE", job.code), NoUseHere(kind="품목", code="CAKE"))


def test_an_unknown_code_is_named_in_one_plain_sentence(tablet: Tablet, job: Job) -> None:
    answer = tablet.scan("NO-SUCH", job.code)
    assert says(answer, UnknownCode(code="NO-SUCH"))
    assert "검사기준" not in answer.text


def test_command_codes_do_what_the_keys_do(floor: Floor, tablet: Tablet, job: Job) -> None:
    tablet.scan(CODES[Command.PAUSE], job.code)
    assert floor.see_job(job).state is JobState.PAUSED
    tablet.scan(CODES[Command.START], job.code)
    assert floor.see_job(job).state is JobState.RUNNING
    assert tablet.scan(CODES[Command.REPORT], job.code).request.path.endswith("/report")
    assert tablet.scan(CODES[Command.DEFECT], job.code).request.path.endswith("/defect")


def test_finishing_by_scan_asks_and_the_second_scan_answers(floor: Floor, tablet: Tablet, job: Job) -> None:
    asked = tablet.scan(CODES[Command.FINISH], job.code)
    assert asked.status_code == 409
    assert 'name="asked" value="finish"' in asked.text
    tablet.scan(CODES[Command.FINISH], job.code, asked="finish")
    assert floor.see_job(job).state is JobState.DONE


def test_undoing_by_scan_asks_and_the_second_scan_answers(floor: Floor, tablet: Tablet, job: Job, flour: Lot) -> None:
    tablet.scan(flour.code, job.code)
    asked = tablet.scan(CODES[Command.UNDO], job.code)
    assert "data-open-now" in asked.text
    tablet.scan(CODES[Command.UNDO], job.code, asked="undo")
    assert floor.lot(flour).on_hand == 60


def test_an_undo_without_anything_to_undo_says_so(tablet: Tablet, job: Job) -> None:
    assert says(tablet.scan(CODES[Command.UNDO], job.code), NothingToUndo())


def test_what_was_typed_on_the_sheet_survives_the_scan_of_a_lot(tablet: Tablet, job: Job, flour: Lot) -> None:
    page = tablet.scan(flour.code, job.code, sheet="1", **{"typed-good": "37", "typed-defect-TORN": "2"}).text
    assert 'name="good" value="37"' in page
    assert 'name="defect-TORN" value="2"' in page


def test_what_was_typed_on_the_sheet_survives_a_refused_scan(tablet: Tablet, job: Job, flour: Lot) -> None:
    refused = tablet.scan("FIND-NOTHING", job.code, sheet="1", **{"typed-good": "37", "typed-defect-TORN": "2"})
    assert refused.status_code == 404
    assert "report?good=37&amp;defect-TORN=2" in refused.text
    assert 'name="typed-good" value="37"' in refused.text
    assert 'name="sheet" value="1"' in refused.text


def test_a_tablet_that_opens_again_after_a_refused_scan_is_at_its_station(tablet: Tablet, job: Job) -> None:
    for act in ("scan", f"jobs/{job.code}/start"):
        assert tablet.client.get(f"/station/{act}").location == "/station"


def test_the_command_codes_can_be_printed(tablet: Tablet, floor: Floor) -> None:
    tablet.badge(floor.kim)
    page = tablet.open("/station/codes")
    assert all(code in page for code in COMMANDS)


def test_a_mould_is_mounted_by_its_label_or_by_a_touch(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    assert "Mould or tool" not in words(tablet.open(f"/station/jobs/{job.code}"))
    mould = shop.do(lambda work: make_tool(work, code="M-7", name="가래떡 노즐"))
    other = shop.do(lambda work: make_tool(work, code="M-8", name="절편 노즐"))
    assert "가래떡 노즐을 장착했습니다." in words(tablet.scan(mould.tag, job.code).text)
    assert floor.see_job(job).tool_id == mould.id
    assert "가래떡 노즐" in words(tablet.open(f"/station/jobs/{job.code}"))
    assert "M-8" in tablet.open(f"/station/jobs/{job.code}/tool")
    tablet.press(f"/station/jobs/{job.code}/tool", tool=other.code)
    assert floor.see_job(job).tool_id == other.id
    tablet.press(f"/station/jobs/{job.code}/tool", tool="")
    assert floor.see_job(job).tool_id is None
    assert tablet.press(f"/station/jobs/{job.code}/tool", tool="M-9").status_code == 404


def test_an_inspector_who_scans_a_lot_that_waits_begins_its_inspection(
    floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    shop.do(lambda work: change_item(work, "RF", inspect_incoming=True))
    how = StandardData(sample_rule=SampleRule.AQL, aql="1.0", level="II")
    shop.do(lambda work: make_released_standard(work, floor.flour, kind=InspectionKind.INCOMING, data=how))
    [lot] = floor.receive(floor.flour, 500)
    tablet.badge(floor.kim)
    assert says(tablet.scan(lot.code), WhichJob(code=lot.code))
    tablet.badge(floor.lee)
    page = words(tablet.scan(lot.code).text)
    assert "수입검사" in page
    assert "50개" in page
    assert "AQL 1.0" in page
    begun = words(tablet.press(f"/station/lots/{lot.code}/inspect/incoming").text)
    assert lot.code in begun
    assert "0 / 50" in begun


def test_a_leader_scans_free_material_for_the_running_job_and_not_for_an_inspection(
    floor: Floor, tablet: Tablet
) -> None:
    [lot] = floor.receive(floor.flour, 200)
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.park)
    tablet.scan(lot.code)
    assert floor.lot(lot).on_hand == 150
    tablet.badge(floor.lee)
    assert "이 품목에는 검사항목이 없습니다" in words(tablet.scan(lot.code).text)


def offered(answer: TestResponse) -> list[str]:
    """What the page asks to choose among."""
    return re.findall(r'name="meant" value="([^"]+)"', answer.text)


def test_a_code_of_two_things_asks_which_is_meant(floor: Floor, tablet: Tablet, job: Job) -> None:
    floor.shop.do(lambda work: make_machine(work, code="SAME"))
    floor.shop.do(lambda work: make_tool(work, code="SAME"))
    asked = tablet.scan("SAME", job.code)
    assert asked.status_code == 409
    assert offered(asked) == ["machine:SAME", "tool:SAME"]
    assert 'name="text" value="SAME"' in asked.text, "what was scanned is sent again"
    chosen = tablet.scan("SAME", job.code, meant="tool:SAME")
    assert not offered(chosen)
    assert floor.see_job(job).tool_id is not None


def test_a_misread_lot_is_taken_when_the_near_one_is_chosen(floor: Floor, tablet: Tablet, job: Job, flour: Lot) -> None:
    wrong = flour.code[:-2] + ("1" if flour.code[-2] != "1" else "2") + flour.code[-1]
    asked = tablet.scan(wrong, job.code)
    assert f"lot:{flour.code}" in offered(asked)
    assert floor.lot(flour).on_hand == 60, "nothing is taken before somebody says so"
    tablet.scan(wrong, job.code, meant=f"lot:{flour.code}")
    assert floor.lot(flour).on_hand == 10


def test_a_choice_that_does_not_exist_is_read_as_the_scan(tablet: Tablet, job: Job) -> None:
    for made_up in ("lot:NONE", "lot", ":", "machine:' OR 1=1", "nonsense:L1"):
        assert tablet.scan("NOWHERE", job.code, meant=made_up).status_code == 404
