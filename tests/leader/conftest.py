"""The bakery with tablets, and its leader at a desk or on the phone."""

import pytest
from flask import Flask

from mes.core.access import Role
from tests.conftest import Shop
from tests.desk import Desk
from tests.station.floor import Floor, Tablet


@pytest.fixture
def floor(shop: Shop) -> Floor:
    """The bakery with two stations."""
    return Floor(shop)


@pytest.fixture
def tablet(app: Flask, floor: Floor) -> Tablet:
    """The tablet at the kettle, nobody signed in."""
    return Tablet(app, floor)


@pytest.fixture
def phone(app: Flask, shop: Shop, floor: Floor) -> Desk:
    """The leader's own browser."""
    return Desk(app, shop, Role.LEADER)
