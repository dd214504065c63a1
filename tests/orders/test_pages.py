"""Work orders at a desk: list, board, forms, the order's page and what can be done there."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from mes.core.access import Role
from mes.orders import consuming, reporting, service, undo
from mes.orders.models import OrderState, WorkOrder
from mes.orders.queries import get_order
from mes.orders.wishes import UnusualOrder, check_usual, priority_name
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.orders.bakery import TODAY, Bakery, D


@pytest.fixture
def bakery(shop: Shop) -> Bakery:
    """The bakery."""
    return Bakery(shop)


@pytest.fixture
def manager(app: Flask, shop: Shop) -> Desk:
    """The production manager at a desk."""
    return Desk(app, shop, Role.MANAGER)


def order_of(shop: Shop, code: str) -> WorkOrder:
    """The order as it is recorded."""
    with shop.read() as read:
        return get_order(read, code)


def code_in(address: str) -> str:
    """The order's code in an address."""
    return address.rsplit("/", 1)[1]


WRITTEN: dict[str, Any] = {"item": "CAKE", "quantity": "1,200", "due_on": "2026-01-09", "priority": "3",
                           "customer": "MART", "lot_rule": "report", "note": "일찍"}  # fmt: skip


def test_an_order_is_written_with_its_item_found_by_code(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = order_of(shop, code_in(manager.press("/orders/new", **WRITTEN)))
    assert (order.item.code, order.quantity, order.state) == ("CAKE", D(1200), OrderState.DRAFT)
    assert order.customer is not None
    assert order.customer.code == "MART"
    assert (order.priority, order.note) == (3, "일찍")


def test_the_item_may_be_named_instead_of_its_code(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = order_of(shop, code_in(manager.press("/orders/new", **{**WRITTEN, "item": "가래떡"})))
    assert order.item.code == "CAKE"


def test_an_unknown_item_is_named_and_what_was_typed_stays(bakery: Bakery, manager: Desk) -> None:
    page = manager.press("/orders/new", status=404, **{**WRITTEN, "item": "CAKE-9"})
    assert "There is no item CAKE-9." in page
    assert 'value="1,200"' in page
    assert 'value="CAKE-9"' in page


@pytest.mark.parametrize("quantity", ["", "0", "-3", "많이", "1e400", "0.0000001"])
def test_a_quantity_that_is_none_is_marked_at_its_field(bakery: Bakery, manager: Desk, quantity: str) -> None:
    page = manager.press("/orders/new", status=422, **{**WRITTEN, "quantity": quantity})
    assert 'id="quantity-error"' in page
    assert "일찍" in page


@pytest.mark.parametrize("day", ["", "0000-01-01", "9999-12-31", "tomorrow"])
def test_a_due_date_that_is_none_is_marked_at_its_field(bakery: Bakery, manager: Desk, day: str) -> None:
    assert 'id="due_on-error"' in manager.press("/orders/new", status=422, **{**WRITTEN, "due_on": day})


def test_items_are_suggested_while_typing(bakery: Bakery, manager: Desk) -> None:
    part = manager.see("/suggest/items?named=1&item=가래")
    assert '<option value="CAKE">' in part
    assert "RF2" not in part
    assert ">EA<" in manager.see("/suggest/items?named=1&item=cake")


def test_a_draft_is_changed(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = bakery.order(release=False)
    page = manager.see(f"/orders/{order.code}/edit")
    assert 'value="100"' in page
    manager.press(f"/orders/{order.code}/edit", **{**WRITTEN, "version": order.version, "quantity": "150"})
    assert order_of(shop, order.code).quantity == D(150)
    assert "100 → 150" in manager.see(f"/orders/{order.code}")


def test_a_stale_change_names_who_came_first_and_can_be_repeated(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = bakery.order(release=False)
    kept = {"priority": 5, "customer": None, "lot_rule": order.lot_rule, "note": None}
    shop.do(lambda work: service.change_order(work, order.code, quantity=D(70), due_on=order.due_on, **kept))  # type: ignore[arg-type]
    typed = {**WRITTEN, "quantity": "150"}
    page = manager.press(f"/orders/{order.code}/edit", status=409, **{**typed, "version": order.version})
    assert "김대표 changed" in page
    assert 'value="150"' in page
    assert "Recorded now" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    manager.press(f"/orders/{order.code}/edit", **{**typed, "version": version[1]})
    assert order_of(shop, order.code).quantity == D(150)


def test_a_released_order_is_not_changed_any_more(bakery: Bakery, manager: Desk) -> None:
    order = bakery.order()
    page = manager.press(f"/orders/{order.code}/edit", status=409, **{**WRITTEN, "version": order.version})
    assert "is released, so this cannot be done now" in page


def test_an_order_is_copied_with_another_day(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = bakery.order()
    assert 'value="100"' in manager.see(f"/orders/{order.code}/copy")
    made = code_in(manager.press(f"/orders/{order.code}/copy", quantity="40", due_on="2026-02-02"))
    copy = order_of(shop, made)
    assert (copy.item.code, copy.quantity, copy.state) == ("CAKE", D(40), OrderState.DRAFT)


def test_releasing_without_enough_material_asks_first(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = bakery.order(release=False)
    page = manager.press(f"/orders/{order.code}/release", status=409)
    assert "Not enough material" in page
    assert 'name="confirmed" value="1"' in page
    assert order_of(shop, order.code).state is OrderState.DRAFT
    manager.press(f"/orders/{order.code}/release", confirmed="1")
    assert order_of(shop, order.code).state is OrderState.RELEASED


def test_releasing_with_enough_material_asks_nothing(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    bakery.receive(bakery.flour, 60)
    bakery.receive(bakery.film, 100)
    order = bakery.order(release=False)
    manager.press(f"/orders/{order.code}/release")
    assert order_of(shop, order.code).state is OrderState.RELEASED


def test_selected_orders_are_released_together_or_not_at_all(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    bakery.receive(bakery.flour, 60)
    bakery.receive(bakery.film, 150)
    codes = [bakery.order(release=False).code for _ in range(2)]
    page = manager.press("/orders/release", status=409, code=codes)
    assert "쌀가루" in page  # enough for each alone, not for both
    assert [order_of(shop, code).state for code in codes] == [OrderState.DRAFT] * 2
    manager.press("/orders/release", code=codes, confirmed="1")
    assert [order_of(shop, code).state for code in codes] == [OrderState.RELEASED] * 2
    assert "is released, so this" in manager.press("/orders/release", status=409, code=codes)


def test_nothing_selected_is_said(bakery: Bakery, manager: Desk) -> None:
    assert "No work order is selected." in manager.press("/orders/release", status=422)
    assert "No work order is selected." in manager.press("/orders/print", status=422)
    assert "No work order is selected." in manager.see("/orders/orders.pdf", status=422)


def test_an_order_is_held_with_a_reason_and_goes_on(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = bakery.order()
    page = manager.press(f"/orders/{order.code}/hold", status=422)
    assert "reason" in page.lower()
    manager.press(f"/orders/{order.code}/hold", reason="원료 이상")
    assert "원료 이상" in manager.see(f"/orders/{order.code}")
    manager.press(f"/orders/{order.code}/resume")
    assert order_of(shop, order.code).state is OrderState.RELEASED


def test_a_leader_holds_an_order_by_a_program_as_at_the_desk_and_still_releases_none(
    app: Flask, bakery: Bakery, shop: Shop
) -> None:
    program, desk = Program(app, shop, Role.LEADER), Desk(app, shop, Role.LEADER)
    order, draft = bakery.order(), bakery.order(release=False)
    assert program.post(f"/work-orders/{order.code}/hold", {"reason": "원료 이상"}).status_code == 201
    desk.press(f"/orders/{order.code}/resume")
    desk.press(f"/orders/{order.code}/hold", reason="원료 이상")
    assert program.post(f"/work-orders/{order.code}/resume").status_code == 201
    assert order_of(shop, order.code).state is OrderState.RELEASED
    assert program.post(f"/work-orders/{draft.code}/release").status_code == 403


def test_an_order_with_material_on_it_is_cancelled_only_after_its_return(
    bakery: Bakery, shop: Shop, manager: Desk
) -> None:
    [flour] = bakery.receive(bakery.flour, 60)
    order = bakery.order()
    job = order.jobs[0]
    shop.do(lambda work: service.start_job(work, job.code))
    taken = shop.do(lambda work: consuming.consume(work, job.code, flour.code))
    assert "was consumed" in manager.press(f"/orders/{order.code}/cancel", status=409, reason="취소")
    address = f"/orders/{order.code}/taken/{taken.movement.id}/return"
    assert address in manager.see(f"/orders/{order.code}")
    assert flour.code in manager.see(address)
    manager.press(address, reason="주문 취소")
    assert "<s>50</s>" in manager.see(f"/orders/{order.code}")
    manager.press(f"/orders/{order.code}/cancel", reason="취소")
    assert order_of(shop, order.code).state is OrderState.CANCELLED


def test_a_consumption_of_another_order_is_not_shown_here(bakery: Bakery, manager: Desk) -> None:
    order = bakery.order()
    assert "There is no consumption 99" in manager.see(f"/orders/{order.code}/taken/99/return", status=404)


def test_an_undone_report_stays_visible_but_struck(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    [flour] = bakery.receive(bakery.flour, 60)
    order = bakery.order()
    job = order.jobs[0]
    shop.do(lambda work: service.start_job(work, job.code))
    shop.do(lambda work: consuming.consume(work, job.code, flour.code))
    report = shop.do(lambda work: reporting.record_report(work, job.code, good=D(77)))
    assert "<s>77</s>" not in manager.see(f"/orders/{order.code}")
    shop.do(lambda work: undo.take_back_report(work, report.id))
    assert "<s>77</s>" in manager.see(f"/orders/{order.code}")


def test_the_page_shows_what_is_short(bakery: Bakery, manager: Desk) -> None:
    bakery.receive(bakery.flour, 20)
    page = manager.see(f"/orders/{bakery.order(release=False).code}")
    assert "only 20" in page
    assert "only 20" in manager.see(f"/orders/{bakery.order().code}")


def test_a_draft_without_a_bill_of_material_says_what_is_missing(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = shop.do(lambda work: service.create_order(work, item=bakery.flour, quantity=D(5), due_on=TODAY))
    assert "needs a released bill of material" in manager.see(f"/orders/{order.code}")


def test_the_list_keeps_its_filters_in_the_address(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    draft, released = bakery.order(release=False), bakery.order()
    shop.later(days=10)
    assert draft.code in manager.see("/orders?late=1")
    page = manager.see("/orders?state=released")
    assert released.code in page
    assert draft.code not in page
    assert draft.code in manager.see(f"/orders?q={draft.code.lower()}")
    assert draft.code in manager.see("/orders?q=가래")
    assert "Nothing fits" in manager.see("/orders?q=없음")
    assert "Nothing fits" in manager.see("/orders?state=closed")
    assert draft.code in manager.see("/orders?state=nonsense&after=%00")


def test_only_open_orders_past_their_day_are_late(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    order = bakery.order(release=False)
    shop.later(days=3)
    assert "Nothing fits" in manager.see("/orders?late=1")
    shop.later(days=1)
    assert order.code in manager.see("/orders?late=1")
    manager.press(f"/orders/{order.code}/cancel", reason="취소")
    assert "Nothing fits" in manager.see("/orders?late=1&state=all")


def test_the_list_goes_on_at_the_next_page(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    for number in range(33):
        shop.do(lambda work, n=number: service.create_order(  # type: ignore[misc]  # a lambda's default
            work, item=bakery.cake, quantity=D(1), due_on=TODAY + timedelta(days=n), code=f"A-{n:03d}"
        ))  # fmt: skip
    first = manager.see("/orders")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert "A-029" in first
    assert "A-030" not in first
    assert "A-032" in manager.see(following[1].replace("&amp;", "&"))


def test_the_board_puts_orders_into_columns(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    draft, released, held = bakery.order(release=False), bakery.order(), bakery.order()
    shop.do(lambda work: service.hold_order(work, held.code, "금형 수리"))
    page = manager.see("/orders/board")
    columns = re.split(r'id="column-', page)
    assert [held.code in part for part in columns] == [False, False, False, False, True, False]
    assert draft.code in columns[1]
    assert released.code in columns[2]
    assert "금형 수리" in columns[4]


def test_a_held_order_closes_only_when_it_is_done(bakery: Bakery, manager: Desk) -> None:
    assert "cannot be done now" in manager.press(f"/orders/{bakery.order().code}/close", status=409)


def test_an_operator_does_not_come_in_and_quality_only_reads(bakery: Bakery, app: Flask, shop: Shop) -> None:
    order = bakery.order(release=False)
    assert "not allowed" in Desk(app, shop, Role.OPERATOR).see("/orders", status=403)
    quality = Desk(app, shop, Role.QUALITY)
    page = quality.see(f"/orders/{order.code}")
    assert "/release" not in page
    assert "not allowed" in quality.press(f"/orders/{order.code}/release", status=403)


def test_an_unknown_order_is_named(bakery: Bakery, manager: Desk) -> None:
    assert "There is no work order W-1." in manager.see("/orders/W-1", status=404)


def test_a_page_takes_few_statements_however_much_there_is(bakery: Bakery, shop: Shop, manager: Desk) -> None:
    [flour] = bakery.receive(bakery.flour, 600)
    bakery.receive(bakery.film, 600)
    order = bakery.order()
    counted = {address: count_statements(shop, manager, address) for address in addresses(order)}
    for _ in range(5):
        bakery.order(release=False)
    job = order.jobs[0]
    shop.do(lambda work: service.start_job(work, job.code))
    for _ in range(5):
        shop.do(lambda work: consuming.consume(work, job.code, flour.code, Decimal(1)))
        shop.do(lambda work: reporting.record_report(work, job.code, good=D(1)))
    for address, before in counted.items():
        assert before <= 22
        assert count_statements(shop, manager, address) <= before, address


def addresses(order: WorkOrder) -> list[str]:
    """The pages of this room."""
    return ["/orders", "/orders/board", f"/orders/{order.code}", f"/orders/{order.code}/print"]


def count_statements(shop: Shop, desk: Desk, address: str) -> int:
    """How often a page asks the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = shop.database.reads
    event.listen(engine, "before_cursor_execute", note)
    try:
        desk.see(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("code", ["2026/07-3", "지시 12", "A?B#C%20"])
def test_a_plants_own_order_numbers_work_whatever_they_hold(
    bakery: Bakery, shop: Shop, manager: Desk, code: str
) -> None:
    shop.do(lambda work: service.create_order(work, item=bakery.cake, quantity=D(1), due_on=TODAY, code=code))
    link = re.search(r'<a href="(/orders/[^"]+)" data-row', manager.see("/orders"))
    assert link
    assert f"Work order {code}" in manager.see(link[1])
    manager.press(f"{link[1]}/release", confirmed="1")
    assert order_of(shop, code).state is OrderState.RELEASED
    manager.see(f"{link[1]}/print")
    manager.see(f"{link[1]}/copy")


def test_nothing_chosen_is_said(manager: Desk) -> None:
    assert "No work order is selected" in manager.press("/orders/release", status=422), "NothingChosen"


def test_a_huge_quantity_and_a_day_that_has_passed_are_asked_about_together(
    bakery: Bakery, manager: Desk, shop: Shop
) -> None:
    form = {"item": bakery.cake.code, "quantity": "999999999999", "due_on": "2026-01-01", "priority": "7"}
    more = {"customer": "", "lot_rule": "order", "note": ""}
    seen = manager.press("/orders/new", 409, **form, **more)
    assert "999,999,999,999 EA" in seen
    assert "2026-01-01" in seen
    assert "Yes, write it so" in seen
    with shop.read() as read:
        assert read.query(WorkOrder).count() == 0
    address = manager.press("/orders/new", 303, **form, **more, confirmed="1")
    assert "low" in manager.see(address)
    assert "Is this right?" not in manager.press(f"{address}/edit", 303, **{**form, "quantity": "5"}, **more)


def test_every_priority_is_said_in_words() -> None:
    assert [priority_name(number) for number in range(1, 10)] == [
        "urgent", "high (2)", "high", "high (4)", "normal", "low (6)", "low", "low (8)", "when there is time",
    ]  # fmt: skip


def test_what_is_usual_is_not_asked_about() -> None:
    day = date(2026, 1, 5)
    check_usual(D(100), "EA", day, day)
    check_usual(D(100), "EA", None, day)
    with pytest.raises(UnusualOrder):
        check_usual(D(100), "EA", date(2026, 1, 4), day)
