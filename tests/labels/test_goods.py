"""Labels of goods: for the next job, for customers, on boxes and pallets, food and medical; cards for scanners."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.gs1 import parse_readable
from mes.core.gs1_link import parse_link
from mes.core.numbering import is_checked
from mes.core.work import Work
from mes.items.models import Tracking
from mes.items.service import change_item
from mes.labels.goods_reads import SeveralCustomers
from mes.labels.lacking import LabelLacks
from mes.labels.layout import Row
from mes.labels.placing import WordsDoNotFit
from mes.labels.queries import everything_of, subjects_of, things_of
from mes.labels.rows import rows_of
from mes.lots import service
from mes.lots.models import Lot, Shipment
from mes.lots.unit_models import UnitKind
from mes.orders.service import create_order, release_order
from mes.partners.models import PartnerKind
from mes.people.plant import set_up_plant
from mes.printing.service import preview_rows
from mes.quality.service import add_defect_code
from tests.certificates.reading import pdf_text
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_customer_part, make_pallet, make_partner
from tests.labels.paper import pages, read_by_zxing
from tests.orders.bakery import Bakery, D
from tests.printing.test_room_print import TODAY, put_on_paper

GTIN = "8800000000138"


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


def baked(bakery: Bakery, *quantities: int) -> list[Lot]:
    """Cakes that are there."""
    return bakery.receive(bakery.cake, *quantities, at=bakery.store, days=30)


def seen(shop: Shop, subject: str, *codes: str, language: str = "en") -> Row:
    """The words of the first label."""
    with shop.read() as read:
        return preview_rows(read, subject, things_of(read, subject, codes), language, TODAY)[0]


def read_back(shop: Shop, subject: str, code: str, layout: str, folder: Path, kind: str) -> list[str]:
    """What a decoder reads from the printed label."""
    paper = put_on_paper(shop, subject, [code], layout)[1]
    return read_by_zxing(pages(paper, folder, 203)[0], kind)


def label_food(shop: Shop, **more: Any) -> None:
    """What a food label cannot go without."""
    told: dict[str, Any] = {"storage": "냉장보관", "net_content": "1 kg", "allergens": "대두", **more}
    shop.do(lambda work: change_item(work, "CAKE", **told))
    shop.do(lambda work: set_up_plant(work, name="가나다식품", address="이천시 1", gs1_prefix="8800000"))


def test_a_food_label_without_its_facts_is_refused_and_says_where_they_are_entered(shop: Shop, bakery: Bakery) -> None:
    [cake, other] = baked(bakery, 10, 10)
    with pytest.raises(LabelLacks) as no:
        put_on_paper(shop, "food", [cake.code, other.code])
    for word in (cake.code, other.code, "net content (page of the item)", "the plant's address (plant settings)"):
        assert word in no.value.sentence
    label_food(shop)
    assert put_on_paper(shop, "food", [cake.code, other.code])[0]


ALLERGENS = (
    "알류, 우유, 메밀, 땅콩, 대두, 밀, 고등어, 게, 새우, 돼지고기, 복숭아, 토마토, 아황산류, 호두, 닭고기, 조개류, 잣"
)


@pytest.mark.parametrize("layout", ["food-100x70", "food-100x100"])
def test_a_food_label_names_every_allergen_and_ingredient_or_is_not_printed(
    layout: str, shop: Shop, bakery: Bakery
) -> None:
    [cake] = baked(bakery, 10)
    label_food(shop, allergens=ALLERGENS, ingredients=", ".join(["멥쌀(국산)"] * 15))
    words = pdf_text(put_on_paper(shop, "food", [cake.code], layout)[1])
    assert words.count("멥쌀(국산)") == 15
    assert [one for one in ALLERGENS.split(", ") if one not in words] == []
    assert "…" not in words
    for name in ("allergens", "ingredients", "storage", "origin", "net_content", "licence"):
        label_food(shop, **{name: "돼지고기, " * (10 if name in ("net_content", "licence") else 33)})
        if name == "ingredients":
            label_food(shop, ingredients="돼지고기, " * 99)
        with pytest.raises(WordsDoNotFit, match="돼지고기"):
            put_on_paper(shop, "food", [cake.code], layout, reason="한 번 더")
        fits: dict[str, Any] = {name: "냉장" if name in ("storage", "net_content") else None}
        label_food(shop, **fits)


def test_the_code_of_a_food_label_leads_to_the_goods_where_they_have_a_gtin(
    shop: Shop, bakery: Bakery, tmp_path: Path
) -> None:
    [cake, other] = baked(bakery, 10, 10)
    label_food(shop)
    assert read_back(shop, "food", other.code, "food-100x70", tmp_path, "qr") == [other.code]
    label_food(shop, gtin=GTIN)
    [link] = read_back(shop, "food", cake.code, "food-100x70", tmp_path, "qr")
    assert parse_link(link) == {"01": f"0{GTIN}", "10": cake.code, "17": "260204"}
    row = seen(shop, "food", cake.code)
    assert (row["allergens"], row["storage"], row["maker"]) == ("대두", "냉장보관", "가나다식품")


def test_a_lot_label_with_a_link_needs_a_gtin(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    [cake] = baked(bakery, 10)
    with pytest.raises(LabelLacks, match="GTIN"):
        put_on_paper(shop, "lot", [cake.code], "lot-link-100x60")
    shop.do(lambda work: change_item(work, "CAKE", gtin=GTIN))
    [link] = read_back(shop, "lot", cake.code, "lot-link-100x60", tmp_path, "qr")
    assert parse_link(link)["10"] == cake.code


def test_a_medical_label_carries_its_elements_in_their_order(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    [kit] = baked(bakery, 10)
    with pytest.raises(LabelLacks, match="GTIN"):
        put_on_paper(shop, "udi", [kit.code])
    label_food(shop, gtin=GTIN)
    [text] = read_back(shop, "udi", kit.code, "udi-60x40", tmp_path, "datamatrix")
    assert text.replace("\x1d", "") == f"010{GTIN}1726020410{kit.code}"


def test_a_piece_carries_its_serial_number(shop: Shop, bakery: Bakery) -> None:
    label_food(shop, gtin=GTIN)
    shop.do(lambda work: change_item(work, "CAKE", tracking=Tracking.SERIAL))
    [piece] = baked(bakery, 1)
    row = seen(shop, "udi", piece.code)
    assert (row["serial_no"], row["lot_no"]) == (piece.code, "")
    assert parse_link(seen(shop, "food", piece.code)["link"])["21"] == piece.code


def test_a_customers_label_says_his_number_for_what_left_for_him(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    [cake] = baked(bakery, 40)
    with pytest.raises(LabelLacks, match="customer"):
        put_on_paper(shop, "customer", [cake.code])
    shop.do(lambda work: make_customer_part(work, bakery.cake, partner=bakery.market, code="MT-7001", pack_size=D(20)))
    assert seen(shop, "customer", cake.code)["customer"] == "마트", "the only one who has a number for it"
    rival = shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER, name="백화점"))
    shop.do(lambda work: make_customer_part(work, bakery.cake, partner=rival, code="백-1"))
    with pytest.raises(SeveralCustomers, match="백화점"):
        put_on_paper(shop, "customer", [cake.code])
    lines = [(cake.code, None)]
    shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=lines, reference="PO-9"))
    row = seen(shop, "customer", cake.code)
    assert (row["part_no"], row["quantity"], row["packs"], row["reference"]) == ("MT-7001", "40", "2 x 20", "PO-9")
    found = read_back(shop, "customer", cake.code, "customer-linear-100x60", tmp_path, "code128")
    assert sorted(found) == sorted(["MT-7001", cake.code])


def test_a_customers_label_of_a_lot_that_left_in_part_says_how_much_left_with_his_order(
    shop: Shop, bakery: Bakery
) -> None:
    [cake] = baked(bakery, 100)
    shop.do(lambda work: make_customer_part(work, bakery.cake, partner=bakery.market, code="MT-7001", pack_size=D(20)))
    for much, order in ((10, "PO-8"), (60, "PO-9")):
        lines = [(cake.code, D(much))]
        shop.do(lambda work, lines=lines, order=order: _sent(work, bakery, lines, order))  # type: ignore[misc]
    row = seen(shop, "customer", cake.code)
    assert (row["reference"], row["quantity"], row["packs"]) == ("PO-9", "60", "3 x 20")


def _sent(work: Work, bakery: Bakery, lines: Sequence[tuple[str, Decimal]], order: str) -> Shipment:
    return service.ship_lots(work, customer=bakery.market, lines=lines, reference=order)


def test_a_number_that_no_scanner_can_type_is_printed_without_a_code(shop: Shop, bakery: Bakery) -> None:
    [cake] = baked(bakery, 40)
    shop.do(lambda work: make_customer_part(work, bakery.cake, partner=bakery.market, code="영농-004"))
    row = seen(shop, "customer", cake.code)
    assert (row["part_no"], row["part_scan"]) == ("영농-004", "")
    assert put_on_paper(shop, "customer", [cake.code])[0]


def test_the_customer_of_the_work_order_comes_before_a_guess(shop: Shop, bakery: Bakery) -> None:
    order = shop.do(
        lambda work: create_order(
            work, item=bakery.cake, quantity=D(10), due_on=TODAY, customer=bakery.market
        )
    )  # fmt: skip
    [cake] = baked(bakery, 40)
    shop.do(lambda work: setattr(work.session.get_one(Lot, cake.id), "order_id", order.id))
    assert seen(shop, "customer", cake.code)["customer"] == "마트"


def test_a_move_ticket_says_which_job_needs_the_lot_next(shop: Shop, bakery: Bakery) -> None:
    [flour] = bakery.receive(bakery.flour, 80, at=bakery.store)
    assert seen(shop, "move", flour.code).get("to_place") is None
    order = shop.do(lambda work: create_order(work, item=bakery.cake, quantity=D(10), due_on=TODAY))
    shop.do(lambda work: release_order(work, order.code, confirmed=True))
    row = seen(shop, "move", flour.code)
    assert (row["from_place"], row["to_place"], row["next_step"]) == ("자재창고", "증숙", "10 증숙")
    assert row["work_order"] == order.code
    assert put_on_paper(shop, "move", [flour.code])[0]


def test_a_pallet_label_carries_the_sscc_and_what_is_on_it(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    label_food(shop, gtin=GTIN)
    a, b, flour = (*baked(bakery, 40, 20), *bakery.receive(bakery.flour, 7, at=bakery.store))
    pallet = shop.do(lambda work: make_pallet(work, a.code, b.code)).code
    row = seen(shop, "unit", f"(00){pallet}")
    assert (row["quantity"], row["count"], row["expiry"], row["gtin"]) == ("60", "2", "2026-02-04", f"0{GTIN}")
    [text] = read_back(shop, "unit", pallet, "unit-100x150", tmp_path, "code128")
    assert text.replace("\x1d", "") == f"00{pallet}"
    assert parse_readable(f"(00){pallet}") == {"00": pallet}
    mixed = shop.do(lambda work: service.pack(work, pallet, [flour.code])).code
    row = seen(shop, "unit", mixed)
    assert row["item_name"] == "Several items"
    assert "quantity" not in row
    assert "RF" in row["lots"]
    shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=[(pallet, None)], reference="PO-9"))
    row = seen(shop, "unit", pallet)
    assert (row["customer"], row["reference"], row["count"]) == ("마트", "PO-9", "3")


def test_a_pallet_that_left_says_what_left_on_it_and_not_what_left_of_its_lots_before(
    shop: Shop, bakery: Bakery
) -> None:
    label_food(shop)
    [a, b] = baked(bakery, 40, 20)

    def ship(code: str, much: int | None = None) -> Shipment:
        lines = [(code, None if much is None else D(much))]
        return shop.do(lambda work: service.ship_lots(work, customer=bakery.market, lines=lines))

    ship(a.code, 10)
    pallet = shop.do(lambda work: make_pallet(work, a.code, b.code)).code
    ship(b.code, 5)
    assert seen(shop, "unit", pallet)["quantity"] == "45"
    whole = ship(pallet)
    row = seen(shop, "unit", pallet)
    assert row["quantity"] == "45"
    assert row["lots"].replace("\u00a0", " ") == f"{a.code} 30 EA · {b.code} 15 EA"
    shop.do(lambda work: service.take_back_shipment(work, whole.code, "차량 고장"))
    ship(pallet)
    assert seen(shop, "unit", pallet)["quantity"] == "45"


def test_a_plant_without_a_prefix_has_boxes_with_its_own_codes(shop: Shop, bakery: Bakery, tmp_path: Path) -> None:
    [cake] = baked(bakery, 40)
    box = shop.do(lambda work: make_pallet(work, cake.code, kind=UnitKind.BOX)).code
    assert read_back(shop, "unit", box, "unit-100x100", tmp_path, "qr") == [box]
    with shop.read() as read:
        assert subjects_of(read, [box]) == {box: "unit"}


def test_the_command_card_holds_every_command_with_its_name(shop: Shop, tmp_path: Path) -> None:
    with shop.read() as read:
        assert everything_of(read, "commands") == ["COMMANDS-1", "COMMANDS-2"]
    row = seen(shop, "commands", "COMMANDS-1", language="ko")
    assert row["name1"] == "시작"
    found = read_back(shop, "commands", "COMMANDS-1", "commands-100x150", tmp_path, "qr")
    assert sorted(found) == sorted(text for key, text in row.items() if key.startswith("code") and key != "code")
    assert all(map(is_checked, found))


def test_the_defect_card_holds_the_codes_that_a_scanner_can_type(shop: Shop) -> None:
    for code in (*(f"D{number:02d}" for number in range(1, 20)), "긁힘"):
        shop.do(lambda work, code=code: add_defect_code(work, code=code, name=f"불량 {code}", name_en="Flaw"))  # type: ignore[misc]
    with shop.read() as read:
        assert everything_of(read, "defects") == ["DEFECTS-1", "DEFECTS-2"]
        [page] = rows_of(things_of(read, "defects", ["DEFECTS-2"]), "공장", "ko", {}, "Asia/Seoul", TODAY)
    assert (page["name1"], page["code1"]) == ("불량 D19", "D19")
    assert "code2" not in page


def test_labels_of_goods_are_looked_at_and_printed_from_their_pages(app: Flask, shop: Shop, bakery: Bakery) -> None:
    [cake] = baked(bakery, 40)
    box = shop.do(lambda work: make_pallet(work, cake.code, kind=UnitKind.BOX)).code
    desk = Desk(app, shop, Role.ADMIN, Role.MANAGER)
    assert "Something is missing for these labels" in desk.see(f"/labels/food?code={cake.code}")
    assert "with sample data" in desk.see("/labels?of=udi")  # no lot has what such a label needs
    for page, code in (("units", box), ("move-tickets", cake.code), ("command-card", "")):
        assert "<svg" in desk.see(f"/labels/{page}?code={code}")
    where = desk.press("/labels/units", code=box, layout="unit-100x150", language="ko", copies="1", skip="0")
    assert where.startswith("/labels/prints/")
    assert "Which labels?" in desk.see("/labels/customers")
