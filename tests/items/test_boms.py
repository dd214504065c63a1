"""Bills of material: what goes into what, exactly, and never round in a circle."""

import csv
import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import event

from mes.core.errors import NotFound, StaleEdit
from mes.core.work import Work
from mes.items import boms, queries, used
from mes.items.boms import BomLineData
from mes.items.by_products import ByProductData
from mes.items.counting import CountedOtherwise
from mes.items.explosion import MOST_BRANCHES, BomLoop
from mes.items.many_boms import BomList, make_boms
from mes.items.models import Bom, Item, Revision
from mes.items.rules import (
    EmptyBom,
    MaterialTwice,
    NotDraft,
    NotYetValid,
    OwnComponent,
    QuantityMissing,
    ScrapImpossible,
    SubstituteIsComponent,
    compare_lines,
)
from tests.conftest import Shop
from tests.factories import make_item, make_released_bom

GITPLM = Path(__file__).parent.parent / "data" / "gitplm"


def part(work: Work, code: str) -> Item:
    return queries.find_item(work.session, code) or make_item(work, code=code)


def given(work: Work, product: str, *lines: tuple[str, str]) -> Bom:
    return make_released_bom(work, part(work, product), *((part(work, code), amount) for code, amount in lines))


def totals(shop: Shop, code: str, quantity: int | str = 1) -> dict[str, Decimal]:
    with shop.read() as read:
        found = queries.explode(read, queries.get_item(read, code).id, Decimal(quantity))
    return {total.item.code: total.quantity for total in found.totals}


def test_the_published_totals_of_a_real_multi_level_list_come_out(shop: Shop) -> None:
    expected = json.loads((GITPLM / "expected_explosion.json").read_text())

    def enter(work: Work) -> None:
        for name in ("ASY-012-0012", "ASY-002-0001", "PCA-019-0000", "ASY-001-0000"):
            with (GITPLM / f"{name}.csv").open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter=";"))
            given(work, name, *((row["IPN"], row["Qty"]) for row in rows))

    shop.do(enter)
    published = {code: Decimal(str(amount)) for code, amount in expected["published_all"].items()}
    found = totals(shop, expected["top"])
    assert found == published


def test_a_shared_assembly_is_counted_once_for_each_use(shop: Shop) -> None:
    shop.do(lambda work: (given(work, "S", ("bolt", "4")), given(work, "T", ("S", "2"), ("bolt", "0.5"))))
    assert totals(shop, "T", 3) == {"S": Decimal(6), "bolt": Decimal("25.5")}


def test_the_explosion_is_one_recursive_statement_however_deep(shop: Shop) -> None:
    def chain(work: Work) -> None:
        for level in range(30, 0, -1):
            given(work, f"L{level}", (f"L{level + 1}", "2"))

    shop.do(chain)
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with shop.read() as read:
        top = queries.get_item(read, "L1")
        event.listen(shop.database.engine, "before_cursor_execute", count)
        found = queries.explode(read, top.id, Decimal(1))
        event.remove(shop.database.engine, "before_cursor_execute", count)
    assert [s for s in statements if not s.startswith(("BEGIN", "PRAGMA"))] == [
        s for s in statements if "RECURSIVE" in s
    ]
    assert len([s for s in statements if "RECURSIVE" in s]) == 1
    assert max(found.totals, key=lambda total: total.level).quantity == Decimal(2) ** 30


def test_expected_loss_is_added_at_every_level(shop: Shop) -> None:
    def enter(work: Work) -> None:
        dough, flour, cake = part(work, "dough"), part(work, "flour"), part(work, "cake")
        line = BomLineData(component=flour, quantity=Decimal("0.6"), scrap_percent=Decimal(5))
        boms.release_bom(work, boms.make_bom(work, dough, [line]).id)
        line = BomLineData(component=dough, quantity=Decimal("0.1"), scrap_percent=Decimal(10))
        boms.release_bom(work, boms.make_bom(work, cake, [line]).id)

    shop.do(enter)
    assert totals(shop, "cake", 1000) == {"dough": Decimal(110), "flour": Decimal("69.3")}


def test_a_phantom_hands_its_need_down_and_is_not_needed_itself(shop: Shop) -> None:
    def enter(work: Work) -> None:
        given(work, "kit", ("bolt", "4"))
        line = BomLineData(component=part(work, "kit"), quantity=Decimal(2), phantom=True)
        boms.release_bom(work, boms.make_bom(work, part(work, "machine"), [line]).id)

    shop.do(enter)
    assert totals(shop, "machine") == {"bolt": Decimal(8)}


def test_a_circle_is_refused_naming_the_way_round(shop: Shop) -> None:
    shop.do(lambda work: (given(work, "C", ("A", "1")), given(work, "B", ("C", "1"))))
    with pytest.raises(BomLoop) as refused:
        shop.do(lambda work: given(work, "A", ("x", "1"), ("B", "1")))
    assert "A > B > C > A" in refused.value.sentence
    assert totals(shop, "B") == {"A": Decimal(1), "C": Decimal(1)}


def with_substitute(work: Work, product: str, component: str, substitute: str) -> Bom:
    line = BomLineData(component=part(work, component), quantity=Decimal(1), substitutes=[part(work, substitute)])
    return boms.release_bom(work, boms.make_bom(work, part(work, product), [line]).id)


def test_a_circle_through_a_substitute_is_refused_too(shop: Shop) -> None:
    shop.do(lambda work: (given(work, "B", ("A", "1")), with_substitute(work, "C", "x", "B")))
    with pytest.raises(BomLoop) as refused:
        shop.do(lambda work: given(work, "A", ("C", "1")))
    assert "A > C > B > A" in refused.value.sentence
    with pytest.raises(BomLoop):
        shop.do(lambda work: with_substitute(work, "A", "y", "C"))
    shop.do(lambda work: with_substitute(work, "A", "y", "x"))


def test_trimmings_that_go_back_into_the_next_batch_are_no_circle(shop: Shop) -> None:
    def enter(work: Work) -> None:
        dough, trimmings = part(work, "dough"), part(work, "trimmings")
        rows = [ByProductData(item=trimmings, quantity=Decimal("0.1"))]
        lines = [BomLineData(component=trimmings, quantity=Decimal("0.1"))]
        boms.release_bom(work, boms.make_bom(work, dough, lines, by_products=rows).id)

    shop.do(enter)
    assert totals(shop, "dough") == {"trimmings": Decimal("0.1")}


def test_a_material_stands_once_at_an_operation(shop: Shop) -> None:
    def line(work: Work, code: str, operation: int | None = None) -> BomLineData:
        return BomLineData(component=part(work, code), quantity=Decimal(1), operation=operation)

    draft = shop.do(lambda work: boms.make_bom(work, part(work, "A"), [line(work, "b"), line(work, "c")])).id
    with pytest.raises(MaterialTwice, match="b is already taken"):
        shop.do(lambda work: boms.add_bom_line(work, draft, line(work, "b")))
    shop.do(lambda work: boms.add_bom_line(work, draft, line(work, "b", 20)))
    with pytest.raises(MaterialTwice):
        shop.do(lambda work: boms.change_bom_line(work, draft, 2, line(work, "b")))
    shop.do(lambda work: boms.change_bom_line(work, draft, 1, line(work, "b")))


def test_an_item_is_no_component_of_itself(shop: Shop) -> None:
    with pytest.raises(OwnComponent):
        shop.do(lambda work: given(work, "A", ("A", "1")))


@pytest.mark.parametrize("amount", ["0", "-1", "1e13"])
def test_a_line_needs_a_sensible_quantity(shop: Shop, amount: str) -> None:
    with pytest.raises(QuantityMissing, match="bolt"):
        shop.do(lambda work: given(work, "A", ("bolt", amount)))


def test_an_expected_loss_above_everything_is_refused(shop: Shop) -> None:
    def enter(work: Work) -> None:
        line = BomLineData(component=part(work, "b"), quantity=Decimal(1), scrap_percent=Decimal(101))
        boms.make_bom(work, part(work, "a"), [line])

    with pytest.raises(ScrapImpossible):
        shop.do(enter)


def test_what_takes_the_place_of_a_component_is_counted_as_it_is(shop: Shop) -> None:
    def enter(work: Work) -> list[Item]:
        return [
            make_item(work, code=code, unit=unit) for code, unit in (("P", "EA"), ("K", "kg"), ("E", "EA"), ("G", "㎏"))
        ]

    product, kilos, pieces, same = shop.do(enter)
    draft = shop.do(lambda work: boms.make_bom(work, product, []))
    one = Decimal(1)
    with pytest.raises(CountedOtherwise, match="E is counted in EA and cannot take the place of K"):
        shop.do(lambda work: boms.add_bom_line(
            work, draft.id, BomLineData(component=kilos, quantity=one, substitutes=[pieces])
        ))  # fmt: skip
    shop.do(
        lambda work: boms.add_bom_line(work, draft.id, BomLineData(component=kilos, quantity=one, substitutes=[same]))
    )
    with pytest.raises(CountedOtherwise):
        shop.do(lambda work: boms.change_bom_line(
            work, draft.id, 1, BomLineData(component=kilos, quantity=one, substitutes=[same, pieces])
        ))  # fmt: skip
    line = BomLineData(component=kilos, quantity=one, substitutes=[pieces])
    with pytest.raises(CountedOtherwise):
        shop.do(lambda work: make_boms(work, [BomList(product, [line])], release=True))
    old = shop.do(lambda work: boms.make_bom(work, product, [line]))  # a copy of one from before can be mended
    with pytest.raises(CountedOtherwise):
        shop.do(lambda work: boms.release_bom(work, old.id))


def test_a_component_does_not_substitute_itself(shop: Shop) -> None:
    def enter(work: Work) -> None:
        b = part(work, "b")
        boms.make_bom(work, part(work, "a"), [BomLineData(component=b, quantity=Decimal(1), substitutes=[b])])

    with pytest.raises(SubstituteIsComponent):
        shop.do(enter)


def test_an_empty_list_is_not_released(shop: Shop) -> None:
    with pytest.raises(EmptyBom):
        shop.do(lambda work: given(work, "A"))


def test_a_released_revision_is_never_edited_and_is_replaced_by_the_next(shop: Shop) -> None:
    shop.do(lambda work: given(work, "A", ("b", "1")))
    with shop.read() as read:
        first = queries.released_bom(read, queries.get_item(read, "A").id)
    assert first is not None
    with pytest.raises(NotDraft):
        shop.do(lambda work: boms.remove_bom_line(work, first.id, 1))
    draft = shop.do(lambda work: boms.copy_bom(work, part(work, "A")))
    again = shop.do(lambda work: boms.copy_bom(work, part(work, "A")))
    assert (draft.revision, again.id) == (2, draft.id)
    new = BomLineData(component=shop.do(lambda work: part(work, "c")), quantity=Decimal(2))
    shop.do(lambda work: boms.add_bom_line(work, draft.id, new))
    assert totals(shop, "A") == {"b": Decimal(1)}
    shop.do(lambda work: boms.release_bom(work, draft.id))
    assert totals(shop, "A") == {"b": Decimal(1), "c": Decimal(2)}
    with shop.read() as read:
        states = [bom.state for bom in queries.list_boms(read, first.item_id)]
    assert states == [Revision.RELEASED, Revision.OBSOLETE]


def test_a_revision_for_later_is_released_on_its_day(shop: Shop) -> None:
    def draft(work: Work) -> int:
        bom = boms.make_bom(work, part(work, "A"), [BomLineData(component=part(work, "b"), quantity=Decimal(1))])
        boms.change_bom_head(work, bom.id, note=None, valid_from=work.today + timedelta(days=3))
        return bom.id

    ident = shop.do(draft)
    with pytest.raises(NotYetValid):
        shop.do(lambda work: boms.release_bom(work, ident))
    shop.later(days=3)
    assert shop.do(lambda work: boms.release_bom(work, ident)).state is Revision.RELEASED


def test_what_was_in_force_on_a_day_can_be_seen_later(shop: Shop) -> None:
    shop.do(lambda work: given(work, "A", ("b", "1")))
    day = shop.do(lambda work: work.today)
    shop.later(days=10)
    shop.do(lambda work: given(work, "A", ("c", "7")))
    with shop.read() as read:
        item = queries.get_item(read, "A")
        then = queries.explode(read, item.id, Decimal(1), day)
        now = queries.explode(read, item.id, Decimal(1))
    assert [(t.item.code, t.quantity) for t in then.totals] == [("b", Decimal(1))]
    assert [(t.item.code, t.quantity) for t in now.totals] == [("c", Decimal(7))]


def test_lines_of_a_draft_change_one_by_one_and_a_stale_save_is_named(shop: Shop) -> None:
    def draft(work: Work) -> tuple[int, int]:
        bom = boms.make_bom(work, part(work, "A"), [BomLineData(component=part(work, "b"), quantity=Decimal(1))])
        return bom.id, bom.version

    ident, version = shop.do(draft)
    line = BomLineData(component=shop.do(lambda work: part(work, "b")), quantity=Decimal(3))
    shop.do(lambda work: boms.change_bom_line(work, ident, 1, line, version))
    with pytest.raises(StaleEdit, match="김대표"):
        shop.do(lambda work: boms.change_bom_line(work, ident, 1, line, version))
    with pytest.raises(NotFound):
        shop.do(lambda work: boms.change_bom_line(work, ident, 9, line))
    shop.do(lambda work: boms.discard_bom(work, ident))
    with pytest.raises(NotDraft):
        shop.do(lambda work: boms.change_bom_line(work, ident, 1, line))


def test_two_revisions_side_by_side_show_what_changed(shop: Shop) -> None:
    shop.do(lambda work: given(work, "A", ("same", "1"), ("more", "1"), ("gone", "1")))
    shop.do(lambda work: given(work, "A", ("same", "1"), ("more", "2"), ("new", "1")))
    with shop.read() as read:
        item = queries.get_item(read, "A").id
        found = compare_lines(queries.get_bom(read, item, 1).lines, queries.get_bom(read, item, 2).lines)
    assert {(d.line.component.code, d.old is not None, d.new is not None, d.changed) for d in found} == {
        ("more", True, True, frozenset({"quantity"})),
        ("new", False, True, frozenset()),
        ("gone", True, False, frozenset()),
    }


def test_needs_over_many_levels_are_exact_however_large_a_slip_of_the_pen_makes_them(shop: Shop) -> None:
    def enter(work: Work) -> None:
        for level in range(1, 8):
            line = BomLineData(
                component=part(work, f"H{level + 1}"), quantity=Decimal("900000000000.000001"),
                scrap_percent=Decimal("3.333333"),
            )  # fmt: skip
            boms.release_bom(work, boms.make_bom(work, part(work, f"H{level}"), [line]).id)

    shop.do(enter)
    each = Fraction(Decimal("900000000000.000001")) * (100 + Fraction(Decimal("3.333333"))) / 100
    expected = Fraction(7) * each**7
    found = totals(shop, "H1", 7)["H8"]
    assert abs(Fraction(found) - expected) <= Fraction(1, 2_000_000)


def test_a_phantom_that_has_no_bill_yet_is_not_missing_from_the_totals(shop: Shop) -> None:
    def enter(work: Work) -> None:
        line = BomLineData(component=part(work, "KIT"), quantity=Decimal(2), phantom=True)
        boms.release_bom(work, boms.make_bom(work, part(work, "P"), [line]).id)

    shop.do(enter)
    assert totals(shop, "P", 3) == {"KIT": Decimal(6)}
    shop.do(lambda work: given(work, "KIT", ("screw", "4")))
    assert totals(shop, "P", 3) == {"screw": Decimal(24)}


def test_where_used_climbs_to_the_finished_product(shop: Shop) -> None:
    shop.do(lambda work: (given(work, "S", ("bolt", "4")), given(work, "T", ("S", "2"), ("bolt", "1"))))
    with shop.read() as read:
        bolt = queries.get_item(read, "bolt").id
        uses, cut = used.where_used(read, bolt)
        assert used.count_products(read, bolt) == 2
    assert [(use.product.code, [up.product.code for up in use.used_in]) for use in uses] == [("S", ["T"]), ("T", [])]
    assert not cut


def test_a_part_that_is_used_in_a_million_ways_is_told_of_at_once(shop: Shop) -> None:
    def enter(work: Work) -> None:
        for level in range(30, 0, -1):
            given(work, f"L{level}", (f"L{level + 1}", "1"), (f"L{level + 2}", "1"))

    shop.do(enter)
    with shop.read() as read:
        uses, cut = used.where_used(read, queries.get_item(read, "L31").id)
        assert used.count_products(read, queries.get_item(read, "L31").id) == 2
    assert cut
    assert {use.product.code for use in uses} == {"L30", "L29"}

    def count(ways: list[used.Use]) -> int:
        return sum(1 + count(way.used_in) for way in ways)

    assert 1000 < count(uses) <= MOST_BRANCHES + 2


def test_a_very_wide_and_deep_tree_is_cut_but_its_totals_are_whole(shop: Shop) -> None:
    def enter(work: Work) -> None:
        for level in range(12, 0, -1):
            lines = [BomLineData(component=part(work, f"L{level + 1}"), quantity=Decimal(1))] * 3
            boms.release_bom(work, boms.make_bom(work, part(work, f"L{level}"), lines).id)

    shop.do(enter)
    with shop.read() as read:
        found = queries.explode(read, queries.get_item(read, "L1").id, Decimal(1))
    assert found.cut
    assert {total.item.code: total.quantity for total in found.totals}["L13"] == Decimal(3) ** 12
