"""Whatever people type: it is kept as they typed it or refused in a sentence, shown as text, and never a fault.

``MES_NAUGHTY=60`` gives every field that many different texts, instead of the few of each run.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count
from unicodedata import normalize

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, select

from mes.core.access import Role
from mes.core.db import Base
from mes.equipment.views import COOKIE
from tests.conftest import Shop
from tests.factories import make_person
from tests.midday.addresses import ALSO, address, filled, pages
from tests.security.looking import harm_in
from tests.security.naughty import ALL
from tests.security.visitors import midday_of, signed_in
from tests.security.walking import Input, Sent, send_all

ROUNDS = int(os.environ.get("MES_NAUGHTY", "0"))
#: By this each text is known again wherever it turns up.
MARK = re.compile(r"~(\d{6})~")


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

    def __init__(self, app: Flask, shop: Shop) -> None:
        self.app, self.shop = app, shop
        midday = midday_of(shop)
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


@pytest.fixture
def house(app: Flask, shop: Shop) -> House:
    """The plant, full."""
    return House(app, shop)


def texts_kept(shop: Shop) -> Iterator[str]:
    """Every text in the database."""
    with shop.read() as read:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String)]
            for row in read.execute(select(*columns)) if columns else ():
                yield from (str(value) for value in row if value)


def changed_on_the_way(shop: Shop, typed: dict[str, str]) -> list[str]:
    """Texts that are kept otherwise than they were typed; composed Hangul and blanks at the ends do not count."""
    found = []
    for text in texts_kept(shop):
        for mark in MARK.finditer(text):
            wanted = typed.get(mark[0])
            if wanted is None or text.startswith(("{", "[", "urn:", "http")):  # JSON and addresses, written otherwise
                continue
            if not any(same(form) in same(text) for form in (wanted, wanted[:200])):
                found.append(f"{wanted[:80]!a} is kept as {text[:80]!a}")
    return found


def same(text: str) -> str:
    """A text as it counts: composed, with plain line ends and without blanks at its ends."""
    return normalize("NFC", text).replace("\r\n", "\n").strip()


def faults(sent: list[Sent]) -> list[str]:
    """Answers that are a fault of the program, and pages on which something would run."""
    found = [f"{one.address}: {one.answer.status_code} {shown(one)}" for one in sent if one.answer.status_code >= 500]
    return found + [f"{one.address}: {harm} {shown(one)}" for one in sent for harm in harm_in(one.answer)]


def shown(one: Sent) -> str:
    """What was sent, in short."""
    return ascii({name: str(value)[:60] for name, value in one.body.items() if MARK.search(str(value))})[:500]


def read_everything(house: House) -> list[Sent]:
    """Every page, paper, label and list, as it is after all that."""
    return [Sent(one, {}, (house.tablet if station else house.desk).get(one)) for station, one in house.addresses()]


def test_a_sample_of_forms_takes_whatever_is_typed(house: House) -> None:
    typist = Typist()
    sent = list(house.walk(typist, every=6))
    assert faults(sent) == []
    assert changed_on_the_way(house.shop, typist.typed) == []


@pytest.mark.thorough
@pytest.mark.long
def test_every_form_takes_whatever_is_typed_and_every_page_shows_it_as_text(house: House) -> None:
    typist, statuses = Typist(), Counter[int]()
    for turn in range(max(ROUNDS, 1)):
        typist.turn = count(turn * 10_007)
        sent = list(house.walk(typist))
        statuses.update(one.answer.status_code for one in sent)
        assert faults(sent) == []
    assert faults(read_everything(house)) == []
    assert changed_on_the_way(house.shop, typist.typed) == []
    print(sorted(statuses.items()))
    assert statuses[303] > 100
