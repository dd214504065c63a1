"""The mass balance of one delivery to which everything happened that can happen to a lot, figure by figure."""

from decimal import Decimal

import pytest

from mes.core.work import Work
from mes.lots import service as lots
from mes.lots.ledger import move, new_lot
from mes.lots.models import EdgeKind, Lot, MovementKind
from mes.orders.models import Report
from mes.orders.reporting import record_report
from mes.orders.service import finish_job
from mes.orders.undo import take_back_report
from mes.recall import queries
from mes.recall.figures import Line
from tests.conftest import Shop
from tests.factories import make_recall
from tests.orders.bakery import Bakery, D


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery, with film enough."""
    found = Bakery(shop)
    found.receive(found.film, 5000)
    return found


def lines(bakery: Bakery, *codes: str) -> dict[str | None, Line]:
    """The balance of a recall of these, by lot; None: the sum of the item."""
    recall = bakery.shop.do(lambda work: make_recall(work, *codes, drill=True))
    with bakery.shop.read() as read:
        figures = queries.whole(read, recall.code).figures
    return {one.lot: one for one in (*figures.items, *figures.suspects)}


def figures(line: Line) -> dict[str, Decimal]:
    """What is not nothing."""
    return {name: much for name, much in line.figures.items() if much}


def test_everything_that_happened_to_a_delivery_stands_where_it_belongs(bakery: Bakery) -> None:
    shop = bakery.shop
    [flour, other] = bakery.receive(bakery.flour, 100, 30)
    _work_on(bakery, flour)
    shop.do(lambda work: lots.scrap_lot(work, flour.code, D(3), "젖음"))
    shop.do(lambda work: lots.return_lot(work, flour.code, D(6), "반품"))
    shop.do(lambda work: lots.adjust_lot(work, flour.code, bakery.lot(flour).on_hand - 2, "실사"))
    part = shop.do(lambda work: lots.split_lot(work, flour.code, D(20)))
    rework = shop.do(lambda work: lots.split_lot(work, flour.code, D(6), kind=EdgeKind.REWORK))
    shop.do(lambda work: lots.scrap_lot(work, rework.code, D(1), "못 살림"))
    _ship(bakery, part, 5)
    wrong = _ship(bakery, part, 4)
    shop.do(lambda work: lots.take_back_shipment(work, wrong, "오출하"))
    mixed = shop.do(lambda work: lots.merge_lots(work, [part.code, other.code]))
    assert mixed.on_hand == 45, "15 of the delivery and 30 of another one"
    shop.do(lambda work: lots.scrap_lot(work, mixed.code, D(9), "쏟음"))
    _ship(bakery, mixed, 12)
    found = lines(bakery, flour.code)
    expected = {
        "received": D(100),
        "drawn": D(30),
        "lost": D(10),
        "in_process": D(13),
        "scrapped": D(3 + 1 + 3),
        "returned": D(6),
        "shipped": D(5 + 4),
        "counted": D(2),
        "stock": D(10 + 5 + 8),
        "worst_stock": D(10 + 5 + 24),
        "worst_shipped": D(5 + 12),
    }
    assert figures(found[flour.code]) == expected
    assert found[flour.code].share == 98
    both = lines(bakery, flour.code, other.code)
    assert figures(both[None])["received"] == 130
    two_thirds = {"received": D(30), "scrapped": D(6), "shipped": D(8), "stock": D(16)}
    assert figures(both[other.code]) == two_thirds | {"worst_stock": D(24), "worst_shipped": D(12)}


def _work_on(bakery: Bakery, flour: Lot) -> None:
    """30 kg go into cakes, 10 into what was scrapped, 8 are at a kettle, 5 at one whose result was taken back."""
    _take(bakery, flour, 30, kettle=(60, 0), packing=(60, 0), finish=True)
    _take(bakery, flour, 10, kettle=(1, 19), packing=(0, 1), finish=True)
    _take(bakery, flour, 8)
    made = _take(bakery, flour, 5, kettle=(10, 0), packing=(10, 0))
    assert made is not None
    bakery.shop.do(lambda work: take_back_report(work, made.id, "잘못 셈"))


def _take(
    bakery: Bakery,
    flour: Lot,
    much: int,
    *,
    kettle: tuple[int, int] | None = None,
    packing: tuple[int, int] | None = None,
    finish: bool = False,
) -> Report | None:
    """An order takes flour; (good, scrapped) pieces are reported at its two jobs. Gives the last result."""
    shop, made = bakery.shop, None
    jobs = bakery.order(100).jobs
    for job, counts in zip(jobs, (kettle, packing), strict=True):
        if job is jobs[0] or counts:
            bakery.start(job)
        if job is jobs[0]:
            bakery.scan(job, flour, much)
        if counts:
            made = _report(shop, job.code, *counts)
    for job in jobs if finish else ():
        shop.do(lambda work, code=job.code: finish_job(work, code, confirmed=True))  # type: ignore[misc]
    return made


def _report(shop: Shop, job: str, good: int, scrap: int) -> Report:
    return shop.do(lambda work: record_report(work, job, good=D(good), scrap=D(scrap), confirmed=True))


def _ship(bakery: Bakery, lot: Lot, much: int) -> str:
    return bakery.shop.do(lambda work: lots.ship_lots(work, customer=bakery.market, lines=[(lot.code, D(much))])).code


def test_what_was_there_when_the_books_were_opened_is_what_was_received(bakery: Bakery) -> None:
    def open_books(work: Work) -> Lot:
        lot = new_lot(work, bakery.flour, bakery.floor, code="OLD-1", made_on=work.today)
        work.session.add(lot)
        work.session.flush()
        move(work, lot, MovementKind.COUNT, D(50), reason="기초 재고")
        return lot

    old = bakery.shop.do(open_books)
    bakery.shop.do(lambda work: lots.scrap_lot(work, old.code, D(5), "폐기"))
    bakery.shop.do(lambda work: lots.adjust_lot(work, old.code, D(44), "실사"))
    [line] = [one for lot, one in lines(bakery, old.code).items() if lot]
    expected = {"received": D(50), "scrapped": D(5), "counted": D(1), "stock": D(44), "worst_stock": D(44)}
    assert (figures(line), line.share) == (expected, D(98))
