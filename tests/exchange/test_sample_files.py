"""The sample factories' own files read without a fault and fit together."""

from collections.abc import Iterator
from functools import cache

import pytest

from mes.core.config import bundled
from mes.exchange.bom_shapes import read_bom
from mes.exchange.choices import parse_choice
from mes.exchange.headings import SYNONYMS, Mapping, match_columns
from mes.exchange.parsing import (
    optional,
    parse_code,
    parse_date,
    parse_integer,
    parse_list,
    parse_name,
    parse_percent,
    parse_quantity,
    parse_yes_no,
)
from mes.exchange.reading import Table, read_table
from mes.items.loops import find_loops

PLANTS = ("food", "machinery")


@cache
def read(plant: str, kind: str) -> tuple[Table, Mapping]:
    [file] = (bundled("sample_data") / plant).glob(f"{kind}.*")
    table = read_table(file.name, file.read_bytes(), kind=kind)
    return table, match_columns(kind, table)


def column(plant: str, kind: str, field: str) -> Iterator[str]:
    table, mapping = read(plant, kind)
    for _, cells in table.rows:
        yield mapping.value(cells, field)


def codes(plant: str, kind: str) -> set[str]:
    return {parse_code(text) for text in column(plant, kind, "code")}


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("kind", SYNONYMS)
def test_every_kind_has_a_file_with_rows(plant: str, kind: str) -> None:
    assert len(read(plant, kind)[0].rows) >= 7


def test_the_files_come_in_the_encodings_plants_use() -> None:
    assert {read(plant, kind)[0].encoding for plant in PLANTS for kind in SYNONYMS} == {
        "cp949",
        "utf-8-sig",
        "xlsx",
    }


@pytest.mark.parametrize("plant", PLANTS)
def test_items_have_unique_codes_and_right_values(plant: str) -> None:
    table, mapping = read(plant, "items")
    assert len(codes(plant, "items")) == len(table.rows)
    for _, cells in table.rows:
        parse_name(mapping.value(cells, "name"))
        parse_name(mapping.value(cells, "name_en"))
        parse_choice("item_kind", mapping.value(cells, "kind"))
        parse_choice("tracking", mapping.value(cells, "tracking"))
        optional(parse_integer, mapping.value(cells, "shelf_life_days"))
        optional(parse_quantity, mapping.value(cells, "safety_stock"))
        parse_yes_no(mapping.value(cells, "inspect_incoming"))


@pytest.mark.parametrize("plant", PLANTS)
def test_barcodes_carry_a_right_check_digit(plant: str) -> None:
    gtins = [text for text in column(plant, "items", "gtin") if text]
    assert gtins
    for gtin in gtins:
        digits = [int(digit) for digit in gtin]
        assert len(digits) == 13
        assert sum(digits[0::2] + [3 * digit for digit in digits[1::2]]) % 10 == 0


@pytest.mark.parametrize(("plant", "codes_meant"), [("food", {"00123"}), ("machinery", {"00235", "00236", "10240"})])
def test_codes_with_leading_zeros_stay(plant: str, codes_meant: set[str]) -> None:
    assert codes_meant <= codes(plant, "items")


@pytest.mark.parametrize("plant", PLANTS)
def test_boms_name_known_items_in_their_own_units_at_operations_of_their_parent(plant: str) -> None:
    table, mapping = read(plant, "boms")
    found = read_bom(table, mapping)
    assert not found.problems
    assert not find_loops((line.parent, line.component) for line in found.lines)
    items, units = list(column(plant, "items", "code")), list(column(plant, "items", "unit"))
    unit_of = dict(zip(items, units, strict=True))
    steps = set(zip(column(plant, "routings", "item"), column(plant, "routings", "sequence"), strict=True))
    for line in found.lines:
        assert mapping.value(line.cells, "unit") == unit_of[line.component]
        assert (line.parent, mapping.value(line.cells, "operation")) in steps
        parse_quantity(mapping.value(line.cells, "quantity"), zero=False)
        assert (optional(parse_percent, mapping.value(line.cells, "scrap_percent")) or 0) <= 10
        parse_choice("consumption", mapping.value(line.cells, "consumption"))


def test_the_machine_has_a_bom_of_four_levels() -> None:
    levels = [int(level) for level in column("machinery", "boms", "level")]
    assert max(levels) == 4


@pytest.mark.parametrize("plant", PLANTS)
def test_routings_name_known_items_work_centres_and_subcontractors(plant: str) -> None:
    table, mapping = read(plant, "routings")
    for _, cells in table.rows:
        assert mapping.value(cells, "item") in codes(plant, "items")
        assert mapping.value(cells, "work_centre") in codes(plant, "work_centres")
        outsourced = parse_yes_no(mapping.value(cells, "outsourced"))
        assert outsourced == (mapping.value(cells, "subcontractor") in codes(plant, "partners"))
        parse_quantity(mapping.value(cells, "cycle_seconds"))
    assert any(parse_yes_no(text) for text in column("machinery", "routings", "outsourced"))


@pytest.mark.parametrize("plant", PLANTS)
def test_everything_else_refers_to_what_is_there(plant: str) -> None:
    assert set(column(plant, "machines", "work_centre")) <= codes(plant, "work_centres")
    assert set(column(plant, "work_centres", "location")) <= codes(plant, "locations")
    for kind in ("opening_lots", "work_orders"):
        assert set(column(plant, kind, "item")) <= codes(plant, "items")
    assert set(column(plant, "opening_lots", "location")) <= codes(plant, "locations")
    assert set(column(plant, "opening_lots", "supplier")) <= codes(plant, "partners")
    assert set(column(plant, "work_orders", "customer")) <= codes(plant, "partners") | {""}
    assert all(parse_choice("location_kind", text) for text in column(plant, "locations", "kind"))
    for text in (*column(plant, "opening_lots", "received_on"), *column(plant, "work_orders", "due_on")):
        parse_date(text)


@pytest.mark.parametrize("plant", PLANTS)
def test_people_cover_every_role_and_two_speak_other_languages(plant: str) -> None:
    roles = {parse_choice("role", word) for text in column(plant, "people", "roles") for word in parse_list(text)}
    assert roles == {"operator", "leader", "quality", "material", "manager", "admin"}
    assert {"vi", "ne"} <= {parse_choice("language", text) for text in column(plant, "people", "language")}
    kinds = {parse_choice("partner_kind", w) for text in column(plant, "partners", "kind") for w in parse_list(text)}
    assert {"customer", "supplier"} <= kinds
