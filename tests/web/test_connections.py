"""How long the server keeps a connection over which nothing happens."""

import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mes.web import connections


def test_a_tablet_that_asks_nothing_lets_another_one_in_after_seconds() -> None:
    assert connections.patient().header_read_timeout == 10_000
    assert connections.MOST >= 50 * 6, "fifty tablets with all that their browsers open"


@pytest.mark.skipif(sys.platform != "linux", reason="a rule of Linux")
def test_who_reads_nothing_of_an_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, socket.create_server(("127.0.0.1", 0)) as other:
        assert connections.end_unread(door.getsockname()[1]) == 1
        told = [one.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) for one in (door, other)]
        assert told == [connections.UNREAD_MS, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="a rule of Linux")
def test_looking_for_the_door_takes_no_locks_of_the_database_away_and_leaves_nothing_open(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mes.db", isolation_level=None)) as one:
        one.execute("CREATE TABLE lots (id INTEGER)")
        one.execute("BEGIN IMMEDIATE")
        before = len(list(Path("/proc/self/fd").iterdir()))
        connections.end_unread(8080)
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        asks = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0, isolation_level=None).execute('BEGIN IMMEDIATE')"
        words = [sys.executable, "-c", asks, str(tmp_path / "mes.db")]
        said = subprocess.run(words, check=False, capture_output=True, text=True)
        assert "database is locked" in said.stderr


def test_a_system_without_such_a_rule_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert connections.end_unread(8080, tmp_path) == 0
