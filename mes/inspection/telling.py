"""What a verdict, or a standard, does to lots, jobs and orders: quality pushes state down, and they only read it."""

from mes.core.i18n import _
from mes.core.work import Work
from mes.inspection import queries
from mes.inspection.models import Inspection, InspectionKind, InspectionStandard, Trigger, Verdict
from mes.inspection.standard_queries import in_force
from mes.lots import service as lots
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import open_holds
from mes.orders import service as orders
from mes.orders.first_piece import Demand, block_first_piece, demand_first_pieces, pass_first_piece
from mes.orders.models import Job
from mes.orders.rules import ORDER_ACTS

#: The mark of holds that a failed inspection places.
BY_INSPECTION = "inspection"


def tell(work: Work, inspection: Inspection, standard: InspectionStandard, job: Job | None) -> None:
    """Let a verdict act on the job, and on the lot it was made on."""
    if job is not None:
        _tell_job(work, inspection, standard, job)
    if inspection.lot_id is not None:
        _tell_lot(work, inspection, standard, inspection.lot_id)


def _tell_job(work: Work, inspection: Inspection, standard: InspectionStandard, job: Job) -> None:
    """A first piece opens or closes the job. Another failure holds what was made: since the last good check where the
    standard says so, else the newest lot; the order itself when there is nothing yet."""
    passed = inspection.verdict is Verdict.PASS
    if inspection.kind is InspectionKind.FIRST:
        decide = pass_first_piece if passed else block_first_piece
        decide(work, job.id)
    if passed or (inspection.kind is InspectionKind.FIRST and not standard.hold_back):
        return
    reason = why_held(inspection, standard)
    made = queries.lots_in_doubt(work.session, inspection, job, back=standard.hold_back)
    for lot_id in sorted(set(made) - {inspection.lot_id}):
        lots.hold_lot(work, lot_id, reason, source=BY_INSPECTION)
    nothing = not made and inspection.lot_id is None and inspection.kind is not InspectionKind.FIRST
    if nothing and job.order.state in ORDER_ACTS["hold"]:
        orders.hold_order(work, job.order.code, reason)


def _tell_lot(work: Work, inspection: Inspection, standard: InspectionStandard, lot_id: int) -> None:
    if inspection.verdict is Verdict.FAIL:
        lots.hold_lot(work, lot_id, why_held(inspection, standard), source=BY_INSPECTION)
        return
    lot = work.lock(Lot, lot_id)
    if inspection.kind is InspectionKind.INCOMING and lot.status is LotStatus.INSPECTION:
        lots.release_inspected(work, lot_id)
    if lot.holds:
        _lift_holds(work, lot_id, inspection)


def _lift_holds(work: Work, lot_id: int, inspection: Inspection) -> None:
    """Lift what failed inspections of the lot itself of the same kind hold; others, and failures at its job, were not
    looked at by the one that passed."""
    own = queries.failures_of(work.session, lot_id, inspection.kind)
    reason = _("Inspection %(code)s passed.", code=inspection.code)
    for hold in open_holds(work.session, [lot_id]):
        if hold.source == BY_INSPECTION and any(code in hold.reason for code in own):
            lots.lift_hold(work, hold.id, reason)


def why_held(inspection: Inspection, standard: InspectionStandard) -> str:
    """Which inspection failed, in what, and who must act."""
    standing = [one for one in inspection.readings if one.replaced_at is None]
    failed = ", ".join(dict.fromkeys(one.name for one in standing if one.verdict is Verdict.FAIL))
    said = _("Inspection %(code)s failed (%(names)s)", code=inspection.code, names=failed)
    return said + _("; to act: %(who)s", who=standard.act_by) if standard.act_by else said


def tell_first_pieces(work: Work, item_id: int) -> None:
    """Let orders know what the standards in force demand of an item's first pieces; a failed one stays failed."""
    found = in_force(work.session, item_id, InspectionKind.FIRST)
    failed = queries.jobs_with_failed_first_piece(work.session, item_id)
    demand_first_pieces(work, item_id, [_demand(one) for one in found], failed)


def _demand(one: InspectionStandard) -> Demand:
    again = (Trigger.SHIFT in one.triggers, Trigger.MATERIAL in one.triggers, Trigger.MOULD in one.triggers)
    return Demand(one.operation, one.partner_id, one.gate, *again)
