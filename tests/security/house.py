"""The bakery at midday, full of whatever somebody may type into its forms."""

import re
from collections.abc import Iterator
from itertools import count

from flask import Flask
from flask.testing import FlaskClient

from mes.core.access import Role
from mes.equipment.views import COOKIE
from tests.conftest import Shop
from tests.factories import make_person
from tests.midday import Midday
from tests.midday.addresses import ALSO, address, filled, pages
from tests.security.naughty import ALL
from tests.security.visitors import midday_of, signed_in
from tests.security.walking import Input, Sent, send_all


class Typist:
    """Types another of the texts into each field, and remembers what was typed."""

    def __init__(self, first: int = 0) -> None:
        self.turn = count(first)
        self.typed: dict[str, str] = {}

    def __call__(self, _field: Input | str) -> str:
        """The next text, with its mark."""
        number = next(self.turn)
        mark = f"~{number % 1_000_000:06d}~"
        text = ALL[number % len(ALL)]
        self.typed[mark] = text + mark if len(text) < 50 or len(text) > 64 else text[:50] + mark
        return self.typed[mark]


class House:
    """The bakery at midday with somebody at a desk who may do everything, and a leader at a tablet."""

    def __init__(self, app: Flask, shop: Shop, midday: Midday | None = None) -> None:
        self.app, self.shop = app, shop
        midday = midday or midday_of(shop)
        self.floor, self.known = midday.floor, midday.known
        lot, order, shipment = (str(self.known[kind][0]) for kind in ("lot", "order", "shipment"))
        self.good = {
            "item": "RF", "supplier": "MILL", "customer": "MART", "of": lot, "lot": lot, "content": lot, "codes": lot,
            "lines": f"{lot} 1", "line": f"{lot} 1", "order": order, "shipment": shipment, "text": lot,
            "location": "ST",
        }  # fmt: skip
        self.everything = shop.do(lambda work: make_person(work, *Role, code="ALL")).id

    @property
    def desk(self) -> FlaskClient:
        """A browser at the desk; each page gets one, so that no act of the one before signs it out."""
        return self._browser(self.shop.do(lambda work: signed_in(work, self.everything)))

    @property
    def tablet(self) -> FlaskClient:
        """The kettle's tablet."""
        station = self.floor.station("T1").id
        browser = self._browser(self.shop.do(lambda work: signed_in(work, self.floor.park.id, station)))
        browser.set_cookie(COOKIE, self.floor.tokens["T1"])
        return browser

    def _browser(self, token: str) -> FlaskClient:
        browser = self.app.test_client()
        with browser.session_transaction() as session:
            session["sign_in"] = token
        return browser

    def addresses(self) -> list[tuple[bool, str]]:
        """Every page, by whether it is one of the tablet's."""
        asked = [(station, address(rule, self.known)) for station in (False, True) for rule in pages(self.app, station)]
        asked += [(False, filled(one, self.known)) for one in ALSO]
        return [(station, one) for station, one in asked if not re.search(r"/(practice|copies/\d)", one)]

    def walk(self, type_: Typist, every: int = 1, first: int = 0) -> Iterator[Sent]:
        """Fill in and send the forms of every page (or of one in so many)."""
        for station, one in self.addresses()[first::every]:
            yield from send_all(self.tablet if station else self.desk, one, type_, self.good)
