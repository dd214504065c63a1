"""Goods that go from plant to plant are followed by the code on their label, and by nothing less."""

import pytest

from mes.plants.standing import State
from mes.plants.tracing import Across, trace_across
from mes.trace.handles import NothingToTrace
from tests.plants.conftest import NOW, Company


def across(company: Company, text: str) -> Across:
    found = trace_across(company, text, NOW)
    assert isinstance(found, Across)
    return found


def codes(found: Across) -> dict[str, set[str]]:
    return {part.standing.mark: {lot[1] for lot in part.story.lots.values()} for part in found.parts}


def test_a_lot_is_followed_to_the_customers_of_the_plant_that_received_it(marked: Company) -> None:
    made = marked.receive("A", marked.item("A"))
    marked.ship("A", made, "B공장")
    came = marked.receive("B", marked.item("B"), made.code)
    marked.ship("B", came, "끝고객")
    for text in (made.code, came.code):
        found = across(marked, text)
        assert codes(found) == {"A": {made.code}, "B": {came.code}}
        assert [(link.code, link.maker, link.receiver) for link in found.links] == [(made.code, "A", "B")]
    assert across(marked, made.code).customers == [("A", "B공장"), ("B", "끝고객")]


def test_goods_that_come_back_are_followed_to_the_plant_where_they_began(marked: Company) -> None:
    item = marked.item("A")
    made = marked.receive("A", item)
    plated = marked.receive("B", marked.item("B"), made.code)
    back = marked.receive("A", item, plated.code)
    found = across(marked, made.code)
    assert codes(found)["B"] == {plated.code}
    assert {lot[1] for part in found.parts for lot in part.story.lots.values()} == {made.code, plated.code, back.code}
    assert {part.standing.mark for part in across(marked, back.code).parts} == {"A", "B"}


def test_a_code_without_a_mark_proves_nothing_and_is_told_of(company: Company) -> None:
    made = company.receive("A", company.item("A"))
    came = company.receive("B", company.item("B"), made.code)
    choice = trace_across(company, made.code, NOW)
    assert isinstance(choice, list), "both plants made a lot of this code"
    found = trace_across(company, made.code, NOW, "A")
    assert isinstance(found, Across)
    assert codes(found) == {"A": {made.code}}
    assert [(link.code, link.maker, link.receiver) for link in found.doubtful] == [(made.code, "A", "B")]
    assert came.code == made.code, "what two plants numbered alike before they had marks"


def test_a_suppliers_number_that_only_looks_like_a_code_of_ours_links_nothing(marked: Company) -> None:
    made = marked.receive("A", marked.item("A"))
    misread = made.code[:-1] + ("0" if made.code[-1] != "0" else "1")
    came = marked.receive("B", marked.item("B"), misread)
    found = across(marked, came.code)
    assert codes(found) == {"B": {came.code}}
    assert not found.links


def test_a_plant_whose_copy_is_not_whole_is_named_as_missing(marked: Company) -> None:
    made = marked.receive("A", marked.item("A"))
    marked.receive("B", marked.item("B"), made.code)
    marked.states["B"] = State.FILLING
    found = across(marked, made.code)
    assert set(codes(found)) == {"A"}
    assert [one.mark for one in found.missing] == ["B"]


def test_a_plant_that_is_cut_off_is_traced_as_far_as_its_copy_tells(marked: Company) -> None:
    made = marked.receive("A", marked.item("A"))
    came = marked.receive("B", marked.item("B"), made.code)
    marked.states["A"] = State.CUT_OFF
    assert codes(across(marked, came.code)) == {"A": {made.code}, "B": {came.code}}


def test_a_code_of_no_plant_is_refused(marked: Company) -> None:
    with pytest.raises(NothingToTrace):
        trace_across(marked, "NOTHING", NOW)
