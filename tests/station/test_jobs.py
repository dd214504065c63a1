"""Working on a job at the tablet: start, materials, results, undo, finish."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mes.core.files import SentFile
from mes.core.i18n import speaking, stamp
from mes.core.plant import Strictness
from mes.core.sent import sent_files
from mes.equipment.service import change_machine
from mes.items.counting import decimals_of
from mes.items.models import Tracking
from mes.lots.models import Lot
from mes.orders.models import Job, JobState, OrderState, Report
from mes.orders.rules import JobIsPaused, JobNotStarted
from mes.orders.service import hold_order
from mes.people.plant import set_up_plant
from mes.quality.models import Defect
from mes.station.forms import DefectForm
from tests.conftest import Shop
from tests.quality.workshop import snapshot
from tests.station.floor import Floor, Tablet, says, words

D = Decimal


def at_work(floor: Floor, tablet: Tablet, quantity: int = 100, flour: int = 200) -> Job:
    """Kim is signed in and has a job running with its flour scanned."""
    floor.receive(floor.film, 5000)
    [lot] = floor.receive(floor.flour, flour)
    job = floor.order(quantity).jobs[0]
    floor.start(job)
    floor.scan(job, lot)
    tablet.badge(floor.kim)
    return job


def strict(shop: Shop) -> None:
    """The plant refuses lots that are not first out."""
    shop.do(lambda work: set_up_plant(work, name="떡집", first_out=Strictness.REFUSE))


def test_with_two_kettles_nobody_guesses_which_one_is_meant(floor: Floor, tablet: Tablet) -> None:
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    tablet.press(f"/station/jobs/{job.code}/start")
    assert floor.see_job(job).machine_id is None


def test_the_only_machine_of_a_work_centre_is_taken_without_asking(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    shop.do(lambda work: change_machine(work, "KT-1", active=False))
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    tablet.press(f"/station/jobs/{job.code}/start")
    assert floor.see_job(job).machine_id == floor.machine.id


def test_a_machine_of_another_place_is_refused(floor: Floor, tablet: Tablet) -> None:
    job = floor.order().jobs[1]
    tablet.badge(floor.kim)
    answer = tablet.press(f"/station/jobs/{job.code}/start", machine="KT-1")
    assert answer.status_code == 409


def test_a_job_is_paused_and_goes_on(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    tablet.press(f"/station/jobs/{job.code}/pause")
    assert floor.see_job(job).state is JobState.PAUSED
    tablet.press(f"/station/jobs/{job.code}/start")
    assert floor.see_job(job).state is JobState.RUNNING


def test_a_double_tap_records_once(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    job = at_work(floor, tablet)
    for _ in range(2):
        assert tablet.press(f"/station/jobs/{job.code}/report", once="the-same-touch", good="30").status_code == 200
    assert floor.see_job(job).good == 30


def test_the_same_sheet_saved_again_says_that_nothing_was_added_and_offers_a_fresh_one(
    floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    job = at_work(floor, tablet)
    sheet = f"/station/jobs/{job.code}/report"
    tablet.press(sheet, once="the-same-sheet", good="30")
    shop.later(minutes=20)
    tablet.client.environ_base["HTTP_REFERER"] = f"http://localhost{sheet}"
    again = tablet.press(sheet, once="the-same-sheet", good="30")
    with speaking("ko", "Asia/Seoul"):
        before = stamp(floor.shop.now - timedelta(minutes=20))
    assert f"{before}에 이미 기록되었습니다" in words(again.text)
    assert f'href="http://localhost{sheet}"' in again.text
    assert floor.see_job(job).good == 30


def test_fewer_pieces_than_planned_are_asked_about_with_buttons_that_say_what_they_do(
    floor: Floor, tablet: Tablet
) -> None:
    job = at_work(floor, tablet)
    tablet.press(f"/station/jobs/{job.code}/report", good="48")
    answer = tablet.press(f"/station/jobs/{job.code}/finish")
    assert 'data-feedback="ask"' in answer.text
    assert "48 EA로 완료 계속 작업" in words(answer.text)
    assert "48 EA" in words(tablet.press(f"/station/jobs/{job.code}/report", good="100").text)
    tablet.press(f"/station/jobs/{job.code}/finish", confirmed="1")
    assert "다시 작업하려면" in words(tablet.open(f"/station/jobs/{job.code}"))


def test_a_scan_before_the_start_says_to_start_first(floor: Floor, tablet: Tablet) -> None:
    [lot] = floor.receive(floor.flour, 200)
    job = floor.order().jobs[0]
    tablet.badge(floor.kim)
    assert says(tablet.scan(lot.code, job.code), JobNotStarted(job="증숙"))
    floor.start(job)
    tablet.press(f"/station/jobs/{job.code}/pause")
    assert says(tablet.scan(lot.code, job.code), JobIsPaused(job="증숙"))


def test_a_photo_of_a_defect_is_whole_when_the_act_is_done_over(app: Flask) -> None:
    sent = {"photos": (BytesIO(snapshot()), "torn.jpg")}
    with app.test_request_context(method="POST", data=sent):
        form = DefectForm()
        assert sent_files(form.photos.data) == sent_files(form.photos.data) == [SentFile("torn.jpg", snapshot())]


def test_a_number_that_is_none_comes_back_with_what_was_typed(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    answer = tablet.press(f"/station/jobs/{job.code}/report", good="1x", **{"defect-TORN": "2"})
    assert answer.status_code == 422
    assert 'value="1x"' in answer.text
    assert 'value="2"' in answer.text
    assert floor.see_job(job).good == 0


def test_more_than_planned_is_asked_for_before_it_is_saved(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    address = f"/station/jobs/{job.code}/report"
    answer = tablet.press(address, good="120")
    assert answer.status_code == 409
    assert 'name="confirmed"' in answer.text
    assert tablet.press(address, good="120", confirmed="1").status_code == 200
    assert floor.see_job(job).good == 120


def test_the_last_operation_makes_a_lot_that_is_shown(app: Flask, floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    tablet.press(f"/station/jobs/{job.code}/report", good="50")
    packing = floor.see_order(floor.see_job(job).order.code).jobs[1]
    second = Tablet(app, floor, "T2")
    second.badge(floor.nguyen)
    second.press(f"/station/jobs/{packing.code}/start")
    answer = second.press(f"/station/jobs/{packing.code}/report", good="40")
    with floor.shop.read() as read:
        made = read.query(Lot).filter_by(item_id=floor.cake.id).one()
    assert made.on_hand == 40
    assert made.code in words(answer.text)


def test_every_serial_number_made_is_listed(app: Flask, shop: Shop) -> None:
    floor = Floor(shop, Tracking.SERIAL)
    tablet = Tablet(app, floor)
    job = at_work(floor, tablet, quantity=3)
    tablet.press(f"/station/jobs/{job.code}/report", good="3")
    packing = floor.see_order(floor.see_job(job).order.code).jobs[1]
    tablet.scan(packing.code, confirmed="1")
    tablet.press(f"/station/jobs/{packing.code}/start")
    answer = tablet.press(f"/station/jobs/{packing.code}/report", good="2")
    with shop.read() as read:
        serials = [lot.code for lot in read.query(Lot).filter_by(item_id=floor.cake.id)]
    assert len(serials) == 2
    assert all(code in words(answer.text) for code in serials)


def test_a_defect_alone_counts_and_keeps_its_photo(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    job = at_work(floor, tablet)
    photo = (BytesIO(snapshot((64, 64))), "bad.jpg")
    answer = tablet.press(f"/station/jobs/{job.code}/defect", code="TORN", quantity="1", photos=photo)
    assert answer.status_code == 200, words(answer.text)
    assert floor.see_job(job).defective == 1
    with shop.read() as read:
        assert read.query(Defect).one().photo_id is not None


def test_a_defect_without_its_type_is_not_saved(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    answer = tablet.press(f"/station/jobs/{job.code}/defect", quantity="1")
    assert answer.status_code == 422
    assert "불량유형" in words(answer.text)


def test_a_photo_that_is_none_is_refused_in_words(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    fake = (BytesIO(b"<html>"), "bad.png")
    answer = tablet.press(f"/station/jobs/{job.code}/defect", code="TORN", quantity="1", photos=fake)
    assert answer.status_code == 422
    assert floor.see_job(job).defective == 0


def test_the_author_undoes_within_minutes_and_a_leader_later_with_a_reason(
    floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    job = at_work(floor, tablet)
    tablet.press(f"/station/jobs/{job.code}/report", good="30")
    with shop.read() as read:
        ident = read.query(Report).one().id
    shop.later(minutes=11)
    address = f"/station/jobs/{job.code}/reports/{ident}/undo"
    assert f"reports/{ident}/undo" not in tablet.open(f"/station/jobs/{job.code}")
    assert tablet.press(address).status_code == 409
    tablet.badge(floor.park)
    assert f"reports/{ident}/undo" in tablet.open(f"/station/jobs/{job.code}")
    assert tablet.press(address, reason="수량 오류").status_code == 200
    assert floor.see_job(job).good == 0


def test_a_lot_that_was_scanned_by_mistake_is_given_back(floor: Floor, tablet: Tablet) -> None:
    [flour] = floor.receive(floor.flour, 60)
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    page = tablet.scan(flour.code, job.code).text
    address = page.split('/undo"')[0].rsplit('action="', 1)[1] + "/undo"
    assert "/taken/" in address
    assert tablet.press(address).status_code == 200
    assert floor.lot(flour).on_hand == 60


def test_fewer_than_planned_is_asked_for_before_a_job_is_finished(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    tablet.press(f"/station/jobs/{job.code}/report", good="30")
    answer = tablet.press(f"/station/jobs/{job.code}/finish")
    assert answer.status_code == 409
    assert 'name="confirmed"' in answer.text
    tablet.press(f"/station/jobs/{job.code}/finish", confirmed="1")
    assert floor.see_job(job).state is JobState.DONE


def test_a_held_order_says_why_and_takes_no_entries(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    job = at_work(floor, tablet)
    code = floor.see_job(job).order.code
    shop.do(lambda work: hold_order(work, code, "고객 문의"))
    assert "고객 문의" in words(tablet.open(f"/station/jobs/{job.code}"))
    assert "보류" in words(tablet.open("/station/queue"))
    assert tablet.press(f"/station/jobs/{job.code}/report", good="1").status_code == 409
    assert floor.see_order(code).state is OrderState.HELD


def test_nothing_is_reported_before_the_first_piece_has_passed(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet)
    floor.inspect_first_pieces(job)
    assert "품질 호출" in words(tablet.open(f"/station/jobs/{job.code}"))
    assert tablet.press(f"/station/jobs/{job.code}/report", good="1").status_code == 409
    address = f"/station/jobs/{job.code}/inspect/first"
    assert tablet.client.get(address).status_code == 403
    tablet.badge(floor.lee)
    assert "중심 온도" in words(tablet.open(address))
    assert "불합격" in words(measured(tablet, address, "84", "30", "40").text)
    assert "합격" in words(measured(tablet, address, "90", "30", "40").text)
    assert floor.see_job(job).first_piece_passed


def measured(tablet: Tablet, address: str, *values: str) -> TestResponse:
    """Begin at this address, send one value after the other, and close."""
    page = tablet.press(address).text
    for value in values:
        [here], [place] = re.findall(r'action="([^"]+/readings)"', page), re.findall(r'name="at" value="([^"]+)"', page)
        page = tablet.press(here, at=place, value=value).text
    return tablet.press(here.replace("/readings", "/close"))


def test_a_lot_that_is_not_first_out_is_used_only_with_a_leaders_badge(
    floor: Floor, tablet: Tablet, shop: Shop
) -> None:
    strict(shop)
    [early] = floor.receive(floor.flour, 60, days=10)
    [late] = floor.receive(floor.flour, 60, days=20)
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    refused = tablet.scan(late.code, job.code)
    assert refused.status_code == 409
    assert early.code in words(refused.text)
    assert late.code in words(refused.text)
    address = f"/station/jobs/{job.code}/allow"
    for nobody in (floor.kim.badge, "NOT-A-BADGE"):
        again = tablet.press(address, lot=late.code, text=nobody, reason="The other lot is damaged")
        assert again.status_code == 403
        assert f'value="{late.code}"' in again.text
    assert tablet.press(address, lot=late.code, text=floor.park.badge).status_code == 422
    done = tablet.press(address, lot=late.code, text=floor.park.badge, reason="The other lot is damaged")
    assert done.status_code == 200, words(done.text)
    assert floor.lot(late).on_hand == 10


def test_a_leader_who_is_signed_in_allows_it_without_a_second_scan(floor: Floor, tablet: Tablet, shop: Shop) -> None:
    strict(shop)
    floor.receive(floor.flour, 60, days=10)
    [late] = floor.receive(floor.flour, 60, days=20)
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.park)
    tablet.scan(late.code, job.code)
    done = tablet.press(f"/station/jobs/{job.code}/allow", lot=late.code, reason="The other lot is damaged")
    assert done.status_code == 200
    assert floor.lot(late).on_hand == 10


def test_where_the_plant_only_warns_the_better_lot_is_named(floor: Floor, tablet: Tablet) -> None:
    [early] = floor.receive(floor.flour, 60, days=10)
    [late] = floor.receive(floor.flour, 60, days=20)
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    seen = words(tablet.scan(late.code, job.code).text)
    assert early.code in seen
    assert floor.lot(late).on_hand == 10


def test_more_of_a_material_is_taken_by_typing_how_much(floor: Floor, tablet: Tablet) -> None:
    job = at_work(floor, tablet, quantity=100, flour=200)
    [more] = floor.receive(floor.flour, 30)
    refused = tablet.scan(more.code, job.code)
    assert refused.status_code == 409
    address = f"/station/jobs/{job.code}/take/{more.code}"
    assert address in refused.text
    assert "30" in words(tablet.open(address))
    assert tablet.press(address, quantity="2.5").status_code == 200
    assert floor.lot(more).on_hand == D("27.5")


@pytest.mark.parametrize(("unit", "places"), [("EA", 0), ("개", 0), ("kg", 3), ("L", 3)])
def test_pieces_are_counted_whole_and_what_is_weighed_with_decimals(floor: Floor, unit: str, places: int) -> None:
    floor.cake.unit = unit
    assert decimals_of(floor.cake) == places
