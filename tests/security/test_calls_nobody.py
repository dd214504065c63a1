"""The running program calls nobody but what the plant told it to: here a label printer."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.config import bundled
from mes.core.work import utc_now
from mes.labels.files import get_layout
from mes.printing.fake import FakePrinter
from mes.printing.service import print_on
from tests.conftest import Shop
from tests.databases import ROOT
from tests.factories import make_printer
from tests.security.house import House
from tests.security.walking import Filled, Forms
from tests.web.commands import program, unused_port

pytestmark = [pytest.mark.long, pytest.mark.thorough]
#: Loaded by every Python of the program before anything else: writes down whom it calls or asks the name of.
LISTENER = """
import json, os, sys

def note(event, words):
    if event.startswith("socket.") and event.split(".")[1] in (
        "connect", "sendto", "sendmsg", "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo"
    ):
        kind = getattr(words[0], "type", None)
        told = [event, None if kind is None else int(kind), repr(words[1:] if kind is not None else words)]
        with open(os.environ["CALLS"], "a") as log:
            log.write(json.dumps(told) + chr(10))
    elif event == "subprocess.Popen":
        with open(os.environ["CALLS"], "a") as log:
            log.write(json.dumps([event, None, repr(words[1])]) + chr(10))

sys.addaudithook(note)
"""
#: Asks only which way a call would go, and sends nothing: UDP to an address that is kept for documentation.
WAY_OUT = re.compile(r"192\.0\.2\.1|2001:db8::1")
FILE = "품목코드,품명,품목구분,단위\nZ9,들기름,원자재,kg\n"


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    """A label printer in the plant's network."""
    made = FakePrinter().start()
    yield made
    made.stop()


def cookies(browser: FlaskClient) -> str:
    """What a browser that is signed in sends along."""
    found = ((name, browser.get_cookie(name)) for name in ("session", "mes_station"))
    return "; ".join(f"{name}={one.value}" for name, one in found if one)


class Visit:
    """A browser at the running program."""

    def __init__(self, port: int, sent: str) -> None:
        self.link, self.sent = HTTPConnection("127.0.0.1", port, timeout=120), sent

    def ask(self, method: str, address: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, str]:
        """What comes back: the status, the content, and its kind, or for one that leads on the address."""
        self.link.request(method, quote(address, safe="/?=&%+,:;"), body, {"Cookie": self.sent, **headers})
        answer = self.link.getresponse()
        for one in answer.headers.get_all("Set-Cookie") or ():
            if one.startswith("session="):
                self.sent = re.sub(r"session=[^;]*", one.split(";")[0], self.sent)
        leads = answer.headers.get("Location") if answer.status == 303 else None
        return answer.status, answer.read(), leads or answer.headers.get("Content-Type") or ""

    def _form(self, page: str, ending: str) -> Filled:
        """The form of a page that goes to such an address."""
        _status, text, _kind = self.ask("GET", page)
        reader = Forms(page)
        reader.feed(text.decode())
        return next(one for one in reader.all() if re.search(ending, one.action))

    def press(self, page: str, ending: str) -> int:
        """Send a form of a page as it stands there."""
        form = self._form(page, ending)
        body = urlencode({one.name: one.value for one in form.inputs}).encode()
        return self.ask("POST", form.action, body, **{"Content-Type": "application/x-www-form-urlencoded"})[0]

    def bring(self, page: str, name: str, content: str) -> tuple[int, str]:
        """Upload a file in the form of a page; the status, and where it leads."""
        form = self._form(page, f"{page}$")
        parts = [
            f'--cut\r\nContent-Disposition: form-data; name="{one.name}"'
            + (f'; filename="{name}"\r\n\r\n{content}\r\n' if one.kind == "file" else f"\r\n\r\n{one.value}\r\n")
            for one in form.inputs
        ]
        body = ("".join(parts) + "--cut--\r\n").encode()
        headers = {"Content-Type": "multipart/form-data; boundary=cut"}
        status, _content, leads = self.ask("POST", form.action, body, **headers)
        return status, leads


def called(file: Path) -> list[list[Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_tour_of_the_whole_plant_calls_its_printer_and_nobody_else(
    app: Flask, shop: Shop, tmp_path: Path, printer: FakePrinter
) -> None:
    house = House(app, shop)
    shop.now = utc_now()  # people sign in today
    lot = str(house.known["lot"][0])
    layout = get_layout([bundled("labels")], "lot-60x40")
    near = shop.do(lambda work: make_printer(work, code="NEAR", port=printer.port))
    given = {"subject": "lot", "codes": [lot], "layout": layout, "language": "ko", "reason": "Label lost"}
    shop.do(lambda work: print_on(work, near, **given))  # type: ignore[arg-type]  # as on the page
    listener, calls, plant = tmp_path / "listener", tmp_path / "calls", tmp_path / "plant"
    listener.mkdir()
    plant.mkdir()
    calls.touch()
    (listener / "sitecustomize.py").write_text(LISTENER, "utf-8")
    desk, tablet, addresses = cookies(house.desk), cookies(house.tablet), house.addresses()
    with closing(sqlite3.connect(str(shop.database.engine.url.database))) as now:
        now.execute("VACUUM INTO ?", (str(plant / "mes.db"),))
    port, seen, odd = unused_port(), set(), []
    settings = {"PYTHONPATH": f"{listener}:{ROOT}", "CALLS": str(calls), "MES_SECRET_KEY": "only for tests"}
    with program(plant, port, "serve", **settings) as served:
        served.wait_until_it_answers()
        browsers = {False: Visit(port, desk), True: Visit(port, tablet)}
        for station, address in addresses:
            status, _content, kind = browsers[station].ask("GET", address)
            seen.add(kind.split(";")[0])
            if status >= 500 or status == 401:
                odd.append((address, status))
        status, verdict = browsers[False].bring("/import", "품목.csv", FILE)
        assert status == 303
        assert browsers[False].press(verdict, r"/import/\d+") == 303
        for _try in range(300):
            if printer.labels:
                break
            printer.dead.wait(0.1)
        for browser in browsers.values():
            browser.link.close()
        served.end()
    with closing(sqlite3.connect(plant / "mes.db")) as after:
        assert after.execute("SELECT name FROM items WHERE code = 'Z9'").fetchall() == [("들기름",)]
    assert odd == []
    assert seen >= {"text/html", "application/pdf", "image/jpeg", "text/csv"}
    assert printer.labels
    found = called(calls)
    assert [one for one in found if one[0] == "socket.connect" and f"{printer.port}" in one[2]]  # it was listened to
    told = (f"'127.0.0.1', {printer.port}", "'127.0.0.1', 1,", "'127.0.0.1', 1)")  # the other printer is switched off
    others = [one for one in found if not any(place in one[2] for place in told)]
    others = [one for one in others if not (one[0] == "socket.connect" and one[1] == 2 and WAY_OUT.search(one[2]))]
    assert others == [], others
