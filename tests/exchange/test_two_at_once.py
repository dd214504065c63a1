"""While one import works others do too: nothing is entered twice, and nothing that was judged is taken for granted."""

import time
from decimal import Decimal
from threading import Event as Signal
from threading import Thread

import pytest
from sqlalchemy import func, select

from mes.core.errors import GoneMeanwhile, Refused
from mes.core.files import StoredFile
from mes.core.i18n import speaking
from mes.core.work import Work
from mes.exchange.models import Upload
from mes.exchange.rules import ImportedBefore, RowsRefused
from mes.exchange.service import Prepared, import_prepared, keep_upload, prepare
from mes.items.queries import get_item
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from tests.conftest import Shop
from tests.exchange.importing import csv, why
from tests.factories import make_item
from tests.racing import race


class Window(Thread):
    """Somebody who imports an upload; ``told`` hears of its stages, ``refused`` is what it was told in the end."""

    def __init__(self, shop: Shop, prepared: Prepared, told: Signal, go: Signal) -> None:
        super().__init__()
        self.shop, self.prepared, self.told, self.go = shop, prepared, told, go
        self.upload = shop.do(lambda work: keep_upload(work, prepared))
        self.refused: Refused | None = None

    def run(self) -> None:
        with speaking("en", "Asia/Seoul"):
            try:
                self.shop.do(self._import)
            except Refused as refused:
                self.refused = refused

    def _import(self, work: Work) -> None:
        import_prepared(work, self.prepared, upload=self.upload)
        self.told.set()
        self.go.wait(5)


def test_two_windows_with_one_file_enter_its_stock_once(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", unit="kg"))
    prepared = prepare("opening_lots", "stock.csv", csv("품목코드|수량", "A|5", "A|6"))
    recorded, go = Signal(), Signal()
    first, second = (Window(shop, prepared, recorded, go) for _ in range(2))
    first.start()
    assert recorded.wait(5)
    second.start()
    time.sleep(0.2)  # the second is at work while the first has not ended
    go.set()
    for window in (first, second):
        window.join(10)
    assert first.refused is None
    assert second.refused is not None
    assert second.refused.code == "ImportedBefore"
    with shop.read() as read:
        assert read.scalar(select(func.count()).select_from(Lot)) == 2


def test_an_old_file_that_is_imported_while_another_is_chosen_stays_and_is_not_entered_again(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", unit="kg"))
    prepared = prepare("opening_lots", "stock.csv", csv("품목코드|수량", "A|5"))
    other = prepare("items", "items.csv", csv("품목코드|품명", "B|나"))
    forgotten = shop.do(lambda work: keep_upload(work, prepare("items", "old.csv", csv("품목코드|품명", "C|다"))))
    upload = shop.do(lambda work: keep_upload(work, prepared))
    shop.later(hours=24 * 31)
    race(shop, lambda work: import_prepared(work, prepared, upload=upload), lambda work: keep_upload(work, other))
    with shop.read() as read:
        kept = read.get_one(Upload, upload.id)
        assert kept.imported_at == shop.now
        assert read.get_one(StoredFile, kept.file_id).name == "stock.csv"
        assert read.get(Upload, forgotten.id) is None
        assert read.get(StoredFile, forgotten.file_id) is None
    with pytest.raises(ImportedBefore):
        shop.do(lambda work: import_prepared(work, prepared))


def test_a_unit_is_not_changed_while_the_first_lot_comes_in(shop: Shop) -> None:
    if shop.database.is_sqlite:
        return  # there nothing comes in while an import works
    item = shop.do(lambda work: make_item(work, code="A", unit="kg"))
    prepared = prepare("items", "items.csv", csv("품목코드|품명|단위", "A|가|g"))

    def told(stage: int) -> None:
        if stage == 2:  # every row is judged
            shop.do(lambda work: receive_lots(work, item=item, quantities=[Decimal(5)]))

    refused: list[tuple[str, str]] = []
    try:
        shop.do(lambda work: import_prepared(work, prepared, told=told))
    except RowsRefused as no:
        refused = why(no.preview.refused)
    assert refused == [("C2", "UnitInUse")]
    with shop.read() as read:
        assert get_item(read, "A").unit == "kg"


def test_a_file_that_is_thrown_away_as_too_old_at_the_moment_of_its_import_is_said_to_be_gone(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", unit="kg"))
    prepared = prepare("opening_lots", "stock.csv", csv("품목코드|수량", "A|5"))
    upload = shop.do(lambda work: keep_upload(work, prepared))
    shop.later(hours=24 * 31)
    other = prepare("items", "items.csv", csv("품목코드|품명", "B|나"))
    _kept, refused = race(
        shop, lambda work: keep_upload(work, other), lambda work: import_prepared(work, prepared, upload=upload)
    )
    assert isinstance(refused, GoneMeanwhile)
    with shop.read() as read:
        assert read.scalar(select(func.count()).select_from(Lot)) == 0
