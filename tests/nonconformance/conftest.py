"""The press shop, with something gone wrong in it."""

import pytest

from tests.conftest import Shop
from tests.nonconformance.trouble import Trouble, press_trouble


@pytest.fixture
def trouble(shop: Shop) -> Trouble:
    """Brackets with burrs, found in one lot of several."""
    return press_trouble(shop)
