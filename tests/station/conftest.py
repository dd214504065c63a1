"""A bakery with tablets."""

import pytest
from flask import Flask

from mes.orders.models import Job
from tests.conftest import Shop
from tests.station.floor import Floor, Tablet
from tests.station.keeper import Keeper


@pytest.fixture
def floor(shop: Shop) -> Floor:
    """The bakery with two stations."""
    return Floor(shop)


@pytest.fixture
def job(floor: Floor) -> Job:
    """A job of a hundred cakes that nobody has begun; its wrap is there."""
    floor.receive(floor.film, 5000)
    return floor.order().jobs[0]


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
