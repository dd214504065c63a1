"""A database server that takes what is sent and answers nothing: who waits is told, and nobody waits after him."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import Connection, OperationalError

from mes.core import silence
from mes.core.db import Database
from mes.core.primaries import Hosts
from mes.core.silence import Silence


@contextmanager
def frozen_server() -> Iterator[tuple[str, str]]:
    """A machine that takes connections and says nothing on any."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield "127.0.0.1", str(server.getsockname()[1])


def test_who_waits_for_a_frozen_server_is_told_and_the_next_does_not_wait(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 0.2)
    let_go: list[bool] = []
    told: list[str] = []
    with frozen_server() as place:
        hosts = Hosts({"host": place[0], "port": place[1], "connect_timeout": 1})
        watch = Silence(hosts, lambda: let_go.append(True))
        waiting = postgresql.engine.raw_connection()
        try:
            driver = waiting.driver_connection
            assert driver is not None
            monkeypatch.setattr(hosts, "place_of", lambda one: place if one is driver else ("", ""))

            def ask() -> None:
                try:
                    driver.execute("SELECT pg_sleep(60)")
                except OperationalError as error:
                    told.append(str(error))

            asking = threading.Thread(target=ask)
            asking.start()
            while not driver.waits_since:
                time.sleep(0.01)
            time.sleep(0.3)
            watch.look()
            asking.join(10)
        finally:
            waiting.invalidate()
        assert told
        assert let_go == [True]
        with pytest.raises(OperationalError, match="does not answer"):
            hosts.connect(Connection)


def test_who_waits_for_something_long_is_left_in_peace(postgresql: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 0.2)
    hosts = postgresql.hosts
    assert hosts is not None
    waiting = postgresql.engine.raw_connection()
    try:
        driver = waiting.driver_connection
        assert driver is not None
        told: list[object] = []
        asking = threading.Thread(target=lambda: told.append(driver.execute("SELECT pg_sleep(1), 7").fetchone()[1]))
        asking.start()
        time.sleep(0.5)
        Silence(hosts, lambda: told.append("let go")).look()
        asking.join(10)
    finally:
        waiting.invalidate()
    assert told == [7]
    assert hosts.silent == set()


def test_a_server_that_greets_again_is_called_again(postgresql: Database) -> None:
    hosts = postgresql.hosts
    assert hosts is not None
    hosts.silent.add(hosts.places[0])
    Silence(hosts, lambda: None).look()
    assert hosts.silent == set()
