"""However much is read, the log of an embedded database stays short, and nobody waits long for that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mes.core import short_log
from mes.core.errors import FileMoved
from mes.items.models import Item
from tests.conftest import Shop
from tests.factories import make_item

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_log, "LONG", 100_000)
    monkeypatch.setattr(short_log, "PAUSE", 0.0)
    monkeypatch.setattr(short_log, "MOMENT", 2)


def length(shop: Shop) -> int:
    return Path(f"{shop.database.engine.url.database}-wal").stat().st_size


def reading(shop: Shop) -> Session:
    """Somebody who has begun to read and goes on."""
    read = shop.read()
    read.execute(text("SELECT count(*) FROM items"))
    return read


@pytest.fixture
def relay(shop: Shop) -> Iterator[list[Session]]:
    """There is always somebody who reads: the next one begins before the one before has ended."""
    there = [reading(shop)]
    yield there
    for one in there:
        one.close()


def test_the_log_begins_anew_as_soon_as_those_who_read_are_through(shop: Shop, relay: list[Session]) -> None:
    longest = 0
    for _act in range(60):
        shop.do(make_item)
        relay.append(reading(shop))
        relay.pop(0).close()
        longest = max(longest, length(shop))
    assert longest > short_log.LONG, "somebody reads at each moment"
    relay.pop().close()
    shop.do(make_item)
    assert length(shop) < short_log.LONG


def test_who_reads_for_minutes_is_not_waited_for_and_what_was_recorded_is_recorded(
    shop: Shop, relay: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_log, "PAUSE", 1000.0)
    begin_anew, tries = short_log._begin_anew, []

    def counted(engine: Engine) -> None:
        tries.append(engine)
        begin_anew(engine)

    monkeypatch.setattr(short_log, "_begin_anew", counted)
    while length(shop) <= short_log.LONG:
        shop.do(make_item)
    for _act in range(5):
        shop.do(make_item)
    assert len(tries) == 1, "once a moment, and then not for a while"
    with shop.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 3000
    shop.database.log._next_try = 0.0  # type: ignore[union-attr]
    relay.pop().close()
    shop.do(make_item)
    assert length(shop) < short_log.LONG


def test_a_log_that_cannot_be_begun_anew_takes_nothing_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(_engine: object) -> None:
        raise FileMoved(file="mes.db")

    monkeypatch.setattr(short_log, "LONG", -1)
    monkeypatch.setattr(short_log, "_begin_anew", moved)
    item = shop.do(make_item)
    with shop.read() as read:
        assert read.get(Item, item.id)
