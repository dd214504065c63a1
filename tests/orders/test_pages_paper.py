"""The work order on paper: it prints, its codes are read, and nothing a plant can enter breaks it."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask

from mes.core.access import Role
from mes.core.work import Work
from mes.items.models import ItemKind
from mes.items.service import (
    BomLineData,
    OperationData,
    add_item,
    make_bom,
    make_routing,
    release_bom,
    release_routing,
)
from mes.orders import service
from mes.orders.models import WorkOrder
from tests.conftest import Shop
from tests.desk import Desk
from tests.labels.paper import pages
from tests.needs import needs
from tests.orders.bakery import TODAY, Bakery, D


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


@pytest.fixture
def manager(app: Flask, shop: Shop) -> Desk:
    """The production manager at a desk."""
    return Desk(app, shop, Role.MANAGER)


def pdf_at(desk: Desk, address: str) -> bytes:
    """A file as the browser gets it."""
    answer = desk.client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    return bytes(answer.data)


def words_of(pdf: bytes, folder: Path) -> list[str]:
    """The words of each page."""
    file = folder / "words.pdf"
    file.write_bytes(pdf)
    program = needs("pdftoppm").with_name("pdftotext")
    done = subprocess.run([program, "-layout", file, "-"], check=True, capture_output=True)
    return done.stdout.decode().split("\f")[:-1]


def test_the_codes_on_the_paper_are_read_by_two_decoders(bakery: Bakery, manager: Desk, tmp_path: Path) -> None:
    order = bakery.order()
    pdf = pdf_at(manager, f"/orders/{order.code}/order.pdf")
    [page] = pages(pdf, tmp_path, 200)
    wanted = {order.code, *(job.code for job in order.jobs)}
    assert {found.text for found in zxingcpp.read_barcodes(page)} == wanted
    picture = tmp_path / "scan.png"
    page.save(picture)
    done = subprocess.run([needs("zbarimg"), "-q", "--raw", picture], check=True, capture_output=True)
    assert set(done.stdout.decode().split()) == wanted


def test_the_paper_says_what_to_make_of_what_and_by_which_revision(
    bakery: Bakery, manager: Desk, tmp_path: Path
) -> None:
    order = bakery.order()
    [text] = words_of(pdf_at(manager, f"/orders/{order.code}/order.pdf"), tmp_path)
    expected = [order.code, "BOM rev. 1", "Routing rev. 1", "100 EA", "2026-01-08 (Thu)", "증숙", "쌀가루", "1/1"]
    for word in expected:
        assert word in text, word


def test_the_browser_prints_the_same_with_its_codes(bakery: Bakery, manager: Desk) -> None:
    order = bakery.order()
    page = manager.see(f"/orders/{order.code}/print")
    for code in (order.code, *(job.code for job in order.jobs)):
        assert f'aria-label="{code}"' in page
    assert "BOM rev. 1" in page
    assert "쌀가루" in page


def test_a_draft_prints_without_steps_and_says_so(bakery: Bakery, manager: Desk, tmp_path: Path) -> None:
    order = bakery.order(release=False)
    assert "not released yet" in manager.see(f"/orders/{order.code}/print")
    [text] = words_of(pdf_at(manager, f"/orders/{order.code}/order.pdf"), tmp_path)
    assert "not released yet" in text


def test_selected_orders_come_in_one_file_with_page_numbers_of_their_own(
    bakery: Bakery, shop: Shop, manager: Desk, tmp_path: Path
) -> None:
    long, short = big_order(bakery, shop), bakery.order()
    address = manager.press("/orders/print", code=[long.code, short.code])
    texts = words_of(pdf_at(manager, address), tmp_path)
    assert len(texts) >= 3
    numbers = [text.split()[-1] for text in texts]
    assert numbers == [*(f"{number}/{len(texts) - 1}" for number in range(1, len(texts))), "1/1"]
    assert all(long.code in text for text in texts[:-1])
    assert short.code in texts[-1]


def test_nothing_that_can_be_entered_breaks_the_paper(
    bakery: Bakery, shop: Shop, manager: Desk, tmp_path: Path
) -> None:
    order = big_order(bakery, shop)
    texts = words_of(pdf_at(manager, f"/orders/{order.code}/order.pdf"), tmp_path)
    assert "<b>&" in "".join(texts)
    assert manager.see(f"/orders/{order.code}/print")


def test_a_number_in_hangul_is_printed_without_a_code(
    bakery: Bakery, shop: Shop, manager: Desk, tmp_path: Path
) -> None:
    shop.do(lambda work: service.create_order(work, item=bakery.cake, quantity=D(1), due_on=TODAY, code="지시-1"))
    [text] = words_of(pdf_at(manager, "/orders/지시-1/order.pdf"), tmp_path)
    assert "지시-1" in text
    assert 'class="qr' not in manager.see("/orders/지시-1/print")


def big_order(bakery: Bakery, shop: Shop) -> WorkOrder:
    """Forty materials, long and odd names, a long note and instruction."""

    def enter(work: Work) -> WorkOrder:
        item = add_item(work, code="BIG", name="가" * 200, kind=ItemKind.FINISHED, unit="EA", spec="<b>&" + "x" * 190)
        parts = [
            add_item(work, code=f"PART-{n:03d}", name=f"부품 🍡 {n} " + "긴 이름 " * 20, kind=ItemKind.RAW, unit="kg")
            for n in range(40)
        ]
        lines = [BomLineData(component=part, quantity=D("0.123456")) for part in parts]
        release_bom(work, make_bom(work, item, lines).id)
        step = OperationData(
            sequence=10, name="공정 <script>", work_centre=bakery.kettle, instruction="\n".join(["천천히 한다."] * 60)
        )
        release_routing(work, make_routing(work, item, [step]).id)
        order = service.create_order(
            work, item=item, quantity=D(999_999), due_on=TODAY + timedelta(days=1), note="비고 " * 500
        )
        return service.release_order(work, order.code, confirmed=True)

    return bakery.see_order(shop.do(enter).code)
