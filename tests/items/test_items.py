"""Items: codes as typed, units that keep their meaning, pictures, and the pages of a desk."""

import io
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from mes.core.access import Role
from mes.core.coded import SimilarCode
from mes.core.errors import NotFound, StaleEdit
from mes.core.files import NotAPicture
from mes.core.work import Work
from mes.items import queries, routings, service
from mes.items.models import Bom, Item, ItemKind, Revision, Routing, Tracking
from mes.items.routings import OperationData
from mes.items.rules import (
    BadGtin,
    BelowOne,
    CodeNotKnown,
    EmptyRouting,
    ItemNotKnown,
    NotDraft,
    SameUnit,
    SequenceImpossible,
    SequenceTaken,
    SubcontractorMissing,
    UnitInUse,
    UnitMissing,
)
from mes.lots.service import receive_lots
from mes.partners.models import PartnerKind
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import (
    make_item,
    make_item_unit,
    make_partner,
    make_released_bom,
    make_released_routing,
    make_work_centre,
)
from tests.statements import statements


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 100, 50)).save(out, kind)
    return out.getvalue()


def test_codes_come_through_unchanged(shop: Shop) -> None:
    for code in ("09551667812741", "00123", "1E5", "3-4", "A/B 1", "가나-1"):
        shop.do(partial(make_item, code=code))
        with shop.read() as read:
            assert queries.get_item(read, code).code == code
    with pytest.raises(SimilarCode, match="1E5"):
        shop.do(lambda work: make_item(work, code="1e5"))
    with shop.read() as read, pytest.raises(NotFound):
        queries.get_item(read, "123")


@pytest.mark.parametrize("gtin", ["8801234567893", "18801234567890", "12345670", "012345678905"])
def test_a_gtin_of_every_length_is_kept(shop: Shop, gtin: str) -> None:
    assert shop.do(lambda work: make_item(work, gtin=gtin)).gtin == gtin


@pytest.mark.parametrize("gtin", ["8801234567890", "880123456789", "abc", "88012345678935"])
def test_a_gtin_with_a_slip_is_refused(shop: Shop, gtin: str) -> None:
    with pytest.raises(BadGtin):
        shop.do(lambda work: make_item(work, gtin=gtin))


def test_a_unit_and_sensible_numbers_are_needed(shop: Shop) -> None:
    with pytest.raises(UnitMissing):
        shop.do(lambda work: make_item(work, unit=" "))
    with pytest.raises(BelowOne):
        shop.do(lambda work: make_item(work, shelf_life_days=0))
    with pytest.raises(BelowOne):
        shop.do(lambda work: make_item_unit(work, factor=Decimal(0)))


def test_the_unit_stays_once_quantities_were_recorded_in_it(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, unit="kg"))
    assert shop.do(lambda work: service.change_item(work, item.code, unit="g")).unit == "g"
    shop.do(lambda work: receive_lots(work, item=work.session.get_one(Item, item.id), quantities=[Decimal(5)]))
    refused: list[dict[str, Any]] = [{"unit": "kg"}, {"tracking": Tracking.SERIAL}]
    for values in refused:
        with pytest.raises(UnitInUse):
            shop.do(partial(service.change_item, code=item.code, **values))
    assert shop.do(lambda work: service.change_item(work, item.code, unit="g", name="새 이름")).name == "새 이름"


def test_a_stale_save_names_who_was_first(shop: Shop) -> None:
    item = shop.do(make_item)
    shop.do(lambda work: service.change_item(work, item.code, item.version, name="먼저"))
    with pytest.raises(StaleEdit, match="김대표"):
        shop.do(lambda work: service.change_item(work, item.code, item.version, name="나중"))


def test_other_units_are_added_once_and_removed(shop: Shop) -> None:
    item = shop.do(make_item)
    shop.do(lambda work: make_item_unit(work, item))
    for unit in ("BOX", "EA"):
        with pytest.raises(SameUnit):
            shop.do(partial(service.add_unit, code=item.code, unit=unit, factor=Decimal(2)))
    shop.do(lambda work: service.remove_unit(work, item.code, "BOX"))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.remove_unit(work, item.code, "BOX"))


def test_another_unit_of_an_item_does_not_become_its_own(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, unit="kg"))
    shop.do(lambda work: make_item_unit(work, item, unit="BOX", factor=Decimal(25)))
    with pytest.raises(SameUnit):
        shop.do(lambda work: service.change_item(work, item.code, unit="BOX"))
    assert shop.do(lambda work: service.change_item(work, item.code, unit="g")).unit == "g"


def draft(work: object, item: Item, *steps: OperationData) -> Routing:
    return routings.make_routing(work, item, steps)  # type: ignore[arg-type]


def test_operations_are_numbered_once_and_sensibly(shop: Shop) -> None:
    item, centre = shop.do(make_item), shop.do(make_work_centre)
    step = OperationData(sequence=10, name="절단", work_centre=centre)
    with pytest.raises(SequenceTaken):
        shop.do(lambda work: draft(work, item, step, step))
    with pytest.raises(SequenceImpossible):
        shop.do(lambda work: draft(work, item, OperationData(sequence=0, name="절단", work_centre=centre)))


def test_a_routing_needs_steps_and_names_who_does_outside_work(shop: Shop) -> None:
    item, centre = shop.do(make_item), shop.do(make_work_centre)
    with pytest.raises(EmptyRouting):
        shop.do(lambda work: routings.release_routing(work, draft(work, item).id))
    outside = OperationData(sequence=10, name="도금", work_centre=centre, outsourced=True)
    with pytest.raises(SubcontractorMissing):
        shop.do(lambda work: routings.release_routing(work, draft(work, item, outside).id))


def test_a_released_routing_is_replaced_by_the_next_draft(shop: Shop) -> None:
    item = shop.do(make_item)
    first = shop.do(lambda work: make_released_routing(work, item))
    with pytest.raises(NotDraft):
        shop.do(lambda work: routings.remove_operation(work, first.id, 10))
    second = shop.do(lambda work: routings.copy_routing(work, item))
    assert shop.do(lambda work: routings.copy_routing(work, item)).id == second.id
    shop.do(lambda work: routings.release_routing(work, second.id))
    with shop.read() as read:
        states = [routing.state for routing in queries.list_routings(read, item.id)]
        released = queries.released_routing(read, item.id)
    assert states == [Revision.RELEASED, Revision.OBSOLETE]
    assert released is not None
    assert [step.sequence for step in released.operations] == [10]


@pytest.fixture
def manager(app: Flask, shop: Shop) -> Desk:
    """The production manager's desk."""
    return Desk(app, shop, Role.MANAGER)


FORM: dict[str, Any] = {"name": "쌀가루", "kind": "raw", "unit": "kg", "tracking": "lot"}


def test_an_item_is_entered_found_and_changed_at_a_desk(manager: Desk) -> None:
    manager.press("/new/item", code="R/1 <b>", **FORM, shelf_life_days="180")
    page = manager.see("/items/R/1 <b>")
    assert "R/1 &lt;b&gt;" in page
    assert "쌀가루" in manager.see("/items?q=쌀&kind=raw")
    assert "쌀가루" not in manager.see("/items?kind=finished")
    assert 'value="180"' in manager.see("/items/R/1 <b>/edit")
    manager.press("/items/R/1 <b>/edit", **{**FORM, "name": "멥쌀가루"})
    assert "멥쌀가루" in manager.see("/items?in_use=no")
    assert "only in upper or lower case" in manager.press("/new/item", 409, code="r/1 <B>", **FORM)
    refused = manager.press("/new/item", 422, code="X", **{**FORM, "kind": "nonsense", "safety_stock": "lots"})
    assert "lots is not a number" in refused
    manager.see("/items/none", 404)


def test_a_stale_save_keeps_what_was_typed(manager: Desk, shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, code="R1"))
    manager.press("/items/R1/edit", **FORM, version=item.version, active="y")
    page = manager.press("/items/R1/edit", 409, **{**FORM, "name": "내가 친 이름"}, version=item.version)
    assert "내가 친 이름" in page
    assert "while you were editing it" in page


def test_a_picture_is_kept_clean_and_shown(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="R1"))
    manager.press("/items/R1/picture", photo=(io.BytesIO(picture()), "떡.png"))
    answer = manager.client.get("/items/R1/photo.jpg")
    assert answer.content_type == "image/jpeg"
    assert answer.data.startswith(b"\xff\xd8")
    wrong = manager.press("/items/R1/picture", 422, photo=(io.BytesIO(b"<html>"), "x.png"))
    assert "not a photo" in wrong
    manager.press("/items/R1/picture", 422)
    shop.do(lambda work: make_item(work, code="R2"))
    manager.see("/items/R2/photo.jpg", 404)
    with pytest.raises(NotAPicture):
        shop.do(lambda work: service.set_picture(work, "R1", "x.svg", b"<svg onload=alert(1)>"))


def test_units_are_added_on_the_page_of_the_item(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="R1"))
    manager.press("/items/R1/units", unit="BOX", factor="20")
    assert "1 BOX" in manager.see("/items/R1")
    assert "already a unit" in manager.press("/items/R1/units", 409, unit="BOX", factor="20")
    manager.press("/items/R1/units", 422, unit="BAG", factor="-1")
    manager.press("/items/R1/units/remove", unit="BOX")
    assert "1 BOX" not in manager.see("/items/R1")


def test_a_bill_of_material_is_drafted_released_and_compared_at_a_desk(manager: Desk, shop: Shop) -> None:
    for code in ("P", "a", "b", "c"):
        shop.do(partial(make_item, code=code))
    draft = manager.press("/items/P/bom/draft")
    assert draft == "/items/P/bom/1"
    assert "has no components" in manager.press(f"{draft}/release", 409)
    line: dict[str, Any] = {"component": "a", "quantity": "2", "consumption": "scan"}
    assert "goes by zz" in manager.press(f"{draft}/add", 422, **{**line, "component": "zz"})
    assert "cannot be a component of itself" in manager.press(f"{draft}/add", 409, **{**line, "component": "P"})
    manager.press(f"{draft}/add", 422, **{**line, "quantity": "0"})
    manager.press(f"{draft}/add", **line, scrap_percent="5", substitutes="b, c", phantom="")
    manager.press(f"{draft}/head", note="첫 판", valid_from="")
    assert "or b" in " ".join(manager.see(draft).split())
    assert "b, c" in manager.see(f"{draft}/lines/1")
    manager.press(f"{draft}/lines/1", **{**line, "quantity": "3"})
    manager.press(f"{draft}/release")
    assert "is released and cannot be edited" in manager.press(f"{draft}/remove/1", 409).lower()
    second = manager.press("/items/P/bom/draft")
    manager.press(f"{second}/add", **{**line, "component": "b"})
    manager.press(f"{second}/remove/1")
    manager.press(f"{second}/release")
    compared = manager.see("/items/P/bom/compare?old=1&new=2")
    assert "Gone" in compared
    assert "New" in compared
    assert "b" in manager.see("/items/P/explosion?quantity=1,000")
    assert "abc is not a number" in manager.see("/items/P/explosion?quantity=abc")
    assert "More than 0" in manager.see("/items/P/explosion?quantity=-1")
    assert "/items/P" in manager.see("/items/b/used")
    assert "used nowhere" in manager.see("/items/a/used")
    third = manager.press("/items/P/bom/draft")
    manager.press(f"{third}/discard")
    manager.see("/items/P/bom/99", 404)
    manager.see("/items/a/explosion")
    assert 'value="b"' in manager.see("/suggest/items?component=b")


def test_a_routing_is_drafted_and_released_at_a_desk(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="P"))
    centre = shop.do(make_work_centre)
    partner = shop.do(lambda work: make_partner(work, PartnerKind.SUBCONTRACTOR))
    draft = manager.press("/items/P/routing/draft")
    assert "has no operations" in manager.press(f"{draft}/release", 409)
    step: dict[str, Any] = {"sequence": "10", "name": "절단", "work_centre": str(centre.id), "subcontractor": ""}
    manager.press(f"{draft}/add", **step)
    assert "already an operation 10" in manager.press(f"{draft}/add", 409, **step)
    outside: dict[str, Any] = {**step, "sequence": "20", "name": "도금", "outsourced": "y"}
    manager.press(f"{draft}/add", **outside)
    assert "no subcontractor is named" in manager.press(f"{draft}/release", 409)
    manager.press(f"{draft}/operations/20", **{**outside, "subcontractor": str(partner.id), "sequence": "30"})
    assert "도금" in manager.see(f"{draft}/operations/30")
    manager.press(f"{draft}/release")
    assert "절단" in manager.see("/items/P")
    second = manager.press("/items/P/routing/draft")
    manager.press(f"{second}/remove/10")
    manager.press(f"{second}/discard")
    manager.see(f"{second}/operations/10", 404)


def test_a_long_list_and_a_large_bill_take_a_fixed_number_of_statements(manager: Desk, shop: Shop) -> None:
    top = shop.do(lambda work: make_item(work, code="TOP"))

    def counted(address: str) -> int:
        with statements(shop.database) as sent:
            manager.see(address)
        return len(sent)

    addresses = ["/items", "/items/TOP", "/items/TOP/bom/1", "/items/TOP/explosion", "/items/I-part/used"]
    part = shop.do(lambda work: make_item(work, code="I-part"))
    shop.do(lambda work: make_released_bom(work, top, (part, 1)))
    few = [counted(address) for address in addresses]
    second = shop.do(lambda work: make_item(work, code="TOP2"))
    many = shop.do(lambda work: [make_item(work) for _ in range(60)])
    shop.do(lambda work: make_released_bom(work, second, *((item, 2) for item in many), (part, 1)))
    addresses = [address.replace("TOP", "TOP2") for address in addresses]
    assert [counted(address) for address in addresses] == few
    assert max(few) <= 12


def test_an_operator_sees_no_masters(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="CAKE-OF-THE-HOUSE"))
    operator = Desk(app, shop, Role.OPERATOR)
    for address in ("/items", "/partners", "/machines", "/places", "/events", "/plant", "/tokens"):
        assert "CAKE-OF-THE-HOUSE" not in operator.see(address, 403)


def test_a_component_is_found_by_its_own_name_or_by_a_scan(shop: Shop, manager: Desk) -> None:
    for code, name in (("P", "팥떡"), ("a", "팥앙금"), ("b", "설탕"), ("c", "설탕"), ("d", "콩")):
        shop.do(partial(make_item, code=code, name=name))
    shop.do(lambda work: make_item(work, code="e", gtin="08801234567893"))
    draft = manager.press("/items/P/bom/draft")
    line: dict[str, Any] = {"quantity": "2", "consumption": "scan"}
    for meant in ("팥앙금", "https://mes.example/s/d", "]C10108801234567893"):
        manager.press(f"{draft}/add", **line, component=meant)
    with shop.read() as read:
        lines = queries.get_bom(read, queries.get_item(read, "P").id, 1).lines
    assert [one.component.code for one in lines] == ["a", "d", "e"]
    for unclear in ("설탕", "없는것"):
        refused = manager.press(f"{draft}/add", 422, **line, component=unclear)
        assert ItemNotKnown.hint in refused
        assert CodeNotKnown.hint not in refused
    assert ItemNotKnown.hint in manager.press(f"{draft}/also", 422, by_product="없는것", amount="1")


def test_a_name_that_two_have_means_neither_however_many_have_it_as_a_part(shop: Shop) -> None:
    def enter(work: Work) -> None:
        make_item(work, code="A-00", name="Bolt")
        for number in range(25):
            make_item(work, code=f"B-{number:02}", name=f"Bolt M{number}")
        make_item(work, code="Z-00", name="bolt")
        make_item(work, code="Z-01", name="bolt M24 long")
        make_item(work, code="Z-02", name="너트", name_en="Nut_1")

    shop.do(enter)
    with shop.read() as read:
        assert queries.item_meant(read, "bolt") is None
        only = {text: queries.item_meant(read, text) for text in ("BOLT m24", "너트", "nut_1", "z-02", "nut%1", "M24")}
    assert {text: found and found.code for text, found in only.items()} == {
        "BOLT m24": "B-24", "너트": "Z-02", "nut_1": "Z-02", "z-02": "Z-02", "nut%1": None, "M24": None,
    }  # fmt: skip


def test_an_unknown_code_among_substitutes_is_named(shop: Shop, manager: Desk) -> None:
    shop.do(lambda work: make_item(work, code="P"))
    shop.do(lambda work: make_item(work, code="a"))
    draft = manager.press("/items/P/bom/draft")
    line: dict[str, Any] = {"component": "a", "quantity": "2", "consumption": "scan", "substitutes": "a1; zz"}
    assert CodeNotKnown.message.split("%")[0] in manager.press(f"{draft}/add", 422, **line)


def test_an_item_of_every_kind_is_entered(shop: Shop) -> None:
    for kind in ItemKind:
        assert shop.do(partial(make_item, kind=kind)).kind is kind
    with shop.read() as read:
        assert read.query(Bom).count() == 0
