"""Printing while the pages are served, and the printer made of software."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mes.core.config import Settings
from mes.core.db import Database
from mes.printing.printers import get_printer
from mes.web import demo, sample_store, server
from tests.conftest import Shop
from tests.orders.bakery import Bakery
from tests.printing.samples import add, came_out, fake, job, send
from tests.web.commands import unused_port


def test_the_printer_made_of_software_keeps_what_it_gets(tmp_path: Path) -> None:
    port = unused_port()
    command = [sys.executable, "-m", "mes", "printer", "fake", "--port", str(port), "--folder", str(tmp_path)]
    environment = os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        try:
            assert program.stdout is not None
            assert f"127.0.0.1:{port}" in program.stdout.readline()
            with socket.create_connection(("127.0.0.1", port), 5) as link:
                link.sendall(b"~HS")
                assert link.recv(100).startswith(b"\x02030,0,0,")
                link.sendall(b"^XA^FO1,1^GB8,8,8^FS^XZ\nSIZE 50 mm,30 mm\r\nCLS\r\nPRINT 1,1\r\n")
            for _look in range(100):
                if len(list(tmp_path.iterdir())) == 2:
                    break
                time.sleep(0.05)
        finally:
            program.terminate()  # Ctrl-C is not heard by what a script started in the background
            program.wait(10)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["label-00001.zpl", "label-00002.tspl"]


def test_a_server_prints_what_waits_soon_after_its_start(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    bakery = Bakery(shop)
    lots = bakery.receive(bakery.flour, 5, 6)
    with fake() as machine:
        printer = add(shop, machine)
        one = send(shop, printer, lots)

        class App:
            """What the server serves."""

            extensions = {"mes": type("State", (), {"database": shop.database})}

        thread = server.begin_printing(App(), Settings())  # type: ignore[arg-type]  # only its database counts
        try:
            for _look in range(100):
                if len(machine.labels) == 2:
                    break
                time.sleep(0.05)
            assert came_out(machine) == [lot.code for lot in lots]
        finally:
            thread.stop()
        assert job(shop, one).sent == 2


def test_the_sample_factory_has_a_printer_to_try(database: Database, shop: Shop) -> None:
    demo.plug_in(database, 9100)  # a factory of before, which has none
    shop.do(sample_store.add_sample_printer)
    demo.plug_in(database, 23456)
    with shop.read() as read:
        assert get_printer(read, sample_store.SAMPLE_PRINTER).port == 23456
