"""Nobody's spreadsheet runs what somebody typed here: every list that can be downloaded, every name a formula."""

import csv
import io
import re
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update

from mes.core.access import Role
from mes.exchange.exports import LISTS
from mes.items.models import Item
from mes.lots.models import Lot
from mes.people.models import Person
from tests.conftest import Shop
from tests.desk import Desk
from tests.midday import Midday
from tests.midday.addresses import address
from tests.security.visitors import midday_of

#: What a spreadsheet takes for a formula, in all the ways it may begin.
FORMULAS = (
    "=HYPERLINK(\"http://example.invalid\",\"x\")", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "=cmd|' /C calc'!A0",
    "'=1+1", "＝1+1", " =1+1",
)  # fmt: skip
#: A number or a plain sign is no formula.
HARMLESS = re.compile(r"[-+]?[\d.]+([eE][-+]?\d+)?|-|(-|[-+]?[\d.]+)( (-|[-+]?[\d.]+))*")
LISTED = (".csv", ".xlsx")


def downloads(app: Flask, midday: Midday) -> list[str]:
    """Every address at which a list is downloaded."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    there = [rule for rule in rules if rule.endswith(LISTED) or re.search(r"<any\([^)]*csv", rule)]
    found = [address(rule, midday.known).replace("?q=", "?of=") for rule in there if "<name>" not in rule]
    found += [f"/export/{name}{ending}" for name in LISTS for ending in LISTED]
    return found + [one.replace(".csv", ".xlsx") for one in found if re.search(r"(export|lots)\.csv", one)]


@pytest.fixture
def midday(app: Flask, shop: Shop) -> Midday:
    """The bakery, where every name is a formula."""
    found = midday_of(shop)
    with shop.database.engine.begin() as connection:
        for kind in (Item, Person):
            for turn, row in enumerate(connection.execute(select(kind.id)).all()):
                name = FORMULAS[turn % len(FORMULAS)]
                connection.execute(update(kind).where(kind.id == row.id).values(name=name, name_en=name))
        connection.execute(update(Lot).values(supplier_lot=FORMULAS[0], made_on=date(2026, 1, 2)))
    return found


def test_no_cell_of_any_list_is_a_formula(app: Flask, shop: Shop, midday: Midday) -> None:
    boss = Desk(app, shop, *Role)
    looked_at, typed = 0, 0
    for one in downloads(app, midday):
        answer = boss.client.get(one)
        if answer.status_code == 404 and "import/" in one:
            continue
        assert answer.status_code == 200, one
        assert answer.headers["Content-Disposition"].startswith("attachment"), one
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        looked_at += 1
        if answer.mimetype == "text/csv":
            cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
            running = [
                cell for cell in cells if cell[:1] in "=+-@\t\r\n＝＋－＠" and cell and not HARMLESS.fullmatch(cell)
            ]
            assert running == [], one
            typed += sum(cell.startswith("'") for cell in cells)
        else:
            book = load_workbook(io.BytesIO(answer.data))
            for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f", (one, cell.value)
                assert cell.hyperlink is None
                typed += cell.value in FORMULAS
    assert looked_at >= 2 * len(LISTS)
    assert typed > 50
