"""A machine is taken apart: it is used up, its parts are there again, nothing goes round in a circle."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from mes.certificates.birth import birth_pdf
from mes.certificates.models import Language
from mes.core.access import Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.i18n import speaking
from mes.epcis.models import EpcisEvent
from mes.epcis.noting import bring_up_to_date
from mes.genealogy.service import enter_receipt
from mes.items.counting import WholePieces
from mes.items.models import ItemKind, Tracking
from mes.items.service import BomLineData, OperationData, add_item, make_bom, make_routing, release_bom, release_routing
from mes.lots import dismantle_queries, service
from mes.lots.dismantle_models import DismantledPart, PartOutcome
from mes.lots.dismantle_rules import (
    Inside,
    MoreThanInside,
    NothingInside,
    NotInside,
    PartMovedOn,
    PutTogetherAlready,
    TakenOut,
    the_rest,
)
from mes.lots.ledger import lock_lot, move, new_lot
from mes.lots.models import Lot, MovementKind
from mes.lots.piece_rules import PieceIsElsewhere, PieceIsHere
from mes.lots.queries import get_lot, open_holds
from mes.lots.return_rules import Goods
from mes.lots.rules import LotEmpty
from mes.partners.models import PartnerKind
from mes.recall.figures import figures_of
from mes.recall.queries import reach_of
from mes.scan.service import resolve
from mes.trace.story import tell
from mes.web.check import in_records
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_location, make_partner, make_work_centre
from tests.lots.assembly import Assembly


@pytest.fixture
def plant(shop: Shop) -> Assembly:
    return Assembly(shop)


@pytest.fixture
def pump(plant: Assembly) -> tuple[Lot, Lot, Lot]:
    engine, bolts = plant.receive(plant.engine), plant.receive(plant.bolt, 20)
    return plant.build(engine.code, bolts.code), engine, bolts


def left(row: DismantledPart) -> tuple[D, int] | None:
    return (row.lot.on_hand, row.lot.holds) if row.lot else None


def lot(shop: Shop, code: str) -> Lot:
    with shop.read() as read:
        return get_lot(read, code)


def test_the_parts_are_stock_again_and_the_machine_is_used_up(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, bolts = pump
    store = shop.do(make_location)
    out = TakenOut(engine.code.lower(), D(1), PartOutcome.HOLD, "소음 점검")
    some = [TakenOut(bolts.code, D(5), PartOutcome.STOCK), TakenOut(bolts.code, D(2), PartOutcome.SCRAP, "나사산 마모")]
    made = plant.apart(machine.code, out, *some, location=store)
    assert lot(shop, machine.code).on_hand == 0
    with shop.read() as read:
        rows = dismantle_queries.parts_of(read, made.id)
        told = [(row.source.code, row.quantity, row.outcome, left(row)) for row in rows]
    assert told == [
        (engine.code, D(1), PartOutcome.HOLD, (D(1), 1)),
        (bolts.code, D(5), PartOutcome.STOCK, (D(5), 0)),
        (bolts.code, D(2), PartOutcome.SCRAP, (D(0), 0)),
        (bolts.code, D(1), PartOutcome.LOST, None),
    ]
    plant.check()
    with pytest.raises(LotEmpty):
        plant.apart(machine.code)


def test_what_cannot_be_taken_out_is_refused(shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, engine, bolts = pump
    with pytest.raises(NotInside):
        plant.apart(machine.code, TakenOut("S-OTHER", D(1), PartOutcome.STOCK))
    with pytest.raises(MoreThanInside):
        plant.apart(machine.code, TakenOut(bolts.code, D(9), PartOutcome.STOCK))
    with pytest.raises(NothingInside):
        plant.apart(bolts.code)
    with pytest.raises(NothingInside):
        plant.apart(plant.receive(plant.engine).code)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.dismantle(work, machine.code, [], reason=" "))
    with pytest.raises(NotFound):
        plant.apart("S-NOPE")
    assert lot(shop, engine.code).on_hand == 0


def test_a_part_goes_into_the_next_machine_and_out_of_it_again(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, bolts = pump
    first = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    again = plant.parts(first.code)[engine.code].lot
    assert again
    with shop.read() as read:  # the number on the part leads to the lot as which it is here
        assert resolve(read, engine.code).only.code == again.code
        assert resolve(read, bolts.code).only.code == bolts.code
    second = plant.build(again.code, bolts.code)
    third = plant.apart(second.code, TakenOut(again.code, D(1), PartOutcome.STOCK))
    now = plant.parts(third.code)[again.code].lot
    assert now
    with shop.read() as read:
        assert resolve(read, engine.code).only.code == now.code
        forward, backward = tell(read, engine.code), tell(read, now.code)
        assert {machine.id, again.id, second.id, now.id} <= set(forward.lots)
        assert {engine.id, machine.id, again.id, second.id} <= set(backward.lots)
        assert {str(one) for one in backward.sure.values()} == {"recovered", "was_in", "scanned"}
        assert again.id in reach_of(read, [engine.id]).lots
    plant.check()


def test_a_part_that_is_itself_made_of_parts_is_taken_apart_later(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, bolts = pump

    def bigger(work: Any) -> None:
        plant.engine = plant.pump  # the pump goes into a skid
        skid = add_item(work, code="SKID", name="스키드", kind=ItemKind.FINISHED, unit="EA", tracking=Tracking.SERIAL)
        lines = [
            BomLineData(component=plant.pump, quantity=D(1), operation=10),
            BomLineData(component=plant.bolt, quantity=D(8), operation=10),
        ]
        release_bom(work, make_bom(work, skid, lines).id)
        steps = [OperationData(sequence=10, name="조립", work_centre=make_work_centre(work))]
        release_routing(work, make_routing(work, skid, steps).id)
        plant.pump = skid

    shop.do(bigger)
    skid = plant.build(machine.code, bolts.code)
    made = plant.apart(skid.code, TakenOut(machine.code, D(1), PartOutcome.STOCK))
    out = plant.parts(made.code)[machine.code].lot
    assert out
    with shop.read() as read:
        inside = dismantle_queries.inside_of(read, get_lot(read, out.code))
    assert {one.lot.code: one.quantity for one in inside} == {engine.code: D(1), bolts.code: D(8)}
    plant.apart(out.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    plant.check()


def test_the_holds_of_the_machine_lie_on_its_parts(shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, engine, _bolts = pump
    shop.do(lambda work: service.hold_lot(work, machine.id, "고객 반품"))
    made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    part = plant.parts(made.code)[engine.code].lot
    assert part
    with shop.read() as read:
        assert [hold.reason for hold in open_holds(read, [part.id])] == ["고객 반품"]


def test_the_mass_balance_knows_what_came_out_and_closes(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, bolts = pump
    some = [TakenOut(bolts.code, D(5), PartOutcome.STOCK), TakenOut(bolts.code, D(2), PartOutcome.SCRAP, "마모")]
    plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK), *some)

    def figures(code: str) -> dict[str, D]:
        with shop.read() as read:
            [line] = figures_of(read, [get_lot(read, code).id]).items
        return {name: much for name, much in line.figures.items() if much and not name.startswith("worst")}

    assert figures(bolts.code) == {"received": D(20), "stock": D(17), "scrapped": D(2), "lost": D(1)}
    assert figures(engine.code) == {"received": D(1), "stock": D(1)}
    assert figures(machine.code) == {"received": D(1), "apart": D(1)}


def test_a_taking_apart_that_was_a_mistake_is_undone_once(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, bolts = pump
    some = [TakenOut(bolts.code, D(2), PartOutcome.SCRAP, "마모"), TakenOut(engine.code, D(1), PartOutcome.HOLD)]
    made = plant.apart(machine.code, *some)
    part = plant.parts(made.code)[engine.code].lot
    assert part
    shop.do(lambda work: service.undo_dismantling(work, made.code, "다른 기계"))
    assert (lot(shop, machine.code).on_hand, lot(shop, part.code).on_hand, lot(shop, part.code).holds) == (
        D(1),
        D(0),
        0,
    )
    with pytest.raises(PutTogetherAlready):
        shop.do(lambda work: service.undo_dismantling(work, made.code, "다른 기계"))
    with shop.read() as read:
        assert resolve(read, engine.code).only.code == engine.code
        assert part.id not in tell(read, machine.code).lots
    plant.check()
    again = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    used = plant.parts(again.code)[engine.code].lot
    assert used
    plant.build(used.code, bolts.code)
    with pytest.raises(PartMovedOn):
        shop.do(lambda work: service.undo_dismantling(work, again.code, "착오"))
    plant.check()


def test_the_birth_certificate_of_machine_and_part_stays_right(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, _bolts = pump
    made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    part = plant.parts(made.code)[engine.code].lot
    assert part
    with shop.read() as read:
        story = tell(read, part.code)
        for code in (machine.code, part.code):
            assert birth_pdf(read, get_lot(read, code), Language.BOTH, "공장", shop.now).startswith(b"%PDF")
    assert story.made(part.id) == 1


def test_partners_hear_that_it_was_taken_apart(shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, engine, _bolts = pump
    made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    bring_up_to_date(shop.database)
    shop.do(lambda work: service.undo_dismantling(work, made.code, "착오"))
    plant.apart(machine.code)
    bring_up_to_date(shop.database)
    with shop.read() as read:
        bodies = [row.body for row in read.scalars(select(EpcisEvent).order_by(EpcisEvent.id))]
    told = [body for body in bodies if '"disassembling"' in body]
    assert [("errorDeclaration" in body) for body in told] == [False, True]
    assert [body for body in bodies if '"destroying"' in body]


def test_the_desk_takes_a_machine_apart(app: Flask, shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, engine, bolts = pump
    desk = Desk(app, shop, Role.MATERIAL)
    assert f"/dismantlings/new/{machine.code}" in desk.see(f"/lots/{machine.code}")
    assert bolts.code in desk.see(f"/dismantlings/new/{machine.code}")
    assert "Nothing is recorded" in desk.see(f"/dismantlings/new/{bolts.code}")
    typed: dict[str, Any] = {"parts": "1", "reason": "누유", "location": ""}
    typed |= {f"outcome-{engine.code}": "hold", f"quantity-{engine.code}": "1", f"note-{engine.code}": "소음"}
    typed |= {f"outcome-{bolts.code}": "stock", f"note-{bolts.code}": ""}
    wrong = typed | {f"quantity-{bolts.code}": "viele"}
    assert "is not a number" in desk.press(f"/dismantlings/new/{machine.code}", 422, **wrong)
    page = desk.press(f"/dismantlings/new/{machine.code}", **typed | {f"quantity-{bolts.code}": "8"})
    code = page.rsplit("/", 1)[1]
    assert "소음" in desk.see(f"/dismantlings/{code}")
    assert "Machine taken apart" in desk.see(f"/lots/{machine.code}")
    part = plant.parts(code)[engine.code].lot
    assert part
    assert engine.code in desk.see(f"/lots/{part.code}")
    assert part.code in desk.see(f"/lots/{engine.code}")
    assert "whole again" in desk.see(f"/dismantlings/{code}/undo")
    desk.press(f"/dismantlings/{code}/undo", reason="착오")
    assert "Undone" in desk.see(f"/dismantlings/{code}")


def test_programs_take_a_machine_apart(app: Flask, shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, engine, bolts = pump
    program = Program(app, shop, Role.MATERIAL)
    inside = program.get(f"/lots/{machine.code}/inside").get_json()["rows"]
    assert [(one["lot"], one["quantity"]) for one in inside] == [(engine.code, "1"), (bolts.code, "8")]
    body = {"parts": [{"lot": engine.code, "quantity": "1"}], "reason": "leak"}
    made = program.post(f"/lots/{machine.code}/dismantle", body).get_json()
    assert [(one["source"], one["outcome"]) for one in made["parts"]] == [(engine.code, "stock"), (bolts.code, "lost")]
    assert program.get(f"/dismantlings/{made['code']}").get_json() == made
    assert program.post(f"/dismantlings/{made['code']}/undo", {"reason": "mistake"}).get_json()["undone_at"]


def test_a_machine_that_came_back_is_taken_apart(shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, engine, _bolts = pump
    buyer = shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER))
    shop.do(lambda work: service.ship_lots(work, customer=buyer, lines=[(machine.code, None)]))
    shop.do(lambda work: service.take_returns(work, [Goods(machine.code)], reason="누유"))
    plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    with shop.read() as read:
        figures = figures_of(read, [machine.id]).items[0].figures
        assert (figures["received"], figures["apart"], figures["shipped"], figures["came_back"]) == (
            D(1),
            D(1),
            D(0),
            D(1),
        )
    plant.check()


def test_the_check_finds_a_part_too_many(shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]) -> None:
    machine, _engine, bolts = pump
    plant.apart(machine.code)
    wrong = update(DismantledPart).where(DismantledPart.source_id == bolts.id).values(quantity=9)
    shop.do(lambda work: work.session.execute(wrong))
    with shop.read() as read:
        assert [fault.rule for fault in in_records(read)] == ["here_again"]


def test_a_machine_that_was_taken_apart_is_not_found_by_a_count(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, _bolts = pump
    made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    with pytest.raises(PieceIsElsewhere) as no, speaking("en"):
        shop.do(lambda work: service.adjust_lot(work, machine.code, D(1), "찾음"))
    assert "it was taken apart" in no.value.sentence
    shop.do(lambda work: service.undo_dismantling(work, made.code, "착오"))
    assert lot(shop, machine.code).on_hand == 1
    plant.check()


def test_a_part_that_is_in_a_machine_is_not_found_by_a_count(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    _machine, engine, _bolts = pump
    with pytest.raises(PieceIsElsewhere):
        shop.do(lambda work: service.adjust_lot(work, engine.code, D(1), "찾음"))
    loose = plant.receive(plant.engine)
    shop.do(lambda work: service.scrap_lot(work, loose.code, D(1), "파손"))
    assert shop.do(lambda work: service.adjust_lot(work, loose.code, D(1), "수리함")).on_hand == 1


def test_what_came_out_of_a_machine_does_not_come_out_of_it_again(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, bolts = pump
    made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))

    def counted(work: Any) -> None:  # as it was possible before
        move(work, lock_lot(work, machine.code), MovementKind.COUNT, D(1), reason="찾음")

    shop.do(counted)
    with shop.read() as read:
        assert dismantle_queries.inside_of(read, get_lot(read, machine.code)) == []
    with pytest.raises(NothingInside):
        plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
    with pytest.raises(PieceIsHere):
        shop.do(lambda work: service.undo_dismantling(work, made.code, "착오"))
    assert lot(shop, machine.code).on_hand == 1
    shop.do(lambda work: service.adjust_lot(work, machine.code, D(0), "착오"))
    shop.do(lambda work: service.undo_dismantling(work, made.code, "착오"))
    with shop.read() as read:
        inside = dismantle_queries.inside_of(read, get_lot(read, machine.code))
    assert {one.lot.code: one.quantity for one in inside} == {engine.code: D(1), bolts.code: D(8)}
    plant.check()


@pytest.mark.parametrize("how", ["returned", "undone"])
def test_a_piece_that_was_shipped_is_never_here_twice(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot], how: str
) -> None:
    machine = pump[0].code
    buyer = shop.do(make_partner)
    shipped = shop.do(lambda work: service.ship_lots(work, customer=buyer, lines=[(machine, None)])).code

    def comes(work: Any) -> Any:
        if how == "returned":
            return service.take_returns(work, [Goods(machine)], reason="누유")
        return service.take_back_shipment(work, shipped, "착오")

    with pytest.raises(PieceIsElsewhere):
        shop.do(lambda work: service.adjust_lot(work, machine, D(1), "찾음"))

    def counted(work: Any) -> None:  # as it was possible before
        move(work, lock_lot(work, machine), MovementKind.COUNT, D(1), reason="찾음")

    shop.do(counted)
    with pytest.raises(PieceIsHere):
        shop.do(comes)
    shop.do(lambda work: service.adjust_lot(work, machine, D(0), "착오"))
    shop.do(comes)
    assert lot(shop, machine).on_hand == 1
    plant.check()


@pytest.mark.parametrize("undone", ["return", "dismantling"])
def test_what_was_here_again_only_by_mistake_is_not_found_by_a_count(
    shop: Shop, plant: Assembly, pump: tuple[Lot, Lot, Lot], undone: str
) -> None:
    machine, engine, _bolts = pump
    if undone == "return":
        buyer = shop.do(make_partner)
        shop.do(lambda work: service.ship_lots(work, customer=buyer, lines=[(machine.code, None)]))
        code = shop.do(lambda work: service.take_returns(work, [Goods(machine.code)], reason="누유")).code
        shop.do(lambda work: service.undo_return(work, code, "착오"))
        piece = machine.code
    else:
        made = plant.apart(machine.code, TakenOut(engine.code, D(1), PartOutcome.STOCK))
        part = plant.parts(made.code)[engine.code].lot
        assert part
        shop.do(lambda work: service.undo_dismantling(work, made.code, "착오"))
        piece = part.code
    with pytest.raises(PieceIsElsewhere) as no, speaking("en"):
        shop.do(lambda work: service.adjust_lot(work, piece, D(1), "찾음"))
    assert "was taken back" in no.value.sentence
    assert lot(shop, piece).on_hand == 0
    plant.check()


def test_a_receipt_that_is_entered_afterwards_brings_no_shipped_piece_back(shop: Shop, plant: Assembly) -> None:
    def found(work: Any) -> Lot:
        made = new_lot(work, plant.engine, None, code="SX-1", made_on=work.today)
        work.session.add(made)
        work.session.flush()
        move(work, made, MovementKind.COUNT, D(1), reason="찾음")
        return made

    engine = shop.do(found).code
    buyer = shop.do(make_partner)
    shop.do(lambda work: service.ship_lots(work, customer=buyer, lines=[(engine, None)]))
    before = shop.now - timedelta(days=2)
    shop.do(lambda work: enter_receipt(work, engine, happened_at=before, reason="누락"))
    with pytest.raises(PieceIsElsewhere):
        shop.do(lambda work: service.adjust_lot(work, engine, D(1), "찾음"))
    plant.check()


def test_no_part_of_a_piece_comes_out_of_a_machine_whatever_the_books_say_is_in_it(
    shop: Shop, pump: tuple[Lot, Lot, Lot]
) -> None:
    machine, engine, _bolts = (lot(shop, one.code) for one in pump)
    inside = [Inside(engine, D("0.333333"))]  # as a late entry shared it out before
    with pytest.raises(WholePieces):
        the_rest(machine, inside, [TakenOut(engine.code, D("0.333333"), PartOutcome.STOCK)])
    assert the_rest(machine, inside, []) == {engine.code: D("0.333333")}
