"""What a BOM list leaves unsaid stays, what it says twice is refused, and all of it comes in force together."""

from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from mes.core.work import Work
from mes.exchange.exports import LISTS
from mes.exchange.models import Verdict
from mes.exchange.plans import Options
from mes.exchange.service import import_file, prepare, preview
from mes.exchange.sheets import as_csv
from mes.items.boms import BomLineData, make_bom, release_bom
from mes.items.by_products import by_products_of
from mes.items.models import Bom
from mes.items.queries import get_item, released_bom
from tests.conftest import Shop
from tests.exchange.importing import bring, look, refused, why
from tests.factories import make_item

HEAD = "모품목|자품목|소요량|투입공정"
Told = list[tuple[str, Decimal, int | None, Decimal, list[str]]]


@pytest.fixture
def plant(shop: Shop) -> Shop:
    """Items from A to D, products P and Q, substitutes S and T, all in kg."""
    shop.do(lambda work: [make_item(work, code=code, unit="kg") for code in "ABCDPQST"])
    return shop


def line(work: Work, code: str, operation: int | None = None, scrap: int = 0, *others: str) -> BomLineData:
    """One unit of a component."""
    substitutes = [get_item(work.session, other) for other in others]
    component = get_item(work.session, code)
    return BomLineData(component=component, quantity=Decimal(1), operation=operation, scrap_percent=Decimal(scrap),
                       substitutes=substitutes)  # fmt: skip


def in_force(plant: Shop, code: str) -> Told:
    """The lines of the BOM in force: component, quantity, operation, scrap and substitutes."""
    with plant.read() as read:
        bom = released_bom(read, get_item(read, code).id)
        assert bom is not None
        return [
            (x.component.code, x.quantity, x.operation, x.scrap_percent, sorted(s.item.code for s in x.substitutes))
            for x in bom.lines
        ]


def enter(plant: Shop, product: str, *lines: tuple[str, int | None, int, str]) -> None:
    """A BOM in force of one unit each: component, operation, scrap, substitute."""

    def deed(work: Work) -> None:
        rows = [line(work, code, at, scrap, *other) for code, at, scrap, other in lines]
        release_bom(work, make_bom(work, get_item(work.session, product), rows).id)

    plant.do(deed)


def test_substitutes_go_out_with_the_list_and_come_back_with_it(plant: Shop) -> None:
    enter(plant, "P", ("A", None, 0, "ST"))
    listed = LISTS["boms"]
    with plant.read() as read:
        data = as_csv(listed.headings(), listed.rows(read))
    assert '"S, T"' in data.decode()
    with plant.read() as read:
        assert not preview(read, prepare("boms", "boms.csv", data)).does_something


def test_substitutes_of_which_a_file_says_nothing_stay(plant: Shop) -> None:
    enter(plant, "P", ("A", None, 0, "S"))
    assert bring(plant, "boms", "모품목|자품목|소요량", "P|A|2").counts[Verdict.CHANGED] == 1
    assert in_force(plant, "P") == [("A", Decimal(2), None, Decimal(0), ["S"])]


def test_a_component_at_two_operations_keeps_what_is_its_own_at_each(plant: Shop) -> None:
    enter(plant, "P", ("A", 10, 5, "S"), ("A", 20, 0, "T"))
    assert not look(plant, "boms", HEAD, "P|A|1|20", "P|A|1|10").does_something
    bring(plant, "boms", HEAD, "P|A|1|10", "P|A|3|20")
    assert in_force(plant, "P") == [
        ("A", Decimal(1), 10, Decimal(5), ["S"]),
        ("A", Decimal(3), 20, Decimal(0), ["T"]),
    ]


def test_a_component_moved_to_another_operation_keeps_the_rest_of_its_line(plant: Shop) -> None:
    enter(plant, "P", ("A", 10, 5, "S"))
    found = bring(plant, "boms", HEAD, "P|A|1|30")
    assert [(c.field, c.before, c.after) for c in found.rows[0].changes] == [("operation", 10, 30)]
    assert in_force(plant, "P") == [("A", Decimal(1), 30, Decimal(5), ["S"])]


def test_a_component_that_may_be_either_of_two_lines_is_a_new_one(plant: Shop) -> None:
    enter(plant, "P", ("A", 10, 5, "S"), ("A", 20, 0, "T"))
    [row] = bring(plant, "boms", HEAD, "P|A|1|30").rows
    assert (row.verdict, [(c.field, c.before) for c in row.changes]) == (Verdict.NEW, [("component", "A, A")])
    assert in_force(plant, "P") == [("A", Decimal(1), 30, Decimal(0), [])]


def test_a_by_product_named_at_two_operations_is_refused(plant: Shop) -> None:
    rows = refused(plant, "boms", f"{HEAD}|부산물", "P|A|1||N", "P|B|1|10|Y", "P|B|2|20|Y")
    assert why(rows) == [("B4", "ComponentTwice")]
    assert "B stands twice under P (rows 3 and 4)" in str(rows[0].reason)


def test_one_operation_takes_a_component_once_however_its_number_is_written(plant: Shop) -> None:
    assert why(refused(plant, "boms", HEAD, "P|A|1|10", "P|A|2|10.0")) == [("B3", "ComponentTwice")]


def test_trimmings_go_in_and_come_out_of_one_product(plant: Shop) -> None:
    bring(plant, "boms", f"{HEAD}|부산물", "P|A|1||N", "P|B|0.1||N", "P|B|0.1||Y")
    with plant.read() as read:
        bom = released_bom(read, get_item(read, "P").id)
        assert bom is not None
        assert [row.item.code for row in by_products_of(read, bom.id)] == ["B"]


def test_a_product_with_nothing_but_by_products_is_refused_also_when_it_has_components(plant: Shop) -> None:
    enter(plant, "Q", ("A", None, 0, ""))
    for product in "PQ":
        rows = refused(plant, "boms", f"{HEAD}|부산물", f"{product}|B|1||Y")
        assert why(rows) == [("E2", "ComponentsMissing")]


def test_what_the_last_row_changes_itself_is_told_beside_what_is_gone(plant: Shop) -> None:
    bring(plant, "boms", f"{HEAD}|부산물", "P|A|1||N", "P|B|1||Y")
    [row] = look(plant, "boms", f"{HEAD}|부산물", "P|A|5||N").rows
    assert [(c.field, c.before) for c in row.changes] == [("quantity", Decimal(1)), ("by_product", "B")]
    rows = look(plant, "boms", f"{HEAD}|부산물", "P|A|1||N", "P|C|7||N").rows
    assert [row.verdict for row in rows] == [Verdict.SAME, Verdict.NEW]


@pytest.mark.parametrize("second", ["3|D|1|g|0", "3|D|1|kg|50"])
def test_a_sub_assembly_listed_again_with_another_unit_or_loss_is_refused(plant: Shop, second: str) -> None:
    rows = ["0|P|1||", "1|Q|1||", "2|D|1|kg|0", "0|C|1||", "1|B|1||", "2|Q|1||", second]
    assert why(refused(plant, "boms", "레벨|품번|수량|단위|로스율", *rows)) == [("B8", "ListsDiffer")]


def test_a_file_may_turn_two_products_round(plant: Shop) -> None:
    bring(plant, "boms", HEAD, "B|A|1|")
    bring(plant, "boms", HEAD, "A|B|1|", "B|C|1|")
    assert [row[0] for row in in_force(plant, "A") + in_force(plant, "B")] == ["B", "C"]


def test_a_circle_through_a_substitute_is_told_before_anything_is_recorded(plant: Shop) -> None:
    bring(plant, "boms", HEAD, "S|P|1|")
    found = look(plant, "boms", f"{HEAD}|대체품", "P|A|1||S")
    assert [str(row.reason) for row in found.refused] == [
        "The BOM goes round in a circle: P > S > P. Remove one of these lines: an item cannot contain itself."
    ]
    enter(plant, "Q", ("B", None, 0, "T"))
    assert why(look(plant, "boms", HEAD, "T|Q|1|").refused) == [("B2", "BomGoesRound")]


def test_items_that_are_nearly_there_are_not_made_on_the_way(plant: Shop) -> None:
    plant.do(lambda work: make_item(work, code="A-1"))
    rows = ["P|a-1|1|", "P|NEW|1|", "Q|new|1|"]
    assert why(look(plant, "boms", HEAD, *rows, create_missing=True).refused) == [
        ("B2", "SimilarCode"), ("B4", "SimilarCode")
    ]  # fmt: skip


def test_an_operation_no_routing_can_have_is_refused(plant: Shop) -> None:
    assert why(refused(plant, "boms", HEAD, "P|A|1|10000", "P|B|1|99999999999")) == [
        ("D2", "NumberAboveMost"), ("D3", "NumberAboveMost")
    ]  # fmt: skip


def test_a_substitute_in_another_unit_is_refused_and_a_new_one_has_the_unit_of_its_component(plant: Shop) -> None:
    plant.do(lambda work: make_item(work, code="EACH", unit="EA"))
    heads = "parent|component|quantity|substitutes"
    assert why(refused(plant, "boms", heads, "P|A|1|EACH")) == [("D2", "CountedOtherwise")]
    bring(plant, "boms", heads, "P|A|1|FRESH", create_missing=True)
    with plant.read() as read:
        assert get_item(read, "FRESH").unit == "kg"


def test_a_code_with_a_slash_is_one_substitute(plant: Shop) -> None:
    plant.do(lambda work: make_item(work, code="B/1", unit="kg"))
    bring(plant, "boms", f"{HEAD}|대체품", "P|A|1||B/1; S")
    assert in_force(plant, "P") == [("A", Decimal(1), None, Decimal(0), ["B/1", "S"])]


def test_many_lists_take_few_statements(shop: Shop) -> None:
    many = 120
    shop.do(lambda work: [make_item(work, code=f"{kind}{n}", unit="kg") for kind in "PN" for n in range(many)])
    rows = [f"P{n}|N{(n + step) % many}|1|" for n in range(many) for step in range(5)]
    bring(shop, "boms", HEAD, *rows)
    statements: list[str] = []
    event.listen(shop.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    bring(shop, "boms", HEAD, *(row.replace("|1|", "|2|") for row in rows))
    assert len(statements) < 2 * many
    with shop.read() as read:
        states = read.execute(select(Bom.state, func.count()).group_by(Bom.state)).all()
    assert {state.value: count for state, count in states} == {"released": many, "obsolete": many}


def test_a_list_that_is_left_a_draft_keeps_the_one_in_force(plant: Shop) -> None:
    bring(plant, "boms", HEAD, "P|A|1|")
    data = "모품목,자품목,소요량\nP,A,2".encode()
    plant.do(lambda work: import_file(work, "boms", "b.csv", data, options=Options(release=False)))
    assert in_force(plant, "P")[0][1] == 1
