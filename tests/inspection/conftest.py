"""The press shop of the quality tests."""

import pytest

from tests.conftest import Shop
from tests.quality.workshop import Workshop


@pytest.fixture
def workshop(shop: Shop) -> Workshop:
    """A press shop with stock and nothing on order."""
    return Workshop(shop)
