"""The server as a program: what it does when told to stop, and what it says when it cannot start."""

import re
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from flask import Flask

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.pages import MesState
from mes.keeping.installation import (
    DatabaseNewer,
    DatabaseOlder,
    DatabaseOutOfReach,
    NotInitialised,
    check_installed,
)
from mes.people.rules import SAMPLE_PASSWORD
from mes.web.server import CannotListen, PortTaken, addresses, check_port, free_port
from mes.web.terminal import qr_lines
from tests.conftest import migrate
from tests.databases import sqlite_database
from tests.web.commands import mes, program, unused_port

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("serving")]


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """The data folder of a plant without people."""
    sqlite_database(tmp_path / "mes.db", migrate)
    return tmp_path


def sign_in(browser: OpenerDirector, address: str) -> int:
    with browser.open(f"{address}/login", timeout=10) as shown:
        page = shown.read().decode()
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("csrf_token", "once")
    }
    typed = urlencode({**hidden, "login": "nobody", "password": SAMPLE_PASSWORD}).encode()
    try:
        with browser.open(f"{address}/login", typed, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_told_to_stop_it_finishes_what_is_under_way(plant: Path) -> None:
    port = unused_port()
    with program(plant, port, "serve") as served, ThreadPoolExecutor(1) as somebody:
        served.wait_until_it_answers()
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")  # the sign-in must wait for this
            answer = somebody.submit(sign_in, browser, served.address)
            sleep(1)
            told = monotonic()
            served.process.terminate()
            sleep(0.5)
            another.execute("COMMIT")
            assert answer.result(timeout=15) == 401
        code, out, err = served.end()
        assert (code, err) == (0, "")
        assert monotonic() - told < 10
        assert f"The pages are at http://127.0.0.1:{port}/" in out


@pytest.mark.thorough
def test_who_falls_silent_in_the_midst_of_a_form_keeps_no_page_from_anybody(plant: Path) -> None:
    port = unused_port()
    head = "POST /login HTTP/1.1\r\nHost: plant\r\nTransfer-Encoding: {}\r\n\r\n5\r\nlogin"
    newer = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    with program(plant, port, "serve") as served:
        served.wait_until_it_answers()
        with ExitStack() as silent:
            for how in ("chunked", "Chunked", "CHUNKED", "identity, Chunked"):
                one = silent.enter_context(socket.create_connection(("127.0.0.1", port), 5))
                one.sendall(head.format(how).encode())
            other = silent.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            other.sendall(newer)
            assert other.recv(100) == b"", "what is newer has ways of its own to fall silent, and is not spoken"
            with build_opener().open(f"{served.address}/login", timeout=8) as shown:
                assert shown.status == 200


def test_without_a_plant_it_says_how_to_make_one(tmp_path: Path) -> None:
    with program(tmp_path, unused_port(), "serve") as served:
        out, err = served.process.communicate(timeout=40)
    assert (served.process.returncode, out) == (1, "")
    assert err == f"There is no plant in {tmp_path}/mes.db yet. Make one with: mes init --plant NAME\n"


def test_a_taken_port_is_named_with_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} on 127.0.0.1 is already in use.*--port \d+"):
            check_port("127.0.0.1", port)
        said = mes(tmp_path, "serve", "--port", str(port))
        assert (said.exit_code, said.stderr.count("\n")) == (1, 1)
        assert free_port("127.0.0.1", port) != port


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(CannotListen, match=r"192\.0\.2\.7"):
        check_port("192.0.2.7", 8170)


def test_it_tells_browsers_of_the_plant_where_to_go() -> None:
    assert list(addresses("127.0.0.1", 80)) == ["http://127.0.0.1:80/"]
    assert list(addresses("::1", 80)) == ["http://[::1]:80/"]
    assert next(addresses("0.0.0.0", 80)) == "http://127.0.0.1:80/"
    assert "█" in qr_lines("http://127.0.0.1:8080/")


def test_a_database_of_another_version_is_not_served(plant: Path) -> None:
    settings = Settings(data_dir=plant)
    check_installed(settings)
    for revision, refusal in (("0000", DatabaseOlder), ("9999", DatabaseNewer)):
        with closing(sqlite3.connect(plant / "mes.db", isolation_level=None)) as opened:
            opened.execute("UPDATE alembic_version SET version_num = ?", [revision])
        with pytest.raises(refusal, match=revision):
            check_installed(settings)


def test_what_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mes.db").write_text("somebody's notes, long enough to be looked at as a database file" * 20, "utf-8")
    with pytest.raises(DatabaseOutOfReach):
        check_installed(Settings(data_dir=tmp_path))
    unreachable = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"
    with pytest.raises(DatabaseOutOfReach) as refused:
        check_installed(Settings(data_dir=tmp_path, database_url=unreachable))
    assert "secret" not in str(refused.value)
    with pytest.raises(NotInitialised):
        check_installed(Settings(data_dir=tmp_path / "elsewhere"))


def test_it_is_alive_without_its_database_but_not_ready(app: Flask, tmp_path: Path) -> None:
    browser = app.test_client()
    assert browser.get("/readyz").status_code == 200
    state: MesState = app.extensions["mes"]
    state.database = Database(f"sqlite:///{tmp_path}/gone/mes.db")
    assert browser.get("/healthz").data == b"ok\n"
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.get_json()["ready"]) == (503, False)


@pytest.mark.thorough
def test_the_sample_factory_is_served_and_leaves_nothing(tmp_path: Path) -> None:
    port = unused_port()
    with program(tmp_path, port, "demo") as served:
        served.wait_until_it_answers()
        code, out, err = served.end()
    assert (code, err) == (0, "")
    assert f"The sample factory is at http://127.0.0.1:{port}/" in out
    assert "█" in out
    for login in ("operator", "leader", "quality", "material", "manager", "admin"):
        assert re.search(rf"^  {login} +{SAMPLE_PASSWORD} ", out, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []
