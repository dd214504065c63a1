"""Reads of the warehouse: what is to be put away, what orders need brought, what is being loaded."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.types import NOTHING
from mes.equipment.models import Location, LocationKind, WorkCentre
from mes.items.counting import decimals_of
from mes.lots.code_queries import codes_now
from mes.lots.models import Lot, Movement
from mes.lots.queries import WITH_NAMES, find_lot
from mes.lots.return_queries import still_away
from mes.lots.shelves import ASIDE, Shelved, shelved
from mes.lots.unit_queries import get_unit
from mes.orders.models import Job, OrderMaterial, OrderState, WorkOrder
from mes.orders.queries import get_order, substitutes
from mes.partners.models import Partner
from mes.scan.models import Kind, Meaning
from mes.warehouse.models import LoadedLot, Loading, LoadingState, Pick

#: Nothing is picked from where it is used already, or was put aside.
NOT_PICKED_FROM = (LocationKind.WORK_CENTRE, *ASIDE)
#: So many lots of a material are shown, the first to take first.
SHOWN = 3
#: Orders that may be picked for, on one page.
MOST = 60


def has_quarantine(session: Session) -> bool:
    """Whether the plant has a place for what must not be used."""
    query = select(Location.id).where(Location.kind == LocationKind.QUARANTINE, Location.active)
    return session.scalar(query.limit(1)) is not None


def brought_back(session: Session, found: Meaning) -> bool:
    """Whether a scanned label is of goods that are all with a customer: who holds them has them back."""
    if found.kind is Kind.UNIT:
        return get_unit(session, found.code).shipment_id is not None
    lot = find_lot(session, found.code) if found.kind in (Kind.LOT, Kind.SERIAL) else None
    return lot is not None and not lot.on_hand and still_away(session, lot.id) > 0


def lots_by_code(session: Session, codes: Collection[str]) -> list[Lot]:
    """Lots with item and place, in the order of their codes given; unknown ones are left out."""
    wanted = codes_now(session, codes).values()
    found = {lot.code: lot for lot in session.scalars(select(Lot).options(*WITH_NAMES).where(Lot.code.in_(wanted)))}
    return [found[code] for code in dict.fromkeys(wanted) if code in found]


def usual_places(session: Session, item_ids: Collection[int], most: int = 4) -> list[Location]:
    """Where lots of the items stand in the store already, the fullest first."""
    query = (
        select(Location, func.count(Lot.id).label("lots"))
        .join(Lot, Lot.location_id == Location.id)
        .where(Lot.item_id.in_(item_ids), Lot.on_hand > NOTHING, Location.active)
        .where(Location.kind == LocationKind.STORE)
        .group_by(Location.id)
        .order_by(func.count(Lot.id).desc(), Location.code)
    )
    return [place for place, _lots in session.execute(query.limit(most))]


def waiting_lots(session: Session, most: int = 30) -> list[Lot]:
    """Lots that have no place yet, newest first."""
    query = select(Lot).options(*WITH_NAMES).where(Lot.on_hand > NOTHING, Lot.location_id.is_(None))
    return list(session.scalars(query.order_by(Lot.id.desc()).limit(most)))


class PickOrder(NamedTuple):
    """An order that may be picked for; so many of its materials wait."""

    order: WorkOrder
    open: int
    lines: int


def picked_by_material(session: Session, order_ids: Collection[int]) -> dict[int, Decimal]:
    """How much was brought for each material of the orders."""
    query = select(Pick.material_id, func.sum(Pick.quantity)).where(Pick.order_id.in_(order_ids))
    return dict(session.execute(query.where(Pick.undone_at.is_(None)).group_by(Pick.material_id)).all())


class Brought(NamedTuple):
    """How much was brought for a material, and how much of that has been used since."""

    picked: Decimal = Decimal(0)
    used: Decimal = Decimal(0)


def brought_by_material(session: Session, order_ids: Collection[int]) -> dict[int, Brought]:
    """What was brought for each material of the orders, by two statements."""
    mine = select(Pick.lot_id).where(Pick.order_id.in_(order_ids), Pick.undone_at.is_(None))
    same = mine.where(Pick.material_id == Movement.material_id, Pick.lot_id == Movement.lot_id)
    lines = select(Movement.material_id, -func.sum(Movement.quantity))
    lines = lines.where(Movement.lot_id.in_(mine), same.correlate(Movement).exists())
    used = dict(session.execute(lines.group_by(Movement.material_id)).all())
    picked = picked_by_material(session, order_ids)
    return {ident: Brought(much, used.get(ident, Decimal(0))) for ident, much in picked.items()}


def to_bring(material: OrderMaterial, brought: Brought) -> Decimal:
    """What is still to be brought: neither brought yet, nor taken from what stood at the machine before."""
    elsewhere = max(material.consumed - brought.used, Decimal(0))
    return max(material.required - brought.picked - elsewhere, Decimal(0))


def pieces_to_bring(material: OrderMaterial, brought: Brought) -> Decimal:
    """As above; nobody brings part of a piece, so what is counted is rounded up."""
    left = to_bring(material, brought)
    return left if decimals_of(material.item) else left.to_integral_value(ROUND_CEILING)


def orders_to_pick(session: Session) -> list[PickOrder]:
    """Released and running orders with what they need, by urgency; those with nothing to bring come last."""
    query = (
        select(WorkOrder)
        .options(joinedload(WorkOrder.item), joinedload(WorkOrder.customer))
        .where(WorkOrder.state.in_((OrderState.RELEASED, OrderState.RUNNING)))
        .order_by(WorkOrder.priority, WorkOrder.due_on, WorkOrder.id)
        .limit(MOST)
    )
    orders = list(session.scalars(query))
    ids = [order.id for order in orders]
    materials = session.scalars(select(OrderMaterial).where(OrderMaterial.order_id.in_(ids))).all()
    brought = brought_by_material(session, ids)
    of_order: dict[int, list[bool]] = {}
    for one in materials:
        of_order.setdefault(one.order_id, []).append(to_bring(one, brought.get(one.id, Brought())) > 0)
    rows = [PickOrder(one, sum(of_order.get(one.id, [])), len(of_order.get(one.id, []))) for one in orders]
    return sorted((row for row in rows if row.lines), key=lambda row: row.open == 0)


class PickLine(NamedTuple):
    """One material of an order: how much is to be brought where, and which lots go first."""

    material: OrderMaterial
    job: Job | None
    place: Location | None
    picked: Decimal
    open: Decimal
    lots: Sequence[Shelved]

    @property
    def way(self) -> tuple[str, str]:
        """Where to go for it, which decides the order of the list."""
        return (self.lots[0].place or "") if self.lots else "~", self.material.item.code


class PickList(NamedTuple):
    """An order with all that is to be brought for it, in the order in which a person walks."""

    order: WorkOrder
    open: Sequence[PickLine]
    done: Sequence[PickLine]
    last: Sequence[Pick]


def pick_list(session: Session, code: str, today: date) -> PickList:
    """What an order needs brought, by nine statements however many materials it has. Raises NotFound."""
    order = get_order(session, code)
    brought = brought_by_material(session, [order.id])
    others = substitutes(session, order.materials)
    serving = {
        one.id: [one.item_id, *(item.id for item in others.get(one.bom_line_id or 0, ()))] for one in order.materials
    }
    lots: dict[int, list[Shelved]] = {}
    wanted = {item for items in serving.values() for item in items}
    for lot in shelved(session, wanted, today, aside=NOT_PICKED_FROM, each=SHOWN):
        lots.setdefault(lot.item_id, []).append(lot)
    jobs = {job.sequence: job for job in order.jobs}
    ids = {job.work_centre.location_id for job in order.jobs if job.work_centre.location_id}
    places = {place.id: place for place in session.scalars(select(Location).where(Location.id.in_(ids)))}
    lines = [
        PickLine(
            one,
            job := jobs.get(one.operation),
            places.get(job.work_centre.location_id or 0) if job else None,
            brought.get(one.id, Brought()).picked,
            pieces_to_bring(one, brought.get(one.id, Brought())),
            [lot for item in serving[one.id] for lot in lots.get(item, ())][:SHOWN],
        )
        for one in order.materials
    ]
    last = select(Pick).options(joinedload(Pick.lot).joinedload(Lot.item)).where(Pick.order_id == order.id)
    last = last.where(Pick.undone_at.is_(None)).order_by(Pick.id.desc()).limit(5)
    waiting = sorted((line for line in lines if line.open > 0), key=lambda line: line.way)
    done = [line for line in lines if line.open <= 0]
    return PickList(order, waiting, done, session.scalars(last).all())


def last_pick(session: Session, order_id: int) -> Pick | None:
    """The newest that was brought for an order and not taken back."""
    query = select(Pick).options(joinedload(Pick.lot)).where(Pick.order_id == order_id, Pick.undone_at.is_(None))
    return session.scalar(query.order_by(Pick.id.desc()).limit(1))


def place_of_centre(session: Session, centre: WorkCentre) -> Location | None:
    """Where a work centre's material stands."""
    return session.get(Location, centre.location_id) if centre.location_id else None


LOADING_WITH = (
    joinedload(Loading.customer),
    joinedload(Loading.order).joinedload(WorkOrder.item),
    joinedload(Loading.shipment),
)


def get_loading(session: Session, ident: int) -> Loading:
    """A shipment that is being put together, with its customer. Raises NotFound."""
    found = session.scalar(select(Loading).options(*LOADING_WITH).where(Loading.id == ident))
    if found is None:
        raise NotFound(what=_(N_("shipment")), code=ident)
    return found


def loaded(session: Session, loading_id: int) -> list[LoadedLot]:
    """What is on the list, in the order of scanning."""
    query = select(LoadedLot).options(joinedload(LoadedLot.lot).options(*WITH_NAMES))
    return list(session.scalars(query.where(LoadedLot.loading_id == loading_id).order_by(LoadedLot.id)))


class OpenLoading(NamedTuple):
    """An open shipment, with how many lots are on its list."""

    loading: Loading
    lots: int


def open_loadings(session: Session) -> list[OpenLoading]:
    """Shipments that are being put together, newest first."""
    query = (
        select(Loading, func.count(LoadedLot.id))
        .outerjoin(LoadedLot, LoadedLot.loading_id == Loading.id)
        .options(*LOADING_WITH)
        .where(Loading.state == LoadingState.OPEN)
        .group_by(Loading.id)
        .order_by(Loading.id.desc())
    )
    return [OpenLoading(*row) for row in session.execute(query.limit(MOST))]


def free_until(today: date, customer: Partner) -> date:
    """The day on which what leaves for a customer must still be usable."""
    return today + timedelta(days=customer.shelf_days or 0)
