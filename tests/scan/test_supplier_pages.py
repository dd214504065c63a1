"""The pages on which suppliers' barcodes are taught, and what receiving makes of a scan."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.items.models import Item
from mes.lots.service import receive_lots
from mes.partners.models import Partner
from mes.scan.deliveries import NotForReceiving, read_delivery
from mes.scan.supplier_queries import barcodes
from tests.conftest import Shop
from tests.factories import make_item, make_partner, make_supplier_barcode
from tests.scan.conftest import Browser

EXAMPLE = "HB2512A0880120"
FILLED = {"name": "포대 라벨", "example": EXAMPLE, "prefix": "HB", "lot_at": "3-10", "quantity_at": "11-14",
          "places": "2", "day_form": "YYMMDD", "delimiter": "", "once": "a-key-of-this-form"}  # fmt: skip


def scanned(client, text: str) -> dict[str, object]:  # type: ignore[no-untyped-def]
    answer = client.get("/lots/receive/scanned", query_string={"text": text})
    assert answer.status_code == 200
    found: dict[str, object] = answer.json
    return found


def test_a_barcode_is_taught_and_then_fills_the_form(shop: Shop, browser: Browser) -> None:
    mill = shop.do(lambda work: make_partner(work, code="MILL"))
    shop.do(lambda work: make_item(work, code="RICE", gtin="8801234567893", unit="EA"))
    client = browser(Role.MATERIAL)
    unknown = scanned(client, EXAMPLE)
    assert "fill" not in unknown
    shown = client.get(str(unknown["teach"]))
    assert f'value="{EXAMPLE}"' in shown.text
    assert 'data-place="14"' in shown.text
    done = client.post("/supplier-barcodes/new", data={**FILLED, "supplier": mill.code, "item": "RICE"})
    assert done.status_code == 303, done.text
    assert scanned(client, EXAMPLE)["fill"] == {
        "item": "RICE", "supplier": "MILL", "supplier_lot": "2512A088", "quantity": "1.2",
    }  # fmt: skip
    assert "포대 라벨" in client.get("/supplier-barcodes").text


def test_what_was_taught_is_corrected_and_taken_out_of_use(shop: Shop, browser: Browser) -> None:
    learned = shop.do(lambda work: make_supplier_barcode(work))
    with shop.read() as read:
        supplier = barcodes(read)[0].supplier.code
    client = browser(Role.MATERIAL)
    at = f"/supplier-barcodes/{learned.id}"
    assert f'value="{EXAMPLE}"' in client.get(at).text
    done = client.post(at, data={**FILLED, "supplier": supplier, "version": "1"})
    assert done.status_code == 303, done.text
    with shop.read() as read:
        assert barcodes(read) == []  # no tick at "in use"
    assert "포대 라벨" in client.get("/supplier-barcodes?in_use=no").text
    assert client.get("/supplier-barcodes/999999999").status_code == 404


def test_a_wrong_form_is_refused_at_its_field(shop: Shop, browser: Browser) -> None:
    mill = shop.do(make_partner)
    answer = browser(Role.MATERIAL).post(
        "/supplier-barcodes/new", data={**FILLED, "supplier": mill.code, "lot_at": "30-40"}
    )
    assert answer.status_code == 422
    assert "30-40 is not in the example" in answer.text
    long = browser(Role.MATERIAL).post(
        "/supplier-barcodes/new", data={**FILLED, "supplier": mill.code, "example": "x" * 400}
    )
    assert "more text than a label holds" in long.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"example": EXAMPLE, "lot_at": "3-10"}, "2512A088"),
        ({"example": "A;12;L7", "delimiter": ";", "lot_at": "3"}, "L7"),
        ({"example": EXAMPLE, "quantity_at": "1-2"}, "cannot be read as: Quantity"),
        ({"example": EXAMPLE, "use_by_at": "3-8", "day_form": "nonsense", "places": "x"}, "cannot be read as: Use by"),
        ({"example": EXAMPLE}, "Choose a piece above"),
        ({}, "Scan one of the supplier"),
    ],
)
def test_the_preview_shows_how_the_example_is_cut(browser: Browser, asked: dict[str, str], said: str) -> None:
    shown = browser(Role.MATERIAL).get("/supplier-barcodes/preview", query_string=asked)
    assert shown.status_code == 200
    assert said in shown.text


def arrive(shop: Shop, item: Item, **values: str) -> str:
    def deed(work: Work) -> str:
        return receive_lots(work, item=work.session.get_one(Item, item.id), quantities=[Decimal(1)], **values)[0].code  # type: ignore[arg-type]

    return shop.do(deed)


def gs1_item(shop: Shop, **values: object) -> Item:
    return shop.do(lambda work: make_item(work, gtin="08801234567893", **values))


def test_a_gs1_label_fills_item_lot_and_days(shop: Shop, browser: Browser) -> None:
    item = gs1_item(shop, unit="EA")
    client = browser(Role.MATERIAL)
    filled = {
        "item": item.code,
        "supplier_lot": "A7",
        "expires_on": "2026-12-31",
        "made_on": "2026-01-02",
        "quantity": "24",
    }
    text = "]C1010880123456789311260102172612313724\x1d10A7"
    assert scanned(client, text)["fill"] == filled
    shop.do(
        lambda work: receive_lots(
            work, item=work.session.get_one(Item, item.id), quantities=[Decimal(1)], supplier_lot="A7"
        )
    )
    assert scanned(client, text)["fill"] == filled  # the next delivery of the same lot
    assert scanned(client, "8801234567893")["fill"] == {"item": item.code}


@pytest.mark.parametrize(("unit", "said"), [("kg", "12.5"), ("g", "12500"), ("EA", None)])
def test_a_net_weight_fills_the_quantity_of_what_is_weighed(
    shop: Shop, browser: Browser, unit: str, said: str | None
) -> None:
    gs1_item(shop, unit=unit)
    filled = scanned(browser(Role.MATERIAL), "0108801234567893310200125010A7")["fill"]
    assert isinstance(filled, dict)
    assert filled.get("quantity") == said


def test_a_place_fills_the_place_and_a_lot_that_is_here_is_told(shop: Shop, browser: Browser) -> None:
    lot = arrive(shop, gs1_item(shop))
    answer = scanned(browser(Role.MATERIAL), lot)
    assert "fill" not in answer
    assert f"Lot {lot} is not a label of goods that arrive" in str(answer["said"])
    with shop.read() as read, pytest.raises(NotForReceiving):
        read_delivery(read, lot, date(2026, 1, 5))
    assert "No item here has the GTIN" in str(scanned(browser(Role.MATERIAL), "4901234567894")["said"])


def test_the_page_of_receiving_says_where_a_scan_goes(browser: Browser, app: Flask) -> None:
    assert 'data-scan-fill="/lots/receive/scanned"' in browser(Role.MATERIAL).get("/lots/receive").text


def test_a_taught_barcode_opens_the_arrival_of_its_item(shop: Shop, browser: Browser) -> None:
    item = gs1_item(shop)
    taught = shop.do(lambda work: make_supplier_barcode(work, item_id=item.id))
    with shop.read() as read:
        supplier = read.get_one(Partner, taught.supplier_id).code
    answer = browser(Role.MATERIAL).post("/warehouse/receive/scan", data={"text": EXAMPLE, "once": "a-key-of-a-scan"})
    assert answer.status_code == 303, answer.text
    assert answer.location == f"/warehouse/receive/{item.code}?lot=2512A088&supplier={supplier}&quantity=120"
