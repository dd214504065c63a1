"""Choosing suspects by what is typed: several numbers, numbers of several suppliers, many codes, times with a zone."""

from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.items.models import ItemKind
from mes.items.service import add_item
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from mes.trace.beginnings import MOST_CODES, Choice, CodeNeeded, How, beginning_of
from mes.trace.handles import WhichOne
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import D


class Yard:
    """Two suppliers both use the numbers A-77 and B-5; nobody else uses C-1."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.lots: dict[str, Lot] = {}
        shop.do(self._build)

    def _build(self, work: Work) -> None:
        item = add_item(work, code="RAW", name="원료", kind=ItemKind.RAW, unit="kg")
        for supplier in ("MILL", "FARM"):
            who = add_partner(work, code=supplier, name=supplier, kinds=[PartnerKind.SUPPLIER])
            for number in ("A-77", "B-5", *(["C-1"] if supplier == "FARM" else [])):
                [lot] = receive_lots(
                    work, item=item, quantities=[D(10)], supplier=who, supplier_lot=number, confirmed=True
                )
                self.lots[f"{supplier} {number}"] = lot

    def suspects(self, of: str, only: str | None = None) -> set[str]:
        """Which deliveries are suspected."""
        with self.shop.read() as read:
            found = beginning_of(read, Choice(How.CODES, of, only=only)).lots
        return {name for name, lot in self.lots.items() if lot.id in found}


@pytest.fixture
def yard(shop: Shop) -> Yard:
    """What was delivered."""
    return Yard(shop)


def test_each_number_of_several_suppliers_is_asked_about_by_itself(yard: Yard) -> None:
    with pytest.raises(WhichOne) as asked:
        yard.suspects("C-1\nB-5")
    assert asked.value.values["text"] == "B-5"
    assert yard.suspects("C-1\nB-5", "supplier_lot/MILL/RAW") == {"FARM C-1", "MILL B-5"}
    assert yard.suspects("A-77\nB-5", "all") == {"MILL A-77", "FARM A-77", "MILL B-5", "FARM B-5"}


def test_the_page_offers_the_deliveries_of_the_number_that_has_several(app: Flask, yard: Yard) -> None:
    desk = Desk(app, yard.shop, Role.QUALITY)
    asked = desk.see("/recalls/new?how=codes&of=C-1%0AB-5")
    assert asked.count("only=supplier_lot") == 2
    assert "Begin now" not in asked
    assert "Begin now" in desk.see("/recalls/new?how=codes&of=C-1%0AB-5&only=supplier_lot/FARM/RAW")


def test_as_many_codes_as_are_promised_have_room(app: Flask, yard: Yard) -> None:
    lot = yard.lots["FARM C-1"].code
    many = "\n".join([lot, *(f"{lot.lower()}{' ' * 60}," for _ in range(MOST_CODES - 1))])
    assert len(many) > 2000
    desk = Desk(app, yard.shop, Role.QUALITY)
    chosen: dict[str, Any] = {"how": "codes", "of": many, "title": "Glass", "reason": "told"}
    assert "/recalls/" in desk.press("/recalls/new", **chosen)
    made = Program(app, yard.shop).post("/recalls", {"of": many, "title": "Glass", "reason": "told"})
    assert made.status_code == 201, made.text
    with pytest.raises(CodeNeeded):
        yard.suspects("\n".join(f"X{number}" for number in range(MOST_CODES + 1)))


def test_a_program_says_times_with_their_zone(app: Flask, yard: Yard) -> None:
    program = Program(app, yard.shop)
    asked = {"how": "item", "of": "RAW", "title": "Glass", "reason": "told", "until": "2026-12-31T00:00:00Z"}
    refused = program.post("/recalls", {**asked, "since": "2026-01-01T00:00:00"})
    assert (refused.status_code, refused.json["field"]) == (422, "since")  # type: ignore[index]
    made = program.post("/recalls", {**asked, "since": "2026-01-01T00:00:00+09:00"})
    assert (made.status_code, made.json["suspects"]) == (201, 5)  # type: ignore[index]
