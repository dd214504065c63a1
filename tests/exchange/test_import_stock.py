"""Stock at the start and work orders from files: entered like everything else, never twice by accident."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.models import LocationKind
from mes.exchange.models import Verdict
from mes.exchange.rules import ImportedBefore
from mes.items.models import BomLine, Tracking
from mes.items.service import add_unit
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import get_lot
from mes.orders.models import OrderState, WorkOrder
from mes.orders.queries import get_order
from mes.orders.service import cancel_order
from mes.partners.models import PartnerKind
from mes.scan.relabelling import label_anew
from tests.conftest import Shop
from tests.exchange.importing import bring, refused, why
from tests.factories import make_item, make_location, make_partner

LOTS = "로트번호|품목코드|공급처로트|공급처|수량|단위|입고일|소비기한|위치"
ORDERS = "작업지시번호|품목코드|지시수량|단위|납기|우선순위|고객|비고"


@pytest.fixture
def store(shop: Shop) -> Shop:
    """A store with rice, engines by serial number, and somebody to buy from and to sell to."""

    def deed(work: Work) -> None:
        make_item(work, code="RICE", unit="kg", inspect_incoming=True, shelf_life_days=365)
        make_item(work, code="ENGINE", tracking=Tracking.SERIAL)
        make_item(work, code="WATER", tracking=Tracking.NONE)
        add_unit(work, "RICE", "포", Decimal(20))
        make_location(work, code="S-1", kind=LocationKind.STORE)
        make_partner(work, PartnerKind.SUPPLIER, code="V-1")
        make_partner(work, PartnerKind.CUSTOMER, code="C-1")

    shop.do(deed)
    return shop


def test_stock_at_the_start_is_received_with_its_own_numbers(store: Shop) -> None:
    bring(
        store, "opening_lots", LOTS, "|RICE|1E5|V-1|640|kg|2025-12-01|2026-12-01|S-1",
        "EN-1|ENGINE|AE-7101|V-1|1|EA|2025.12.01||S-1", "|RICE|3-4||3|포|2025-12-20||",
    )  # fmt: skip
    with store.read() as read:
        lots = list(read.scalars(select(Lot).order_by(Lot.id)))
        engine = get_lot(read, "en-1")
    first, _, bags = lots
    assert (first.on_hand, first.supplier_lot, first.expires_on) == (Decimal(640), "1E5", date(2026, 12, 1))
    assert (first.made_on, first.status) == (date(2025, 12, 1), LotStatus.AVAILABLE)
    assert (bags.on_hand, bags.expires_on) == (Decimal(60), date(2026, 12, 20))
    assert engine.on_hand == 1


def quantities(shop: Shop) -> list[Decimal]:
    with shop.read() as read:
        return list(read.scalars(select(Lot.on_hand).order_by(Lot.id)))


def test_a_unit_in_the_heading_counts_where_no_column_tells_one(store: Shop) -> None:
    """500 under 수량(g) is half a kilogram of what is counted in kilograms."""
    bring(store, "opening_lots", "품목코드|수량(g)", "RICE|500")
    bring(store, "opening_lots", "품목코드|수량 (㎏)", "RICE|500")
    bring(store, "opening_lots", "품목코드|수량(필수)", "RICE|7")
    bring(store, "opening_lots", "품목코드|수량(g)|단위", "RICE|3|포")
    assert quantities(store) == [Decimal("0.5"), 500, 7, 60]
    rows = refused(store, "opening_lots", "품목코드|수량(EA)", "RICE|500", "ENGINE|1")
    assert why(rows) == [("", "UnitDiffers")]
    orders = refused(store, "work_orders", "품목코드|지시수량[m]|납기", "RICE|5|2026-02-01")
    assert why(orders) == [("", "UnitDiffers")]
    lists = "모품목코드|자품목코드|소요량(g)"
    bring(store, "boms", lists, "ENGINE|RICE|250")
    with store.read() as read:
        assert read.scalars(select(BomLine.quantity)).all() == [Decimal("0.25")]


def test_stock_that_cannot_be_is_refused(store: Shop) -> None:
    bring(store, "opening_lots", LOTS, "L-1|RICE|||1|kg|||")
    rows = refused(
        store, "opening_lots", LOTS, "L-1|RICE|||1|kg|||", "|ENGINE|||2|EA|||", "|WATER|||1|EA|||", "|RICE|||-1|kg|||",
        "|RICE||C-1|1|kg|||", "|RICE|||1|kg||0000-01-01|", "|RICE|||1|kg||9999-12-31|", "|RICE|||1|kg|||S-9",
        "X|RICE|||1|kg|||", "x|RICE|||1|kg|||", "|NONE|||1|kg|||", "|RICE|||1|m|||", "|RICE||V-9|1|kg|||",
    )  # fmt: skip
    assert why(rows) == [
        ("A2", "LotIsThere"), ("E3", "SerialIsOne"), ("B4", "NotTracked"), ("E5", "NumberIsNegative"),
        ("D6", "PartnerIsNot"), ("H7", "DateImplausible"), ("H8", "DateImplausible"), ("I9", "NotKnown"),
        ("A11", "RowTwice"), ("B12", "NotKnown"), ("F13", "UnitDiffers"), ("D14", "NotKnown"),
    ]  # fmt: skip


def test_a_number_with_a_slash_is_refused_as_nothing_of_that_number_could_be_opened(store: Shop) -> None:
    assert why(refused(store, "opening_lots", "로트번호|품목코드|수량", "AB/1|RICE|5")) == [("A2", "CodeHasSlash")]
    plan = refused(store, "work_orders", ORDERS, "W/7|RICE|5|kg|2026-01-12|||")
    assert why(plan) == [("A2", "CodeHasSlash")]


def test_a_number_that_a_lot_bore_before_is_refused(store: Shop) -> None:
    bring(store, "opening_lots", LOTS, "L-1|RICE|||1|kg|||")
    store.do(lambda work: label_anew(work, "L-1", "CUST-7", "고객 번호"))
    rows = refused(store, "opening_lots", LOTS, "l-1|RICE|||1|kg|||", "CUST-7|RICE|||1|kg|||")
    assert why(rows) == [("A2", "LotIsThere"), ("A3", "LotIsThere")]


def test_the_same_stock_is_not_entered_twice_unless_it_is_meant(store: Shop) -> None:
    bring(store, "opening_lots", LOTS, "|RICE|||1|kg|||")
    with pytest.raises(ImportedBefore) as no:
        bring(store, "opening_lots", LOTS, "|RICE|||1|kg|||")
    assert no.value.asks
    assert "김대표" in no.value.sentence
    bring(store, "opening_lots", LOTS, "|RICE|||1|kg|||", confirmed=True)
    with store.read() as read:
        assert len(read.scalars(select(Lot)).all()) == 2


def test_a_production_plan_becomes_drafts(store: Shop) -> None:
    bring(store, "work_orders", ORDERS, "WO-1|RICE|600|kg|2026-01-09|긴급|C-1|연말", "|ENGINE|2|EA|2026-01-10|||")
    with store.read() as read:
        order = get_order(read, "WO-1")
        other = read.scalars(select(WorkOrder).where(WorkOrder.code != "WO-1")).one()
    assert (order.state, order.quantity, order.priority) == (OrderState.DRAFT, Decimal(600), 1)
    assert order.customer is not None
    assert (other.priority, other.code[0]) == (5, "W")


def test_a_draft_is_changed_by_the_plan_and_an_order_beyond_is_not(store: Shop) -> None:
    bring(store, "work_orders", ORDERS, "WO-1|RICE|600|kg|2026-01-09|긴급|C-1|연말")
    found = bring(store, "work_orders", ORDERS, "WO-1|RICE|500|kg|2026-01-12|||")
    assert [change.field for change in found.rows[0].changes] == ["quantity", "due_on"]
    with store.read() as read:
        order = get_order(read, "WO-1")
    assert (order.quantity, order.due_on, order.priority, order.note) == (Decimal(500), date(2026, 1, 12), 1, "연말")
    store.do(lambda work: cancel_order(work, "WO-1", "취소"))
    same = bring(store, "work_orders", ORDERS, "WO-1|RICE|500|kg|2026-01-12|긴급||")
    assert same.counts[Verdict.SAME] == 1
    assert why(refused(store, "work_orders", ORDERS, "WO-1|RICE|400|kg|2026-01-12|||")) == [("A2", "OrderIsReleased")]


def test_orders_that_cannot_be_are_refused(store: Shop) -> None:
    rows = refused(
        store, "work_orders", ORDERS, "A|RICE|1|kg||||", "B|ENGINE|1.5|EA|2026-01-09|||", "C|RICE|1|kg|내일|||",
        "D|RICE|1|kg|2026-01-09|빨리||", "E|RICE|1|kg|2026-01-09||V-1|", "F|RICE|1000000000000|kg|2026-01-09|||",
    )  # fmt: skip
    assert why(rows) == [
        ("E2", "CellIsMissing"), ("C3", "WholePieces"), ("E4", "NotADate"), ("F5", "NotAChoice"),
        ("G6", "PartnerIsNot"), ("C7", "NumberTooLarge"),
    ]  # fmt: skip
