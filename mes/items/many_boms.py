"""Many bills of material at once, as a list from a spreadsheet brings them: in few statements, since nobody else can
write meanwhile, and all in force together, since one may need what another gives up."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, update

from mes.core.chunks import chunks
from mes.core.work import Work
from mes.items.boms import BomLineData
from mes.items.by_products import ByProductData, check_by_product
from mes.items.counting import check_same_unit
from mes.items.loops import check_no_loops, lock_items
from mes.items.models import Bom, BomLine, ByProduct, Item, Revision, Substitute
from mes.items.rules import EmptyBom, check_line


class BomList(NamedTuple):
    """What one item is made of, and what also comes out."""

    item: Item
    lines: Sequence[BomLineData]
    by_products: Sequence[ByProductData] = ()


def make_boms(work: Work, lists: Sequence[BomList], *, release: bool) -> list[Bom]:
    """A new revision of each item's BOM, as a draft or (``release``) in force.

    Raises what ``make_bom`` and ``release_bom`` refuse: QuantityMissing, ScrapImpossible, OwnComponent,
    SubstituteIsComponent, CountedOtherwise, OwnByProduct, ByProductNotKept, EmptyBom, BomLoop.
    """
    for one in lists:
        _check(one, release=release)
    ids = [one.item.id for one in lists]
    lock_items(work.session, ids)
    last = _last_revisions(work, ids)
    if release:
        _make_room(work, ids)
    boms = [_bom(work, one.item.id, last.get(one.item.id, 0) + 1, release=release) for one in lists]
    work.session.add_all(boms)
    work.session.flush()
    _put_lines(work, boms, lists)
    for bom, one in zip(boms, lists, strict=True):
        work.record("items.make_bom", bom, after={"revision": bom.revision, **_told(one)}, code=one.item.code)
        if release:
            after = {"state": bom.state, "released_at": bom.released_at, "valid_from": bom.valid_from}
            work.record("items.release_bom", bom, before={"state": Revision.DRAFT}, after=after, code=one.item.code)
    if release:
        check_no_loops(work, ids)
    return boms


def _check(one: BomList, *, release: bool) -> None:
    product = one.item.code
    for line in one.lines:
        others = [other.code for other in line.substitutes]
        check_line(product, line.component.code, line.quantity, line.scrap_percent, others)
        check_same_unit(line.component, line.substitutes)
    for row in one.by_products:
        check_by_product(product, row.item, row.quantity)
    if release and not one.lines:
        raise EmptyBom(code=product, revision="-")


def _last_revisions(work: Work, item_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    query = select(Bom.item_id, func.max(Bom.revision)).group_by(Bom.item_id)
    for part in chunks(item_ids):
        found |= dict(work.session.execute(query.where(Bom.item_id.in_(part))).all())
    return found


def _make_room(work: Work, item_ids: Sequence[int]) -> None:
    """All that is in force becomes obsolete first: only what is in force in the end may close no circle."""
    old = update(Bom).where(Bom.state == Revision.RELEASED).values(state=Revision.OBSOLETE, version=Bom.version + 1)
    for part in chunks(item_ids):
        work.session.execute(old.where(Bom.item_id.in_(part)), execution_options={"synchronize_session": False})


def _bom(work: Work, item_id: int, revision: int, *, release: bool) -> Bom:
    bom = Bom(item_id=item_id, revision=revision, state=Revision.DRAFT)
    if release:
        bom.state, bom.released_at, bom.valid_from = Revision.RELEASED, work.now, work.today
    return bom


def _put_lines(work: Work, boms: Sequence[Bom], lists: Sequence[BomList]) -> None:
    pairs = list(zip(boms, lists, strict=True))
    lines = [_columns(bom, position, line) for bom, one in pairs for position, line in enumerate(one.lines, 1)]
    also = [
        {"bom_id": bom.id, "item_id": row.item.id, "quantity": row.quantity, "operation": row.operation}
        for bom, one in pairs
        for row in one.by_products
    ]
    for table, rows in ((BomLine, lines), (ByProduct, also)):
        if rows:
            work.session.execute(insert(table), rows)
    others = _substitutes(work, [(bom, one) for bom, one in pairs if any(line.substitutes for line in one.lines)])
    if others:
        work.session.execute(insert(Substitute), others)


def _substitutes(work: Work, pairs: Sequence[tuple[Bom, BomList]]) -> list[dict[str, int]]:
    ids: dict[tuple[int, int], int] = {}
    for part in chunks([bom.id for bom, _one in pairs]):
        query = select(BomLine.bom_id, BomLine.position, BomLine.id).where(BomLine.bom_id.in_(part))
        ids |= {(bom_id, position): line_id for bom_id, position, line_id in work.session.execute(query)}
    return [
        {"line_id": ids[bom.id, position], "item_id": item_id}
        for bom, one in pairs
        for position, line in enumerate(one.lines, 1)
        for item_id in dict.fromkeys(other.id for other in line.substitutes)
    ]


def _columns(bom: Bom, position: int, line: BomLineData) -> dict[str, Any]:
    return {
        "bom_id": bom.id, "position": position, "component_id": line.component.id, "quantity": line.quantity,
        "scrap_percent": line.scrap_percent, "operation": line.operation, "consumption": line.consumption,
        "phantom": line.phantom, "reference": line.reference,
    }  # fmt: skip


def _told(one: BomList) -> dict[str, list[str]]:
    """The lists as an event tells them."""
    rows = enumerate(one.lines, 1)
    lines = [f"{n}: {x.component.code} {x.quantity:f} +{x.scrap_percent:f} %" for n, x in rows]
    also = [f"{row.item.code} {row.quantity:f}" for row in one.by_products]
    return {"lines": lines, "by_products": also} if also else {"lines": lines}
