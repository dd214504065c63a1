"""While an import waits somebody changes the same thing at the desk: what the file does not say stays as he left it."""

from dataclasses import replace
from decimal import Decimal as D

from sqlalchemy import select

from mes.core.access import Role
from mes.core.work import Work
from mes.equipment.models import WorkCentre
from mes.exchange import queries
from mes.exchange.service import import_prepared, prepare
from mes.exchange.words import heading
from mes.inspection.models import InspectionKind
from mes.inspection.service import (
    approve_standard,
    change_characteristic,
    make_standard,
    revise_standard,
    withdraw_standard,
)
from mes.inspection.standard_data import data_of as data_of_characteristic
from mes.inspection.standard_queries import get_standard, in_force
from mes.items.boms import change_bom_line, copy_bom, data_of
from mes.items.models import Revision
from mes.items.queries import get_item, released_bom, whole_bom
from mes.items.routings import OperationData, add_operation, change_operation, copy_routing, release_routing
from mes.items.routings import data_of as data_of_operation
from mes.items.service import release_bom
from mes.orders.queries import get_order
from mes.orders.service import change_order
from mes.people.queries import get_person
from mes.people.service import change_person
from mes.shifts.check_queries import get_sheet
from mes.shifts.checks import change_sheet
from tests.conftest import Shop
from tests.exchange.importing import bring, csv
from tests.factories import (
    length_of_ten,
    make_item,
    make_released_bom,
    make_released_routing,
    make_released_standard,
    make_work_centre,
)
from tests.racing import Deed, race


def heads(kind: str, *fields: str) -> str:
    """The headings of these fields."""
    return "|".join(heading(kind, field) for field in fields)


def beside(shop: Shop, colleague: Deed, kind: str, *rows: str) -> object:
    """The file is imported while the colleague's act has not ended; gives what came of the import."""
    prepared = prepare(kind, f"{kind}.csv", csv(*rows))
    _changed, came = race(shop, colleague, lambda work: import_prepared(work, prepared).upload.id)
    return came


def test_limits_that_a_colleague_approves_stay_when_a_list_brings_a_method_only(shop: Shop) -> None:
    old = shop.do(lambda work: make_released_standard(work, make_item(work, code="P"), length_of_ten()))
    name = old.characteristics[0].name

    def colleague(work: Work) -> None:
        draft = revise_standard(work, old.id)
        one = draft.characteristics[0]
        change_characteristic(work, one.id, replace(data_of_characteristic(one), lower=D("9.99"), upper=D("10.01")))
        approve_standard(work, draft.id, confirmed=True)

    said = heads("standards", "item", "kind", "characteristic", "method")
    beside(shop, colleague, "standards", said, f"P|incoming|{name}|caliper")
    with shop.read() as read:
        [now] = in_force(read, get_item(read, "P").id, InspectionKind.INCOMING)
        one = get_standard(read, now.id).characteristics[0]
        assert (one.lower, one.upper, one.method) == (D("9.99"), D("10.01"), "caliper")


def test_limits_of_a_draft_that_is_just_approved_stay_as_well(shop: Shop) -> None:
    item = shop.do(lambda work: make_item(work, code="P"))
    kind, rows = InspectionKind.INCOMING, [length_of_ten()]
    draft = shop.do(lambda work: make_standard(work, item=item, kind=kind, characteristics=rows))
    said = heads("standards", "item", "kind", "characteristic", "method")
    line = f"P|incoming|{rows[0].name}|caliper"
    beside(shop, lambda work: approve_standard(work, draft.id, confirmed=True), "standards", said, line)
    with shop.read() as read:
        [now] = in_force(read, item.id, kind)
        one = get_standard(read, now.id).characteristics[0]
        assert (one.lower, one.upper, one.method) == (rows[0].lower, rows[0].upper, "caliper")


def test_a_standard_that_is_just_withdrawn_does_not_come_back_with_its_limits(shop: Shop) -> None:
    old = shop.do(lambda work: make_released_standard(work, make_item(work, code="P"), length_of_ten()))
    said = heads("standards", "item", "kind", "characteristic", "method")
    line = f"P|incoming|{old.characteristics[0].name}|caliper"
    beside(shop, lambda work: withdraw_standard(work, old.id, "no longer bought"), "standards", said, line)
    with shop.read() as read:
        assert get_standard(read, old.id).state is Revision.OBSOLETE
        for now in in_force(read, old.item_id, InspectionKind.INCOMING):
            assert [one.lower for one in get_standard(read, now.id).characteristics] == [None]


def test_who_was_just_disabled_stays_so_without_the_role_that_was_taken(shop: Shop) -> None:
    bring(shop, "people", "code|name|roles|login", "F1|Kim|operator, leader|kim", "F2|Boss|admin|boss")

    def colleague(work: Work) -> None:
        roles = [Role.OPERATOR]
        change_person(work, "F1", name="Kim", roles=roles, language="ko", login="kim", active=False)

    beside(shop, colleague, "people", "code|name", "F1|Kim Y")
    with shop.read() as read:
        person = get_person(read, "F1")
        assert (person.name, person.active, person.role_set) == ("Kim Y", False, frozenset([Role.OPERATOR]))


def test_an_operation_that_was_just_released_stays_when_a_list_brings_steps(shop: Shop) -> None:
    shop.do(lambda work: make_released_routing(work, make_item(work, code="P"), [make_work_centre(work)]))

    def colleague(work: Work) -> None:
        draft = copy_routing(work, get_item(work.session, "P"))
        centre = work.session.scalars(select(WorkCentre)).one()
        add_operation(work, draft.id, OperationData(sequence=20, name="Inspect", work_centre=centre))
        release_routing(work, draft.id)

    beside(shop, colleague, "steps", heads("steps", "item", "sequence", "step", "step_text"), "P|10|1|Look")
    with shop.read() as read:
        item = get_item(read, "P").id
        assert [one.sequence for one in queries.released_routings(read, [item])[item].operations] == [10, 20]


def test_a_cycle_time_that_was_just_released_stays_when_a_list_brings_names(shop: Shop) -> None:
    def plant(work: Work) -> None:
        make_released_routing(work, make_item(work, code="P"), [make_work_centre(work, code="C1")])

    def colleague(work: Work) -> None:
        draft = copy_routing(work, get_item(work.session, "P"))
        [one] = queries.released_routings(work.session, [draft.item_id])[draft.item_id].operations
        change_operation(work, draft.id, 10, replace(data_of_operation(one), cycle_seconds=D(42)))
        release_routing(work, draft.id)

    shop.do(plant)
    said = heads("routings", "item", "sequence", "operation_name", "work_centre")
    beside(shop, colleague, "routings", said, "P|10|Press|C1")
    with shop.read() as read:
        item = get_item(read, "P").id
        [one] = queries.released_routings(read, [item])[item].operations
        assert (one.name, one.cycle_seconds) == ("Press", D(42))


def test_scrap_that_was_just_released_stays_when_a_list_brings_quantities(shop: Shop) -> None:
    def plant(work: Work) -> None:
        make_released_bom(work, make_item(work, code="P"), (make_item(work, code="C", unit="kg"), 2))

    def colleague(work: Work) -> None:
        draft = whole_bom(work.session, copy_bom(work, get_item(work.session, "P")).id)
        change_bom_line(work, draft.id, 1, replace(data_of(draft.lines[0]), scrap_percent=D(7)))
        release_bom(work, draft.id)

    shop.do(plant)
    beside(shop, colleague, "boms", "모품목|자품목|수량", "P|C|3")
    with shop.read() as read:
        now = released_bom(read, get_item(read, "P").id)
        assert now is not None
        assert [(line.quantity, line.scrap_percent) for line in now.lines] == [(D(3), D(7))]


def test_a_priority_that_was_just_set_stays_when_a_plan_brings_quantities(shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", unit="kg"))
    columns = heads("work_orders", "code", "item", "quantity", "due_on")
    bring(shop, "work_orders", columns, "W-1|A|5|2026-02-01")

    def colleague(work: Work) -> None:
        old = get_order(work.session, "W-1")
        told = {"quantity": old.quantity, "due_on": old.due_on, "lot_rule": old.lot_rule}
        change_order(work, "W-1", **told, priority=1, customer=None, note="by air")  # type: ignore[arg-type]

    beside(shop, colleague, "work_orders", columns, "W-1|A|8|2026-02-01")
    with shop.read() as read:
        order = get_order(read, "W-1")
        assert (order.quantity, order.priority, order.note) == (D(8), 1, "by air")


def test_an_english_name_that_was_just_entered_stays_when_a_list_brings_lines(shop: Shop) -> None:
    shop.do(lambda work: make_work_centre(work, code="C1"))
    columns = heads("check_sheets", "sheet", "sheet_name", "work_centre", "line", "line_name")
    bring(shop, "check_sheets", columns, "S1|오븐|C1|1|온도")
    colleague: Deed = lambda work: change_sheet(work, "S1", name_en="Oven")  # noqa: E731
    beside(shop, colleague, "check_sheets", columns, "S1|오븐|C1|1|온도", "S1|오븐|C1|2|압력")
    with shop.read() as read:
        sheet = get_sheet(read, "S1")
        assert (sheet.name_en, [line.name for line in sheet.items]) == ("Oven", ["온도", "압력"])
