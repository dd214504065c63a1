"""Nonconformances for programs: list, open, contain, decide, act, prove, close, cost."""

from decimal import Decimal

from mes.core.access import INSPECTORS, OFFICE, PLANNERS, QUALITY_ONLY
from mes.core.api import Api, Listing, listing
from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.pages import this_day
from mes.core.work import Reader, Work
from mes.items.queries import get_item
from mes.nonconformance import lists, queries, service
from mes.nonconformance.models import Nonconformance
from mes.nonconformance.shapes import (
    ActionOut,
    CheckOut,
    Contain,
    CostOut,
    Done,
    LotDecisionIn,
    LotOut,
    NewAction,
    NewCheck,
    NewCost,
    NewNonconformance,
    NewStep,
    NonconformanceOut,
    NonconformanceQuery,
    NonconformanceRow,
    StepOut,
    Why,
)
from mes.partners.queries import get_partner
from mes.people.queries import get_person

api = Api("nonconformance", __name__)


def _out(whole: queries.Whole) -> NonconformanceOut:
    found = whole.nonconformance
    same = ("code", "origin", "severity", "quantity", "what", "place", "found_on", "found_by", "reference", "day")
    return NonconformanceOut(
        item=found.item.code,
        inspection=found.inspection.code if found.inspection else None,
        customer=found.partner.code if found.partner else None,
        shipment=found.shipment.code if found.shipment else None,
        closed_at=found.closed_at,
        lots=[_lot_out(one) for one in whole.lots],
        steps=[_step_out(whole, place) for place in sorted(whole.steps)],
        actions=[
            ActionOut(one.id, one.kind, one.what, one.owner.code, one.due_on, one.done_at, one.result)
            for one in whole.actions
        ],
        checks=[CheckOut(one.day, one.passed, one.result, one.person) for one in whole.checks],
        costs=[
            CostOut(
                one.id, one.kind, one.what, one.quantity, one.unit, one.unit_cost, one.amount, one.day, one.reverses_id
            )
            for one in whole.costs
        ],
        cost=whole.cost,
        **{name: getattr(found, name) for name in same},
    )


def _lot_out(one: queries.Concerned) -> LotOut:
    last = one.decision
    return LotOut(
        lot=one.lot.code,
        role=one.role,
        why=one.why,
        on_hand=one.lot.on_hand,
        held=one.held,
        decision=last.decision if last else None,
        decision_id=last.id if last else None,
        approved_by=last.approved_by if last else None,
    )


def _step_out(whole: queries.Whole, place: int) -> StepOut:
    one = whole.steps[place]
    cause = one.cause.code if one.cause else None
    versions = 1 + len(whole.earlier(place))
    return StepOut(place, one.text, one.answers, cause, one.at, one.person, versions)


def _fresh(work: Work, code: str) -> NonconformanceOut:
    work.session.flush()
    work.session.expire_all()
    return _out(queries.whole(work.session, code))


def _row(row: lists.Row) -> NonconformanceRow:
    found: Nonconformance = row.nonconformance
    same = ("code", "origin", "severity", "quantity", "what", "day", "closed_at")
    return NonconformanceRow(
        item=found.item.code,
        waiting=row.waiting,
        overdue=row.overdue,
        cost=row.cost or Decimal(0),
        **{name: getattr(found, name) for name in same},
    )


@api.read("/nonconformances", who=OFFICE, query=NonconformanceQuery, gives=Listing[NonconformanceRow])
def list_nonconformances(read: Reader, query: NonconformanceQuery) -> Listing[NonconformanceRow]:
    """Nonconformances, newest first."""
    names = ("open", "origin", "severity", "item", "since", "until")
    wanted = lists.Wanted(**{name: getattr(query, name) for name in names})
    found = lists.page_of(read, wanted, this_day(), query.after, query.size)
    return listing([_row(row) for row in found.rows], found.next)


@api.read("/nonconformances/<code>", who=OFFICE, gives=NonconformanceOut)
def get_nonconformance(read: Reader, code: str) -> NonconformanceOut:
    """One nonconformance with everything that belongs to it."""
    return _out(queries.whole(read, code))


@api.write("/nonconformances", who=INSPECTORS, takes=NewNonconformance, gives=NonconformanceOut)
def open_nonconformance(work: Work, body: NewNonconformance) -> NonconformanceOut:
    """Open a nonconformance. Nothing is held yet."""
    same = ("origin", "what", "severity", "quantity", "place", "found_on", "found_by", "inspection", "defects",
            "shipment", "reference", "lots")  # fmt: skip
    made = service.open_nonconformance(
        work,
        item=get_item(work.session, body.item) if body.item else None,
        partner=get_partner(work.session, body.customer) if body.customer else None,
        **{name: getattr(body, name) for name in same},
    )
    return _fresh(work, made.code)


@api.write("/nonconformances/<code>/contain", who=QUALITY_ONLY, takes=Contain, gives=NonconformanceOut)
def contain_lots(work: Work, body: Contain, code: str) -> NonconformanceOut:
    """Hold lots, all or none."""
    service.contain_lots(work, code, dict.fromkeys(body.lots), body.reason)
    return _fresh(work, code)


@api.write(
    "/nonconformances/<code>/lots/<lot>/decision", who=QUALITY_ONLY, takes=LotDecisionIn, gives=NonconformanceOut
)
def decide_lot(work: Work, body: LotDecisionIn, code: str, lot: str) -> NonconformanceOut:
    """Decide what becomes of a contained lot, or of a part of it."""
    service.decide_lot(work, code, lot, body.decision, body.reason, body.quantity)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/decisions/<int:ident>/approve", who=PLANNERS, gives=NonconformanceOut)
def approve_concession(work: Work, code: str, ident: int) -> NonconformanceOut:
    """Approve a concession that somebody else asked for."""
    service.approve_concession(work, code, ident)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/steps", who=INSPECTORS, takes=NewStep, gives=NonconformanceOut)
def write_step(work: Work, body: NewStep, code: str) -> NonconformanceOut:
    """Write one of the eight steps; what it said before is kept."""
    service.write_step(work, code, body.step, body.text, whys=body.whys)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/actions", who=INSPECTORS, takes=NewAction, gives=NonconformanceOut)
def add_action(work: Work, body: NewAction, code: str) -> NonconformanceOut:
    """Give somebody something to do until a day."""
    owner = get_person(work.session, body.owner)
    service.add_action(work, code, kind=body.kind, what=body.what, owner=owner, due_on=body.due_on)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/actions/<int:ident>/finish", who=QUALITY_ONLY, takes=Done, gives=NonconformanceOut)
def finish_action(work: Work, body: Done, code: str, ident: int) -> NonconformanceOut:
    """Report an action as done."""
    _action, found = queries.get_action(work.session, ident)
    if found.code != code.upper():
        raise NotFound(what=_("action"), code=str(ident))
    service.finish_action(work, ident, body.result)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/checks", who=QUALITY_ONLY, takes=NewCheck, gives=NonconformanceOut)
def check_effect(work: Work, body: NewCheck, code: str) -> NonconformanceOut:
    """Record whether the actions helped, once all are done."""
    service.check_effect(work, code, day=body.day, passed=body.passed, result=body.result)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/costs", who=INSPECTORS, takes=NewCost, gives=NonconformanceOut)
def add_cost(work: Work, body: NewCost, code: str) -> NonconformanceOut:
    """Add a line of cost."""
    given = {name: getattr(body, name) for name in ("kind", "quantity", "unit", "unit_cost", "what")}
    service.add_cost(work, code, **given)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/close", who=QUALITY_ONLY, gives=NonconformanceOut)
def close_nonconformance(work: Work, code: str) -> NonconformanceOut:
    """Close it: every action done, the effect proved, nothing held any more."""
    service.close_nonconformance(work, code)
    return _fresh(work, code)


@api.write("/nonconformances/<code>/reopen", who=QUALITY_ONLY, takes=Why, gives=NonconformanceOut)
def reopen_nonconformance(work: Work, body: Why, code: str) -> NonconformanceOut:
    """Open a closed one again, with a reason."""
    service.reopen_nonconformance(work, code, body.reason)
    return _fresh(work, code)
