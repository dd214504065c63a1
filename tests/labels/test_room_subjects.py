"""What a code's label is for, as the command line asks it."""

import pytest

from mes.labels.rules import DifferentThings
from mes.web.commands.labelling import subject_of
from tests.conftest import Shop
from tests.orders.bakery import Bakery


def test_labels_of_a_lot_and_an_order_are_not_printed_together(shop: Shop) -> None:
    bakery = Bakery(shop)
    lot, other = bakery.receive(bakery.flour, 10, 10)
    order = bakery.order()
    assert shop.do(lambda work: subject_of(work, (lot.code, other.code))) == "lot"
    with pytest.raises(DifferentThings):
        shop.do(lambda work: subject_of(work, (lot.code, order.code)))
