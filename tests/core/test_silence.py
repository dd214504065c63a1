"""A database server that takes what is sent and answers nothing: who waits is told, and nobody waits after him."""

import atexit
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from psycopg import Connection, OperationalError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError as Lost

from mes.core import silence
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.primaries import Hosts, Role, Seen
from mes.core.replica import Replica
from mes.core.silence import Silence
from mes.core.visit import MesState
from mes.core.work import Reader
from mes.web import server
from mes.web.watching import Watching
from tests.conftest import MORNING
from tests.core.frozen import Wire, wire_to

LAG = 5


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 0.2)


@pytest.fixture
def wire(postgresql: Database) -> Iterator[Wire]:
    with wire_to(postgresql) as wire:
        yield wire


def hosts_of(database: Database) -> Hosts:
    assert database.hosts is not None
    return database.hosts


def begin(ask: Callable[[], object]) -> threading.Thread:
    """Somebody who asks, and has waited for longer than anybody should."""
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    time.sleep(0.6)
    return asking


def test_who_waits_for_a_frozen_server_is_told_and_the_next_does_not_wait(wire: Wire) -> None:
    let_go: list[bool] = []
    told: list[str] = []
    database = Database(wire.url)

    def ask() -> None:
        try:
            with database.read() as read:
                read.execute(text("SELECT 1"))
                wire.frozen = True
                read.execute(text("SELECT 2"))
        except Lost as error:
            told.append(str(error))

    asking = begin(ask)
    Silence(hosts_of(database), lambda: let_go.append(True)).look()
    asking.join(10)
    assert told
    assert let_go == [True]
    with pytest.raises(OperationalError, match="does not answer"):
        hosts_of(database).connect(Connection)
    database.close()


def test_one_that_lets_in_and_says_nothing_is_silent_too(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "ANSWER", 0.3)
    wire.frozen = wire.lets_in = True
    database = Database(wire.url)
    hosts = hosts_of(database)
    told: list[Seen] = []
    looking = threading.Thread(target=lambda: told.extend(hosts.look()), daemon=True)
    looking.start()
    looking.join(10)
    assert [(one.role, one.why) for one in told] == [(Role.AWAY, "no answer: timeout of 0.3 s")]
    with pytest.raises(OperationalError, match="no answer"):
        hosts.connect(Connection)
    hosts.silent.add(hosts.places[0])
    Silence(hosts, database.close).look()
    assert hosts.silent == {hosts.places[0]}


def test_who_waits_for_something_long_is_left_in_peace(postgresql: Database) -> None:
    hosts = hosts_of(postgresql)
    waiting = postgresql.engine.raw_connection()
    try:
        driver = waiting.driver_connection
        assert driver is not None
        told: list[object] = []
        asking = begin(lambda: told.append(driver.execute("SELECT pg_sleep(1), 7").fetchone()[1]))
        Silence(hosts, lambda: told.append("let go")).look()
        asking.join(10)
    finally:
        waiting.invalidate()
    assert told == [7]
    assert hosts.silent == set()


def test_a_server_that_greets_again_is_called_again(postgresql: Database) -> None:
    hosts = hosts_of(postgresql)
    hosts.silent.add(hosts.places[0])
    Silence(hosts, lambda: None).look()
    assert hosts.silent == set()


@pytest.mark.thorough
def test_who_waits_for_a_frozen_standby_is_answered_by_the_primary(postgresql: Database, wire: Wire) -> None:
    """A standby with an address of its own: the primary, which greets, is no proof of it."""
    replica = Replica(wire.url, LAG)
    views: list[Reader] = []
    made: list[object] = []

    def view(read: Reader) -> object:
        views.append(read)
        read.scalar(text("SELECT 1"))
        wire.frozen = len(views) == 1
        return read.scalar(text("SELECT 7"))

    def ask() -> None:
        with postgresql.read() as primary:
            now = MORNING - timedelta(days=9999)
            made.append(replica.ask(view, lambda: primary, now, {}, lambda _made: True))

    asking = begin(ask)
    Silence(hosts_of(postgresql), postgresql.engine.dispose).look()
    assert asking.is_alive()
    Silence(hosts_of(replica.database), replica.database.engine.dispose).look()
    asking.join(10)
    assert made == [7]
    assert replica.left == 1
    assert hosts_of(postgresql).silent == set()
    with pytest.raises(Lost, match="does not answer"), replica.database.read() as read:
        read.execute(text("SELECT 1"))
    replica.database.close()


def test_of_several_standbys_one_that_is_silent_is_passed_over(wire: Wire) -> None:
    one = Hosts(
        {"host": "127.0.0.1,127.0.0.1", "port": f"1,{wire.port}", "user": "mes", "dbname": "postgres"}, standby=True
    )
    one.connect(Connection).close()
    one.silent.add(("127.0.0.1", wire.port))
    with pytest.raises(OperationalError, match="refused"):
        one.connect(Connection)
    one.silent.add(("127.0.0.1", "1"))
    with pytest.raises(OperationalError, match="does not answer"):
        one.connect(Connection)


def test_both_are_looked_after_while_the_pages_are_served(
    postgresql: Database, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[Hosts] = []
    replica = Replica(wire.url, LAG)
    monkeypatch.setattr(Silence, "start", lambda self: watched.append(self.hosts))
    monkeypatch.setattr(Watching, "_run", lambda _self: None)

    class App:
        """What the server serves."""

        extensions = {"mes": MesState(postgresql, lambda _read: None, (), replica=replica)}

    thread = server.begin_watching(App(), Settings())  # type: ignore[arg-type]  # only its databases count
    assert thread is not None
    atexit.unregister(thread.stop)
    assert watched == [hosts_of(postgresql), hosts_of(replica.database)]
