"""Sampling in use: how many pieces of a lot are inspected, and how hard the lots of a supplier are looked at.

The plans and the rules of switching are those of ``mes.statistics`` (ISO 2859-1). Here it is kept, for each scope of a
standard and each supplier, where its lots stand. Where inspection is discontinued every piece is inspected until
quality lets it begin again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.core.work import Work
from mes.inspection import sampling_rules
from mes.inspection.models import (
    Inspection,
    InspectionKind,
    InspectionStandard,
    SampleRule,
    Severity,
    Verdict,
)
from mes.inspection.sampling_models import SamplingState, SamplingStep
from mes.inspection.standard_queries import get_standard
from mes.items.models import Item
from mes.lots.models import Lot
from mes.lots.queries import origins_of
from mes.lots.rules import check_reason
from mes.statistics import sampling_switching as switching
from mes.statistics.sampling import Plan, Sample, find_plan


@dataclass(frozen=True)
class Sampling:
    """What is drawn from a lot of so many pieces. ``plan`` is the one of ISO 2859-1; None where it takes no plan."""

    lot_size: int
    severity: Severity
    samples: tuple[Sample, ...]
    plan: Plan | None = None

    @property
    def everything(self) -> bool:
        """Whether every piece of the lot is inspected."""
        return self.samples[0].size >= self.lot_size

    @property
    def counts_pieces(self) -> bool:
        """Whether nonconforming pieces are counted; above AQL 10 nonconformities are (a piece may have several)."""
        return self.plan is None or self.plan.is_percent

    @property
    def letter(self) -> str | None:
        """The code letter of the plan that is used."""
        return self.plan.used if self.plan else None


def size_of(quantity: Decimal) -> int:
    """The lot size of a quantity: pieces, or begun units of what is weighed."""
    return max(int(quantity.to_integral_value(ROUND_CEILING)), 1)


def planned(standard: InspectionStandard, lot_size: int, severity: Severity = Severity.NORMAL) -> Sampling:
    """How a lot of this size is sampled by a standard. Ac and Re are 0 and 1 where the standard takes no AQL."""
    if standard.sample_rule is not SampleRule.AQL:
        size = lot_size if standard.sample_rule is SampleRule.ALL else min(standard.sample_size, lot_size)
        return Sampling(lot_size, Severity.NORMAL, (Sample(size, 0, 1),))
    if severity is Severity.DISCONTINUED or lot_size < 2:
        return Sampling(lot_size, severity, (Sample(lot_size, 0, 1),))
    plan = find_plan(
        lot_size, standard.aql or "", level=standard.level or "", kind=severity.value, double=standard.double_plan
    )
    return Sampling(lot_size, severity, plan.samples, plan)


def sampling_for(session: Session, standard: InspectionStandard, lot: Lot) -> Sampling:
    """How this lot is sampled now, by where the lots of its supplier stand."""
    return planned(standard, size_of(lot.on_hand), severity_of(session, standard, lot.supplier_id))


def sampling_of(inspection: Inspection) -> Sampling:
    """The plan with which an inspection began; its standard must be loaded."""
    return planned(inspection.standard, inspection.lot_size or 1, inspection.severity or Severity.NORMAL)


def decide(
    samples: Sequence[Sample], found: int, found_in_both: int | None = None, *, pieces: bool = True
) -> Verdict | None:
    """The verdict on a lot; None when a second sample must be drawn first.

    ``found``: nonconforming pieces in the first sample (nonconformities, with ``pieces`` False); ``found_in_both``: in
    both. Raises FoundTooMany.
    """
    if pieces:
        sampling_rules.check_found(samples, found, found_in_both)
    first = samples[0]
    if found <= first.accept:
        return Verdict.PASS
    if len(samples) == 1 or found >= first.reject:
        return Verdict.FAIL
    if found_in_both is None:
        return None
    return Verdict.PASS if found_in_both <= samples[1].accept else Verdict.FAIL


def severity_of(session: Session, standard: InspectionStandard, supplier_id: int | None) -> Severity:
    """How hard the next lot is looked at; normal for a supplier who has brought nothing yet."""
    chosen = select(SamplingState.severity).where(SamplingState.series == series_of(standard, supplier_id))
    return session.scalar(chosen) or Severity.NORMAL


def series_of(standard: InspectionStandard, supplier_id: int | None) -> str:
    """The series that a lot belongs to: the standard's scope, and for incoming goods the supplier."""
    supplier = supplier_id if standard.kind is InspectionKind.INCOMING else None
    return f"{standard.scope}/{supplier or '-'}"


def note_outcome(work: Work, inspection: Inspection) -> SamplingStep | None:
    """Tell the state of sampling what became of a lot, once its inspection has its verdict.

    Counts only first inspections by AQL: a lot that is presented again after sorting, or a part of one, changes
    nothing. A lot that was inspected by another severity than the one in force is noted and does not count either.
    Nothing is noted while a second sample is still to be drawn.
    """
    standard = get_standard(work.session, inspection.standard_id)
    if standard.sample_rule is not SampleRule.AQL or inspection.lot_id is None or inspection.found is None:
        return None
    lot = work.session.get_one(Lot, inspection.lot_id)
    state = _lock_state(work, standard, lot.supplier_id)
    again = select(SamplingStep.id).where(
        SamplingStep.state_id == state.id, SamplingStep.lot_id.in_(origins_of(work.session, lot.id))
    )
    if work.session.scalar(again.limit(1)) is not None:
        return None
    used = planned(standard, inspection.lot_size or 1, inspection.severity or Severity.NORMAL)
    by_plan = decide(used.samples, inspection.found, inspection.found_in_both, pieces=used.counts_pieces)
    failed = inspection.verdict is Verdict.FAIL  # perhaps by what is measured apart from the plan
    if by_plan is None and not failed:
        return None
    accepted = by_plan is Verdict.PASS and not failed
    if used.plan is not None and used.severity is state.severity:
        seen = switching.outcome(used.plan, inspection.found, found_in_both=inspection.found_in_both)
        seen = seen if accepted else replace(seen, accepted=False, passes_tighter=False)
        before = _switching(state)
        _move(work, state, switching.after(before, seen, reduced_wanted=state.reduced_by is not None))
    pieces = sum(one.size for one in used.samples[: 2 if inspection.found_in_both is not None else 1])
    return _step(
        work, state, used.severity, inspection_id=inspection.id, lot_id=lot.id, letter=used.letter, pieces=pieces,
        found=inspection.found if inspection.found_in_both is None else inspection.found_in_both,
        accepted=accepted,
        reason=state.reason if state.severity is not used.severity else None,
    )  # fmt: skip


def allow_reduced(work: Work, state_id: int, reason: str) -> SamplingState:
    """Quality wants reduced inspection as soon as the switching score allows it; at once when it already does.

    Raises ReducedAlreadyAllowed, NotForReduced, ReasonNeeded, NotFound.
    """
    state = _locked(work, state_id)
    reason = check_reason(reason)
    sampling_rules.check_reduced(state)
    before = state.severity
    with work.change(state, "inspection.allow_reduced", reason=reason):
        state.reduced_by, state.reduced_why = work.actor.name[:100], reason
        if state.score >= switching.SCORE_NEEDED:
            _move(work, state, switching.Switching(switching.REDUCED, reason=switching.SCORE_REACHED))
        work.session.flush()
    moved = state.reason if state.severity is not before else None
    _step(work, state, before, note=reason, reason=moved)
    return state


def end_reduced(work: Work, state_id: int, reason: str) -> SamplingState:
    """The conditions of reduced inspection no longer hold: back to normal, and no more reduced until allowed again.

    Raises ReducedNotAllowed, ReasonNeeded, NotFound.
    """
    state = _locked(work, state_id)
    reason = check_reason(reason)
    sampling_rules.check_reduced_allowed(state)
    before = state.severity
    with work.change(state, "inspection.end_reduced", reason=reason):
        state.reduced_by = state.reduced_why = None
        if before is Severity.REDUCED:
            _move(work, state, switching.Switching(switching.NORMAL, reason=switching.CONDITIONS_ENDED))
        work.session.flush()
    _step(work, state, before, note=reason, reason=state.reason if before is Severity.REDUCED else None)
    return state


def restart(work: Work, state_id: int, reason: str) -> SamplingState:
    """The supplier has acted: sampling begins again, tightened. Raises NotDiscontinued, ReasonNeeded, NotFound."""
    state = _locked(work, state_id)
    reason = check_reason(reason)
    sampling_rules.check_discontinued(state)
    with work.change(state, "inspection.restart_sampling", reason=reason):
        _move(work, state, switching.resumed(_switching(state)))
        work.session.flush()
    _step(work, state, Severity.DISCONTINUED, note=reason, reason=state.reason)
    return state


_STATE = (joinedload(SamplingState.item), joinedload(SamplingState.partner), joinedload(SamplingState.supplier))


def get_state(session: Session, ident: int) -> SamplingState:
    """A state with its item and partners. Raises NotFound."""
    found = session.scalar(select(SamplingState).options(*_STATE).where(SamplingState.id == ident))
    if found is None:
        raise NotFound(what=_(N_("sampling state")), code=str(ident))
    return found


def page_of_states(
    session: Session, severity: Severity | None = None, after: str | None = None
) -> Slice[SamplingState]:
    """Where the lots of each item and supplier stand, by item."""
    query: Any = select(SamplingState).join(Item, Item.id == SamplingState.item_id).options(*_STATE)
    if severity:
        query = query.where(SamplingState.severity == severity)
    return keyset(session, query, Item.code, SamplingState.kind, SamplingState.id, after=after)


def steps_of(session: Session, state_id: int, most: int = 50) -> Sequence[SamplingStep]:
    """What lots and decisions did to a state, newest first."""
    query = select(SamplingStep).where(SamplingStep.state_id == state_id).order_by(SamplingStep.id.desc()).limit(most)
    return session.scalars(query.options(joinedload(SamplingStep.lot), joinedload(SamplingStep.inspection))).all()


def standard_in_force(session: Session, state: SamplingState) -> InspectionStandard | None:
    """The standard by which the next lot of a state is inspected."""
    scope = state.series.rpartition("/")[0]
    query = select(InspectionStandard).where(InspectionStandard.scope == scope, InspectionStandard.state == "released")
    return session.scalar(
        query.options(joinedload(InspectionStandard.item), selectinload(InspectionStandard.characteristics))
    )


# The state


@cache
def _enter(dialect: str) -> Executable:
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert  # an embedded plant never loads the other one
    return insert(SamplingState).on_conflict_do_nothing()  # type: ignore[no-any-return]


def _lock_state(work: Work, standard: InspectionStandard, supplier_id: int | None) -> SamplingState:
    """The state of a series, made on its first lot; two first lots at once make one."""
    series = series_of(standard, supplier_id)
    chosen = select(SamplingState.id).where(SamplingState.series == series)
    found = work.session.scalar(chosen)
    if found is None:
        first = {
            "series": series, "item_id": standard.item_id, "kind": standard.kind, "operation": standard.operation,
            "partner_id": standard.partner_id,
            "supplier_id": supplier_id if standard.kind is InspectionKind.INCOMING else None,
            "severity": Severity.NORMAL, "recent": "", "score": 0, "refused": 0, "since": work.now, "version": 1,
        }  # fmt: skip
        work.session.execute(_enter(work.session.connection().dialect.name), first)
        found = work.session.scalars(chosen).one()
    return work.lock(SamplingState, found)


def _locked(work: Work, state_id: int) -> SamplingState:
    get_state(work.session, state_id)
    return work.lock(SamplingState, state_id)


def _switching(state: SamplingState) -> switching.Switching:
    recent = [mark == "1" for mark in state.recent]
    return switching.Switching(state.severity.value, tuple(recent), state.score, state.refused, state.reason)


def _move(work: Work, state: SamplingState, new: switching.Switching) -> None:
    severity = Severity(new.kind)
    if severity is not state.severity:
        state.since, state.reason = work.now, new.reason
    state.severity = severity
    state.recent = "".join("1" if accepted else "0" for accepted in new.recent)
    state.score, state.refused = new.score, new.refused


def _step(work: Work, state: SamplingState, severity: Severity, **columns: Any) -> SamplingStep:
    step = SamplingStep(
        state_id=state.id, at=work.now, person=work.actor.name[:100], severity=severity,
        severity_after=state.severity, score_after=state.score, **columns,
    )  # fmt: skip
    return work.add(step, "inspection.sampling")
