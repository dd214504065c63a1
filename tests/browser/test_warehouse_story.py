"""A new material handler's day by scanner keystrokes alone: receive, print, put away, pick, be refused, ship, count."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from mes.core.commands import COMMANDS, Command
from mes.core.db import Database
from mes.lots.models import Lot, Shipment
from mes.lots.queries import shipped_lots
from mes.printing.models import LabelPrint
from mes.warehouse import count_queries
from mes.warehouse.count_models import CountScope
from mes.warehouse.counting import begin_count
from mes.warehouse.models import Pick
from tests.browser.conftest import Live, served
from tests.browser.tapping import Hand
from tests.core.hangul_keyboard import typed
from tests.orders.bakery import TODAY
from tests.warehouse.storeroom import Storeroom

pytestmark = pytest.mark.browser
D = Decimal
CODES = {command: code for code, command in COMMANDS.items()}


class Handler(Hand):
    """A hand that holds a scanner and touches nothing."""

    def say(self, command: Command) -> None:
        """Look at the page, then scan a command of the card that leads to another one."""
        self.wait(1600)  # the same code sooner would be one scan, on the next page too
        self.scan(CODES[command])

    def count(self, number: str) -> None:
        """Scan a number, digit by digit, into the open number pad."""
        for digit in number:
            self.wait(2000)
            self.count_by_scan(CODES[Command(f"digit-{digit}")])

    def sees(self, text: str) -> None:
        """What must stand on the page."""
        assert text in self.page.inner_text("main"), self.page.inner_text("main")


@pytest.fixture
def live(sqlite: Database, chromium: Browser, tmp_path: Path) -> Iterator[Live]:
    """The bakery with shelves; the plant refuses what is not first out."""
    with served(sqlite, chromium, tmp_path, Storeroom) as plant:
        yield plant


@pytest.fixture
def song(chromium: Browser, live: Live) -> Iterator[Handler]:
    """Song at a tablet, signed in by badge."""
    hand = Handler(chromium, live)
    hand.sign_in(room(live).song)
    yield hand
    assert hand.taps == 0
    hand.leave()


def room(live: Live) -> Storeroom:
    """The storeroom behind the page."""
    assert isinstance(live.floor, Storeroom)
    return live.floor


def pallets(live: Live, item: str) -> list[Lot]:
    """The lots of an item with something left, oldest first."""
    with live.shop.read() as read:
        query = select(Lot).join(Lot.item).where(Lot.on_hand > 0).order_by(Lot.id)
        return [lot for lot in read.scalars(query) if lot.item_id == getattr(room(live), item).id]


def test_three_pallets_are_received_labelled_put_away_picked_refused_allowed_and_shipped(
    live: Live, song: Handler
) -> None:
    store = room(live)
    song.say(Command.DIGIT_1)  # receive
    song.scan("RF")
    song.count("40")
    song.count_by_scan(CODES[Command.NEXT])
    song.count("3")
    song.say(Command.DONE)
    song.sees("라벨")
    lots = pallets(live, "flour")
    assert [lot.on_hand for lot in lots] == [40, 40, 40]

    with song.context.expect_page() as printed:
        song.count_by_scan(CODES[Command.PRINT])
    printed.value.close()
    with live.shop.read() as read:
        assert read.scalars(select(LabelPrint)).all()

    song.say(Command.DONE)  # put away what was received
    song.scan(store.shelf.tag)
    assert {store.lot(lot).location_id for lot in lots} == {store.shelf.id}
    for lot, days in zip(lots, (90, 10, 50), strict=True):  # they expire in another order than they came
        live.shop.do(lambda work, lot=lot, days=days: setattr(work.session.get_one(Lot, lot.id), "expires_on", TODAY + timedelta(days=days)))  # type: ignore[misc]  # fmt: skip  # noqa: E501

    order = store.order(100)
    song.open("/warehouse")
    song.scan(order.code)
    song.sees(lots[1].code)
    song.scan(lots[0].code)
    song.sees("먼저")
    assert store.lot(lots[0]).location_id == store.shelf.id
    song.count_by_scan(CODES[Command.DIGIT_2])  # why: the other lot is damaged
    song.scan(store.park.badge)
    assert store.lot(lots[0]).location_id == store.floor.id
    song.scan(lots[1].code)  # ten are missing of these forty: how much?
    song.say(Command.DONE)
    with live.shop.read() as read:
        picks = list(read.scalars(select(Pick).order_by(Pick.id)))
    assert [(pick.quantity, pick.approved_by) for pick in picks] == [(D(40), "박정호"), (D(10), None)]
    assert picks[0].reason == "먼저 쓸 로트가 손상됨"

    [cake] = store.receive(store.cake, 100, at=store.dock)
    song.say(Command.BACK)
    song.say(Command.BACK)
    song.say(Command.DIGIT_4)  # ship
    song.scan("MART")
    song.scan(lots[2].code)
    song.sees("먼저")
    song.scan(cake.code)  # whoever wants no exception just scans on
    song.scan(typed(lots[1].code))
    song.say(Command.UNDO)
    song.sees(cake.code)
    song.say(Command.DONE)
    with live.shop.read() as read:
        [shipment] = read.scalars(select(Shipment)).all()
        left = {line.lot.code: -line.movement.quantity for line in shipped_lots(read, shipment.id)}
    assert left == {cake.code: 100}


def test_a_shelf_is_counted_by_scanner_alone(live: Live, song: Handler) -> None:
    store = room(live)
    right, less, gone = store.receive(store.flour, 40, 30, 20, at=store.shelf)
    count = live.shop.do(
        lambda work: begin_count(work, name="월말", scope=CountScope.PLACES, places=[store.shelf, store.high])
    )
    song.say(Command.DIGIT_5)
    song.say(Command.DIGIT_1)
    song.scan(store.shelf.tag)
    song.scan(right.code)
    song.say(Command.YES)
    song.scan(less.code)
    song.count("29")
    song.say(Command.DONE)
    song.say(Command.DONE)  # the place is done: one lot was not scanned
    song.sees(gone.code)
    song.say(Command.YES)
    with live.shop.read() as read:
        found = {row.line.lot.code: row.state for row in count_queries.rows_of(read, count)}
    assert found == {right.code: "equal", less.code: "different", gone.code: "missing"}
