"""What could not be recorded is told by the first look, at its row."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from mes.core.errors import Refused
from mes.core.work import Work
from mes.equipment.models import Location, WorkCentre
from mes.exchange.rules import Preview
from mes.exchange.service import prepare, preview
from mes.items.models import Item
from mes.lots.models import Lot, Receipt
from mes.lots.receiving_rules import CameBeforeMade
from mes.lots.service import receive_lots
from mes.partners.models import Partner, PartnerKind
from tests.conftest import Shop
from tests.exchange.importing import bring, csv, refused, why
from tests.factories import make_item, make_location, make_partner, make_work_centre

LOTS = "로트번호|품목코드|수량|제조일|입고일|소비기한|위치"
ORDERS = "작업지시번호|품목코드|지시수량|납기|고객"
STEPS = "품목코드|공정순서|공정명|작업장|외주여부"


@pytest.fixture
def plant(shop: Shop) -> Shop:
    """Rice and beans, a place, a work centre, a customer and a subcontractor."""

    def deed(work: Work) -> None:
        make_item(work, code="RICE", unit="kg")
        make_item(work, code="BEAN", unit="kg", shelf_life_days=36_500)
        make_location(work, code="S-1")
        make_work_centre(work, code="WC-1")
        make_partner(work, PartnerKind.CUSTOMER, code="C-1")
        make_partner(work, PartnerKind.SUBCONTRACTOR, code="O-1")

    shop.do(deed)
    return shop


def look(plant: Shop, kind: str, *rows: str) -> list[tuple[str, str]]:
    """Cells and reasons of the rows that a look refuses."""
    found: Preview
    with plant.read() as read:
        found = preview(read, prepare(kind, f"{kind}.csv", csv(*rows)), plant.now.date())
    return why(found.refused)


def test_days_of_stock_that_cannot_be_are_refused(plant: Shop) -> None:
    rows = [
        LOTS, "|RICE|1|2026-01-06|||", "|RICE|1|2025-02-01||2025-01-31|", "|RICE|1||2026-01-06||",
        "|RICE|1|2025-12-02|2025-12-01||", "|RICE|1|1999-12-31|||", "|BEAN|1||2025-12-01|2025-12-31|",
    ]  # fmt: skip
    reasons = [
        ("D2", "MadeLater"), ("F3", "DatesReversed"), ("E4", "CameLater"), ("E5", "CameBeforeMade"),
        ("D6", "DateImplausible"),
    ]  # fmt: skip
    assert look(plant, "opening_lots", *rows) == reasons
    assert why(refused(plant, "opening_lots", *rows)) == reasons
    assert CameBeforeMade(came=date(2025, 12, 1), made=date(2025, 12, 2)).status == 422


def test_stock_of_which_both_days_are_told_keeps_both(plant: Shop) -> None:
    bring(plant, "opening_lots", LOTS, "|RICE|1|2025-10-01|2025-12-20||", "|BEAN|1|2026-01-05|2026-01-05||")
    with plant.read() as read:
        rice, bean = read.scalars(select(Lot).order_by(Lot.id))
        came = [receipt.at for receipt in read.scalars(select(Receipt).order_by(Receipt.id))]
    assert (rice.made_on, rice.arrived_on) == (date(2025, 10, 1), None)
    assert came[0] == datetime.fromisoformat("2025-12-20T12:00+09:00")
    assert bean.expires_on == date(2125, 12, 12)


def test_an_outsourced_step_without_a_subcontractor_is_refused_also_without_that_column(plant: Shop) -> None:
    assert look(plant, "routings", STEPS, "RICE|10|도금|WC-1|Y") == [("E2", "SubcontractorMissing")]
    bring(plant, "routings", f"{STEPS}|외주처", "RICE|10|도금|WC-1|Y|O-1")
    assert look(plant, "routings", STEPS, "RICE|10|아연 도금|WC-1|Y") == [], "the one that is recorded stays"


def test_what_was_taken_out_of_use_is_named_by_no_new_row(plant: Shop) -> None:
    bring(plant, "work_orders", ORDERS, "WO-1|RICE|1|2026-02-01|C-1")

    def close(work: Work) -> None:
        for statement in (
            update(Location),
            update(WorkCentre),
            update(Partner),
            update(Item).where(Item.code == "RICE"),
        ):
            work.session.execute(statement.values(active=False))

    plant.do(close)
    assert look(plant, "opening_lots", LOTS, "|RICE|1||||", "|BEAN|1||||S-1") == [
        ("B2", "NoLongerUsed"), ("G3", "NoLongerUsed")
    ]  # fmt: skip
    orders = ["WO-1|RICE|1|2026-02-01|C-1", "WO-1B|RICE|1|2026-02-01|", "|BEAN|1|2026-02-01|C-1"]
    assert look(plant, "work_orders", ORDERS, *orders) == [("B3", "NoLongerUsed"), ("E4", "NoLongerUsed")]
    steps = ["RICE|10|a|WC-1|", "BEAN|10|a|WC-1|", "BEAN|20|a|WC-1|Y|O-1"]
    assert look(plant, "routings", f"{STEPS}|외주처", *(row + "|" * (6 - row.count("|") - 1) for row in steps)) == [
        ("A2", "NoLongerUsed"), ("D3", "NoLongerUsed"), ("D4", "NoLongerUsed")
    ]  # fmt: skip


def test_a_subcontractor_out_of_use_gets_no_new_step(plant: Shop) -> None:
    def close(work: Work) -> None:
        work.session.execute(update(Partner).where(Partner.code == "O-1").values(active=False))

    plant.do(close)
    assert look(plant, "routings", f"{STEPS}|외주처", "BEAN|20|a|WC-1|Y|O-1") == [("F2", "NoLongerUsed")]


def test_an_order_keeps_what_it_makes(plant: Shop) -> None:
    bring(plant, "work_orders", ORDERS, "WO-1|RICE|1|2026-02-01|")
    rows = refused(plant, "work_orders", ORDERS, "WO-1|BEAN|1|2026-02-01|")
    assert why(rows) == [("B2", "OrderItemDiffers")]
    assert "Work order WO-1 makes RICE, not BEAN." in str(rows[0].reason)


def test_a_lot_that_is_refused_while_it_is_recorded_stands_with_its_row(
    plant: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive(work: Work, **told: object) -> list[Lot]:
        if told["quantities"] == [Decimal(2)]:
            raise Refused
        return receive_lots(work, **told)  # type: ignore[arg-type]

    monkeypatch.setattr("mes.exchange.stock.receive_lots", receive)
    rows = refused(plant, "opening_lots", "품목코드|수량", "RICE|1", "BEAN|2", "RICE|3")
    assert [(row.number, row.code) for row in rows] == [(3, "BEAN")]
    with plant.read() as read:
        assert not read.scalars(select(Lot)).all()
