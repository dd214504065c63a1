"""Retained samples: put aside of a lot, never stock again, tested, and thrown away when their time is over."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from mes.core.access import Actor, Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.events import history
from mes.core.work import Work
from mes.epcis.models import EpcisEvent
from mes.epcis.noting import bring_up_to_date
from mes.items.models import Item, SampleFrom, Tracking
from mes.items.service import change_item
from mes.lots import sample_queries, service
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_rules import TakenOut
from mes.lots.models import Lot, LotStatus, MovementKind
from mes.lots.parting import CannotMerge
from mes.lots.queries import get_lot, ledger
from mes.lots.return_rules import Goods
from mes.lots.rules import LotEmpty, LotOnHold, NotEnough, NothingToMove
from mes.lots.sample_models import RetainedSample
from mes.lots.sample_rules import (
    KeepUntilNeeded,
    KeepUntilPast,
    KeptLonger,
    LotRetained,
    NoSample,
    ResultKnown,
    ResultNeeded,
    SampleGone,
    is_due,
    kept_until,
)
from mes.lots.search import page_of_lots
from mes.lots.stock import page_of_stock
from mes.lots.unit_models import UnitKind
from mes.orders.consuming import consume
from mes.orders.models import Report
from mes.orders.undo import take_back_report
from mes.recall.figures import figures_of
from mes.recall.queries import reach_of
from mes.scan.relabelling import label_anew
from mes.scan.service import resolve
from mes.trace.story import tell
from mes.web.check import in_records
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_item, make_location, make_partner
from tests.lots.assembly import Assembly
from tests.orders.bakery import TODAY, Bakery

LATER = TODAY + timedelta(days=400)
OPERATOR = Actor("반장", frozenset({Role.LEADER}))


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    return Bakery(shop)


@pytest.fixture
def flour(bakery: Bakery) -> Lot:
    [lot] = bakery.receive(bakery.flour, 20)
    return lot


def keep(shop: Shop, code: str, much: int | None = 2, until: date | None = LATER, **more: Any) -> Lot:
    quantity = None if much is None else D(much)
    row = shop.do(lambda work: service.retain_sample(work, code, quantity, keep_until=until, **more))
    with shop.read() as read:
        return sample_queries.lot_of(read, row)


def row_of(shop: Shop, lot: Lot) -> RetainedSample:
    with shop.read() as read:
        return sample_queries.get_sample(read, lot.code)


def faults(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [fault.sentence for fault in in_records(read)]


def test_a_sample_is_a_lot_of_its_own_that_stems_from_the_other(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    room = shop.do(make_location)
    sample = keep(shop, flour.code.lower(), 2, location=room, note="입고 검사 시료")
    assert (sample.status, sample.on_hand, bakery.lot(flour).on_hand) == (LotStatus.RETAINED, D(2), D(18))
    row = row_of(shop, sample)
    assert (row.source.code, row.keep_until, row.quantity, row.note) == (flour.code, LATER, D(2), "입고 검사 시료")
    assert row.lot.location is not None
    assert row.lot.location.code == room.code
    with shop.read() as read:
        assert sample.id in tell(read, flour.code).lots
        assert resolve(read, sample.code).only.code == sample.code
        assert [one.lot.code for one in sample_queries.samples_from(read, flour.id)] == [sample.code]
    assert not faults(shop)


def test_how_long_it_is_kept_follows_from_the_item(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    item = Item(sample_days=None)
    lot = Lot(made_on=date(2026, 1, 5), expires_on=date(2026, 7, 5))
    assert kept_until(item, lot) is None
    assert kept_until(Item(sample_days=30), lot) == date(2026, 8, 4)
    assert kept_until(Item(sample_days=30, sample_from=SampleFrom.MADE), lot) == date(2026, 2, 4)
    assert kept_until(Item(sample_days=30), Lot(made_on=date(2026, 1, 5))) == date(2026, 2, 4)
    assert (is_due(TODAY, TODAY), is_due(TODAY - timedelta(days=1), TODAY)) == (False, True)
    with pytest.raises(KeepUntilNeeded):
        keep(shop, flour.code, until=None)
    with pytest.raises(KeepUntilPast):
        keep(shop, flour.code, until=TODAY - timedelta(days=1))
    shop.do(lambda work: change_item(work, "RF", sample_days=10, sample_from=SampleFrom.USE_BY))
    sample = keep(shop, flour.code, until=None)
    assert flour.expires_on is not None
    assert row_of(shop, sample).keep_until == flour.expires_on + timedelta(days=10)


def test_nobody_uses_ships_moves_on_or_throws_it_away_as_stock(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample = keep(shop, flour.code)
    job = bakery.order().jobs[0]
    bakery.start(job)
    acts: list[Any] = [
        lambda work: consume(work, job.code, sample.code),
        lambda work: service.ship_lots(work, customer=bakery.market, lines=[(sample.code, None)]),
        lambda work: service.split_lot(work, sample.code, D(1)),
        lambda work: service.move_lot(work, sample.code, bakery.store, D(1)),
        lambda work: service.merge_lots(work, [sample.code, flour.code]),
        lambda work: service.merge_lots(work, [flour.code, sample.code]),
        lambda work: service.scrap_lot(work, sample.code, D(1), "착오"),
        lambda work: service.return_lot(work, sample.code, D(1), "착오"),
        lambda work: service.retain_sample(work, sample.code, D(1), keep_until=LATER),
        lambda work: service.dismantle(work, sample.code, [], reason="착오"),
    ]
    for act in acts:
        with pytest.raises(LotRetained):
            shop.do(act)
    box = shop.do(lambda work: service.make_unit(work, UnitKind.BOX, lots=[sample.code]))
    with pytest.raises(LotRetained):
        shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=[(box.code, None)]))
    with shop.read() as read:
        [row] = [one for one in page_of_stock(read, TODAY).rows if one.item.code == "RF"]
        assert (row.on_hand, row.usable, row.lots) == (D(18), D(18), 1), "a sample is no stock"
    shop.do(lambda work: service.release_inspected(work, sample.id))
    shop.do(lambda work: service.reject_lot(work, sample.id))
    assert bakery.lot(sample).status is LotStatus.RETAINED
    shop.do(lambda work: service.move_lot(work, sample.code, bakery.store))  # to another shelf: it stays a sample
    assert bakery.lot(sample).status is LotStatus.RETAINED
    assert not faults(shop)


def test_what_cannot_be_put_aside_is_refused(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    with pytest.raises(NotEnough):
        keep(shop, flour.code, 21)
    with pytest.raises(NothingToMove):
        keep(shop, flour.code, None)
    with pytest.raises(NotFound):
        keep(shop, "NOPE")
    keep(shop, flour.code, 20)
    with pytest.raises(LotEmpty):
        keep(shop, flour.code, 1)
    with pytest.raises(NoSample):
        row_of(shop, flour)
    with pytest.raises(NoSample):
        shop.do(lambda work: service.use_sample(work, flour.code, D(1), "시험"))


def test_some_is_taken_for_tests_until_nothing_is_left(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    shop.do(lambda work: service.hold_lot(work, flour.id, "고객 불만"))
    sample = keep(shop, flour.code)  # of a held lot, too: it is held itself, and may be tested
    assert bakery.lot(sample).holds == 1
    shop.do(lambda work: service.use_sample(work, sample.code, D("0.5"), "재시험", "적합"))
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.use_sample(work, sample.code, D(1), " "))
    with pytest.raises(NotEnough):
        shop.do(lambda work: service.use_sample(work, sample.code, D(2), "재시험"))
    shop.do(lambda work: service.use_sample(work, sample.code, D("1.5"), "미생물"))
    row = row_of(shop, sample)
    assert row.disposed_at is not None
    with shop.read() as read:
        assert [(one.quantity, one.result) for one in sample_queries.tests_of(read, row.id)] == [
            (D("0.5"), "적합"),
            (D("1.5"), None),
        ]
        kinds = [line.movement.kind for line in ledger(read, sample.id)]
    assert kinds == [MovementKind.SPLIT, MovementKind.TEST, MovementKind.TEST]
    with pytest.raises(SampleGone):
        shop.do(lambda work: service.use_sample(work, sample.code, D(1), "재시험"))
    with pytest.raises(SampleGone):
        shop.do(lambda work: service.dispose_sample(work, sample.code, "끝"))
    assert not faults(shop)


def test_an_item_of_which_only_a_sample_is_left_is_not_in_stock(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    [other] = bakery.receive(bakery.flour, 5, days=300)
    keep(shop, flour.code)
    shop.do(lambda work: service.scrap_lot(work, flour.code, D(18), "오염"))
    with shop.read() as read:
        [row] = [one for one in page_of_stock(read, TODAY).rows if one.item.code == "RF"]
    assert row.first_expiry == other.expires_on, "a sample outlives its use-by date for years"
    shop.do(lambda work: service.scrap_lot(work, other.code, D(5), "오염"))
    with shop.read() as read:
        [row] = [one for one in page_of_stock(read, TODAY).rows if one.item.code == "RF"]
    assert (row.on_hand, row.lots, row.first_expiry) == (D(0), 0, None)


def test_what_a_test_gave_is_written_down_when_it_is_known(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample, other = keep(shop, flour.code), keep(shop, flour.code)
    test = shop.do(lambda work: service.use_sample(work, sample.code, D(2), "미생물"))
    assert row_of(shop, sample).disposed_at is not None, "all of it went into the test"
    with pytest.raises(ResultNeeded):
        shop.do(lambda work: service.record_result(work, sample.code, test.id, "  "))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.record_result(work, other.code, test.id, "적합"))
    with pytest.raises(NoSample):
        shop.do(lambda work: service.record_result(work, flour.code, test.id, "적합"))
    shop.later(days=3)
    shop.do(lambda work: service.record_result(work, sample.code, test.id, " 음성 "))
    with pytest.raises(ResultKnown):
        shop.do(lambda work: service.record_result(work, sample.code, test.id, "양성"))
    with shop.read() as read:
        [told] = sample_queries.tests_of(read, test.sample_id)
        assert told.result == "음성"
        assert [one.reason for one in history(read, "lots", sample.id) if one.verb == "lots.sample_result"] == [
            "미생물"
        ]


def test_quality_enters_a_result_on_the_page_of_the_sample(app: Flask, shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample = keep(shop, flour.code)
    test = shop.do(lambda work: service.use_sample(work, sample.code, D(1), "미생물"))
    shop.do(lambda work: label_anew(work, sample.code, "KEEP-2", "찢김"))
    desk, address = Desk(app, shop, Role.QUALITY), f"/samples/KEEP-2/tests/{test.id}"
    assert address in desk.see("/lots/KEEP-2")
    assert f"formerly {sample.code}" in desk.see("/samples")
    assert "미생물" in desk.see(address)
    desk.press(address, 422, result="")
    desk.press(address, result="음성")
    page = desk.see("/lots/KEEP-2")
    assert "음성" in page
    assert address not in page
    assert "recorded already" in desk.press(address, 409, result="양성")
    Desk(app, shop, Role.MATERIAL).see(address, 403)
    program = Program(app, shop, Role.QUALITY)
    made = program.post("/samples/KEEP-2/tests", {"quantity": "1", "reason": "complaint"}).get_json()["tests"][-1]
    told = program.post(f"/samples/KEEP-2/tests/{made['id']}/result", {"result": "pass"}).get_json()
    assert told["tests"][-1]["result"] == "pass"


def test_it_is_thrown_away_when_its_time_is_over(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample = keep(shop, flour.code, until=TODAY)
    with pytest.raises(KeptLonger):
        shop.do(lambda work: service.dispose_sample(work, sample.code, "자리 없음"), actor=OPERATOR)
    shop.later(days=1)
    shop.do(lambda work: service.dispose_sample(work, sample.code), actor=OPERATOR)
    row = row_of(shop, sample)
    assert (row.disposed_by, row.lot.on_hand) == ("반장", D(0))
    assert row.dispose_reason
    assert not faults(shop)


def test_quality_throws_it_away_earlier_with_a_reason_but_never_while_it_is_held(
    shop: Shop, bakery: Bakery, flour: Lot
) -> None:
    sample = keep(shop, flour.code)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.dispose_sample(work, sample.code))
    hold = shop.do(lambda work: service.hold_lot(work, sample.id, "회수"))
    with pytest.raises(LotOnHold):
        shop.do(lambda work: service.dispose_sample(work, sample.code, "변질"))
    shop.do(lambda work: service.lift_hold(work, hold.id, "끝"))
    shop.do(lambda work: service.dispose_sample(work, sample.code, "변질"))
    assert row_of(shop, sample).dispose_reason == "변질"


def test_a_sample_that_a_count_does_not_find_is_struck_off_and_none_grows(
    shop: Shop, bakery: Bakery, flour: Lot
) -> None:
    sample = keep(shop, flour.code)
    with pytest.raises(LotRetained):
        shop.do(lambda work: service.adjust_lot(work, sample.code, D(3), "실사"))
    shop.do(lambda work: service.adjust_lot(work, sample.code, D(0), "실사: 없음"))
    shop.do(lambda work: service.dispose_sample(work, sample.code, "실사에서 없음"))
    assert row_of(shop, sample).disposed_at is not None
    with pytest.raises(LotRetained):
        shop.do(lambda work: service.adjust_lot(work, sample.code, D(1), "다시 찾음"))
    assert not faults(shop)


def test_quality_keeps_it_longer(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample = keep(shop, flour.code)
    longer = LATER + timedelta(days=30)
    shop.do(lambda work: service.keep_sample(work, sample.code, longer, "소송"))
    assert row_of(shop, sample).keep_until == longer
    with pytest.raises(KeepUntilPast):
        shop.do(lambda work: service.keep_sample(work, sample.code, TODAY - timedelta(days=1), "착오"))


def test_a_piece_with_a_serial_number_is_kept_itself(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, tracking=Tracking.SERIAL))
    [piece] = shop.do(lambda work: service.receive_lots(work, item=item, quantities=[D(1)]))
    room = shop.do(make_location)
    sample = keep(shop, piece.code, None, location=room)
    assert (sample.id, sample.status) == (piece.id, LotStatus.RETAINED)
    with shop.read() as read:
        assert get_lot(read, piece.code).location_id == room.id
        assert sample_queries.samples_from(read, piece.id) == []
    assert not faults(shop)


def test_a_recall_finds_samples_and_its_balance_tells_them_apart(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample = keep(shop, flour.code, 3)
    other = keep(shop, flour.code, 4)
    shop.do(lambda work: service.use_sample(work, sample.code, D(1), "재시험"))
    shop.do(lambda work: service.dispose_sample(work, other.code, "변질"))
    with shop.read() as read:
        assert {sample.id, other.id} <= set(reach_of(read, [flour.id]).lots)
        [line] = figures_of(read, [flour.id]).items
    told = {name: much for name, much in line.figures.items() if much and not name.startswith("worst")}
    assert told == {"received": D(20), "stock": D(13), "retained": D(2), "tested": D(1), "scrapped": D(4)}


def test_the_list_tells_what_is_kept_and_what_is_due(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    first, second = keep(shop, flour.code, 1, TODAY), keep(shop, flour.code, 1)
    gone = keep(shop, flour.code, 1)
    shop.do(lambda work: service.dispose_sample(work, gone.code, "변질"))
    tomorrow = TODAY + timedelta(days=1)

    def shown(show: str, text: str = "") -> list[str]:
        with shop.read() as read:
            return [one.lot.code for one in sample_queries.page_of_samples(read, tomorrow, show=show, text=text).rows]

    assert shown("kept") == [first.code, second.code]
    assert shown("due") == [first.code]
    assert shown("gone") == [gone.code]
    assert shown("all", flour.code.lower()) == [first.code, second.code, gone.code]
    assert shown("kept", "쌀가") == [first.code, second.code]
    assert shown("kept", second.code) == [second.code]
    assert shown("kept", "nothing of it") == []
    with shop.read() as read:
        assert sample_queries.standing(read, tomorrow) == (2, 1)
        old = page_of_lots(read, show="expired", today=TODAY + timedelta(days=9999)).rows
    assert not {first.id, second.id} & {lot.id for lot in old}


def test_partners_hear_of_the_sample_the_test_and_its_end(shop: Shop, bakery: Bakery) -> None:
    [film] = shop.do(lambda work: service.receive_lots(work, item=bakery.film, quantities=[D(9)]))
    sample = keep(shop, film.code, 3)
    shop.do(lambda work: service.use_sample(work, sample.code, D(1), "인장"))
    shop.do(lambda work: service.dispose_sample(work, sample.code, "변질"))
    bring_up_to_date(shop.database)
    with shop.read() as read:
        bodies = [row.body for row in read.scalars(select(EpcisEvent).order_by(EpcisEvent.id))]
    steps = [
        next(step for step in ("receiving", "repackaging", "sampling", "destroying") if step in one) for one in bodies
    ]
    assert steps == ["receiving", "repackaging", "sampling", "sampling", "destroying"]


def test_a_sample_is_labelled_anew_and_keeps_its_time(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample = keep(shop, flour.code)
    shop.do(lambda work: label_anew(work, sample.code, "KEEP-1", "찢김"))
    shop.do(lambda work: service.use_sample(work, sample.code, D(1), "재시험"))
    assert row_of(shop, sample).lot.code == "KEEP-1"


def test_the_desk_keeps_tests_and_throws_away_a_sample(app: Flask, shop: Shop, bakery: Bakery, flour: Lot) -> None:
    shop.do(lambda work: change_item(work, "RF", sample_days=10))
    desk = Desk(app, shop, Role.QUALITY)
    assert f"/samples/new/{flour.code}" in desk.see(f"/lots/{flour.code}")
    assert flour.expires_on is not None
    assert (flour.expires_on + timedelta(days=10)).isoformat() in desk.see(f"/samples/new/{flour.code}")
    values: dict[str, Any] = {"quantity": "2", "keep_until": LATER.isoformat(), "location": "ST", "note": "입고"}
    desk.press(f"/samples/new/{flour.code}", 422, **{**values, "quantity": "0"})
    where = desk.press(f"/samples/new/{flour.code}", **values)
    code = where.rsplit("=", 1)[1]
    assert "Print its label now" in desk.see(where)
    page = desk.see(f"/lots/{code}")
    assert "Retained sample" in page
    assert f"/samples/{code}/test" in page
    assert "Samples kept of it" in desk.see(f"/lots/{flour.code}")
    assert "2 kg" in desk.see(f"/samples/{code}/test")
    desk.press(f"/samples/{code}/test", quantity="0.5", reason="재시험", result="적합")
    assert "적합" in desk.see(f"/lots/{code}")
    assert LATER.isoformat() in desk.see(f"/samples/{code}/keep")
    desk.press(f"/samples/{code}/keep", keep_until=TODAY.isoformat(), reason="정정")
    assert code in desk.see("/samples")
    assert "No samples here" in desk.see("/samples?show=due")
    shop.later(days=1)
    assert code in desk.see("/samples?show=due")
    assert "Samples due for disposal" in desk.see("/")
    assert code in desk.see("/export/samples.csv")
    assert "Throw away" in desk.see(f"/samples/{code}/dispose")
    desk.press(f"/samples/{code}/dispose", reason="")
    assert code in desk.see("/samples?show=gone")
    assert "Gone" in desk.see(f"/lots/{code}")
    assert "Samples are kept for" in desk.see("/items/RF")
    Desk(app, shop, Role.OPERATOR).see("/samples", 403)
    Desk(app, shop, Role.MATERIAL).see(f"/samples/{code}/test", 403)


def test_a_piece_is_kept_at_the_desk(app: Flask, shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, tracking=Tracking.SERIAL))
    [piece] = shop.do(lambda work: service.receive_lots(work, item=item, quantities=[D(1)]))
    desk = Desk(app, shop, Role.MATERIAL)
    assert "The piece itself is kept" in desk.see(f"/samples/new/{piece.code}")
    assert "not known until when" in desk.press(f"/samples/new/{piece.code}", 422, keep_until="", location="", note="")
    desk.press(f"/samples/new/{piece.code}", keep_until=LATER.isoformat(), location="", note="")
    with shop.read() as read:
        assert get_lot(read, piece.code).status is LotStatus.RETAINED


def test_programs_keep_test_and_throw_away_a_sample(app: Flask, shop: Shop, bakery: Bakery, flour: Lot) -> None:
    program = Program(app, shop, Role.QUALITY)
    body = {"quantity": "2", "keep_until": LATER.isoformat(), "location": "ST"}
    made = program.post(f"/lots/{flour.code}/samples", body).get_json()
    assert (made["source"], made["quantity"], made["location"]) == (flour.code, "2", "ST")
    code = made["lot"]
    tested = program.post(
        f"/samples/{code}/tests", {"quantity": "1", "reason": "complaint", "result": "good"}
    ).get_json()
    assert (tested["on_hand"], tested["tests"][0]["result"]) == ("1", "good")
    later = (LATER + timedelta(days=1)).isoformat()
    kept = program.post(f"/samples/{code}/keep", {"keep_until": later, "reason": "court"}).get_json()
    assert kept["keep_until"] == later
    assert [one["lot"] for one in program.get("/samples").get_json()["rows"]] == [code]
    assert program.post(f"/samples/{code}/dispose", {"reason": "spoiled"}).get_json()["dispose_reason"] == "spoiled"
    assert program.get(f"/samples/{code}").get_json()["disposed_at"]


def test_the_check_finds_a_sample_that_may_be_used(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    sample, other = keep(shop, flour.code), keep(shop, flour.code)
    shop.do(lambda work: work.session.execute(update(Lot).where(Lot.id == sample.id).values(status="available")))
    shop.do(lambda work: work.session.execute(update(Lot).where(Lot.id == flour.id).values(status="retained")))
    ended = update(RetainedSample).where(RetainedSample.lot_id == other.id).values(disposed_at=shop.now)
    shop.do(lambda work: work.session.execute(ended))
    assert len(faults(shop)) == 3


def test_lots_that_differ_are_not_poured_together_because_one_is_kept(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    [other] = bakery.receive(bakery.flour, 3, at=bakery.store)
    with pytest.raises(CannotMerge):
        shop.do(lambda work: service.merge_lots(work, [flour.code, other.code]))


@pytest.mark.parametrize("what", ["result", "dismantling", "return"])
def test_what_brought_a_piece_is_not_undone_while_it_is_kept_as_a_sample(shop: Shop, what: str) -> None:
    plant = Assembly(shop)
    engine, bolts = plant.receive(plant.engine), plant.receive(plant.bolt, 8)
    piece = plant.build(engine.code, bolts.code).code
    with shop.read() as read:
        report = read.scalars(select(Report.id)).one()
    undo: Callable[[Work], Any] = partial(take_back_report, report_id=report, reason="착오")
    if what == "dismantling":
        made = plant.apart(piece, TakenOut(engine.code, D(1), PartOutcome.STOCK)).code
        part = plant.parts(made)[engine.code].lot
        assert part
        piece, undo = part.code, partial(service.undo_dismantling, code=made, reason="착오")
    if what == "return":
        buyer = shop.do(make_partner)
        shop.do(lambda work: service.ship_lots(work, customer=buyer, lines=[(piece, None)]))
        back = shop.do(lambda work: service.take_returns(work, [Goods(piece)], reason="누유")).code
        shop.do(lambda work: service.lift_holds_of(work, get_lot(work.session, piece).id, back, "합격"))
        undo = partial(service.undo_return, code=back, reason="착오")
    kept = keep(shop, piece, None)
    with pytest.raises(LotRetained):
        shop.do(undo)
    with shop.read() as read:
        assert get_lot(read, kept.code).on_hand == 1
    assert not faults(shop)
