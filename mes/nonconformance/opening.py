"""Use cases: open a nonconformance from a failed inspection, from defects or from a customer's claim; change it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from mes.core.i18n import N_, _
from mes.core.numbering import dated_code
from mes.core.plant import this_production_day
from mes.core.work import Work, check_version
from mes.inspection.models import Inspection, Verdict
from mes.inspection.queries import get_inspection
from mes.items.counting import check_not_negative
from mes.items.models import Item
from mes.lots.models import Lot, Shipment
from mes.lots.queries import get_lot, get_shipment, shipped_lots
from mes.nonconformance import queries, rules
from mes.nonconformance.models import ConcernedLot, LotRole, Nonconformance, NonconformingDefect, Origin, Severity
from mes.orders.models import Job
from mes.orders.queries import lots_of_order
from mes.partners.models import Partner
from mes.quality.models import Defect


@dataclass
class _Evidence:
    """What a nonconformance is opened from."""

    inspection: Inspection | None = None
    defects: list[Defect] = field(default_factory=list)
    shipment: Shipment | None = None
    found: list[Lot] = field(default_factory=list)
    #: Lots made by the same order as pieces that were found defective at a job.
    suspect: list[Lot] = field(default_factory=list)

    def item(self, given: Item | None) -> Item:
        """The one item it is about. Raises AnotherItem, SourceMissing."""
        told: list[tuple[str, Item]] = []
        if self.inspection is not None:
            told.append((self.inspection.code, self.inspection.item))
        told += [(defect.type.name, defect.item) for defect in self.defects]
        told += [(lot.code, lot.item) for lot in self.found]
        item = given or next((one for _what, one in told), None)
        if item is None:
            raise rules.SourceMissing(field="item", what=_(N_("the item")))
        for what, other in told:
            if other.id != item.id:
                raise rules.AnotherItem(what=what, item=item.name)
        return item


def open_nonconformance(
    work: Work,
    *,
    origin: Origin,
    what: str,
    severity: Severity = Severity.MAJOR,
    item: Item | None = None,
    quantity: Decimal | None = None,
    place: str | None = None,
    found_on: date | None = None,
    found_by: str | None = None,
    inspection: str | None = None,
    defects: Sequence[int] = (),
    partner: Partner | None = None,
    shipment: str | None = None,
    reference: str | None = None,
    lots: Sequence[str] = (),
) -> Nonconformance:
    """Open a nonconformance (부적합 등록). ``quantity`` in the item's unit; None while nobody knows.

    Item and lots follow from what it is opened from: a failed inspection (its code), rows of the defect log (ids), or
    a customer's claim (partner, shipment). ``lots`` are further lots in which it was found. Nothing is held yet:
    see ``contain_lots``. Raises NothingFound, NegativeQuantity, SourceMissing, InspectionPassed, AlreadyNonconformance,
    AnotherItem, NotFound.
    """
    if not what.strip():
        raise rules.NothingFound(field="what")
    check_not_negative("quantity", quantity)
    seen = _evidence(work, origin, inspection, defects, shipment, lots, item)
    customer = partner or (seen.shipment.customer if seen.shipment else None)
    if origin is Origin.CLAIM and customer is None:
        raise rules.SourceMissing(field="partner", what=_(N_("the customer")))
    today = this_production_day(work)
    made = Nonconformance(
        code=dated_code(work.session, "N", today),
        origin=origin,
        severity=severity,
        item_id=seen.item(item).id,
        quantity=quantity,
        what=what.strip(),
        place=place,
        found_on=found_on or today,
        found_by=(found_by or work.actor.name)[:100],
        day=today,
        at=work.now,
        person_id=work.actor.person_id,
        person=work.actor.name[:100],
        inspection_id=seen.inspection.id if seen.inspection else None,
        partner_id=customer.id if customer else None,
        shipment_id=seen.shipment.id if seen.shipment else None,
        reference=reference,
    )
    work.add(made, "nonconformance.open")
    rows: list[Any] = [NonconformingDefect(nonconformance_id=made.id, defect_id=one.id) for one in seen.defects]
    roles = {lot.id: LotRole.SUSPECT for lot in seen.suspect} | {lot.id: LotRole.FOUND for lot in seen.found}
    rows += [concerned(work, made.id, lot_id, role) for lot_id, role in sorted(roles.items())]
    work.session.add_all(rows)
    work.session.flush()
    return made


def concerned(work: Work, nonconformance_id: int, lot_id: int, role: LotRole, why: str | None = None) -> ConcernedLot:
    """A row that says what a lot has to do with a nonconformance."""
    return ConcernedLot(
        nonconformance_id=nonconformance_id,
        lot_id=lot_id,
        role=role,
        why=why,
        at=work.now,
        person=work.actor.name[:100],
    )


def _evidence(
    work: Work,
    origin: Origin,
    inspection: str | None,
    defects: Sequence[int],
    shipment: str | None,
    lots: Sequence[str],
    item: Item | None,
) -> _Evidence:
    session, seen = work.session, _Evidence()
    jobs: set[int] = set()
    if origin is Origin.INSPECTION:
        seen.inspection = _failed(work, inspection)
        lots = [*lots, *([seen.inspection.lot.code] if seen.inspection.lot else [])]
        jobs |= {seen.inspection.job_id} if seen.inspection.job_id and not seen.inspection.lot else set()
    if origin is Origin.DEFECT:
        seen.defects = _defects(work, defects)
        lots = [*lots, *(defect.lot.code for defect in seen.defects if defect.lot)]
        jobs |= {defect.job_id for defect in seen.defects if defect.job_id and not defect.lot}
    if shipment:
        seen.shipment = get_shipment(session, shipment)
    seen.found += [get_lot(session, code) for code in dict.fromkeys(lots) if code.strip()]
    if seen.shipment and not seen.found:
        shipped = [line.lot for line in shipped_lots(session, seen.shipment.id) if not line.undone]
        seen.found = [lot for lot in shipped if item is None or lot.item_id == item.id]
    orders = {session.get_one(Job, job_id).order_id for job_id in jobs}
    seen.suspect = [lot for order_id in sorted(orders) for lot in lots_of_order(session, order_id)]
    return seen


def _failed(work: Work, code: str | None) -> Inspection:
    if not code:
        raise rules.SourceMissing(field="inspection", what=_(N_("the inspection")))
    work.lock(Inspection, get_inspection(work.session, code).inspection.id)  # of two who open it, one is refused
    found = get_inspection(work.session, code).inspection
    if found.verdict is not Verdict.FAIL:
        raise rules.InspectionPassed(field="inspection", code=found.code)
    known = queries.nonconformance_of(work.session, inspection_id=found.id)
    if known:
        raise rules.AlreadyNonconformance(field="inspection", code=known)
    return found


def _defects(work: Work, ids: Sequence[int]) -> list[Defect]:
    if not ids:
        raise rules.SourceMissing(field="defects", what=_(N_("the defects")))
    for defect in queries.find_defects(work.session, ids):
        work.lock(Defect, defect.id)
    found = queries.find_defects(work.session, ids)
    for defect in found:
        known = queries.nonconformance_of(work.session, defect_id=defect.id)
        if known:
            raise rules.AlreadyNonconformance(field="defects", code=known)
    return found


def lock_open(work: Work, code: str) -> Nonconformance:
    """A nonconformance that is still open, locked. Raises NonconformanceClosed, NotFound."""
    found = work.lock(Nonconformance, queries.get_nonconformance(work.session, code).id)
    if found.closed_at is not None:
        raise rules.NonconformanceClosed(code=found.code, who=found.closed_by, when=found.closed_at)
    return found


def change_nonconformance(work: Work, code: str, version: int | None = None, **columns: Any) -> Nonconformance:
    """Correct what was written at the opening: severity, quantity, what, place, reference, check_due_on.

    Raises StaleEdit naming who saved in between, NothingFound, NegativeQuantity, NonconformanceClosed.
    """
    found = lock_open(work, code)
    check_version(work, found, version)
    if not str(columns.get("what", found.what)).strip():
        raise rules.NothingFound(field="what")
    check_not_negative("quantity", columns.get("quantity"))
    with work.change(found, "nonconformance.change"):
        for name, value in columns.items():
            setattr(found, name, value)
        work.session.flush()
    return found
