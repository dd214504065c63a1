"""Work steps from files: a new revision of the routing where they differ, the other operations keep theirs."""

from decimal import Decimal

import pytest

from mes.core.work import Work
from mes.exchange.exports import get_list
from mes.items.models import StepKind
from mes.items.queries import get_item, list_routings, released_routing
from mes.items.routings import copy_routing, release_routing
from mes.items.steps import set_step_picture, steps_of
from tests.conftest import Shop
from tests.exchange.importing import bring, look
from tests.factories import make_item, make_released_routing, make_work_centre
from tests.quality.workshop import snapshot

HEAD = "품목코드|공정순서|단계|작업내용|기록방식|단위|하한|상한|필수|시작마다"
SIEVE = "CAKE|10|1|체를 확인|확인||||Y|Y"
HEAT = "CAKE|10|2|온도|값|℃|95|105|Y|N"
SEAL = "CAKE|20|1|봉합을 본다|안내|||||"


@pytest.fixture
def plant(shop: Shop) -> Shop:
    """A plant that makes cakes in two operations."""

    def build(work: Work) -> None:
        cake = make_item(work, code="CAKE")
        make_released_routing(work, cake, [make_work_centre(work), make_work_centre(work)])

    shop.do(build)
    return shop


def in_force(plant: Shop) -> dict[tuple[int, int], str]:
    with plant.read() as read:
        routing = released_routing(read, get_item(read, "CAKE").id)
        assert routing is not None
        steps = steps_of(read, [one.id for one in routing.operations])
        return {(one.sequence, s.position): s.name for one in routing.operations for s in steps.get(one.id, ())}


def revisions(plant: Shop) -> int:
    with plant.read() as read:
        return len(list_routings(read, get_item(read, "CAKE").id))


def test_steps_come_in_and_are_in_force(plant: Shop) -> None:
    bring(plant, "steps", HEAD, SIEVE, HEAT, SEAL)
    assert in_force(plant) == {(10, 1): "체를 확인", (10, 2): "온도", (20, 1): "봉합을 본다"}
    with plant.read() as read:
        routing = released_routing(read, get_item(read, "CAKE").id)
        assert routing is not None
        first, second = steps_of(read, [routing.operations[0].id])[routing.operations[0].id]
        [third] = steps_of(read, [routing.operations[1].id])[routing.operations[1].id]
    assert (first.kind, first.required, first.every_start) == (StepKind.CHECK, True, True)
    assert (second.kind, second.unit, second.lower, second.upper) == (StepKind.NUMBER, "℃", Decimal(95), Decimal(105))
    assert (third.kind, third.required) == (StepKind.DO, False)


def test_the_same_file_again_does_nothing(plant: Shop) -> None:
    bring(plant, "steps", HEAD, SIEVE, HEAT, SEAL)
    assert not bring(plant, "steps", HEAD, SIEVE, HEAT, SEAL).does_something
    assert revisions(plant) == 2


def test_an_operation_of_the_file_gets_its_steps_and_the_others_keep_theirs(plant: Shop) -> None:
    bring(plant, "steps", HEAD, SIEVE, HEAT, SEAL)
    bring(plant, "steps", HEAD, "CAKE|10|1|체를 두 번 확인|확인||||Y|Y")
    assert in_force(plant) == {(10, 1): "체를 두 번 확인", (20, 1): "봉합을 본다"}


def test_a_picture_stays_with_its_step(plant: Shop) -> None:
    bring(plant, "steps", HEAD, SIEVE)

    def show(work: Work) -> None:
        draft = copy_routing(work, get_item(work.session, "CAKE"))
        set_step_picture(work, draft.id, 10, 1, "sieve.jpg", snapshot((200, 100)))
        release_routing(work, draft.id)

    plant.do(show)
    bring(plant, "steps", HEAD, "CAKE|10|1|체를 두 번 확인|확인||||Y|Y")
    with plant.read() as read:
        routing = released_routing(read, get_item(read, "CAKE").id)
        assert routing is not None
        [step] = steps_of(read, [routing.operations[0].id])[routing.operations[0].id]
    assert step.picture_id


def test_a_routing_that_comes_again_keeps_its_steps(plant: Shop) -> None:
    bring(plant, "steps", HEAD, SIEVE, SEAL)
    with plant.read() as read:
        routing = released_routing(read, get_item(read, "CAKE").id)
        assert routing is not None
        centre = routing.operations[0].work_centre.code
    bring(plant, "routings", "품목코드|공정순서|공정명|작업장", f"CAKE|10|새 이름|{centre}")
    assert in_force(plant) == {(10, 1): "체를 확인"}


def test_what_cannot_be_a_step_is_refused_at_its_cell(plant: Shop) -> None:
    rows = (
        "NONE|10|1|가|확인|||||", "CAKE|30|1|나|확인|||||", "CAKE|10|1|다|확인|||||", "CAKE|10|1|라|확인|||||",
        "CAKE|20|1|마|값|mm|5|4||", "CAKE|20|2|바|확인|mm||||", "CAKE|20|3|사|모름|||||", "CAKE|20|1000|아|확인|||||",
    )  # fmt: skip
    found = look(plant, "steps", HEAD, *rows).rows
    said = [(row.cell, row.reason.code) for row in found if row.reason]
    assert said == [
        ("A2", "NotKnown"), ("B3", "NotKnown"), ("C5", "RowTwice"), ("E8", "NotAChoice"), ("C9", "StepImpossible"),
    ]  # fmt: skip
    limits = look(plant, "steps", HEAD, "CAKE|20|1|마|값|mm|5|4||", "CAKE|10|2|바|확인|mm||||").rows
    assert [(row.cell, row.reason.code) for row in limits if row.reason] == [
        ("G2", "StepLimitsReversed"), ("E3", "LimitsOfNothing"),
    ]  # fmt: skip


def test_steps_go_out_as_they_came_in(plant: Shop) -> None:
    bring(plant, "steps", HEAD, SIEVE, HEAT, SEAL)
    with plant.read() as read:
        rows = [tuple(row) for row in get_list("steps").rows(read)]
    assert [row[2:5] for row in rows] == [(10, 1, "체를 확인"), (10, 2, "온도"), (20, 1, "봉합을 본다")]
    assert rows[1][6:10] == ("number", "℃", Decimal(95), Decimal(105))
