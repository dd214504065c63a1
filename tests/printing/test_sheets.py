"""Sheets of which some labels are gone."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.lots.models import Lot
from tests.conftest import Shop
from tests.desk import Desk
from tests.labels.paper import cut_out, pages, read_by_zxing
from tests.labels.samples import LAYOUTS
from tests.orders.bakery import Bakery

SHEET = LAYOUTS["lot-a4-3x8"].stock


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


@pytest.fixture
def flour(bakery: Bakery) -> list[Lot]:
    """Two bags of flour that came in together."""
    return bakery.receive(bakery.flour, 20, 20, days=180)


@pytest.fixture
def keeper(app: Flask, shop: Shop) -> Desk:
    """The material handler at a desk."""
    return Desk(app, shop, Role.MATERIAL)


def test_labels_go_only_to_the_places_of_a_sheet_that_are_left(
    flour: list[Lot], keeper: Desk, tmp_path: Path
) -> None:  # fmt: skip
    codes = "\n".join(lot.code for lot in flour)
    values: dict[str, Any] = {"code": codes, "layout": "lot-a4-3x8", "language": "ko", "copies": "2", "skip": "1"}
    paper = keeper.press("/labels/lots", **values, used=["3", "5"])
    (sheet,) = pages(keeper.client.get(paper).data, tmp_path, 203)
    found = {place: read_by_zxing(cut_out(sheet, SHEET, place, 203)) for place in range(8)}
    wanted = [[flour[0].code], [f"{flour[0].code}.2"], [flour[1].code], [f"{flour[1].code}.2"]]
    assert [place for place, texts in found.items() if texts] == [1, 3, 5, 6]
    assert [texts for texts in found.values() if texts] == wanted


def test_a_sheet_without_a_free_place_is_taken_for_a_fresh_one(
    flour: list[Lot], keeper: Desk, tmp_path: Path
) -> None:  # fmt: skip
    values: dict[str, Any] = {
        "code": flour[0].code,
        "layout": "lot-a4-3x8",
        "language": "ko",
        "copies": "1",
        "skip": "0",
    }
    paper = keeper.press("/labels/lots", **values, used=[str(place) for place in range(1, 25)])
    (sheet,) = pages(keeper.client.get(paper).data, tmp_path, 203)
    assert read_by_zxing(cut_out(sheet, SHEET, 0, 203)) == [flour[0].code]


def test_the_places_of_a_sheet_are_offered_only_where_there_is_a_sheet(flour: list[Lot], keeper: Desk) -> None:
    address = f"/labels/lots?code={flour[0].code}&layout="
    assert 'name="used"' not in keeper.see(address + "lot-60x40")
    assert len(re.findall('name="used"', keeper.see(address + "lot-a4-3x8"))) == 24


def test_places_that_no_sheet_has_are_passed_over(flour: list[Lot], keeper: Desk) -> None:
    values: dict[str, Any] = {
        "code": flour[0].code,
        "layout": "lot-a4-3x8",
        "language": "ko",
        "copies": "1",
        "skip": "0",
    }
    paper = keeper.press("/labels/lots", **values, used=["0", "99", "-3"])
    assert keeper.client.get(paper + "&used=x.999999999999.%00").status_code == 200
