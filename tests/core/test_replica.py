"""A standby from which boards, reports and traces are read."""

from datetime import timedelta
from pathlib import Path

import pytest

from mes.core.errors import NotFound
from mes.core.replica import Replica
from mes.core.work import Reader
from mes.people.models import Person
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_person

LAG = 5


@pytest.fixture
def empty(tmp_path: Path) -> Replica:
    """A standby that has nothing yet."""
    return Replica(sqlite_database(tmp_path / "standby.db", migrate), LAG)


def people(read: Reader) -> int:
    return read.query(Person).count()


def asked(replica: Replica, shop: Shop, **later: float) -> int:
    with shop.read() as primary:
        return replica.ask(people, lambda: primary, shop.now + timedelta(**later), {}, lambda _made: True)


def test_a_standby_that_has_everything_answers(shop: Shop) -> None:
    shop.do(make_person)
    replica = Replica(shop.database.url, LAG)
    assert (asked(replica, shop, hours=9), replica.answered) == (1, 1)
    replica.database.engine.dispose()


def test_one_that_lacks_only_the_last_seconds_answers(shop: Shop, empty: Replica) -> None:
    shop.do(make_person)
    assert (asked(empty, shop, seconds=LAG), empty.answered) == (0, 1)


def test_one_that_is_further_behind_is_not_asked(shop: Shop, empty: Replica) -> None:
    shop.do(make_person)
    assert (asked(empty, shop, seconds=LAG + 1), empty.left) == (1, 1)


def test_what_the_standby_has_not_found_is_asked_of_the_primary(shop: Shop, empty: Replica) -> None:
    def find(read: Reader) -> str:
        if not people(read):
            raise NotFound(what="person", code="1")
        return "found"

    shop.do(make_person)
    with shop.read() as primary:
        assert empty.ask(find, lambda: primary, shop.now, {}, lambda _made: True) == "found"
        told = empty.ask(people, lambda: primary, shop.now, {}, lambda made: made > 0)
    assert (told, empty.answered) == (1, 0)


def test_one_that_is_gone_is_left_alone_for_a_while(shop: Shop) -> None:
    replica = Replica("postgresql+psycopg://plant@127.0.0.1:1/plant", LAG)
    shop.do(make_person)
    assert [asked(replica, shop), asked(replica, shop)] == [1, 1]
    assert (replica.left, replica.answered) == (2, 0)
