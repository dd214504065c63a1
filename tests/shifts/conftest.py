"""A bakery with tablets."""

import pytest

from tests.conftest import Shop
from tests.station.floor import Floor


@pytest.fixture
def floor(shop: Shop) -> Floor:
    """The bakery with two stations."""
    return Floor(shop)
