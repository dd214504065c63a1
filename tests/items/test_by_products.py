"""By-products: what also comes out is written down beside the components and never counted as needed."""

from decimal import Decimal
from functools import partial

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.errors import NotFound
from mes.core.work import Work
from mes.items import boms, queries
from mes.items.by_products import ByProductData, ByProductNotKept, OwnByProduct, by_products_of
from mes.items.models import Bom, Item, ItemKind, Tracking
from mes.items.rules import NotDraft, QuantityMissing, UnitInUse
from mes.items.service import change_item
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_by_product, make_item, make_released_bom


def tofu(work: Work) -> Bom:
    """Tofu of beans; okara also comes out."""
    product = make_item(work, code="TOFU", kind=ItemKind.FINISHED)
    make_released_bom(work, product, (make_item(work, code="BEAN"), 2))
    draft = boms.copy_bom(work, product)
    make_by_product(work, draft, item=make_item(work, code="OKARA", unit="kg"), quantity=Decimal("0.8"))
    return draft


def also(shop: Shop, bom_id: int) -> list[tuple[str, Decimal]]:
    """What also comes out."""
    with shop.read() as read:
        return [(row.item.code, row.quantity) for row in by_products_of(read, bom_id)]


def test_what_also_comes_out_is_never_needed(shop: Shop) -> None:
    draft = shop.do(tofu)
    shop.do(lambda work: boms.release_bom(work, draft.id))
    assert also(shop, draft.id) == [("OKARA", Decimal("0.8"))]
    with shop.read() as read:
        exploded = queries.explode(read, draft.item_id, Decimal(10))
        assert [(total.item.code, total.quantity) for total in exploded.totals] == [("BEAN", Decimal(20))]


def test_a_new_draft_has_the_by_products_of_the_revision_in_force(shop: Shop) -> None:
    draft = shop.do(tofu)
    shop.do(lambda work: boms.release_bom(work, draft.id))
    fresh = shop.do(lambda work: boms.copy_bom(work, work.session.get_one(Item, draft.item_id)))
    assert fresh.id != draft.id
    assert also(shop, fresh.id) == [("OKARA", Decimal("0.8"))]
    with pytest.raises(NotDraft):
        shop.do(lambda work: boms.remove_by_product(work, draft.id, "OKARA"))


def put(bom_id: int, item: Item, quantity: str, work: Work) -> None:
    """Enter a by-product."""
    boms.add_by_product(work, bom_id, ByProductData(item=item, quantity=Decimal(quantity)))


def test_a_by_product_is_another_item_kept_by_lot_in_some_quantity(shop: Shop) -> None:
    draft = shop.do(tofu)
    with shop.read() as read:
        product, okara = queries.get_item(read, "TOFU"), queries.get_item(read, "OKARA")
    with pytest.raises(OwnByProduct):
        shop.do(partial(put, draft.id, product, "1"))
    with pytest.raises(QuantityMissing):
        shop.do(partial(put, draft.id, okara, "0"))
    loose = shop.do(partial(make_item, tracking=Tracking.NONE))
    with pytest.raises(ByProductNotKept, match="not tracked by lot"):
        shop.do(partial(put, draft.id, loose, "1"))
    shop.do(partial(put, draft.id, okara, "0.9"))
    assert also(shop, draft.id) == [("OKARA", Decimal("0.9"))]
    shop.do(lambda work: boms.remove_by_product(work, draft.id, "OKARA"))
    with pytest.raises(NotFound):
        shop.do(lambda work: boms.remove_by_product(work, draft.id, "OKARA"))


def test_by_products_are_entered_and_taken_out_at_a_desk(app: Flask, shop: Shop) -> None:
    shop.do(tofu)
    shop.do(partial(make_item, code="WHEY"))
    manager, page = Desk(app, shop, Role.MANAGER), "/items/TOFU/bom/2"
    assert "Also comes out" in manager.see(page)
    manager.press(f"{page}/also", by_product="WHEY", amount="1.5", at="20")
    assert "1.5" in manager.see(page)
    manager.press(f"{page}/also", 422, by_product="NONE", amount="1")
    manager.press(f"{page}/also", 422, by_product="WHEY", amount="-1")
    manager.press(f"{page}/also/remove", item="WHEY")
    assert "WHEY" not in manager.see(page)
    manager.press(f"{page}/also/remove", 404, item="WHEY")
    Desk(app, shop, Role.OPERATOR).press(f"{page}/also", 403, by_product="WHEY", amount="1")


def test_what_comes_out_beside_a_product_stays_tracked_by_lot(shop: Shop) -> None:
    row = shop.do(make_by_product)
    item = shop.do(lambda work: work.session.get_one(Item, row.item_id))
    with pytest.raises(UnitInUse):
        shop.do(lambda work: change_item(work, item.code, tracking=Tracking.SERIAL))
    assert shop.do(lambda work: change_item(work, item.code, tracking=Tracking.LOT, unit="g")).unit == "g"


def test_revisions_that_differ_in_what_also_comes_out_are_told_apart(app: Flask, shop: Shop) -> None:
    def enter(work: Work) -> None:
        made = tofu(work)
        boms.release_bom(work, made.id)
        draft = boms.copy_bom(work, work.session.get_one(Item, made.item_id))
        for number, quantity in (("1", "2"), ("2", "3")):
            extra = make_item(work, code=f"EXTRA{number}", unit="kg")
            boms.add_by_product(work, draft.id, ByProductData(item=extra, quantity=Decimal(quantity)))
        boms.release_bom(work, draft.id)
        last = boms.copy_bom(work, work.session.get_one(Item, made.item_id))
        boms.remove_by_product(work, last.id, "EXTRA1")
        again = queries.get_item(work.session, "EXTRA2")
        boms.add_by_product(work, last.id, ByProductData(item=again, quantity=Decimal(4), operation=10))
        boms.release_bom(work, last.id)

    shop.do(enter)
    desk = Desk(app, shop, Role.MANAGER)
    compare = "/items/TOFU/bom/compare"
    page = desk.see(f"{compare}?old=2&new=3")
    assert "No difference" not in page
    assert (page.count("EXTRA1"), page.count("EXTRA2")) == (2, 2)
    page = desk.see(f"{compare}?old=3&new=4")
    assert "Gone" in page
    assert "Changed" in page
    assert "Operation 10" in page
    assert "No difference" in desk.see(f"{compare}?old=4&new=4")
