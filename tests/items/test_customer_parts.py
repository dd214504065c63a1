"""What customers call our items: on their labels stand their numbers, not ours."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.exchange.exports import LISTS
from mes.exchange.models import Verdict
from mes.exchange.plans import Options
from mes.exchange.service import prepare, preview
from mes.exchange.sheets import as_csv
from mes.items.customer_parts import (
    NotACustomer,
    PartIsThere,
    PartNumberMissing,
    get_customer_part,
    page_of_customer_parts,
    parts_called,
    parts_of_item,
    remove_customer_part,
    set_customer_part,
)
from mes.items.queries import get_item
from mes.partners.models import PartnerKind
from mes.partners.queries import get_partner
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.importing import bring, look, refused, why
from tests.factories import make_customer_part, make_item, make_partner

HEAD = "고객코드|품목코드|고객품번|고객품명|고객단위|납품입수"


def stage(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="CAKE", name="떡", unit="EA"))
    shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER, code="C-1", name="유통"))
    shop.do(lambda work: make_partner(work, PartnerKind.SUPPLIER, code="V-1", name="정미소"))


def test_a_customers_number_is_recorded_once_and_changed_there(shop: Shop) -> None:
    part = shop.do(lambda work: make_customer_part(work, code="7001", pack_size=Decimal(20)))
    with shop.read() as read:
        kept = get_customer_part(read, part.id)
        item, partner = kept.item, kept.partner
        assert (kept.code, kept.pack_size) == ("7001", Decimal(20))
    with pytest.raises(PartIsThere, match="7001"):
        shop.do(lambda work: set_customer_part(work, item=item, partner=partner, code="8", fresh=True))
    shop.do(lambda work: set_customer_part(work, item=item, partner=partner, code=" 7002 ", name="떡볶이"))
    with shop.read() as read:
        [only] = parts_of_item(read, item.id)
        assert (only.code, only.name, only.pack_size) == ("7002", "떡볶이", None)
        assert [one.id for one in parts_called(read, "7002")] == [part.id]
        assert [one.id for one in page_of_customer_parts(read, text="볶이", partner=partner.code).rows] == [part.id]
        assert not page_of_customer_parts(read, item="NOBODY").rows
    shop.do(lambda work: remove_customer_part(work, part.id))
    with shop.read() as read, pytest.raises(NotFound):
        get_customer_part(read, part.id)


def test_only_a_customer_has_part_numbers_and_a_number_is_never_empty(shop: Shop) -> None:
    stage(shop)
    with shop.read() as read:
        item, mill, buyer = get_item(read, "CAKE"), get_partner(read, "V-1"), get_partner(read, "C-1")
    with pytest.raises(NotACustomer):
        shop.do(lambda work: set_customer_part(work, item=item, partner=mill, code="7001"))
    with pytest.raises(PartNumberMissing):
        shop.do(lambda work: set_customer_part(work, item=item, partner=buyer, code=" "))


def test_a_list_of_part_numbers_comes_in_changes_what_is_there_and_goes_out_as_it_was(shop: Shop) -> None:
    stage(shop)
    found = bring(shop, "customer_parts", HEAD, "C-1|CAKE|7001|떡 1kg|BOX|20")
    assert [row.verdict for row in found.rows] == [Verdict.NEW]
    again = look(shop, "customer_parts", HEAD, "C-1|CAKE|7001|||")
    assert [row.verdict for row in again.rows] == [Verdict.SAME]
    bring(shop, "customer_parts", HEAD, "C-1|CAKE|7002||EA|")
    with shop.read() as read:
        [part] = parts_called(read, "7002")
        assert (part.name, part.unit, part.pack_size) == ("떡 1kg", "EA", Decimal(20))
        listed = LISTS["customer_parts"]
        data = as_csv(listed.headings(), list(listed.rows(read)))
    with shop.read() as read:
        assert not preview(read, prepare("customer_parts", "list.csv", data, options=Options())).does_something


def test_a_list_with_unknown_things_is_refused_at_its_cells(shop: Shop) -> None:
    stage(shop)
    rows = ("C-9|CAKE|1|||", "C-1|PIE|1|||", "V-1|CAKE|1|||", "C-1|CAKE|1|||", "C-1|CAKE|2|||", "C-1|CAKE|3|||-1")
    found = why(refused(shop, "customer_parts", HEAD, *rows))
    assert found == [
        ("A2", "NotKnown"),
        ("B3", "NotKnown"),
        ("A4", "NotACustomer"),
        ("B6", "RowTwice"),
        ("F7", "NumberIsNegative"),
    ]


def test_the_pages_enter_show_change_and_remove_a_part_number(app: Flask, shop: Shop) -> None:
    stage(shop)
    boss = Desk(app, shop, Role.MANAGER)
    form: dict[str, Any] = {"item": "CAKE", "partner": "C-1", "code": "7001", "name": "", "unit": "", "pack_size": "12"}
    boss.press("/new/customer-part?item=CAKE", **form)
    assert "7001" in boss.see("/items/CAKE")
    assert "7001" in boss.see("/customer-parts?partner=C-1")
    with shop.read() as read:
        [part] = parts_called(read, "7001")
    boss.press(f"/customer-parts/{part.id}", code="7009", name="떡", unit="봉", pack_size="")
    assert "7009" in boss.see("/customer-parts")
    boss.press(f"/customer-parts/{part.id}/remove")
    boss.see("/customer-parts")
    assert "No part numbers here" in boss.see("/customer-parts?q=7009")
