"""Reads about nonconformances: a fixed small number of statements each, however many rows there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, select, union
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core import events
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.lots.models import Hold, Lot
from mes.nonconformance.models import (
    Action,
    ConcernedLot,
    Cost,
    EffectCheck,
    LotDecision,
    LotRole,
    Nonconformance,
    NonconformingDefect,
    Step,
)
from mes.nonconformance.signed import decision_signatures
from mes.people.models import Person
from mes.people.signature_rules import Standing
from mes.quality.models import Defect, DefectCause
from mes.trace.details import shipped_of
from mes.trace.facts import Shipped

WITH_NAMES = (
    joinedload(Nonconformance.item, innerjoin=True),
    joinedload(Nonconformance.inspection),
    joinedload(Nonconformance.partner),
    joinedload(Nonconformance.shipment),
)


def find_nonconformance(session: Session, code: str) -> Nonconformance | None:
    """A nonconformance by code (without case), with its item and what it was opened from."""
    query = select(Nonconformance).options(*WITH_NAMES).where(Nonconformance.code == code.strip().upper())
    return session.scalar(query)


def get_nonconformance(session: Session, code: str) -> Nonconformance:
    """A nonconformance by code. Raises NotFound."""
    found = find_nonconformance(session, code)
    if found is None:
        raise NotFound(what=_(N_("nonconformance")), code=code)
    return found


class Concerned(NamedTuple):
    """A lot that a nonconformance is about, whether it holds it now, and what was decided last."""

    lot: Lot
    role: LotRole
    why: str | None
    held: bool
    decision: LotDecision | None
    shipped: list[Shipped]

    @property
    def waits(self) -> bool:
        """Whether a concession was asked for and not approved yet."""
        asked = self.decision
        return self.held and asked is not None and asked.decision == "concession" and asked.approved_at is None


@dataclass(frozen=True)
class Whole:
    """A nonconformance with everything that belongs to it; ten statements."""

    nonconformance: Nonconformance
    lots: list[Concerned]
    defects: list[Defect]
    #: All versions of all steps, oldest first.
    versions: list[Step]
    actions: list[Action]
    checks: list[EffectCheck]
    costs: list[Cost]
    decisions: list[LotDecision]
    #: What was done with it, newest first.
    history: list[events.Event]
    #: The signatures under its decisions, and what was changed since.
    signatures: dict[int, list[Standing]]

    @property
    def steps(self) -> dict[int, Step]:
        """The newest version of each step."""
        return {version.step: version for version in self.versions}

    def earlier(self, step: int) -> list[Step]:
        """The versions of a step that were replaced, newest first."""
        return [version for version in reversed(self.versions) if version.step == step][1:]

    @property
    def cost(self) -> Decimal:
        """What it cost so far, in the plant's currency."""
        return sum((line.amount for line in self.costs), Decimal(0))

    @property
    def taken_back(self) -> set[int]:
        """Lines of cost that another line takes back."""
        return {line.reverses_id for line in self.costs if line.reverses_id is not None}

    @property
    def held(self) -> list[Concerned]:
        """The lots that still wait for a decision, or for its end."""
        return [one for one in self.lots if one.held]


def whole(session: Session, code: str) -> Whole:
    """A nonconformance with its lots, steps, actions, checks and costs. Raises NotFound."""
    found = get_nonconformance(session, code)
    decisions = list(session.scalars(_of(LotDecision, found.id).options(joinedload(LotDecision.lot))))
    return Whole(
        nonconformance=found,
        lots=_concerned(session, found, decisions),
        defects=list(session.scalars(_defects_of(found.id))),
        versions=list(session.scalars(_of(Step, found.id).options(joinedload(Step.cause)))),
        actions=actions_of(session, found.id),
        checks=checks_of(session, found.id),
        costs=list(session.scalars(_of(Cost, found.id))),
        decisions=decisions,
        history=list(events.history(session, Nonconformance.__tablename__, found.id)),
        signatures=decision_signatures(session, found, decisions),
    )


def decision_in(found: Whole, ident: int) -> LotDecision:
    """One of the decisions of a nonconformance, with its lot. Raises NotFound."""
    for one in found.decisions:
        if one.id == ident:
            return one
    raise NotFound(what=_("decision"), code=str(ident))


def _of(model: Any, nonconformance_id: int) -> Select[Any]:
    return select(model).where(model.nonconformance_id == nonconformance_id).order_by(model.id)


def _defects_of(nonconformance_id: int) -> Select[Any]:
    query = select(Defect).join(NonconformingDefect, NonconformingDefect.defect_id == Defect.id)
    query = query.options(joinedload(Defect.type), joinedload(Defect.item), joinedload(Defect.lot))
    return query.where(NonconformingDefect.nonconformance_id == nonconformance_id).order_by(Defect.id)


def _concerned(session: Session, found: Nonconformance, decisions: Sequence[LotDecision]) -> list[Concerned]:
    newest = {decision.lot_id: decision for decision in decisions}
    mine = and_(ConcernedLot.lot_id == Lot.id, ConcernedLot.nonconformance_id == found.id)
    # asked for by number first: with an "or" over two tables every lot there ever was would be read
    named = select(ConcernedLot.lot_id).where(ConcernedLot.nonconformance_id == found.id)
    holds = select(Hold.lot_id).where(Hold.source == found.code, Hold.lifted_at.is_(None))
    held = holding(found.code)  # also parts that somebody split off a held lot: the hold went with them
    query = (
        select(Lot, ConcernedLot.role, ConcernedLot.why, held)
        .outerjoin(ConcernedLot, mine)
        .options(joinedload(Lot.item), joinedload(Lot.location), joinedload(Lot.supplier))
        .where(Lot.id.in_(union(named, holds)))
        .order_by(ConcernedLot.id.is_(None), ConcernedLot.id, Lot.id)
    )
    rows = session.execute(query).all()
    left = shipped_of(session, [row[0].id for row in rows])
    return [
        Concerned(lot, role or LotRole.SUSPECT, why, bool(is_held), newest.get(lot.id), left.get(lot.id, []))
        for lot, role, why, is_held in rows
    ]


def holding(code: str) -> Any:
    """Whether a nonconformance holds a lot now."""
    return exists().where(and_(Hold.lot_id == Lot.id, Hold.source == code, Hold.lifted_at.is_(None)))


def held_lots(session: Session, code: str) -> list[str]:
    """The codes of the lots that a nonconformance holds now, those split from them too."""
    query = select(Lot.code).distinct().join(Hold, Hold.lot_id == Lot.id)
    return list(session.scalars(query.where(Hold.source == code, Hold.lifted_at.is_(None)).order_by(Lot.code)))


def lots_of(session: Session, nonconformance_id: int) -> list[ConcernedLot]:
    """The lots that a nonconformance is about."""
    return list(session.scalars(_of(ConcernedLot, nonconformance_id).options(joinedload(ConcernedLot.lot))))


def actions_of(session: Session, nonconformance_id: int) -> list[Action]:
    """The actions of a nonconformance with their owners, as they fall due."""
    query = _of(Action, nonconformance_id).options(joinedload(Action.owner)).order_by(None)
    return list(session.scalars(query.order_by(Action.due_on, Action.id)))


def decisions_of(session: Session, nonconformance_id: int) -> list[LotDecision]:
    """What was decided about contained lots, oldest first."""
    return list(session.scalars(_of(LotDecision, nonconformance_id)))


def checks_of(session: Session, nonconformance_id: int) -> list[EffectCheck]:
    """The effect checks of a nonconformance, oldest first."""
    return list(session.scalars(_of(EffectCheck, nonconformance_id)))


def newest_step(session: Session, nonconformance_id: int, step: int) -> Step | None:
    """The newest version of a step."""
    query = select(Step).where(Step.nonconformance_id == nonconformance_id, Step.step == step)
    return session.scalar(query.options(joinedload(Step.cause)).order_by(Step.id.desc()).limit(1))


def get_action(session: Session, ident: int) -> tuple[Action, Nonconformance]:
    """An action with its owner and nonconformance. Raises NotFound."""
    query = select(Action, Nonconformance).join(Nonconformance, Nonconformance.id == Action.nonconformance_id)
    row = session.execute(query.options(joinedload(Action.owner)).where(Action.id == ident)).one_or_none()
    if row is None:
        raise NotFound(what=_(N_("action")), code=str(ident))
    return row[0], row[1]


def nonconformance_of(
    session: Session, *, inspection_id: int | None = None, defect_id: int | None = None
) -> str | None:
    """The code of the nonconformance that was opened from an inspection or a defect, the newest."""
    query = select(Nonconformance.code).order_by(Nonconformance.id.desc()).limit(1)
    if inspection_id is not None:
        return session.scalar(query.where(Nonconformance.inspection_id == inspection_id))
    query = query.join(NonconformingDefect, NonconformingDefect.nonconformance_id == Nonconformance.id)
    return session.scalar(query.where(NonconformingDefect.defect_id == defect_id))


def find_defects(session: Session, ids: Sequence[int]) -> list[Defect]:
    """Rows of the defect log that stand, with their item and lot. Raises NotFound naming the first that does not."""
    back = aliased(Defect)
    query = select(Defect).outerjoin(back, back.reverses_id == Defect.id)
    query = query.options(joinedload(Defect.type), joinedload(Defect.item), joinedload(Defect.lot))
    query = query.where(Defect.id.in_(ids), Defect.reverses_id.is_(None), back.id.is_(None)).order_by(Defect.id)
    found = list(session.scalars(query))
    for ident in ids:
        if ident not in {defect.id for defect in found}:
            raise NotFound(what=_(N_("defect")), code=str(ident))
    return found


def causes(session: Session) -> list[DefectCause]:
    """The causes in use that a root cause may name."""
    return list(session.scalars(select(DefectCause).where(DefectCause.active).order_by(DefectCause.code)))


def owners(session: Session) -> list[Person]:
    """People who may own an action: everybody who works here."""
    return list(session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id)))
