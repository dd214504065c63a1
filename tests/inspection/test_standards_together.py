"""Standards that are approved or withdrawn while somebody else works with them."""

from mes.inspection import service, standard_rules
from mes.inspection.models import InspectionKind
from mes.inspection.service import CharacteristicData, StandardData
from mes.items.models import Revision
from mes.orders.queries import get_order
from mes.orders.service import create_order, release_order
from tests.factories import length_of_ten, make_released_standard
from tests.quality.workshop import D, Workshop
from tests.racing import Deed, race

LENGTH: CharacteristicData = length_of_ten(name="길이")


def gate_drafted(workshop: Workshop) -> Deed:
    """Somebody of quality is about to approve that first pieces must pass."""
    draft = workshop.shop.do(
        lambda work: service.make_standard(
            work, item=workshop.plate, kind=InspectionKind.FIRST, operation=10, data=StandardData(gate=True),
            characteristics=[LENGTH],
        )
    )  # fmt: skip
    return lambda work: service.approve_standard(work, draft.id, confirmed=True)


def order_drafted(workshop: Workshop) -> tuple[str, Deed]:
    """A planner is about to release an order."""
    due = workshop.shop.now.date()
    code = workshop.shop.do(lambda work: create_order(work, item=workshop.plate, quantity=D(10), due_on=due)).code
    return code, lambda work: release_order(work, code, confirmed=True)


def gates(workshop: Workshop, code: str) -> list[bool]:
    with workshop.shop.read() as read:
        return [job.inspected for job in get_order(read, code).jobs]


def test_an_order_released_while_its_gate_is_approved_has_the_gate(workshop: Workshop) -> None:
    code, release = order_drafted(workshop)
    race(workshop.shop, release, gate_drafted(workshop))
    assert gates(workshop, code) == [True, False]


def test_a_gate_approved_while_an_order_is_released_holds_for_that_order(workshop: Workshop) -> None:
    code, release = order_drafted(workshop)
    race(workshop.shop, gate_drafted(workshop), release)
    assert gates(workshop, code) == [True, False]


def test_a_standard_withdrawn_while_its_next_revision_is_approved_is_ended_once(workshop: Workshop) -> None:
    old = workshop.shop.do(
        lambda work: make_released_standard(work, workshop.plate, LENGTH, kind=InspectionKind.OUTGOING)
    )

    def draft() -> Deed:
        made = workshop.shop.do(lambda work: service.revise_standard(work, old.id))
        workshop.shop.do(lambda work: service.change_standard(work, made.id, StandardData(sample_size=made.revision)))
        return lambda work: service.approve_standard(work, made.id, confirmed=True)

    def withdraw(ident: int) -> Deed:
        return lambda work: service.withdraw_standard(work, ident, "필요 없음")

    _withdrawn, new = race(workshop.shop, withdraw(old.id), draft())
    assert getattr(new, "state", new) is Revision.RELEASED
    _newest, refused = race(workshop.shop, draft(), withdraw(new.id))  # type: ignore[attr-defined]
    assert isinstance(refused, standard_rules.NotInForce)
