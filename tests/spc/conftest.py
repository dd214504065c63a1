"""The ring forge of the chart tests."""

import pytest

from tests.conftest import Shop
from tests.spc.rings import Rings


@pytest.fixture
def rings(shop: Shop) -> Rings:
    """Rings that nobody has measured yet."""
    return Rings(shop)
