"""People in training: the copy of a test's plant, and what is recorded in the plant meanwhile."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select

from mes.core.db import Base
from mes.web.training import Practice
from mes.web.training_copy import drop_copies
from tests.conftest import Shop
from tests.station.floor import Floor, Tablet

#: What is written of devices and tries without being an entry of anybody.
Rows = Mapping[str, list[tuple[Any, ...]]]


class Copied:
    """The plant with a fresh copy beside it."""

    def __init__(self, app: Flask, shop: Shop) -> None:
        self.app, self.shop = app, shop
        self.practice: Practice = app.extensions["training"]
        drop_copies(self.practice.settings)
        self.practice.refused = None

    def make(self) -> Flask:
        """A copy of the plant as it is now, and the application over it."""
        self.practice.make()
        self.practice.wait(60)
        assert self.practice.refused is None
        app = self.practice.app()
        assert app is not None
        return app

    def rows(self, app: Flask | None = None) -> Rows:
        """Every row of every table, of the plant or of its copy."""
        database = app.extensions["mes"].database if app else self.shop.database
        with database.read() as read:
            return {
                table.name: sorted((tuple(row) for row in read.execute(select(table))), key=repr)
                for table in Base.metadata.tables.values()
            }


class Trainee(Tablet):
    """A tablet of the plant whose operator practises."""

    def __init__(self, app: Flask, floor: Floor, station: str | None = "T1") -> None:
        super().__init__(app, floor, station)
        self.root = "/training"

    def open(self, address: str) -> str:
        """A page of the copy that must be there."""
        return super().open(self.root + address)

    def press(self, address: str, once: str | None = None, **values: Any) -> Any:
        """A key in the copy."""
        return super().press(self.root + address, once, **values)
