"""Two stations at one lot: exactly one takes the last of it."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D

from mes.core.errors import Refused
from mes.core.work import Work
from mes.items.queries import get_item
from mes.lots.ledger import consume_lot, lock_lot
from mes.lots.models import Lot
from mes.lots.service import receive_lots
from tests.conftest import Shop
from tests.lots.test_ledger import now, receive, rice


def test_exactly_as_much_is_taken_as_there_is(shop: Shop) -> None:
    [lot] = receive(shop, rice(shop), 10)

    def take_one(number: int) -> bool:
        def deed(work: Work) -> None:
            consume_lot(work, lock_lot(work, lot.code), D(1))

        try:
            shop.do(deed)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as tablets:
        taken = list(tablets.map(take_one, range(20)))
    assert (sum(taken), now(shop, lot).on_hand) == (10, D(0))


def test_parallel_receipts_get_different_numbers(shop: Shop) -> None:
    rice(shop)

    def two_sacks(_number: int) -> list[Lot]:
        return shop.do(lambda work: receive_lots(work, item=get_item(work.session, "RICE"), quantities=[D(1), D(1)]))

    with ThreadPoolExecutor(8) as desks:
        lots = [lot for batch in desks.map(two_sacks, range(10)) for lot in batch]
    assert len({lot.code for lot in lots}) == 20
