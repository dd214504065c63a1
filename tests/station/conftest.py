"""A bakery with tablets."""

import pytest
from flask import Flask

from tests.conftest import Shop
from tests.station.floor import Floor, Tablet
from tests.station.keeper import Keeper


@pytest.fixture
def floor(shop: Shop) -> Floor:
    """The bakery with two stations."""
    return Floor(shop)


@pytest.fixture
def tablet(app: Flask, floor: Floor) -> Tablet:
    """The tablet at the kettle, nobody signed in."""
    return Tablet(app, floor)


@pytest.fixture
def keeper(app: Flask, floor: Floor) -> Keeper:
    """The tablet at the kettle with its outbox; Kim is signed in."""
    tablet = Keeper(app, floor)
    tablet.badge(floor.kim)
    tablet.hear()
    return tablet
