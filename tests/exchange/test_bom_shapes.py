"""BOM lists of three shapes come out as the same parent/child lines."""

import json
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.exchange import bom_errors, cell_errors
from mes.exchange.bom_shapes import BomList, read_bom
from mes.exchange.headings import match_columns
from mes.exchange.parsing import parse_quantity
from mes.exchange.reading import Table, read_table
from mes.items.loops import find_loops
from tests.exchange.files import DATA, table

PAIRS = [("TP", "GBX"), ("GBX", "SHAFT"), ("GBX", "GEAR"), ("TP", "WHEEL")]


def bom(of: Table, parent: str | None = None) -> BomList:
    return read_bom(of, match_columns("boms", of), parent)


def pairs(found: BomList) -> list[tuple[str, str]]:
    return [(line.parent, line.component) for line in found.lines]


def reasons(found: BomList) -> list[tuple[int, type[cell_errors.CellRefused]]]:
    return [(number, type(reason)) for number, reason in found.problems]


@pytest.mark.parametrize(
    "levels",
    [
        "0 1 2 2 1",
        "0 .1 ..2 ..2 .1",
        "Lv0 Lv1 Lv2 Lv2 Lv1",
        "1 1.1 1.1.1 1.1.2 1.2",
        "1 2 3 3 2",
        "L1 L2 L3 L3 L2",
        "0단계 1단계 2단계 2단계 1단계",
    ],
)
def test_levels_in_every_notation_give_the_same_lines(levels: str) -> None:
    items = ["TP", "GBX", "SHAFT", "GEAR", "WHEEL"]
    found = bom(
        table(
            "레벨|품목코드|수량",
            *(f"{level}|{item}|1" for level, item in zip(levels.split(), items, strict=True)),
        )
    )
    assert pairs(found) == PAIRS
    assert [line.number for line in found.lines] == [3, 4, 5, 6]
    assert found.tops == ["TP"]
    assert not found.problems


def test_pairs_are_taken_as_they_are() -> None:
    found = bom(table("모품목|자품목|소요량", *(f"{parent}|{child}|1" for parent, child in PAIRS)))
    assert pairs(found) == PAIRS


@pytest.mark.parametrize(
    ("name", "above", "parent", "top"),
    [
        ("TP.csv", "", None, "TP"),
        ("bom.csv", "모품목코드|TP", None, "TP"),
        ("bom.csv", "제품 코드: TP|1부", None, "TP"),
        ("bom.csv", "모품목코드|OTHER", "TP", "TP"),
    ],
)
def test_a_list_of_one_level_takes_its_parent_from_the_caller_the_top_or_the_file(
    name: str, above: str, parent: str | None, top: str
) -> None:
    found = bom(table("품목코드|수량", "A|1", "B|2", name=name, above=above), parent)
    assert pairs(found) == [(top, "A"), (top, "B")]


def test_a_list_that_begins_below_its_product_takes_it_from_above() -> None:
    found = bom(table("레벨|품번|수량", "1|A|1", "2|A1|1", "1|B|1", above="품번|TP"))
    assert pairs(found) == [("TP", "A"), ("A", "A1"), ("TP", "B")]


def test_a_level_that_skips_one_is_refused_with_its_row() -> None:
    found = bom(table("레벨|품번|수량", "0|TP|1", "2|A|1", "1|B|1"))
    assert reasons(found) == [(3, bom_errors.LevelSkipsOne)]
    assert "Level 2 does not follow" in found.problems[0][1].sentence
    assert pairs(found) == [("TP", "B")]


def test_rows_that_say_too_little_are_refused_each_with_its_row() -> None:
    found = bom(table("레벨|품번|수량", "0|TP|1", "x|A|1", "1||1", "1|B|1"))
    assert reasons(found) == [(3, bom_errors.LevelNotReadable), (4, cell_errors.CellIsMissing)]
    found = bom(table("레벨|품번|수량", "1|A|1", "0|TP|1", "1|B|1"))
    assert reasons(found) == [(2, bom_errors.ParentUnknown)]
    found = bom(table("모품목|자품목|수량", "|A|1"))
    assert reasons(found) == [(2, bom_errors.ParentUnknown)]


def test_a_component_twice_under_one_parent_is_named_with_both_rows() -> None:
    found = bom(table("모품목|자품목|수량", "TP|A|1", "TP|B|1", "TP|A|2"))
    assert "A stands twice under TP (rows 2 and 4)" in found.problems[0][1].sentence, "ComponentTwice"
    assert pairs(found) == [("TP", "A"), ("TP", "B")]


def test_a_component_consumed_by_two_operations_may_stand_twice() -> None:
    assert not bom(table("모품목|자품목|수량|투입공정", "TP|A|1|10", "TP|A|2|20")).problems


def test_a_sub_assembly_listed_again_in_the_same_way_counts_once() -> None:
    rows = ["0|TP|", "1|E|1", "2|X|2", "0|TL|", "1|E|1", "2|X|2.0"]
    found = bom(table("레벨|품번|수량", *rows))
    assert pairs(found) == [("TP", "E"), ("E", "X"), ("TL", "E")]
    assert not found.problems


def test_a_sub_assembly_listed_again_with_other_contents_is_refused() -> None:
    found = bom(table("레벨|품번|수량", "0|TP|", "1|E|1", "2|X|2", "0|TL|", "1|E|1", "2|X|3"))
    assert reasons(found) == [(7, bom_errors.ListsDiffer)]


def test_a_circle_is_named_as_a_loop() -> None:
    assert find_loops([("T", "A"), ("A", "B"), ("B", "C"), ("C", "A")]) == [["A", "B", "C", "A"]]


def test_an_item_in_itself_is_a_loop_and_a_shared_part_is_none() -> None:
    assert find_loops([("A", "A")]) == [["A", "A"]]
    assert find_loops([("A", "B"), ("A", "C"), ("B", "D"), ("C", "D")]) == []


def test_a_bom_of_ten_thousand_levels_is_walked() -> None:
    edges = [(str(level), str(level + 1)) for level in range(10_000)]
    assert find_loops(edges) == []
    assert len(find_loops([*edges, ("10000", "0")])[0]) == 10_002


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=25))
def test_a_loop_is_found_exactly_when_the_parts_cannot_be_put_in_order(
    numbers: list[tuple[int, int]],
) -> None:
    edges = [(str(parent), str(child)) for parent, child in numbers]
    left = set(edges)
    while leaves := {child for _, child in left} - {parent for parent, _ in left}:
        left = {edge for edge in left if edge[1] not in leaves}
    loops = find_loops(edges)
    assert bool(loops) == bool(left)
    assert all((above, below) in edges for loop in loops for above, below in pairwise(loop))
    assert all(loop[0] == loop[-1] for loop in loops)


def test_files_named_after_their_item_explode_to_the_published_total() -> None:
    folder = DATA / "gitplm"
    lines: dict[str, list[tuple[str, Decimal]]] = {}
    for name in ("ASY-001-0000", "ASY-002-0001", "ASY-012-0012", "PCA-019-0000"):
        file = read_table(f"{name}.csv", (folder / f"{name}.csv").read_bytes())
        mapping = match_columns("boms", file)
        for line in read_bom(file, mapping).lines:
            lines.setdefault(line.parent, []).append(
                (line.component, parse_quantity(mapping.value(line.cells, "quantity")))
            )
    total: dict[str, Decimal] = {}

    def explode(parent: str, times: Decimal) -> None:
        for component, quantity in lines.get(parent, ()):
            total[component] = total.get(component, Decimal(0)) + times * quantity
            explode(component, times * quantity)

    expected = json.loads((folder / "expected_explosion.json").read_text())
    explode(expected["top"], Decimal(1))
    assert total == {item: Decimal(str(quantity)) for item, quantity in expected["published_all"].items()}


def test_rows_of_a_real_bom_without_an_item_are_named() -> None:
    found = bom(read_table("PCA-019.csv", (DATA / "gitplm" / "PCA-019.csv").read_bytes()))
    assert reasons(found) == [(6, cell_errors.CellIsMissing), (7, cell_errors.CellIsMissing)]
    assert {line.parent for line in found.lines} == {"PCA-019"}


def test_an_amount_that_is_a_word_is_refused_where_it_stands() -> None:
    file = read_table("bom.csv", (DATA / "inventree" / "inventree_bom_data.csv").read_bytes())
    mapping = match_columns("boms", file)
    assert pairs(read_bom(file, mapping)) == [("106", "98"), ("106", "95"), ("109", "92")]
    assert "Can Build" in mapping.ignored
    with pytest.raises(cell_errors.NotANumber):
        parse_quantity(mapping.value(file.rows[2][1], "quantity"))
