"""How much of a bad lot is in another, without a database: by proportion and at worst."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import given, settings

from mes.trace.exactness import Sure
from mes.trace.shares import FINE, Content, Flow, Part, of_a_piece, shares_above, shares_below

KG, EA = "kg", "EA"
A, B, C, D, E = 1, 2, 3, 4, 5
SCANNED = Sure.SCANNED


def went(parent: int, child: int, quantity: int, sure: Sure = SCANNED) -> Flow:
    return Flow(parent, child, quantity, sure)


def kg(whole: int, went_in: int = 0) -> Content:
    return Content(KG, whole, went_in)


#: About and at most.
Figures = tuple[Fraction | int, int]


def figures(part: Part) -> Figures:
    return Fraction(part.about, FINE), part.at_most


def below(suspects: Sequence[int], flows: Sequence[Flow], contents: Mapping[int, Content]) -> dict[int, Figures]:
    """Of one group of suspects what is in each lot."""
    found = shares_below(dict.fromkeys(suspects, 0), flows, contents)
    return {lot: figures(parts[0]) for lot, parts in found.parts.items() if parts}


def above(asked: Sequence[int], flows: Sequence[Flow], contents: Mapping[int, Content]) -> dict[int, Figures]:
    return {lot: figures(part) for lot, part in shares_above(asked, flows, contents).items()}


def test_half_of_a_mix_carries_half_of_what_went_in_and_at_worst_all_of_it() -> None:
    flows = [went(A, B, 20), went(B, C, 50)]
    assert below([A], flows, {A: kg(20), B: kg(100), C: kg(50)}) == {A: (20, 20), B: (20, 20), C: (10, 20)}


def test_at_worst_no_more_than_was_taken_out_of_the_mix() -> None:
    flows = [went(A, B, 20), went(B, C, 5)]
    assert below([A], flows, {A: kg(20), B: kg(100), C: kg(60)})[C] == (1, 5)


def test_at_worst_no_more_than_there_is_of_it_however_many_ways_it_came() -> None:
    flows = [went(A, B, 10), went(A, C, 10), went(B, D, 60), went(C, D, 60)]
    contents = {A: kg(20), B: kg(60), C: kg(60), D: kg(120)}
    assert below([A], flows, contents)[D] == (20, 20), "two ways that join add up"
    crossed = [went(A, B, 20), went(B, C, 50), went(B, D, 50), went(C, E, 50), went(D, E, 50)]
    assert below([A], crossed, {A: kg(20), B: kg(100), C: kg(50), D: kg(50), E: kg(100)})[E] == (20, 20)


def test_what_was_dried_away_is_taken_off_by_proportion_and_not_of_the_worst_case() -> None:
    flows = [went(A, B, 30), went(E, B, 70)]
    contents = {A: kg(30), B: kg(60, went_in=100), E: kg(70)}
    found = shares_below({A: 0}, flows, contents)
    assert figures(found.parts[B][0]) == (18, 30)
    assert Fraction(found.lost[B][0], FINE) == 12


def test_a_lot_never_holds_more_of_it_than_it_weighs() -> None:
    flows = [went(A, B, 30), went(B, C, 10)]
    contents = {A: kg(30), B: Content(EA, 10), C: kg(12)}
    found = shares_below({A: 0}, flows, contents)
    assert figures(found.parts[C][0]) == (12, 12)
    assert Fraction(found.lost[C][0], FINE) == 18


def test_kilograms_in_pieces_at_worst_are_all_that_came_along() -> None:
    flows = [went(A, B, 20), went(B, C, 1)]
    assert below([A], flows, {A: kg(20), B: Content(EA, 100), C: Content(EA, 1)})[C] == (Fraction(1, 5), 20)


def test_a_container_used_on_after_it_was_empty_holds_nobody_knows_how_much() -> None:
    found = shares_below({A: 0}, [went(A, B, 0, Sure.CONTACT)], {A: kg(20), B: kg(12)})
    assert found.parts[B][0] == Part(0, 12, Sure.CONTACT)


def test_a_part_out_of_a_machine_holds_nothing_of_what_else_was_in_it() -> None:
    flows = [went(A, B, 1), went(C, B, 1), went(B, D, 0, Sure.WAS_IN), went(C, D, 1, Sure.RECOVERED)]
    contents = {A: Content(EA, 1), B: Content(EA, 1), C: Content(EA, 1), D: Content(EA, 1)}
    assert below([A], flows, contents)[D] == (0, 0)
    assert below([C], flows, contents)[D] == (1, 1)


def test_what_was_divided_and_poured_together_again_is_at_worst_what_was_taken_and_not_twice_that() -> None:
    flows = [went(A, B, 50), went(B, C, 10), went(C, D, 10), went(B, D, 60)]
    contents = {A: kg(80), B: Content(EA, 94), C: Content(EA, 10), D: Content(EA, 70)}
    assert below([A], flows, contents)[D][1] == 50
    used_on = [*flows, went(A, E, 0, Sure.CONTACT)]
    assert below([A], used_on, {**contents, E: kg(100)})[E] == (0, 80), "nobody knows how much was taken"


def test_two_suspects_of_one_item_are_added_up_and_of_two_items_stand_apart() -> None:
    flows = [went(A, C, 10), went(B, C, 30)]
    contents = {A: kg(10), B: kg(30), C: kg(40)}
    assert below([A, B], flows, contents)[C] == (40, 40)
    apart = shares_below({A: 1, B: 2}, flows, contents).parts[C]
    assert {group: figures(part) for group, part in apart.items()} == {1: (10, 10), 2: (30, 30)}


def test_a_suspect_made_of_a_suspect_is_counted_once() -> None:
    flows = [went(A, B, 10), went(A, C, 10), went(B, C, 10)]
    assert below([A, B], flows, {A: kg(20), B: kg(10), C: kg(20)})[C] == (20, 20)


def test_the_least_sure_step_on_the_way_is_told() -> None:
    flows = [went(A, B, 20, Sure.PROPOSED), went(B, C, 50)]
    found = shares_below({A: 0}, flows, {A: kg(20), B: kg(100), C: kg(50)})
    assert [found.parts[lot][0].sure for lot in (A, B, C)] == [None, Sure.PROPOSED, Sure.PROPOSED]


def test_a_box_holds_its_share_of_every_raw_lot_in_that_lots_own_unit() -> None:
    flows = [went(A, C, 50), went(B, C, 200), went(C, D, 24)]
    contents = {A: kg(80), B: Content("film", 5000), C: Content("cake", 96), D: Content("cake", 24)}
    assert above([D], flows, contents) == {D: (24, 24), C: (24, 24), A: (Fraction(25, 2), 50), B: (50, 200)}


def test_backwards_nothing_of_its_old_neighbours_is_in_a_part_out_of_a_machine() -> None:
    flows = [went(A, B, 1), went(C, B, 8), went(B, D, 0, Sure.WAS_IN), went(A, D, 1, Sure.RECOVERED), went(C, E, 8)]
    contents = {A: Content("item 1", 1), B: Content("item 2", 1), C: Content("item 3", 16), D: Content("item 1", 1)}
    found = above([D], flows[:4], contents)
    assert (found[A], found[B], found[C]) == ((1, 1), (0, 0), (0, 0))
    built_in = [*flows, went(D, E, 1)]
    assert above([E], built_in, {**contents, E: Content("item 2", 1)})[C] == (8, 8), "its own eight bolts, no more"


def test_backwards_what_was_lost_on_the_way_is_in_no_box() -> None:
    flows = [went(A, B, 30), went(E, B, 70), went(B, C, 20)]
    found = above([C], flows, {A: kg(40), E: kg(70), B: kg(60, went_in=100), C: kg(20)})
    assert found[A] == (6, 20)
    assert found[E] == (14, 20)


def test_all_of_a_lot_that_is_asked_for_is_asked_for_once() -> None:
    flows = [went(A, B, 10), went(A, C, 10), went(B, C, 5)]
    assert above([B, C], flows, {A: kg(30), B: kg(10), C: kg(15)})[A] == (20, 20)


def test_a_part_of_a_lot_holds_its_share() -> None:
    part = Part(10 * FINE, 20)
    assert figures(of_a_piece(part, kg(100), 5, KG)) == (Fraction(1, 2), 5)
    assert figures(of_a_piece(part, kg(100), 5, EA)) == (Fraction(1, 2), 20)
    assert figures(of_a_piece(part, kg(100), 0, KG)) == (0, 0)


def test_a_circle_made_by_hand_ends_with_at_most_all_that_was_taken() -> None:
    flows = [went(A, B, 10), went(B, C, 10), went(C, B, 10), went(C, D, 10)]
    found = shares_below({A: 0}, flows, dict.fromkeys((A, B, C, D), kg(40)))
    assert {lot: parts[0].at_most for lot, parts in found.parts.items()} == {A: 40, B: 10, C: 10, D: 10}
    assert found.parts[C][0].sure is Sure.RECORDED
    back = shares_above([D], flows, dict.fromkeys((A, B, C, D), kg(40)))
    assert back[A].at_most == 40
    assert set(shares_below({B: 0}, [went(B, C, 1), went(C, B, 1)], {B: kg(1), C: kg(1)}).parts) == {B, C}


def test_a_lot_into_which_nothing_ever_came_gives_all_and_a_lot_without_anything_holds_nothing() -> None:
    found = below([A], [went(A, B, 10), went(B, C, 10), went(A, D, 0)], {A: kg(10), B: kg(0), C: kg(10), D: kg(0)})
    assert (found[B], found[C], found[D]) == ((0, 0), (0, 0), (0, 0))
    pieces = {A: kg(10), B: Content(EA, 0), C: kg(10)}
    assert below([A], [went(A, B, 10), went(B, C, 10)], pieces)[C] == (10, 10)


@dataclass
class Plant:
    """Lots that were received, mixed and divided, and what became of the rest of each."""

    flows: list[Flow]
    contents: dict[int, Content]
    #: What did not go into another lot: stock, shipped, thrown away.
    rest: dict[int, int]


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    """Every lot draws from lots before it, never more than they have; some lose at the step, some are pieces."""
    left: dict[int, int] = {}
    flows: list[Flow] = []
    contents: dict[int, Content] = {}
    for lot in range(draw(st.integers(1, 12))):
        sources = draw(st.sets(st.sampled_from(sorted(left)), max_size=3)) if left else set()
        unit = draw(st.sampled_from([KG, KG, EA]))
        mine, same = 0, 0
        for parent in sorted(sources):
            much = min(draw(st.integers(0, 50)), left[parent])
            left[parent] -= much
            mine += much
            same += much if contents[parent].measure == unit else 0
            flows.append(went(parent, lot, much, SCANNED if much else Sure.CONTACT))
        whole = draw(st.integers(1, 100)) if not mine or draw(st.booleans()) else mine
        contents[lot], left[lot] = Content(unit, whole, same), whole
    return Plant(draw(st.permutations(flows)), contents, left)


def naive(plant: Plant, lot: int, suspects: set[int]) -> Fraction:
    """By asking each lot what went into it, again and again, and knowing nothing of an order."""
    content = plant.contents[lot]
    if lot in suspects:
        return Fraction(content.whole)
    came = sum(
        (
            naive(plant, flow.parent, suspects) * flow.quantity / plant.contents[flow.parent].whole
            for flow in plant.flows
            if flow.child == lot
        ),
        Fraction(0),
    )
    kept = came * min(Fraction(1), Fraction(content.whole, content.went_in)) if content.went_in else came
    unit = plant.contents[min(suspects)].measure
    return min(kept, Fraction(content.whole)) if content.measure == unit else kept


def near(one: Fraction, other: Fraction) -> bool:
    """Rounding in the twenty-fourth place of a millionth is all that may differ."""
    return abs(one - other) < Fraction(1, 10**20)


@settings(max_examples=100)
@given(plants(), st.data())
def test_it_is_what_a_patient_walker_finds_and_nothing_is_lost_or_made(plant: Plant, data: st.DataObject) -> None:
    suspect = data.draw(st.sampled_from(sorted(plant.contents)))
    found = shares_below({suspect: 0}, _down(plant, suspect), plant.contents)
    parts = {lot: parts[0] for lot, parts in found.parts.items() if parts}
    for lot, part in parts.items():
        content, about = plant.contents[lot], Fraction(part.about, FINE)
        assert near(about, naive(plant, lot, {suspect}))
        assert about <= part.at_most <= plant.contents[suspect].whole
        if content.measure == plant.contents[suspect].measure:
            assert part.at_most <= content.whole
    there = sum(
        (Fraction(part.about, FINE) * plant.rest[lot] / plant.contents[lot].whole for lot, part in parts.items())
    )
    lost = sum((Fraction(lost[0], FINE) for lot, lost in found.lost.items() if lot != suspect), Fraction(0))
    assert near(there + lost, Fraction(plant.contents[suspect].whole)), "what is left + what was lost = all of it"


def _down(plant: Plant, suspect: int) -> list[Flow]:
    reached = {suspect}
    while more := {flow.child for flow in plant.flows if flow.parent in reached} - reached:
        reached |= more
    return [flow for flow in plant.flows if flow.parent in reached]


@settings(max_examples=60)
@given(plants(), st.data())
def test_backwards_and_forwards_tell_the_same(plant: Plant, data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(sorted(plant.contents)))
    back = shares_above([asked], plant.flows, plant.contents)
    for lot, part in back.items():
        about = Fraction(part.about, FINE)
        assert about <= part.at_most <= plant.contents[lot].whole
        if lot == asked:
            continue
        forth = naive(plant, asked, {lot}) if _lossless(plant) else about
        assert near(forth, about)


def _lossless(plant: Plant) -> bool:
    """Where nothing is cut off because it would be more than the lot weighs, both ways are one sum."""
    return all(
        one.measure == EA or other.measure == KG for one in plant.contents.values() for other in plant.contents.values()
    )


def test_ten_thousand_mixes_one_after_another_are_no_trouble() -> None:
    flows = [went(lot, lot + 1, 7_000_001) for lot in range(10_000)]
    contents = {lot: kg(9_000_011) for lot in range(10_001)}
    found = shares_below({0: 0}, flows, contents)
    assert found.parts[10_000][0].at_most == 7_000_001
    assert len(str(found.parts[100][0].about)) < 40
