"""Use cases of boxes and pallets: pack, take off, close, move, put on a pallet, take apart (decision 0012)."""

from collections.abc import Collection, Iterable, Sequence

from mes.core.gs1 import make_sscc, serials_of
from mes.core.numbering import dated_code, next_number
from mes.core.plant import plant, this_production_day
from mes.core.work import Work
from mes.equipment.models import Location
from mes.lots import unit_queries
from mes.lots.ledger import leave_unit, lock_lots
from mes.lots.models import Lot
from mes.lots.packing_rules import (
    MOST_ON_ONE,
    NothingToPack,
    NotOnUnit,
    NumbersUsedUp,
    TooManyToPack,
    UnitIsEmpty,
    check_nesting,
    check_packed,
)
from mes.lots.unit_locks import (
    Tree,
    check_may_change,
    leave_pallet,
    lock_tree,
    lock_trees,
    lock_units,
    move_tree,
    stand_at,
    take_place_of,
)
from mes.lots.unit_models import HandlingUnit, UnitKind


def make_unit(
    work: Work,
    kind: UnitKind,
    *,
    lots: Sequence[str] = (),
    boxes: Sequence[str] = (),
    location: Location | None = None,
    note: str | None = None,
) -> HandlingUnit:
    """A new box or pallet with a number of its own, and what stands on it. It stands at ``location``, else where the
    first thing on it stands that stands anywhere.

    Raises what ``pack`` and ``put_on`` raise, and NumbersUsedUp.
    """
    locked = lock_lots(work, lots) if lots else []
    unit = HandlingUnit(
        code=new_unit_code(work), kind=kind, made_at=work.now, note=note, location_id=location.id if location else None
    )
    unit.location = location
    work.add(unit, "units.make")
    if locked:
        pack(work, unit.code, lots)
    if boxes:
        put_on(work, unit.code, boxes)
    return unit


def new_unit_code(work: Work) -> str:
    """An SSCC where the plant has a GS1 prefix, else a code of ours (U...). Raises NumbersUsedUp."""
    settings = plant(work.session)
    if not settings.gs1_prefix:
        return dated_code(work.session, "U", this_production_day(work))
    digit, prefix = settings.sscc_digit, settings.gs1_prefix
    number = next_number(work.session, f"SSCC{digit}{prefix}")
    if number >= serials_of(prefix):
        raise NumbersUsedUp(prefix=prefix, digit=digit)
    return make_sscc(digit, prefix, number)


def pack(work: Work, code: str, lots: Sequence[str]) -> HandlingUnit:
    """Put whole lots on a box or pallet (포장); they then stand where it stands. Of a part, split it off first.

    A lot that is on it already stays; one on another open box leaves that one. Raises NotFound, NothingToPack,
    EmptyLotPacked, UnitClosed, UnitShipped, UnitEnded, TooManyToPack.
    """
    if not lots:
        raise NothingToPack(field="lots")
    if len(lots) > MOST_ON_ONE:
        raise TooManyToPack(field="lots", count=len(lots), most=MOST_ON_ONE)
    found = lock_lots(work, lots)
    ident = unit_queries.get_unit(work.session, code).id
    units = lock_units(work, {ident, *(lot.unit_id for lot in found if lot.unit_id)})
    unit = units[ident]
    check_may_change(work, units, unit)
    fresh = [lot for lot in found if lot.unit_id != unit.id]
    for lot in fresh:
        check_packed(lot)
        if lot.unit_id is not None:
            check_may_change(work, units, units[lot.unit_id])
    if not fresh:
        return unit
    take_place_of(work, unit, fresh)
    for lot in fresh:
        if lot.unit_id is not None:
            leave_unit(work, lot)
        stand_at(work, lot, unit)
        lot.unit_id = unit.id
    work.record("units.pack", unit, after={"lots": [lot.code for lot in fresh]})
    return unit


def unpack(work: Work, code: str, lots: Sequence[str]) -> HandlingUnit:
    """Take lots off a box or pallet; they stay where it stands. Raises NothingToPack, NotOnUnit, UnitClosed and what is
    not here."""
    if not lots:
        raise NothingToPack(field="lots")
    found = lock_lots(work, lots)
    ident = unit_queries.get_unit(work.session, code).id
    units = lock_units(work, {ident})
    unit = units[ident]
    check_may_change(work, units, unit)
    for lot in found:
        if lot.unit_id != unit.id:
            raise NotOnUnit(what=lot.code, unit=unit.code)
        lot.unit_id = None
    work.record("units.unpack", unit, after={"lots": [lot.code for lot in found]})
    return unit


def close_unit(work: Work, code: str) -> HandlingUnit:
    """It is full: its label tells what is on it, and nothing is put on or taken off. Raises UnitIsEmpty."""
    tree = lock_tree(work, code)
    tree.check_here(work)
    if not tree.lots:
        raise UnitIsEmpty(unit=tree.unit.code)
    for unit in tree.units.values():
        if unit.closed_at is None:
            unit.closed_at = work.now
            work.record("units.close", unit, after={"lots": len(tree.lots)})
    return tree.unit


def open_unit(work: Work, code: str) -> HandlingUnit:
    """Open a closed one again, and the pallet it stands on with it."""
    tree = lock_tree(work, code)
    tree.check_here(work)
    for unit in filter(None, (tree.unit, tree.parent)):
        if unit.closed_at is not None:
            unit.closed_at = None
            work.record("units.open", unit)
    return tree.unit


def open_around(work: Work, lots: Sequence[Lot]) -> None:
    """Locked lots have grown by themselves: the boxes and pallets they are on are open from then on, and are not
    refused, because their labels no longer tell what is on them."""
    on = {lot.unit_id for lot in lots if lot.unit_id is not None}
    for unit in lock_units(work, on).values() if on else ():
        if unit.closed_at is not None and unit.shipment_id is None:
            unit.closed_at = None
            work.record("units.open", unit)


def move_unit(work: Work, code: str, location: Location) -> HandlingUnit:
    """Put a box or pallet somewhere else: all that is on it goes with it, each lot with its line in the ledger.

    A box that is moved alone leaves its pallet.
    """
    tree = lock_tree(work, code)
    tree.check_here(work)
    if tree.unit.location_id == location.id:
        return tree.unit
    leave_pallet(work, tree)
    came_from = tree.unit.location_id
    move_tree(work, tree, location)
    work.record("units.move", tree.unit, before={"location": came_from}, after={"location": location.code})
    return tree.unit


def put_on(work: Work, code: str, boxes: Sequence[str]) -> HandlingUnit:
    """Put boxes on a pallet; they stand where it stands. Raises NothingToPack, WrongNesting, UnitClosed."""
    if not boxes:
        raise NothingToPack(field="boxes")
    if len(boxes) > MOST_ON_ONE:
        raise TooManyToPack(field="boxes", count=len(boxes), most=MOST_ON_ONE)
    ident = unit_queries.get_unit(work.session, code).id
    trees = lock_trees(work, [ident, *(unit_queries.get_unit(work.session, box).id for box in boxes)])
    pallet, others = trees[ident], [tree for key, tree in trees.items() if key != ident]
    for tree in [*others, *([pallet] if not others else [])]:
        check_nesting(pallet.unit, tree.unit)
    check_may_change(work, pallet.units, pallet.unit)
    fresh = [tree for tree in others if tree.unit.parent_id != pallet.unit.id]
    standing = [tree.unit.location for tree in fresh if tree.unit.location is not None]
    if pallet.unit.location is None and standing:
        move_tree(work, pallet, standing[0])
    for tree in fresh:
        tree.check_here(work)
        leave_pallet(work, tree)
        if pallet.unit.location is not None:
            move_tree(work, tree, pallet.unit.location)
        tree.unit.parent_id = pallet.unit.id
    if fresh:
        work.record("units.put_on", pallet.unit, after={"boxes": [tree.unit.code for tree in fresh]})
    return pallet.unit


def take_off(work: Work, code: str, boxes: Sequence[str]) -> HandlingUnit:
    """Take boxes off a pallet; they stay where it stands. Raises NothingToPack, NotOnUnit, UnitClosed."""
    if not boxes:
        raise NothingToPack(field="boxes")
    ident = unit_queries.get_unit(work.session, code).id
    wanted = list(dict.fromkeys(unit_queries.get_unit(work.session, box).id for box in boxes))
    units = lock_units(work, {ident, *wanted})
    pallet = units[ident]
    check_may_change(work, units, pallet)
    for key in wanted:
        if units[key].parent_id != pallet.id:
            raise NotOnUnit(what=units[key].code, unit=pallet.code)
        units[key].parent_id = None
    work.record("units.take_off", pallet, after={"boxes": [units[key].code for key in wanted]})
    return pallet


def take_apart(work: Work, code: str) -> HandlingUnit:
    """Everything comes off (해체): lots and boxes stay where they stand, and the number is not used again."""
    tree = lock_tree(work, code)
    tree.check_here(work)
    leave_pallet(work, tree)
    came_off = [lot for lot in tree.lots.values() if lot.unit_id == tree.unit.id]
    for lot in came_off:
        lot.unit_id = None
    boxes = [unit for unit in tree.units.values() if unit.parent_id == tree.unit.id]
    for box in boxes:
        box.parent_id = None
    tree.unit.ended_at = work.now
    after = {"lots": [lot.code for lot in came_off], "boxes": [box.code for box in boxes]}
    work.record("units.take_apart", tree.unit, after={name: codes for name, codes in after.items() if codes})
    return tree.unit


def lock_whole_units(work: Work, idents: Collection[int]) -> dict[int, Tree]:
    """Boxes and pallets that leave as a whole, locked with all that is on them. Raises UnitIsEmpty, UnitShipped."""
    trees = lock_trees(work, idents)
    for tree in trees.values():
        tree.check_here(work)
        if not tree.lots:
            raise UnitIsEmpty(field="lines", unit=tree.unit.code)
    return trees


def send_units(work: Work, trees: Iterable[Tree], shipment_id: int, code: str) -> None:
    """They have left: closed if they were not, and off the pallet that stays behind."""
    for tree in trees:
        leave_pallet(work, tree)
        for unit in tree.units.values():
            unit.closed_at = unit.closed_at or work.now
            unit.shipment_id = shipment_id
        work.record("units.ship", tree.unit, after={"shipment": code})
