"""Use cases of bills of material: drafts are edited line by line; a released revision is never edited again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, func, select

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.work import Work, check_version
from mes.items import queries
from mes.items.by_products import (
    ByProductData,
    by_products_of,
    data_of_by_product,
    find_by_product,
    put_by_product,
)
from mes.items.counting import check_same_unit
from mes.items.loops import check_no_loop
from mes.items.models import Bom, BomLine, ByProduct, Consumption, Item, Substitute
from mes.items.revisions import find_draft, give_up, lock_draft, make_room, next_number, put_in_force, touch
from mes.items.rules import MaterialTwice, check_bom_complete, check_line


@dataclass(frozen=True, kw_only=True)
class BomLineData:
    """One line as it is entered: ``quantity`` of ``component`` per one piece, ``scrap_percent`` expected loss."""

    component: Item
    quantity: Decimal
    scrap_percent: Decimal = Decimal(0)
    operation: int | None = None
    consumption: Consumption = Consumption.SCAN
    phantom: bool = False
    reference: str | None = None
    substitutes: Sequence[Item] = field(default=())


def make_bom(
    work: Work,
    item: Item,
    lines: Sequence[BomLineData],
    *,
    by_products: Sequence[ByProductData] = (),
    note: str | None = None,
) -> Bom:
    """A new draft revision of an item's BOM. Raises QuantityMissing, ScrapImpossible, OwnComponent."""
    number = next_number(work, Bom, item)
    bom = work.add(Bom(item_id=item.id, revision=number, note=note), "items.make_bom", code=item.code)
    for position, line in enumerate(lines, 1):
        _put_line(work, bom, item, BomLine(bom_id=bom.id, position=position), line)
    for row in by_products:
        put_by_product(work, bom, item, row)
    _note_lines(work, bom, item)
    return bom


def copy_bom(work: Work, item: Item) -> Bom:
    """The draft to work on: the one there is, else a copy of the released revision, else an empty one."""
    draft = find_draft(work, Bom, item)
    if draft:
        return draft
    released = queries.released_bom(work.session, item.id)
    if released is None:
        return make_bom(work, item, [])
    also = [data_of_by_product(row) for row in by_products_of(work.session, released.id)]
    return make_bom(work, item, [data_of(line) for line in released.lines], by_products=also)


def data_of(line: BomLine) -> BomLineData:
    """A recorded line as it would be entered."""
    return BomLineData(
        component=line.component, quantity=line.quantity, scrap_percent=line.scrap_percent, operation=line.operation,
        consumption=line.consumption, phantom=line.phantom, reference=line.reference,
        substitutes=[substitute.item for substitute in line.substitutes],
    )  # fmt: skip


def change_bom_head(
    work: Work, bom_id: int, *, note: str | None, valid_from: date | None, version: int | None = None
) -> Bom:
    """Say what a draft is for and from which day it is meant. Raises NotDraft, StaleEdit."""
    bom, _item = lock_draft(work, Bom, bom_id)
    check_version(work, bom, version)
    with work.change(bom, "items.change_bom"):
        bom.note, bom.valid_from = note, valid_from
        work.session.flush()
    return bom


def add_bom_line(work: Work, bom_id: int, line: BomLineData) -> BomLine:
    """One more component at the end of a draft. Raises NotDraft, MaterialTwice, CountedOtherwise and what
    ``check_line`` refuses."""
    bom, item = lock_draft(work, Bom, bom_id)
    check_same_unit(line.component, line.substitutes)
    _check_once(work, bom, line)
    last = work.session.scalar(select(func.max(BomLine.position)).where(BomLine.bom_id == bom.id)) or 0
    made = _put_line(work, bom, item, BomLine(bom_id=bom.id, position=last + 1), line)
    _note_lines(work, bom, item)
    return made


def change_bom_line(work: Work, bom_id: int, position: int, line: BomLineData, version: int | None = None) -> BomLine:
    """Change a line of a draft. ``version`` is the BOM's. Raises NotDraft, StaleEdit, NotFound, MaterialTwice,
    CountedOtherwise."""
    bom, item = lock_draft(work, Bom, bom_id)
    check_version(work, bom, version)
    row = _line(work, bom, position)
    check_same_unit(line.component, line.substitutes)
    _check_once(work, bom, line, apart_from=position)
    changed = _put_line(work, bom, item, row, line)
    _note_lines(work, bom, item)
    return changed


def remove_bom_line(work: Work, bom_id: int, position: int) -> None:
    """Take a component out of a draft. Raises NotDraft, NotFound."""
    bom, item = lock_draft(work, Bom, bom_id)
    line = _line(work, bom, position)
    work.session.execute(delete(Substitute).where(Substitute.line_id == line.id))
    work.session.delete(line)
    work.session.flush()
    _note_lines(work, bom, item)


def add_by_product(work: Work, bom_id: int, data: ByProductData) -> ByProduct:
    """What also comes out by a draft; one that is there gets the new quantity.

    Raises NotDraft, QuantityMissing, OwnByProduct, ByProductNotKept.
    """
    bom, item = lock_draft(work, Bom, bom_id)
    row = put_by_product(work, bom, item, data)
    _note_lines(work, bom, item)
    return row


def remove_by_product(work: Work, bom_id: int, code: str) -> None:
    """Take a by-product out of a draft. Raises NotDraft, NotFound."""
    bom, item = lock_draft(work, Bom, bom_id)
    work.session.delete(find_by_product(work.session, bom.id, code))
    work.session.flush()
    _note_lines(work, bom, item)


def discard_bom(work: Work, bom_id: int) -> Bom:
    """Give up a draft: it stays readable as obsolete and is never used. Raises NotDraft."""
    bom, item = lock_draft(work, Bom, bom_id)
    give_up(work, bom)
    work.record("items.discard_bom", bom, code=item.code)
    return bom


def release_bom(work: Work, bom_id: int) -> Bom:
    """Put a draft in force; the revision before becomes obsolete, and open orders keep the one they froze.

    Raises EmptyBom, NotYetValid, CountedOtherwise, BomLoop naming the loop.
    """
    lock_draft(work, Bom, bom_id)
    bom = queries.whole_bom(work.session, bom_id)
    for line in bom.lines:
        check_same_unit(line.component, [other.item for other in line.substitutes])
    check_bom_complete(bom, bom.item.code, work.today)
    check_no_loop(work, bom)
    make_room(work, bom)
    with work.change(bom, "items.release_bom"):
        bom.valid_from = bom.valid_from or work.today
        put_in_force(work, bom)
    return bom


def _check_once(work: Work, bom: Bom, data: BomLineData, apart_from: int = 0) -> None:
    """One operation takes a material once, as in an imported list; two operations may each take some."""
    same = select(BomLine.id).where(
        BomLine.bom_id == bom.id,
        BomLine.component_id == data.component.id,
        BomLine.operation.is_not_distinct_from(data.operation),
        BomLine.position != apart_from,
    )
    if work.session.scalar(same.limit(1)) is not None:
        raise MaterialTwice(field="component", component=data.component.code)


def _line(work: Work, bom: Bom, position: int) -> BomLine:
    found = work.session.scalar(select(BomLine).where(BomLine.bom_id == bom.id, BomLine.position == position))
    if found is None:
        raise NotFound(what=_("BOM line"), code=str(position))
    return found


def line_at(bom: Bom, position: int) -> BomLine:
    """A line of a BOM that was read with its lines. Raises NotFound."""
    found = next((line for line in bom.lines if line.position == position), None)
    if found is None:
        raise NotFound(what=_("BOM line"), code=str(position))
    return found


def _put_line(work: Work, bom: Bom, item: Item, line: BomLine, data: BomLineData) -> BomLine:
    check_line(
        item.code, data.component.code, data.quantity, data.scrap_percent, [other.code for other in data.substitutes]
    )
    line.component_id, line.quantity, line.scrap_percent = data.component.id, data.quantity, data.scrap_percent
    line.operation, line.consumption, line.reference = data.operation, data.consumption, data.reference
    line.phantom = data.phantom
    work.session.add(line)
    work.session.flush()
    work.session.execute(delete(Substitute).where(Substitute.line_id == line.id))
    ids = dict.fromkeys(other.id for other in data.substitutes)
    work.session.add_all(Substitute(line_id=line.id, item_id=other) for other in ids)
    work.session.flush()
    return line


def _note_lines(work: Work, bom: Bom, item: Item) -> None:
    """One event with the lines as they now are; the BOM's version moves with its lines."""
    touch(work, bom)
    fresh = queries.whole_bom(work.session, bom.id)
    after = [f"{x.position}: {x.component.code} {x.quantity:f} +{x.scrap_percent:f} %" for x in fresh.lines]
    also = [f"{row.item.code} {row.quantity:f}" for row in by_products_of(work.session, bom.id)]
    said = {"lines": after, "by_products": also} if also else {"lines": after}
    work.record("items.bom_lines", bom, after=said, code=item.code)
