"""What a station asks its leader for: another lot, or an old entry undone. Nothing happens before the answer."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from flask import Flask

from mes.core.access import Actor, Role
from mes.core.errors import NotFound, ReasonNeeded, Refused
from mes.core.plant import Strictness
from mes.leader import service
from mes.leader.models import Ask, AskState
from mes.leader.rules import AlreadyAnswered, AlreadyAsked, NotYours, WithdrawnMeanwhile
from mes.lots.models import Lot, Movement
from mes.orders.models import Job, Report
from mes.orders.rules import NotInThisState
from mes.orders.service import finish_job, start_job
from mes.people.plant import set_up_plant
from tests.conftest import Shop
from tests.desk import Desk
from tests.station.floor import Floor, Tablet, words

D = Decimal
REASON = "The other lot cannot be reached now"


def newest(shop: Shop) -> Ask:
    with shop.read() as read:
        return read.query(Ask).order_by(Ask.id.desc()).first()  # type: ignore[return-value]


@pytest.fixture
def job(floor: Floor, tablet: Tablet, shop: Shop) -> Job:
    """Kim has a job running; the plant refuses lots that are not first out."""
    shop.do(lambda work: set_up_plant(work, name="떡집", first_out=Strictness.REFUSE))
    job = floor.order().jobs[0]
    floor.start(job)
    tablet.badge(floor.kim)
    return job


@pytest.fixture
def later(floor: Floor, job: Job) -> Lot:
    """A lot that is not first out."""
    floor.receive(floor.flour, 60, days=10)
    [lot] = floor.receive(floor.flour, 60, days=20)
    return lot


def test_a_refused_lot_offers_to_ask_the_leader(tablet: Tablet, job: Job, later: Lot) -> None:
    page = tablet.scan(later.code, job.code).text
    assert f'formaction="/station/jobs/{job.code}/ask-lot"' in page


def test_the_leader_allows_another_lot_from_his_phone_and_it_is_taken(
    tablet: Tablet, phone: Desk, floor: Floor, shop: Shop, job: Job, later: Lot
) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    assert ask.state is AskState.OPEN
    assert floor.lot(later).on_hand == 60
    shop.later(minutes=4)
    page = phone.see("/floor")
    assert later.code in page
    assert "Allow another lot" in page
    phone.press(f"/floor/requests/{ask.id}/grant")
    assert floor.lot(later).on_hand == 10
    taken = taken_of(shop, later)
    assert taken.person_id == floor.kim.id
    assert later.code in words(tablet.open(f"/station/jobs/{job.code}"))
    tablet.press(f"/station/asks/{ask.id}/seen", job=job.code)
    assert "Seen" not in tablet.open(f"/station/jobs/{job.code}")


def taken_of(shop: Shop, lot: Lot) -> Movement:
    with shop.read() as read:
        return read.query(Movement).filter_by(lot_id=lot.id).order_by(Movement.id.desc()).first()  # type: ignore[return-value]


def test_a_refusal_tells_the_station_why(tablet: Tablet, phone: Desk, shop: Shop, job: Job, later: Lot) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    phone.press(f"/floor/requests/{ask.id}/deny", reason="I am coming", answer="이미 가는 중")
    assert newest(shop).state is AskState.DENIED
    assert "이미 가는 중" in words(tablet.open("/station/queue"))


def test_no_is_said_with_a_reason(phone: Desk, tablet: Tablet, shop: Shop, job: Job, later: Lot) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.deny(work, ask.id, "  "))


def test_the_same_is_not_asked_twice(tablet: Tablet, floor: Floor, shop: Shop, job: Job, later: Lot) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    with pytest.raises(AlreadyAsked):
        shop.do(
            lambda work: service.ask_for_lot(
                work, station_id=floor.station("T1").id, job_code=job.code, lot_code=later.code, why="급함"
            )
        )


def test_what_is_asked_needs_a_reason(floor: Floor, shop: Shop, job: Job, later: Lot) -> None:
    with pytest.raises(ReasonNeeded):
        shop.do(
            lambda work: service.ask_for_lot(
                work, station_id=floor.station("T1").id, job_code=job.code, lot_code=later.code, why=" "
            )
        )


def test_only_one_leader_answers(tablet: Tablet, shop: Shop, job: Job, later: Lot) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    shop.do(lambda work: service.grant(work, ask.id))
    with pytest.raises(AlreadyAnswered):
        shop.do(lambda work: service.deny(work, ask.id, "늦음"))


def test_of_two_who_answer_one_request_at_once_one_decides_and_the_other_is_told_who(
    tablet: Tablet, floor: Floor, shop: Shop, job: Job, later: Lot
) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask, both = newest(shop), Barrier(2)

    def granted(name: str) -> Refused | None:
        actor = Actor(name, frozenset({Role.LEADER}), floor.park.id)
        both.wait()
        try:
            shop.do(lambda work: service.grant(work, ask.id), actor=actor)
        except Refused as refused:
            return refused
        return None

    with ThreadPoolExecutor(2) as leaders:
        answers = dict(zip(("Park", "Choi"), leaders.map(granted, ("Park", "Choi")), strict=True))
    decided = str(newest(shop).answered_by)
    [other] = answers.keys() - {decided}
    refused = answers[other]
    assert answers[decided] is None
    assert isinstance(refused, AlreadyAnswered)
    assert refused.values["who"] == decided
    assert floor.lot(later).on_hand == 10  # taken once


def test_what_was_withdrawn_is_not_granted(tablet: Tablet, shop: Shop, floor: Floor, job: Job, later: Lot) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    tablet.press(f"/station/asks/{ask.id}/withdraw", job=job.code)
    with pytest.raises(WithdrawnMeanwhile):
        shop.do(lambda work: service.grant(work, ask.id))
    assert floor.lot(later).on_hand == 60


def test_what_the_rules_still_refuse_stays_open(
    tablet: Tablet, phone: Desk, floor: Floor, shop: Shop, job: Job, later: Lot
) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    shop.do(lambda work: finish_job(work, job.code, confirmed=True))
    with pytest.raises(NotInThisState):
        shop.do(lambda work: service.grant(work, ask.id))
    assert phone.press(f"/floor/requests/{ask.id}/grant", status=409)
    assert newest(shop).state is AskState.OPEN


def test_another_station_neither_withdraws_nor_sees(
    app: Flask, tablet: Tablet, floor: Floor, shop: Shop, job: Job, later: Lot
) -> None:
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    ask = newest(shop)
    other = floor.station("T2")
    with pytest.raises(NotYours):
        shop.do(lambda work: service.withdraw(work, ask.id, other.id))
    with pytest.raises(NotYours):
        shop.do(lambda work: service.see_answer(work, ask.id, other.id))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.see_answer(work, 999999, other.id))


def test_an_old_result_is_undone_by_the_leader_on_request(
    tablet: Tablet, phone: Desk, floor: Floor, shop: Shop, job: Job, later: Lot
) -> None:
    [first] = floor.receive(floor.flour, 60, days=5)
    floor.scan(job, first)
    floor.report(job, 30)
    shop.later(minutes=30)
    page = tablet.open(f"/station/jobs/{job.code}")
    report = int(re.search(rf"/station/jobs/{job.code}/reports/(\d+)/ask", page)[1])  # type: ignore[index]
    tablet.press(f"/station/jobs/{job.code}/reports/{report}/ask", reason="Wrong number")
    ask = newest(shop)
    assert floor.see_job(job).good == 30
    phone.press(f"/floor/requests/{ask.id}/grant")
    assert floor.see_job(job).good == 0
    with shop.read() as read:
        back = read.query(Report).filter_by(reverses_id=report).one()
    assert back.reason == "Wrong number"


def test_material_goes_back_on_request(tablet: Tablet, phone: Desk, floor: Floor, shop: Shop, job: Job) -> None:
    [lot] = floor.receive(floor.flour, 60, days=5)
    tablet.scan(lot.code, job.code)
    shop.later(minutes=30)
    movement = taken_of(shop, lot)
    tablet.press(f"/station/jobs/{job.code}/taken/{movement.id}/ask", reason="Wrong work order")
    phone.press(f"/floor/requests/{newest(shop).id}/grant", answer="ok")
    assert floor.lot(lot).on_hand == 60


def test_nothing_is_asked_about_entries_of_other_jobs(floor: Floor, shop: Shop, job: Job) -> None:
    station = floor.station("T1").id
    with pytest.raises(NotFound):
        shop.do(
            lambda work: service.ask_to_undo_result(
                work, station_id=station, job_code=job.code, report_id=99999, why="x"
            )
        )
    with pytest.raises(NotFound):
        shop.do(
            lambda work: service.ask_to_give_back(
                work, station_id=station, job_code=job.code, movement_id=99999, why="x"
            )
        )


def test_an_operator_does_not_answer(app: Flask, shop: Shop, floor: Floor) -> None:
    assert floor.kettle.name not in Desk(app, shop, Role.OPERATOR).see("/floor", 403)


def test_the_list_of_requests_keeps_the_answers(tablet: Tablet, phone: Desk, shop: Shop, job: Job, later: Lot) -> None:
    assert "No requests yet" in phone.see("/floor/requests")
    tablet.press(f"/station/jobs/{job.code}/ask-lot", lot=later.code, reason=REASON)
    phone.press(f"/floor/requests/{newest(shop).id}/deny", answer="줄 수 없음")
    assert "줄 수 없음" in phone.see("/floor/requests")


def test_a_second_start_is_not_needed_to_ask(floor: Floor, shop: Shop, tablet: Tablet, later: Lot, job: Job) -> None:
    other = floor.order().jobs[0]
    shop.do(lambda work: start_job(work, other.code))
    tablet.press(f"/station/jobs/{other.code}/ask-lot", lot=later.code, reason=REASON)
    assert newest(shop).job_id == other.id
