"""Reads about events that were given and taken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.paging import Slice, keyset
from mes.epcis.canonical import canonical
from mes.epcis.matching import MOST, things
from mes.epcis.models import Capture, EpcisEvent, EpcisPlant, EpcisThing
from mes.epcis.naming import naming
from mes.epcis.reading import GOODS
from mes.items.models import Item
from mes.lots.code_queries import named
from mes.lots.models import Lot, Movement, Shipment
from mes.lots.unit_models import HandlingUnit


def events_of_id(session: Session, event_id: str) -> list[EpcisEvent]:
    """An event by its id, and the declaration that it was wrong. Raises NotFound."""
    query = select(EpcisEvent).where(EpcisEvent.event_id == event_id).order_by(EpcisEvent.declared)
    found = list(session.scalars(query.options(joinedload(EpcisEvent.capture))))
    if not found:
        raise NotFound(what=_(N_("event")), code=event_id[:120])
    return found


def get_capture(session: Session, code: str) -> Capture:
    """A document that was taken in. Raises NotFound."""
    found = session.scalar(select(Capture).where(Capture.code == code))
    if found is None:
        raise NotFound(what=_(N_("document")), code=code[:60])
    return found


def page_of_captures(session: Session, after: str | None = None, size: int = 30) -> Slice[Capture]:
    """Documents that were taken in, newest first."""
    return keyset(session, select(Capture), Capture.at, Capture.id, after=after, size=size, newest_first=True)


def page_of_events(session: Session, *, whose: str | None, capture: int | None, after: str | None) -> Slice[EpcisEvent]:
    """Events for a page, newest first: ours, others' or all; or those of one document."""
    query = select(EpcisEvent).options(joinedload(EpcisEvent.capture))
    if capture is not None:
        query = query.where(EpcisEvent.capture_id == capture)
    elif whose in ("ours", "theirs"):
        query = query.where(_is_ours() if whose == "ours" else ~_is_ours())
    return keyset(session, query, EpcisEvent.event_time, EpcisEvent.id, after=after, newest_first=True)


def counts(session: Session) -> tuple[int, int, int]:
    """Events of ours, events of others, documents."""
    ours = session.scalar(select(func.count()).where(EpcisEvent.origin.is_not(None))) or 0
    theirs = session.scalar(select(func.count()).where(EpcisEvent.capture_id.is_not(None))) or 0
    return ours, theirs, session.scalar(select(func.count(Capture.id))) or 0


def goods_of(session: Session, rows: Sequence[EpcisEvent]) -> dict[int, list[str]]:
    """The goods that events name, by event."""
    query = select(EpcisThing.event_id, EpcisThing.uri).where(
        EpcisThing.event_id.in_([row.id for row in rows]), EpcisThing.role.in_(GOODS)
    )
    found: dict[int, list[str]] = {}
    for ident, uri in session.execute(query.order_by(EpcisThing.id)):
        found.setdefault(ident, []).append(uri)
    return found


def chosen_events(
    session: Session,
    *,
    names: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    theirs: bool = False,
) -> list[EpcisEvent]:
    """Events to be handed over, oldest first: those that name one of these things, or of a time."""
    wanted: list[ColumnElement[bool]] = []
    if names:
        wanted.append(things(GOODS, [canonical(name) for name in names]))
    if since is not None:
        wanted.append(EpcisEvent.event_time >= since)
    if until is not None:
        wanted.append(EpcisEvent.event_time < until)
    if not theirs:
        wanted.append(_is_ours())
    query = select(EpcisEvent).where(*wanted).order_by(EpcisEvent.event_time, EpcisEvent.id).limit(MOST * 10)
    return list(session.scalars(query))


def _is_ours() -> ColumnElement[bool]:
    return EpcisEvent.origin.is_not(None)


def any_captured(session: Session) -> bool:
    """Whether another company's events were ever taken in."""
    return bool(session.scalar(select(exists().where(EpcisEvent.capture_id.is_not(None)))))


def values_of(session: Session, column: str) -> list[str]:
    """Every kind, step or state that events have, for programs that look around."""
    field = {"eventTypes": EpcisEvent.type, "bizSteps": EpcisEvent.biz_step, "dispositions": EpcisEvent.disposition}
    chosen = field[column]
    return [value for value in session.scalars(select(chosen).distinct().order_by(chosen)) if value]


def own_number(session: Session) -> tuple[str | None, int]:
    """The plant's GLN, and the version of its setting."""
    row = session.execute(select(EpcisPlant.gln, EpcisPlant.version).where(EpcisPlant.id == 1)).first()
    return (row[0], row[1]) if row else (None, 1)


def get_event(session: Session, ident: int) -> tuple[EpcisEvent, EpcisEvent | None]:
    """One event, and the other one of its id: what declares it wrong, or what was wrong. Raises NotFound."""
    row = session.scalar(select(EpcisEvent).options(joinedload(EpcisEvent.capture)).where(EpcisEvent.id == ident))
    if row is None:
        raise NotFound(what=_(N_("event")), code=str(ident))
    other = select(EpcisEvent).where(EpcisEvent.event_id == row.event_id, EpcisEvent.id != row.id)
    return row, session.scalar(other)


def names_of(session: Session, text: str) -> list[str]:
    """What a lot, a box, or all that left with a shipment is called outside; nothing for a code of nothing."""
    names, code = naming(session), text.strip().upper()
    shipment = session.scalar(select(Shipment.id).where(Shipment.code == code))
    here = Movement.lot_id == Lot.id
    chosen = exists().where(here, Movement.shipment_id == shipment) if shipment else named([code], [text.strip()])
    query = select(Lot, Item).join(Item, Item.id == Lot.item_id).where(chosen).order_by(Lot.id)
    lots = session.execute(query).all()
    found = [uri for lot, item in lots for uri in names.lot_ever(lot, item)]
    box = HandlingUnit.shipment_id == shipment if shipment else HandlingUnit.code == code
    found += [names.unit(unit) for unit in session.scalars(select(HandlingUnit.code).where(box))]
    return list(dict.fromkeys(found))
