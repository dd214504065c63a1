"""A bakery with a storeroom."""

import pytest

from tests.conftest import Shop
from tests.warehouse.storeroom import Storeroom


@pytest.fixture
def store(shop: Shop) -> Storeroom:
    """The bakery with shelves."""
    return Storeroom(shop)
