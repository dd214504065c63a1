"""Lots are found by what people know of them."""

from datetime import date
from decimal import Decimal as D

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.db import Database
from mes.lots.models import Lot
from mes.lots.search import find_lots, page_of_lots
from mes.lots.service import adjust_lot
from tests.conftest import Shop
from tests.desk import Desk
from tests.lots.test_ledger import receive, rice
from tests.statements import statements

TODAY = date(2026, 1, 5)


def found(shop: Shop, text: str, show: str = "all") -> list[str]:
    with shop.read() as read:
        return [lot.code for lot in page_of_lots(read, text=text, show=show, today=TODAY).rows]


@pytest.fixture
def lots(shop: Shop) -> list[Lot]:
    item = rice(shop, name_en="Rice")
    salt = rice(shop, code="SALT-1", name="천일염")
    return [
        *receive(shop, item, 5, supplier_lot="RED777b"),
        *receive(shop, salt, 5, supplier_lot="가나-12"),
    ]


@pytest.mark.parametrize("text", ["RICE", "ric", "쌀", "rIcE", "RED777b", "RED7"])
def test_a_lot_is_found_by_item_and_by_suppliers_number(shop: Shop, lots: list[Lot], text: str) -> None:
    assert found(shop, text) == [lots[0].code]


def test_a_lot_is_found_by_the_beginning_and_the_end_of_its_code(shop: Shop, lots: list[Lot]) -> None:
    rice_lot, salt_lot = (lot.code for lot in lots)
    assert found(shop, "l260105") == [salt_lot, rice_lot]
    assert found(shop, rice_lot[:-1]) == [rice_lot]
    assert found(shop, rice_lot[-4:].lower()) == [rice_lot]
    assert found(shop, rice_lot[-6:]) == [rice_lot]
    assert found(shop, rice_lot[-3:]) == []
    assert found(shop, "가나") == [salt_lot]
    assert found(shop, "일염") == [salt_lot]
    assert found(shop, "%") == found(shop, "_") == found(shop, "javascript:x") == []


def test_the_filter_of_the_list_stays_in_force(shop: Shop, lots: list[Lot]) -> None:
    shop.do(lambda work: adjust_lot(work, lots[0].code, D(0), "분실"))
    assert found(shop, "RICE", show="stock") == []
    assert found(shop, "RICE") == [lots[0].code]


def test_no_way_of_finding_reads_the_whole_table(database: Database, shop: Shop, lots: list[Lot]) -> None:
    if not database.is_sqlite:
        return  # an empty table is read whole there, and rightly so
    with statements(shop.database) as asked:
        found(shop, "0010")
    [search] = [one for one in asked if "tail" in one and "UNION ALL" in one]
    with shop.read() as read:
        plan = read.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {search}", ("0",) * search.count("?")).all()
    steps = [row[3] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN lots")], steps
    assert any("ix_lots_tail" in step for step in steps), steps


def test_the_list_of_lots_and_the_stock_of_an_item_lead_there(app: Flask, shop: Shop, lots: list[Lot]) -> None:
    handler = Desk(app, shop, Role.MATERIAL)
    page = handler.see("/lots?q=SALT")
    assert lots[1].code in page
    assert lots[0].code not in page
    page = handler.see("/lots?item=RICE")
    assert lots[0].code in page
    assert lots[1].code not in page
    assert "No lot fits" in handler.see("/lots?q=ZZZZ")


def test_a_name_or_a_beginning_in_the_scan_box_leads_to_a_choice(app: Flask, shop: Shop, lots: list[Lot]) -> None:
    operator = Desk(app, shop, Role.OPERATOR)
    page = operator.see("/scan?text=L260105")
    assert all(f"/lots/{lot.code}" in page for lot in lots)
    answer = operator.client.get("/scan?text=" + lots[0].code[-4:])
    assert (answer.status_code, answer.location) == (302, f"/lots/{lots[0].code}")
    operator.see("/scan?text=ZZZZ", status=404)


def test_many_that_fit_are_the_list_of_lots(app: Flask, shop: Shop, lots: list[Lot]) -> None:
    receive(shop, lots[0].item, *[1] * 20)
    answer = Desk(app, shop, Role.LEADER).client.get("/scan?text=RIC")
    assert (answer.status_code, answer.location) == (302, "/lots?q=RIC&show=all")
    assert Desk(app, shop, Role.OPERATOR).see("/scan?text=RIC").count('href="/lots/L') == 20


def test_a_name_or_a_beginning_can_be_traced(app: Flask, shop: Shop, lots: list[Lot]) -> None:
    operator = Desk(app, shop, Role.OPERATOR)
    page = operator.see("/trace?of=L2601")
    assert all(f"/trace?of={lot.code}" in page for lot in lots)
    assert operator.client.get("/trace?of=천일").location == f"/trace?of={lots[1].code}"
    operator.see("/trace?of=ZZZZ", status=404)


def test_one_character_is_nothing_to_find_a_lot_by(shop: Shop, lots: list[Lot]) -> None:
    with shop.read() as read:
        assert find_lots(read, "L") == []
