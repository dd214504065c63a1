"""Locking boxes and pallets with all that is on them, and what follows when they move.

Everybody locks lots first and boxes and pallets after them, each in the order of their ids. What is on a pallet may
change until its lots are locked; it is then read again, and an act that was overtaken begins anew.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.equipment.models import Location
from mes.lots import unit_queries
from mes.lots.ledger import lock_by_id, move
from mes.lots.models import Lot, MovementKind
from mes.lots.packing_rules import check_here, check_open
from mes.lots.unit_models import HandlingUnit


class Tree:
    """A box or pallet with all that is on it, locked."""

    def __init__(
        self, unit: HandlingUnit, parent: HandlingUnit | None, units: dict[int, HandlingUnit], lots: dict[int, Lot]
    ) -> None:
        self.unit, self.parent = unit, parent
        #: Itself and the boxes on it.
        self.units = units
        self.lots = lots

    def check_here(self, work: Work) -> None:
        """Refuse what has left or was taken apart."""
        check_unit_here(work, self.unit)


def check_unit_here(work: Work, unit: HandlingUnit) -> None:
    """Refuse what has left or was taken apart, naming the shipment. Raises UnitShipped, UnitEnded."""
    shipment = unit_queries.get_unit(work.session, unit.code).shipment if unit.shipment_id else None
    check_here(unit, shipment.code if shipment else "")


def check_may_change(work: Work, units: dict[int, HandlingUnit], unit: HandlingUnit) -> None:
    """Whether things may be put on a unit and taken off: it is here, open, and so is the pallet that it stands on."""
    check_unit_here(work, unit)
    check_open(unit)
    if unit.parent_id is not None:
        check_open(units[unit.parent_id])


def lock_units(work: Work, idents: Collection[int]) -> dict[int, HandlingUnit]:
    """Boxes and pallets, and the pallets they stand on, locked in the order of their ids."""
    query = select(HandlingUnit.parent_id).where(HandlingUnit.id.in_(idents), HandlingUnit.parent_id.is_not(None))
    wanted = {*idents, *filter(None, work.session.scalars(query))}
    locking = select(HandlingUnit).where(HandlingUnit.id.in_(wanted)).order_by(HandlingUnit.id).with_for_update()
    found = {unit.id: unit for unit in work.session.scalars(locking.execution_options(populate_existing=True))}
    for ident in idents:
        if ident not in found:
            raise NotFound(what=_(N_("box or pallet")), code=str(ident))
        parent = found[ident].parent_id
        if parent is not None and parent not in found:
            raise StaleDataError("a box was put on another pallet meanwhile")
    _load_places(work, found.values())
    return found


def _load_places(work: Work, units: Iterable[HandlingUnit]) -> None:
    for unit in units:
        place = work.session.get(Location, unit.location_id) if unit.location_id else None
        set_committed_value(unit, "location", place)


def lock_tree(work: Work, code: str) -> Tree:
    """A box or pallet by code, locked with all that is on it. Raises NotFound."""
    ident = unit_queries.get_unit(work.session, code).id
    return lock_trees(work, [ident])[ident]


def lock_trees(work: Work, idents: Collection[int]) -> dict[int, Tree]:
    """Boxes and pallets, each locked with all that is on it."""
    wanted = list(dict.fromkeys(idents))
    boxes, lots = unit_queries.on_units(work.session, wanted)
    locked = lock_by_id(work, lots)
    units = lock_units(work, {*wanted, *boxes})
    if unit_queries.on_units(work.session, wanted) != (boxes, lots):
        raise StaleDataError("what is on a box or pallet changed meanwhile")
    trees = {}
    for ident in wanted:
        own = {ident, *(box for box, parent in boxes.items() if parent == ident)}
        on_it = {key: lot for key, lot in locked.items() if lot.unit_id in own}
        parent = units.get(units[ident].parent_id or 0)
        trees[ident] = Tree(units[ident], parent, {key: units[key] for key in sorted(own)}, on_it)
    return trees


def leave_pallet(work: Work, tree: Tree) -> None:
    """A box that goes its own way leaves its pallet, which is open from then on."""
    if tree.parent is None or tree.parent.id in tree.units:
        return
    tree.parent.closed_at = None
    tree.unit.parent_id = None
    work.record("units.take_off", tree.parent, after={"boxes": [tree.unit.code]})


def take_place_of(work: Work, unit: HandlingUnit, fresh: Iterable[Lot]) -> None:
    """A box without a place stands where the first of the lots stands that are put on it and stand anywhere; so does
    what it stands on."""
    place = next((lot.location for lot in fresh if lot.location is not None), None)
    if unit.location_id is not None or place is None:
        return
    top = unit.parent_id or unit.id
    boxes, lots = unit_queries.on_units(work.session, [top])
    for lot in lock_by_id(work, lots).values():
        move(work, lot, MovementKind.MOVE, Decimal(0), to=place, with_unit=True)
    for one in lock_units(work, {top, *boxes}).values():
        one.location_id, one.location = place.id, place


def stand_at(work: Work, lot: Lot, unit: HandlingUnit) -> None:
    """A packed lot stands where its box or pallet does."""
    if unit.location is not None and lot.location_id != unit.location_id:
        move(work, lot, MovementKind.MOVE, Decimal(0), to=unit.location, with_unit=True)


def move_tree(work: Work, tree: Tree, location: Location) -> None:
    """Everything on a unit goes with it, each lot with its line in the ledger."""
    for lot in tree.lots.values():
        if lot.location_id != location.id:
            move(work, lot, MovementKind.MOVE, Decimal(0), to=location, with_unit=True)
    for unit in tree.units.values():
        unit.location_id, unit.location = location.id, location
