"""Large imports work on by themselves: the page may be left, nothing is lost and nothing is entered twice."""

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event as Signal

import pytest
from flask import Flask
from sqlalchemy import func, select

from mes.core.access import Role
from mes.exchange import service, views
from mes.exchange.rules import ImportedAlready
from mes.exchange.service import import_prepared, keep_upload, prepare
from mes.exchange.working import ImportFailed, Told, workshop
from mes.items.models import Item
from mes.lots.models import Lot
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.importing import csv
from tests.factories import make_item

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def manager(app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A production manager at a desk, to whom every file is a large one."""
    monkeypatch.setattr(views, "LARGE", 10)
    return Desk(app, shop, Role.MANAGER)


def send(desk: Desk, data: bytes, kind: str = "") -> str:
    """Choose a file; gives the address of its page."""
    return desk.press("/import", file=(io.BytesIO(data), "list.csv"), kind=kind)


def waited(desk: Desk, address: str, words: str) -> str:
    """The page of an import, once these words stand on it."""
    for _try in range(200):
        page = desk.see(address)
        if words in page:
            return page
        time.sleep(0.05)
    raise AssertionError(page)


def count(shop: Shop, table: type[Item] | type[Lot]) -> int:
    """How many there are."""
    with shop.read() as read:
        return read.scalar(select(func.count()).select_from(table)) or 0


def test_a_large_import_works_on_and_its_result_stands_on_its_page(manager: Desk, shop: Shop) -> None:
    address = send(manager, csv("품목코드|품명", *(f"A{number}|가" for number in range(500))))
    assert manager.press(f"{address}/apply") == address
    page = waited(manager, address, "This file was imported at")
    assert "New 500" in page
    assert count(shop, Item) == 500
    assert "New 500" in manager.see(address), "whoever comes back later sees it too"
    assert manager.press(f"{address}/apply") == address  # another press
    waited(manager, address, "This file was imported at")
    assert count(shop, Item) == 500


def test_while_it_works_the_page_says_how_far_it_is(manager: Desk, shop: Shop) -> None:
    address = send(manager, csv("품목코드|품명", "A|가"))
    number, go = int(address.rpartition("/")[2]), Signal()

    def slow(told: Told) -> None:
        told(1)
        go.wait(5)

    workshop.start(shop.database, number, slow, now=NOW, language="en", zone="Asia/Seoul")
    page = waited(manager, address, "data-afresh")
    assert "The file is being imported." in page
    assert "Checking every row" in page
    workshop.start(shop.database, number, _never, now=NOW, language="en", zone="Asia/Seoul")  # pressed again
    go.set()
    waited(manager, address, "/apply")  # it ended without an import, as when the program was stopped: press again


def _never(told: Told) -> None:
    raise AssertionError("begun twice")


def test_two_presses_enter_the_stock_once(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A"))
    address = send(manager, csv("품목코드|수량", *["A|5"] * 40), kind="opening_lots")
    for _press in range(2):
        manager.press(f"{address}/apply", confirmed="1")
    waited(manager, address, "This file was imported at")
    time.sleep(0.3)
    assert count(shop, Lot) == 40
    again = send(manager, csv("품목코드|수량", *["A|5"] * 40), kind="opening_lots")
    assert "was imported already" in manager.press(f"{again}/apply", 409)


def test_an_upload_that_is_in_is_not_imported_again(shop: Shop) -> None:
    prepared = prepare("items", "list.csv", csv("품목코드|품명", "A|가"))
    upload = shop.do(lambda work: keep_upload(work, prepared))
    shop.do(lambda work: import_prepared(work, prepared, upload=upload))
    with pytest.raises(ImportedAlready, match=r"list\.csv is in already"):
        shop.do(lambda work: import_prepared(work, prepared, upload=upload))


def test_what_refuses_a_large_import_is_told_once_and_nothing_is_recorded(manager: Desk, shop: Shop) -> None:
    address = send(manager, csv("품목코드|품명|안전재고", "A|가|-1", "B|나|1"))
    manager.press(f"{address}/apply")
    page = waited(manager, address, "so nothing was imported")
    assert "-1 is below zero." in page
    assert "so nothing was imported" not in manager.see(address)
    assert count(shop, Item) == 0


def test_a_fault_on_the_way_is_told_too(
    manager: Desk, shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object, **_more: object) -> Callable[[], None]:
        raise MemoryError

    address = send(manager, csv("품목코드|품명", "A|가"))
    monkeypatch.setattr(service, "import_prepared", broken)
    manager.press(f"{address}/apply")
    page = waited(manager, address, "was not finished, and nothing of the file was recorded (MemoryError)")
    assert "/apply" in page
    assert ImportFailed(why="x").status == 409
    assert count(shop, Item) == 0
