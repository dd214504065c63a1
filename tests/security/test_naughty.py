"""Whatever people type: it is kept as they typed it or refused in a sentence, shown as text, and never a fault.

``MES_NAUGHTY=60`` gives every field that many different texts, instead of the few of each run.
"""

import os
import re
import socket
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import NoReturn
from unicodedata import normalize

import pytest
from flask import Flask
from sqlalchemy import String, select

from mes.core.db import Base
from mes.printing.models import Printer
from tests.conftest import Shop
from tests.security.house import House, Typist
from tests.security.looking import harm_in
from tests.security.walking import Sent

ROUNDS = int(os.environ.get("MES_NAUGHTY", "0"))
#: By this each text is known again wherever it turns up.
MARK = re.compile(r"~(\d{6})~")


@pytest.fixture
def house(app: Flask, shop: Shop) -> House:
    """The plant, full."""
    return House(app, shop)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The machines that the program calls while a test runs; none of them is reached."""
    calls: list[tuple[str, int]] = []

    def refuse(host: object, port: object, *_more: object, **_options: object) -> NoReturn:
        calls.append((str(host), int(str(port or 0))))
        raise OSError(111, "nobody there")

    def connect(link: socket.socket, place: tuple[str, int]) -> NoReturn:
        if link.type == socket.SOCK_DGRAM:  # sends nothing: the machine is asked for its own address
            raise OSError(101, "no network")
        refuse(*place)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", lambda place, *_more, **_options: refuse(*place))
    monkeypatch.setattr(socket.socket, "connect", connect)
    return calls


def called_without_being_told(house: House, called: list[tuple[str, int]]) -> set[tuple[str, int]]:
    """Machines that were called, but for the printers that the administrator has entered."""
    with house.shop.read() as read:
        return set(called) - {(str(one.address), one.port or 0) for one in read.query(Printer)}


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
    """A text as it counts: composed, with plain line ends, without blanks at its ends; in capitals, as codes are."""
    return normalize("NFC", text).replace("\r\n", "\n").strip().upper()


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


def test_a_sample_of_forms_takes_whatever_is_typed(house: House, called: list[tuple[str, int]]) -> None:
    typist = Typist()
    sent = list(house.walk(typist, every=12))
    assert faults(sent) == []
    assert changed_on_the_way(house.shop, typist.typed) == []
    assert called_without_being_told(house, called) == set()


@pytest.mark.thorough
@pytest.mark.long
def test_every_form_takes_whatever_is_typed_and_all_is_shown_as_text(
    house: House, called: list[tuple[str, int]]
) -> None:
    typist, statuses = Typist(), Counter[int]()
    for turn in range(max(ROUNDS, 1)):
        typist.turn = count(turn * 10_007)
        sent = list(house.walk(typist))
        statuses.update(one.answer.status_code for one in sent)
        assert faults(sent) == []
    assert faults(read_everything(house)) == []
    assert changed_on_the_way(house.shop, typist.typed) == []
    assert called_without_being_told(house, called) == set()
    print(sorted(statuses.items()))
    assert statuses[303] > 100
