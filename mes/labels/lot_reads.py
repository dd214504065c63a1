"""Lots as their labels show them."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.plant import plant
from mes.inspection.models import Inspection, Verdict
from mes.labels.things import LotThing
from mes.lots.code_queries import as_written, codes_now, each_once, named
from mes.lots.models import Lot, LotStatus, Movement, MovementKind, Receipt
from mes.lots.queries import WITH_NAMES
from mes.lots.sample_queries import kept_days
from mes.orders.models import Job, Report, WorkOrder
from mes.people.models import Person

T = TypeVar("T")


def lots_of(session: Session, codes: Sequence[str]) -> list[LotThing]:
    """Lots with their order, receipt and maker, in the order asked for. Raises NotFound."""
    query = (
        select(Lot, WorkOrder, Receipt.at)
        .outerjoin(WorkOrder, WorkOrder.id == Lot.order_id)
        .outerjoin(Receipt, Receipt.id == Lot.receipt_id)
        .options(*WITH_NAMES, joinedload(WorkOrder.customer))
        .where(named(each_once(codes)))
    )
    rows = session.execute(query).all()
    makers = _makers(session, [row[0].id for row in rows])
    passed = _passed(session, [row[0].id for row in rows])
    kept = kept_days(session, [row[0].id for row in rows if row[0].status is LotStatus.RETAINED])
    host = plant(session).link_host
    found = {}
    for lot, order, at in rows:
        made, maker = makers.get(lot.id, (None, None))
        found[lot.code] = LotThing(lot, order, at, made, maker, lot.id in passed, host, kept.get(lot.id))
    anew = codes_now(session, [code for code in codes if as_written(code) not in found])
    return in_order({code: found.get(anew.get(as_written(code), as_written(code))) for code in codes}, _("lot"))


def _makers(session: Session, lot_ids: Sequence[int]) -> dict[int, tuple[Report, Person | None]]:
    """The newest report that put something into each lot and was not taken back, and who made it."""
    made = aliased(Movement)
    undone = select(made.reverses_id).where(made.lot_id.in_(lot_ids), made.reverses_id.is_not(None))
    query = (
        select(Movement.lot_id, Report, Person)
        .join(Report, Report.id == Movement.report_id)
        .outerjoin(Person, Person.id == Report.person_id)
        .options(joinedload(Report.job).joinedload(Job.work_centre), joinedload(Report.machine))
        .where(Movement.lot_id.in_(lot_ids), Movement.kind == MovementKind.PRODUCE)
        .where(Movement.reverses_id.is_(None), Movement.id.not_in(undone))
        .order_by(Movement.id)
    )
    return {lot_id: (report, person) for lot_id, report, person in session.execute(query)}


def _passed(session: Session, lot_ids: Sequence[int]) -> set[int]:
    """Which lots passed their newest inspection."""
    newest = select(func.max(Inspection.id)).where(Inspection.lot_id.in_(lot_ids)).group_by(Inspection.lot_id)
    query = select(Inspection.lot_id).where(Inspection.id.in_(newest), Inspection.verdict == Verdict.PASS)
    return {lot_id for lot_id in session.scalars(query) if lot_id is not None}


def in_order(found: Mapping[str, T | None], what: str) -> list[T]:
    """The things found under codes. Raises NotFound naming ``what`` was not."""
    things = []
    for code, thing in found.items():
        if thing is None:
            raise NotFound(what=what, code=code)
        things.append(thing)
    return things
