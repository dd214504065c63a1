"""Rows of the ledger are written straight, and behave like any other object of the session."""

from decimal import Decimal as D

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm.exc import StaleDataError

from mes.core import rows
from mes.core.errors import Busy
from mes.core.work import Work
from mes.lots.ledger import link, link_all
from mes.lots.models import Edge, EdgeKind, Lot, LotStatus, Movement, MovementKind
from mes.lots.service import receive_lots
from mes.orders.models import WorkOrder
from mes.orders.service import create_order
from tests.conftest import Shop
from tests.factories import make_item, make_location


def make_lot(work: Work, quantity: int) -> Lot:
    return receive_lots(work, item=make_item(work), quantities=[D(quantity)])[0]


def make_order(work: Work) -> WorkOrder:
    return create_order(work, item=make_item(work), quantity=D(10), due_on=work.today)


def line(lot: Lot, work: Work, quantity: int) -> Movement:
    return Movement(lot_id=lot.id, kind=MovementKind.COUNT, quantity=D(quantity), at=work.now)


def test_new_rows_get_their_numbers_in_the_order_in_which_they_were_added_and_their_defaults(shop: Shop) -> None:
    lot = shop.do(lambda work: make_lot(work, 5))

    def count(work: Work) -> list[Movement]:
        lines = [line(lot, work, n) for n in (3, 1, 2)]
        work.session.add_all(lines)
        work.session.flush()
        return lines

    lines = shop.do(count)
    assert [one.id for one in lines] == sorted(one.id for one in lines)
    with shop.read() as read:
        assert [read.get_one(Movement, one.id).quantity for one in lines] == [3, 1, 2]
    assert lines[0].reason is None
    fresh = shop.do(lambda work: bare_lot(work, lot))
    assert (fresh.on_hand, fresh.status, fresh.holds) == (D(0), LotStatus.AVAILABLE, 0)


def bare_lot(work: Work, like: Lot) -> Lot:
    fresh = Lot(code="BARE", item_id=like.item_id, made_on=work.today, made_at=work.now)
    work.session.add(fresh)
    work.session.flush()
    return fresh


def test_a_row_belongs_to_what_it_was_given_as_an_object(shop: Shop) -> None:
    def receive(work: Work) -> Lot:
        item, place = make_item(work), make_location(work)
        lot = Lot(code="NEW", made_on=work.today, made_at=work.now)
        lot.item, lot.location = item, place
        work.session.add(lot)
        work.session.flush()
        lot.location = None
        return lot

    lot = shop.do(receive)
    with shop.read() as read:
        seen = read.get_one(Lot, lot.id)
        assert (seen.item_id, seen.location_id) == (lot.item.id, None)


def test_a_query_sees_what_was_added_before_it(shop: Shop) -> None:
    lot = shop.do(lambda work: make_lot(work, 5))

    def count(work: Work) -> list[Movement]:
        work.session.add(line(lot, work, 7))
        return list(work.session.scalars(select(Movement).where(Movement.quantity == 7)))

    [found] = shop.do(count)
    assert found.quantity == 7


def test_what_is_changed_back_is_not_written_and_what_is_refused_leaves_nothing(shop: Shop) -> None:
    order = shop.do(make_order)

    def there_and_back(work: Work) -> int:
        mine = work.session.get_one(WorkOrder, order.id)
        mine.priority, old = 1, mine.priority
        mine.priority = old
        work.session.flush()
        return mine.version

    assert shop.do(there_and_back) == order.version

    def broken(work: Work) -> None:
        work.session.get_one(WorkOrder, order.id).priority = 9
        work.session.flush()
        raise RuntimeError("a machine stops")

    with pytest.raises(RuntimeError):
        shop.do(broken)
    with shop.read() as read:
        assert read.get_one(WorkOrder, order.id).priority == order.priority


def test_a_row_that_somebody_else_changed_meanwhile_is_not_overwritten(shop: Shop) -> None:
    order = shop.do(make_order)

    def late(work: Work) -> None:
        mine = work.session.get_one(WorkOrder, order.id)
        work.session.connection().execute(text("UPDATE work_orders SET version = version + 1"))
        mine.priority = 1
        work.session.flush()

    with pytest.raises(Busy) as refused:
        shop.do(late)
    assert isinstance(refused.value.__cause__, StaleDataError)
    with shop.read() as read:
        assert read.get_one(WorkOrder, order.id).priority == order.priority


def test_each_change_raises_the_version_once(shop: Shop) -> None:
    order = shop.do(make_order)

    def twice(work: Work) -> int:
        mine = work.session.get_one(WorkOrder, order.id)
        for priority in (1, 2):
            mine.priority = priority
            work.session.flush()
        return mine.version

    assert shop.do(twice) == order.version + 2
    with shop.read() as read:
        assert read.get_one(WorkOrder, order.id).version == order.version + 2


def test_new_things_have_their_numbers_before_they_are_written(shop: Shop) -> None:
    lot = shop.do(lambda work: make_lot(work, 5))

    def count(work: Work) -> tuple[list[Movement], list[int]]:
        lines: list[Movement] = []
        for much in ((1, 2), (3,)):
            fresh = [line(lot, work, n) for n in much]
            work.session.add_all(fresh)
            rows.number(work.session)
            lines += fresh
        before = work.session.connection().scalar(text("SELECT count(*) FROM movements"))
        last = line(lot, work, 4)
        work.session.add(last)
        work.session.flush()
        after = work.session.connection().scalar(text("SELECT count(*) FROM movements"))
        return [*lines, last], [before or 0, after or 0]

    lines, (before, after) = shop.do(count)
    assert [one.id for one in lines] == sorted({one.id for one in lines})
    assert after == before + 4
    with shop.read() as read:
        assert [read.get_one(Movement, one.id).quantity for one in lines] == [1, 2, 3, 4]


def test_rows_that_nobody_needs_as_objects_are_written_with_what_they_belong_to(shop: Shop) -> None:
    def pour(work: Work) -> tuple[int, int]:
        first = make_lot(work, 5)
        fresh = Lot(code="NEXT", item_id=first.item_id, made_on=work.today, made_at=work.now)
        work.session.add(fresh)
        rows.number(work.session)
        link(work, first.id, fresh.id, EdgeKind.SPLIT, D(2))
        return first.id, fresh.id

    ids = shop.do(pour)
    with shop.read() as read:
        [edge] = read.scalars(select(Edge))
    assert (edge.parent_id, edge.child_id, edge.quantity, edge.undone) == (*ids, D(2), False)


def test_an_act_that_ties_no_lots_together_writes_no_edge(shop: Shop) -> None:
    def nothing(work: Work) -> None:
        link_all(work, [])
        work.session.flush()

    shop.do(nothing)
    with shop.read() as read:
        assert read.scalars(select(Edge)).all() == []
