"""Reads about recalls; each page in a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.chunks import among
from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.types import NOTHING
from mes.lots.models import Hold, Lot, Movement, Shipment
from mes.lots.queries import away
from mes.lots.walks import downwards
from mes.partners.models import Partner
from mes.recall.books import InProcess, in_process
from mes.recall.figures import Figures, figures_of, from_text
from mes.recall.models import Recall, RecallLot, RecallNotice
from mes.recall.sent import Sent, sent_of
from mes.trace.queries import Direction, Trace, trace
from mes.trace.sharing import Reached, held_by


def find_recall(session: Session, code: str) -> Recall | None:
    """A recall by code (without case)."""
    return session.scalar(select(Recall).where(Recall.code == code.strip().upper()))


def get_recall(session: Session, code: str) -> Recall:
    """A recall by code. Raises NotFound."""
    found = find_recall(session, code)
    if found is None:
        raise NotFound(what=_(N_("recall")), code=code)
    return found


@dataclass
class Reach:
    """What suspects reached: themselves and everything made of them."""

    suspects: tuple[int, ...]
    graph: Trace
    stock: dict[int, Decimal]
    sent: list[Sent]
    process: list[InProcess]
    figures: Figures
    customers: dict[int, Partner]
    #: How much of the suspects is where.
    held: Reached

    @property
    def lots(self) -> dict[int, int]:
        """Every lot with its steps from the nearest suspect."""
        return self.graph.depths

    @cached_property
    def shipped(self) -> dict[int, Decimal]:
        """How much of each lot left."""
        sums: dict[int, Decimal] = {}
        for one in self.sent:
            sums[one.lot_id] = sums.get(one.lot_id, Decimal(0)) + one.quantity
        return sums

    @property
    def in_stock(self) -> list[int]:
        """Lots of which something is left."""
        return [lot for lot, left in self.stock.items() if left]

    @property
    def by_item(self) -> list[tuple[object, int, Decimal, Decimal]]:
        """For each item how many lots, how much in stock and how much shipped."""
        sums: dict[int, list[Decimal]] = {}
        for lot in self.lots:
            mine = sums.setdefault(self.graph.lots[lot][2], [Decimal(0)] * 3)
            mine[0] += 1
            mine[1] += self.stock.get(lot, Decimal(0))
            mine[2] += self.shipped.get(lot, Decimal(0))
        return [(self.graph.items[item], int(many), stock, gone) for item, (many, stock, gone) in sums.items()]


def reach_of(session: Session, suspects: Collection[int]) -> Reach:
    """Everything that suspects reached, where it is, and the balance."""
    graph = trace(session, suspects, Direction.DOWN)
    lots = sorted(graph.lots)
    stock = dict(session.execute(select(Lot.id, Lot.on_hand).where(among(session, Lot.id, lots))).all())
    sent = sent_of(session, lots)
    return Reach(
        tuple(suspects), graph, stock, sent, in_process(session, lots), figures_of(session, suspects),
        customers_of(session, sent), held_by(session, tuple(suspects)),
    )  # fmt: skip


def customers_of(session: Session, sent: Sequence[Sent]) -> dict[int, Partner]:
    """Who got some of it."""
    query = select(Partner).where(Partner.id.in_({one.partner_id for one in sent})).order_by(Partner.name, Partner.id)
    return {one.id: one for one in session.scalars(query)}


def reached_from(session: Session, suspects: Collection[int]) -> set[int]:
    """The suspects and every lot made of them by any way: only which, by one statement."""
    walk = downwards(select(Lot.id).where(among(session, Lot.id, suspects)), "reached")
    return set(session.scalars(select(walk.c.id)))


class Since(NamedTuple):
    """What a recall does not have yet: lots made since, lots that are in stock again, customers who are not listed."""

    lots: list[int]
    back: list[int]
    customers: list[int]

    def __bool__(self) -> bool:
        return bool(self.lots or self.back or self.customers)


def since(session: Session, recall: Recall) -> Since:
    """What was reached since a recall was begun, came back into stock, or left for somebody who is not listed.

    A lot of which something was there already is on the list to collect and was held: whoever freed it since has
    decided about it.
    """
    query = select(RecallLot.lot_id, RecallLot.suspect).where(RecallLot.recall_id == recall.id)
    known: dict[int, bool] = dict(session.execute(query).all())
    again = select(Lot.id).join(RecallLot, RecallLot.lot_id == Lot.id).where(RecallLot.recall_id == recall.id)
    again = again.where(RecallLot.on_hand == NOTHING, Lot.on_hand > NOTHING).order_by(Lot.id)
    listed = select(RecallNotice.partner_id).where(RecallNotice.recall_id == recall.id)
    got = select(Shipment.customer_id).distinct().join(Movement, Movement.shipment_id == Shipment.id).where(*away())
    got = got.where(among(session, Movement.lot_id, sorted(known)), Shipment.customer_id.not_in(listed))
    fresh = sorted(reached_from(session, _suspects(known)).difference(known))
    return Since(fresh, list(session.scalars(again)), sorted(session.scalars(got)))


class Counts(NamedTuple):
    """How far a recall is."""

    lots: int
    suspects: int
    #: Lots with something in them when they were found, and of them those counted.
    to_collect: int
    collected: int
    held: int


@dataclass
class Whole:
    """A recall with everything that its page shows."""

    recall: Recall
    counts: Counts
    notices: list[RecallNotice]
    sent: dict[int, list[Sent]]
    figures: Figures
    #: When the last lot was counted and the last customer was told; None while some are missing.
    found_all: datetime | None
    told_all: datetime | None
    process: list[InProcess] = field(default_factory=list)
    since: Since = field(default_factory=lambda: Since([], [], []))
    differing: list[RecallLot] = field(default_factory=list)

    @property
    def untold(self) -> int:
        """Customers who were not told yet."""
        return sum(1 for one in self.notices if one.told_at is None)


def whole(session: Session, code: str) -> Whole:
    """A recall with its balance: as it is now, or as it was when it ended."""
    recall = get_recall(session, code)
    query = select(RecallLot.lot_id, RecallLot.suspect).where(RecallLot.recall_id == recall.id)
    lots: dict[int, bool] = dict(session.execute(query).all())
    notices = notices_of(session, recall.id)
    told = [one.told_at for one in notices]
    counts, last = counts_of(session, recall)
    sent: dict[int, list[Sent]] = {}
    for one in sent_of(session, sorted(lots)):
        if recall.ended_at is None or one.at <= recall.ended_at:  # what was freed and left later was not called back
            sent.setdefault(one.partner_id, []).append(one)
    found = Whole(
        recall=recall,
        counts=counts,
        notices=notices,
        sent=sent,
        figures=from_text(recall.figures) if recall.figures else figures_of(session, _suspects(lots)),
        found_all=(last or recall.began_at) if counts.collected == counts.to_collect else None,
        told_all=None if None in told else max((at for at in told if at), default=recall.began_at),
        differing=differing(session, recall.id),
    )
    if recall.is_open:
        found.process, found.since = in_process(session, sorted(lots)), since(session, recall)
    return found


def _suspects(lots: dict[int, bool]) -> list[int]:
    return [lot for lot, suspect in lots.items() if suspect]


def lots_in(session: Session, recall_id: int) -> list[int]:
    """The lots of a recall."""
    return list(session.scalars(select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id)))


def suspects_in(session: Session, recall_id: int) -> list[int]:
    """The suspects of a recall."""
    query = select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id, RecallLot.suspect)
    return list(session.scalars(query))


def counts_of(session: Session, recall: Recall) -> tuple[Counts, datetime | None]:
    """How far a recall is, and when the last lot was counted; two statements."""
    here = RecallLot.on_hand > NOTHING
    query = select(
        func.count(RecallLot.id),
        func.count(RecallLot.id).filter(RecallLot.suspect),
        func.count(RecallLot.id).filter(here),
        func.count(RecallLot.id).filter(here, RecallLot.collected.is_not(None)),
        func.max(RecallLot.collected_at),
    ).where(RecallLot.recall_id == recall.id)
    lots, suspects, to_collect, collected, last = session.execute(query).one()
    holds = select(func.count()).where(Hold.source == recall.code, Hold.lifted_at.is_(None))
    return Counts(lots, suspects, to_collect, collected, session.scalar(holds) or 0), last


def notices_of(session: Session, recall_id: int) -> list[RecallNotice]:
    """The customers of a recall, by name."""
    query = select(RecallNotice).join(Partner, Partner.id == RecallNotice.partner_id)
    query = query.options(joinedload(RecallNotice.partner)).where(RecallNotice.recall_id == recall_id)
    return list(session.scalars(query.order_by(Partner.name, Partner.id)))


def get_notice(session: Session, recall: Recall, partner: str) -> RecallNotice:
    """The row of one customer. Raises NotFound."""
    for one in notices_of(session, recall.id):
        if one.partner.code == partner:
            return one
    raise NotFound(what=_(N_("customer")), code=partner)


def with_names() -> Select[RecallLot]:
    """Lots of recalls with their item and place."""
    return select(RecallLot).options(joinedload(RecallLot.lot).options(joinedload(Lot.item), joinedload(Lot.location)))


def differing(session: Session, recall_id: int) -> list[RecallLot]:
    """Lots of which another quantity was counted than was recorded at that moment; the first hundred."""
    query = with_names().where(RecallLot.recall_id == recall_id, RecallLot.collected != RecallLot.recorded)
    return list(session.scalars(query.order_by(RecallLot.id).limit(100)))


def partner_of(session: Session, notice: RecallNotice) -> Partner:
    """The customer of a row."""
    return session.get_one(Partner, notice.partner_id)


def sent_to(session: Session, recall_id: int, partner_id: int) -> list[Sent]:
    """What one customer got of a recall's lots."""
    return sent_of(session, lots_in(session, recall_id), partner_id)
