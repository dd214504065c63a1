"""Two plants and their head office without a server: each copy is a file, and how it stands is said by the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from mes.core.db import Database
from mes.core.schema import head
from mes.items.models import Item
from mes.lots.models import Lot
from mes.lots.receiving import receive_lots
from mes.lots.shipping import ship_lots
from mes.people.plant import mark_plant, set_up_plant
from mes.plants.models import FollowedPlant
from mes.plants.registry import Registry
from mes.plants.standing import Standing, State
from tests.conftest import Shop, migrate
from tests.databases import sqlite_database
from tests.factories import make_item, make_partner

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass
class Company(Registry):
    """What a registry tells, of plants in files."""

    shops: dict[str, Shop]
    states: dict[str, State] = field(default_factory=dict)

    def followed(self) -> list[FollowedPlant]:
        """All of them."""
        return [FollowedPlant(mark=mark, place="nowhere:5432", at=NOW) for mark in self.shops]

    def find(self, mark: str) -> FollowedPlant | None:
        """The one of this mark."""
        return next((one for one in self.followed() if one.mark == mark), None)

    def copy(self, mark: str) -> Database:
        """A plant's own file stands for its copy."""
        return self.shops[mark].database

    def standing(self, one: FollowedPlant, now: datetime) -> Standing:
        """As the test says; up to date unless it does."""
        state = self.states.get(one.mark, State.FOLLOWS)
        return Standing(one.mark, one.place, state, f"공장 {one.mark}", head(), newest=NOW, heard=NOW, tables=1)

    def item(self, mark: str) -> Item:
        """Some material of a plant."""
        return self.shops[mark].do(lambda work: make_item(work, code=f"RAW-{mark}"))

    def receive(self, mark: str, item: Item, supplier_lot: str | None = None) -> Lot:
        """Ten of it come in."""
        return self.shops[mark].do(
            lambda work: receive_lots(work, item=item, quantities=[D(10)], supplier_lot=supplier_lot)
        )[0]

    def ship(self, mark: str, lot: Lot, customer: str) -> None:
        """All of a lot leaves."""
        to = self.shops[mark].do(lambda work: make_partner(work, name=customer))
        self.shops[mark].do(lambda work: ship_lots(work, customer=to, lines=[(lot.code, None)]))


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """Plants A and B."""
    shops = {}
    for mark in ("A", "B"):
        shops[mark] = Shop(Database(sqlite_database(tmp_path / f"{mark}.db", migrate)))
        shops[mark].do(lambda work, mark=mark: set_up_plant(work, name=f"공장 {mark}"))  # type: ignore[misc]
    yield Company(shops)
    for shop in shops.values():
        shop.database.engine.dispose()


@pytest.fixture
def marked(company: Company) -> Company:
    """The same, each with its mark."""
    for mark, shop in company.shops.items():
        shop.do(lambda work, mark=mark: mark_plant(work, mark))  # type: ignore[misc]
    return company
