"""A lot gets another code: it stays what it is, and every code that its label ever bore leads to it."""

from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mes.core.access import Role
from mes.core.errors import NotFound, ReasonNeeded, Refused
from mes.core.events import Event, history
from mes.core.numbering import with_check
from mes.core.plant import plant as settings_of
from mes.core.scanning import read_scan
from mes.core.voided import VoidedLabel
from mes.core.work import Work
from mes.epcis.models import EpcisEvent
from mes.epcis.noting import bring_up_to_date
from mes.epcis.queries import names_of
from mes.equipment.queries import get_station
from mes.items.models import Item, Tracking
from mes.items.service import change_item
from mes.lots import service
from mes.lots.code_models import FormerCode
from mes.lots.code_queries import code_now, find_former
from mes.lots.code_rules import (
    CodeLength,
    CodeNotReadable,
    CodeOfOurForm,
    CodeTaken,
    LabelChanged,
    SameCode,
    check_code,
)
from mes.lots.dismantle_models import PartOutcome
from mes.lots.dismantle_rules import TakenOut
from mes.lots.models import Lot
from mes.lots.parting import NothingToMerge
from mes.lots.queries import find_lot, get_lot, ids_of, open_holds
from mes.lots.return_rules import Goods
from mes.lots.search import find_lots
from mes.lots.shipping_rules import LotTwice
from mes.lots.unit_models import UnitKind
from mes.orders.consuming import consume
from mes.recall.queries import reach_of
from mes.scan.models import Kind
from mes.scan.relabelling import CodeOfAnother, label_anew
from mes.scan.rules import VoidedScan
from mes.scan.service import resolve
from mes.station.snapshot import snapshot
from mes.trace.handles import find_handles
from mes.trace.story import tell
from mes.trace.telling import trace_as_dict, trace_as_text
from mes.web.check import in_records
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_item, make_machine, make_station
from tests.lots.assembly import Assembly
from tests.orders.bakery import Bakery


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    return Bakery(shop)


@pytest.fixture
def flour(bakery: Bakery) -> Lot:
    [lot] = bakery.receive(bakery.flour, 20)
    return lot


def anew(shop: Shop, code: str, new: str | None = "CUST-7", reason: str = "고객 요청 번호", **more: Any) -> Lot:
    return shop.do(lambda work: label_anew(work, code, new, reason, **more))


def faults(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [fault.sentence for fault in in_records(read)]


def test_quantity_holds_and_genealogy_stay_and_both_codes_lead_to_the_lot(shop: Shop, flour: Lot) -> None:
    shop.do(lambda work: service.hold_lot(work, flour.id, "곰팡이"))
    [part] = [shop.do(lambda work: service.split_lot(work, flour.code, D(5)))]
    lot = anew(shop, flour.code.lower(), " cust-7 ")
    assert (lot.id, lot.code, lot.tail, lot.on_hand, lot.holds) == (flour.id, "CUST-7", "ST-7", D(15), 1)
    with shop.read() as read:
        assert [get_lot(read, code).id for code in (flour.code.lower(), " CUST-7")] == [flour.id] * 2
        assert ids_of(read, [flour.code, "CUST-7"]) == [flour.id] * 2
        assert [one.reason for one in open_holds(read, [lot.id])] == ["곰팡이"]
        assert part.id in tell(read, flour.code).lots
        assert reach_of(read, [lot.id]).lots == reach_of(read, [flour.id]).lots
        [told] = [one for one in history(read, "lots", lot.id) if one.verb == "lots.relabel"]
        assert (told.before, told.after) == (f'{{"code":"{flour.code}"}}', '{"code":"CUST-7"}')
        assert told.reason == "고객 요청 번호"
        assert find_lot(read, "CUST-8") is None
    assert not faults(shop)


def test_without_a_code_the_next_number_of_the_plant_is_given(shop: Shop, flour: Lot) -> None:
    lot = anew(shop, flour.code, None, "라벨 훼손")
    assert lot.code != flour.code
    assert lot.code[:7] == flour.code[:7]
    assert code_of(shop, flour.code) == lot.code


def code_of(shop: Shop, code: str) -> str:
    with shop.read() as read:
        return code_now(read, code)


def test_a_lot_gets_a_former_code_back_and_no_other_lot_ever_does(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    [other] = bakery.receive(bakery.flour, 3)
    anew(shop, flour.code)
    anew(shop, "CUST-7", "CUST-8")
    with shop.read() as read:
        assert get_lot(read, "CUST-8").formerly == f"CUST-7, {flour.code}"
    for taken in ("CUST-8", "cust-7", flour.code):
        with pytest.raises(CodeTaken):
            anew(shop, other.code, taken)
    assert anew(shop, flour.code, flour.code, "원래 번호").code == flour.code
    with shop.read() as read:
        assert get_lot(read, "cust-7").formerly == "CUST-8, CUST-7"
        assert find_former(read, flour.code) is None
        assert read.scalars(select(FormerCode.code).order_by(FormerCode.code)).all() == ["CUST-7", "CUST-8"]
    with pytest.raises(SameCode):
        anew(shop, "CUST-8", flour.code)
    with pytest.raises(LabelChanged):
        anew(shop, flour.code, "CUST-9", seen="CUST-8")
    with pytest.raises(CodeTaken):
        shop.do(lambda work: service.receive_lots(work, item=bakery.flour, quantities=[D(1)], codes=["cust-7"]))
    assert not faults(shop)


def test_a_code_that_no_scanner_reads_as_one_is_refused(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    for wrong in ("로트1", "A B C", "L-7/2", "8801234567893", "MES:START", "[123]", "-AB-", "ＡＢ１２", "T::L1"):
        with pytest.raises(CodeNotReadable):
            anew(shop, flour.code, wrong)
    for wrong in ("X", "X" * 41):
        with pytest.raises(CodeLength):
            anew(shop, flour.code, wrong)
    with pytest.raises(CodeOfOurForm):
        anew(shop, flour.code, with_check("L991231-0007"))
    with pytest.raises(ReasonNeeded):
        anew(shop, flour.code, "CUST-7", " ")
    with pytest.raises(NotFound):
        anew(shop, "NOPE", "CUST-7")
    shop.do(lambda work: change_item(work, "RF", gtin="08801234567893"))
    with pytest.raises(CodeLength):  # GS1 codes hold twenty characters of a lot
        anew(shop, flour.code, "X" * 21)


@given(st.text(alphabet=st.characters(max_codepoint=0x3000), max_size=45))
def test_whatever_is_let_through_is_read_back_as_the_same_code(text: str) -> None:
    code = text.strip().upper()
    try:
        check_code(code, Item(gtin=None))
    except Refused:
        return
    assert read_scan(code).code == read_scan(code.lower()).code == code


def test_a_code_of_anything_else_is_refused(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    machine = shop.do(make_machine)
    for taken in (machine.code, "film", bakery.order().code):
        with pytest.raises((CodeOfAnother, CodeOfOurForm)):
            anew(shop, flour.code, taken)
    [second] = bakery.receive(bakery.flour, 1)
    with pytest.raises(CodeOfAnother):  # two lots came under it: a scan of it would mean either
        anew(shop, second.code, "A-77")


def test_the_only_lot_of_a_suppliers_number_may_be_called_so(shop: Shop, flour: Lot) -> None:
    anew(shop, flour.code, "A-77")
    with shop.read() as read:
        assert [(one.kind, one.code) for one in resolve(read, "A-77").meanings] == [(Kind.LOT, "A-77")]


def test_an_old_label_is_read_everywhere_and_says_what_it_is_now(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    anew(shop, flour.code)
    shop.do(lambda work: change_item(work, "RF", gtin="08801234567893"))
    with shop.read() as read:
        for text in (
            flour.code,
            flour.code.lower(),
            f"http://plant/l/{flour.code}",
            f"(01)08801234567893(10){flour.code}",
        ):
            found = resolve(read, text)
            assert (found.only.code, found.anew and found.anew.old) == ("CUST-7", flour.code), text
            assert "Take the old label off" in str(found.anew)
        assert resolve(read, "CUST-7").anew is None
        assert {lot.id for lot in find_lots(read, flour.code[:9])} == {flour.id}
        assert {lot.id for lot in find_lots(read, flour.code[-5:])} == {flour.id}
        [handle] = find_handles(read, flour.code)
        assert (handle.code, handle.lot_ids) == ("CUST-7", (flour.id,))
        assert flour.code in trace_as_text(read, "CUST-7")
        [told] = trace_as_dict(read, flour.code)["lots"]
        assert (told["code"], told["formerly"]) == ("CUST-7", flour.code)


def test_a_voided_old_label_stays_voided_and_the_new_one_counts(shop: Shop, flour: Lot) -> None:
    def void(work: Work) -> None:
        work.session.add(VoidedLabel(subject="lot", code=flour.code, copy=1, reason="찢김", at=work.now, person="김"))

    shop.do(void)
    anew(shop, flour.code)
    with shop.read() as read:
        with pytest.raises(VoidedScan):
            resolve(read, flour.code).only  # noqa: B018
        assert resolve(read, "CUST-7").only.code == "CUST-7"


def test_what_is_done_under_the_old_code_is_done_to_the_lot(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    old = flour.code
    anew(shop, old)
    job = bakery.order().jobs[0]
    bakery.start(job)
    shop.do(lambda work: consume(work, job.code, old, D(2)), actor=bakery.operator)
    part = shop.do(lambda work: service.split_lot(work, old, D(3)))
    assert (part.formerly, part.code == old) == (None, False)
    with pytest.raises(NothingToMerge):
        shop.do(lambda work: service.merge_lots(work, [old, "CUST-7"]))
    with pytest.raises(LotTwice):
        ship(shop, bakery, (old, None), ("CUST-7", D(1)))
    shipped = ship(shop, bakery, (old, D(4)), ("cust-7", D(1)))
    assert bakery.lot(flour).on_hand == 10
    shop.do(lambda work: service.take_returns(work, [Goods(old, D(2))], reason="포장 불량"))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.take_back_shipment(work, shipped, "착오", lot="NOPE"))
    merged = shop.do(lambda work: service.merge_lots(work, [old, part.code]))
    with shop.read() as read:
        assert flour.id in tell(read, merged.code).lots
    assert not faults(shop)


def ship(shop: Shop, bakery: Bakery, *lines: tuple[str, D | None]) -> str:
    return shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=lines)).code


def test_a_line_of_a_shipment_is_taken_back_under_the_old_code(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    shipped = ship(shop, bakery, (flour.code, None))
    anew(shop, flour.code)
    shop.do(lambda work: service.take_back_shipment(work, shipped, "착오", lot=flour.code))
    assert bakery.lot(flour).on_hand == 20


def test_a_part_with_a_new_number_is_taken_out_under_its_old_one(shop: Shop) -> None:
    plant = Assembly(shop)
    engine, bolts = plant.receive(plant.engine), plant.receive(plant.bolt, 20)
    machine = plant.build(engine.code, bolts.code)
    anew(shop, engine.code, "ENG-9")
    made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    part = plant.parts(made.code)["ENG-9"].lot
    assert part
    with shop.read() as read:  # the stamped number and the new one lead to the lot as which it is here
        assert [resolve(read, code).only.code for code in (engine.code, "ENG-9")] == [part.code] * 2
    plant.check()


def test_a_tablet_without_a_connection_knows_the_old_code(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    anew(shop, flour.code)
    bakery.order()
    made = shop.do(lambda work: make_station(work, bakery.kettle))
    with shop.read() as read:
        kept = snapshot(read, get_station(read, made.code), settings_of(read))
    [lot] = [one for one in kept["lots"] if one["code"] == "CUST-7"]
    assert lot["old"] == [flour.code]
    assert "Take the old label off" in kept["said"]["anew"]


def test_partners_hear_the_old_name_and_the_new_one_in_one_event(shop: Shop) -> None:
    plant = Assembly(shop)
    engine, bolts = plant.receive(plant.engine), plant.receive(plant.bolt, 20)
    machine = plant.build(engine.code, bolts.code)
    bring_up_to_date(shop.database)
    before = bodies(shop)
    anew(shop, machine.code, "PUMP-1", "고객 번호")
    anew(shop, "PUMP-1", machine.code, "착오")
    anew(shop, machine.code, "PUMP-2", "고객 번호")
    bring_up_to_date(shop.database)
    assert bodies(shop)[: len(before)] == before  # what was told before stays as it was
    told = [body for body in bodies(shop)[len(before) :] if "PUMP-" in body]
    assert len(told) == 3
    assert all("TransformationEvent" in body and machine.code in body for body in told)
    with shop.read() as read:
        assert {name.rsplit(":", 1)[-1] for name in names_of(read, machine.code)} == {machine.code, "PUMP-1", "PUMP-2"}


def bodies(shop: Shop) -> list[str]:
    with shop.read() as read:
        return [row.body for row in read.scalars(select(EpcisEvent).order_by(EpcisEvent.id))]


def test_what_was_noted_late_bears_the_code_of_its_time(shop: Shop, bakery: Bakery) -> None:
    [film] = shop.do(lambda work: service.receive_lots(work, item=bakery.film, quantities=[D(9)]))
    part = shop.do(lambda work: service.split_lot(work, film.code, D(2)))
    box = shop.do(lambda work: service.make_unit(work, UnitKind.BOX, lots=[part.code]))
    anew(shop, part.code, "FILM-A")
    anew(shop, film.code, "FILM-B")
    shop.do(lambda work: service.scrap_lot(work, part.code, D(1), "찢김"))
    shop.do(lambda work: service.unpack(work, box.code, [part.code]))
    bring_up_to_date(shop.database)
    told = [[one for one in (film.code, part.code, "FILM-A", "FILM-B") if one in body] for body in bodies(shop)]
    assert told == [
        [film.code], [film.code, part.code], [part.code], [part.code, "FILM-A"], [film.code, "FILM-B"], ["FILM-A"],
        ["FILM-A"],
    ]  # fmt: skip


def test_a_lot_called_by_its_suppliers_number_outside_is_told_nothing_new_of(shop: Shop, flour: Lot) -> None:
    shop.do(lambda work: change_item(work, "RF", gtin="08801234567893"))
    anew(shop, flour.code)
    bring_up_to_date(shop.database)
    assert not [body for body in bodies(shop) if "TransformationEvent" in body]


def test_the_desk_labels_a_lot_anew_and_prints_its_label(app: Flask, shop: Shop, flour: Lot) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    old = flour.code
    assert f"/lots/{old}/relabel" in desk.see(f"/lots/{old}")
    page = desk.see(f"/lots/{old}/relabel")
    assert f'name="seen" type="hidden" value="{old}"' in page
    wrong = desk.press(f"/lots/{old}/relabel", 422, code="로트 번호", reason="고객 번호", seen=old)
    assert "would not read" in wrong
    assert "Choose another code" in desk.press(f"/lots/{old}/relabel", 409, code="film", reason="고객 번호", seen=old)
    where = desk.press(f"/lots/{old}/relabel", code="cust-7", reason="고객 번호", seen=old)
    assert where.endswith("code=CUST-7")
    assert "take the old one off" in desk.see(where)
    stale = desk.press(f"/lots/{old}/relabel", 409, code="CUST-8", reason="고객 번호", seen=old)
    assert "labelled anew meanwhile" in stale
    assert desk.client.get(f"/lots/{old.lower()}").location.endswith("/lots/CUST-7")
    seen = desk.see("/lots/CUST-7")
    assert f"{old} ·" in seen
    assert "고객 번호" in seen
    assert f"formerly {old}" in desk.see(f"/lots?q={old}&show=all")
    assert "Take the old label off" in desk.see(desk.client.get(f"/scan?text={old}").location)
    assert "Take the old label off" in desk.see(f"/trace?of={old}")
    assert f"formerly {old}" in desk.see("/trace?of=CUST-7&view=table")
    assert f"formerly {old}" in desk.see("/trace?of=CUST-7")
    assert desk.client.get(f"/lots/{old}/split").status_code == 403  # not for quality, under any code
    Desk(app, shop, Role.OPERATOR).see("/lots/CUST-7/relabel", 403)


def test_the_same_sending_twice_labels_once(app: Flask, shop: Shop, flour: Lot) -> None:
    desk = Desk(app, shop, Role.LEADER)
    values = {"once": "relabel-0001", "code": "", "reason": "찢김", "seen": flour.code}
    for _time in range(2):
        assert desk.client.post(f"/lots/{flour.code}/relabel", data=values).status_code == 303
    with shop.read() as read:
        assert len(read.scalars(select(Event).where(Event.verb == "lots.relabel")).all()) == 1


def test_a_handler_moves_a_lot_under_its_old_code(app: Flask, shop: Shop, bakery: Bakery, flour: Lot) -> None:
    anew(shop, flour.code)
    desk = Desk(app, shop, Role.MATERIAL)
    assert desk.press(f"/lots/{flour.code}/move", location="ST").endswith("/lots/CUST-7")
    desk.press("/warehouse/put-away/scan", text=flour.code)
    assert "Take the old label off" in desk.see("/warehouse/put-away?lots=CUST-7")
    assert "CUST-7" in desk.see(f"/warehouse/put-away?lots={flour.code}")
    assert "CUST-7" in desk.see(f"/labels/lots?code={flour.code}")


def test_programs_label_a_lot_anew(app: Flask, shop: Shop, flour: Lot) -> None:
    program = Program(app, shop, Role.MATERIAL)
    body = {"code": "CUST-7", "reason": "customer's number", "seen": flour.code}
    assert program.post(f"/lots/{flour.code}/relabel", body).get_json()["code"] == "CUST-7"
    assert program.get(f"/lots/{flour.code}").get_json()["code"] == "CUST-7"
    rows = program.get(f"/lots/{flour.code}/former-codes").get_json()["rows"]
    assert [(one["code"], one["reason"]) for one in rows] == [(flour.code, "customer's number")]


def test_the_check_finds_a_former_code_that_another_lot_has(shop: Shop, bakery: Bakery, flour: Lot) -> None:
    anew(shop, flour.code)
    [other] = bakery.receive(bakery.flour, 1)

    def forge(work: Work) -> None:
        row = work.session.scalars(select(FormerCode)).one()
        row.code = other.code
        work.session.get_one(Lot, flour.id).formerly = None

    shop.do(forge)
    assert len(faults(shop)) == 2


def test_a_piece_keeps_its_life_under_another_number(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, tracking=Tracking.SERIAL))
    [piece] = shop.do(lambda work: service.receive_lots(work, item=item, quantities=[D(1)]))
    assert anew(shop, piece.code, None).code.startswith("S")
