"""What partners' events say of our lots: what happened before they came through our gate, and after they left.

A received lot is known outside by its supplier's number and GTIN, a shipped one by ours, and by the box or pallet that
it left on. From these names the captured events are walked, upwards to what went into them and downwards to what was
made of them. A circle that a partner's events may hold ends the walk like everything else: each name is visited once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from mes.core.chunks import among, chunks
from mes.epcis.documents import read_json
from mes.epcis.models import Capture, EpcisEvent, EpcisThing
from mes.epcis.naming import Naming, naming, partners_named
from mes.epcis.queries import any_captured
from mes.epcis.reading import CHILDREN, GOODS, INPUTS, OUTPUTS, PARENT
from mes.epcis.wording import last_part, said, thing
from mes.items.models import Item
from mes.lots.models import Lot, Movement, MovementKind
from mes.lots.unit_models import HandlingUnit

#: More events than these of partners are a story of their own.
MOST_STEPS = 2000
#: Of lots that never came: whatever is told of them happened before that.
NEVER = datetime.max.replace(tzinfo=UTC)


class Step(NamedTuple):
    """One thing that a partner says happened, with our lot that it leads to."""

    at: datetime
    #: The kind of event and its step, in the standard's words.
    kind: str
    what: str | None
    state: str | None
    #: Who sent the document.
    who: str
    things: list[str]
    #: How many steps of goods it is away from our gate.
    steps: int
    lots: list[str]
    #: Its id.
    event: str
    wrong: bool
    #: Who that is to us, where we know the GLN.
    partner: str | None = None

    @property
    def said(self) -> str:
        """The step as people read it."""
        return said(self.what) or said(self.kind)

    @property
    def state_said(self) -> str:
        """The state as people read it."""
        return said(self.state)

    @property
    def who_said(self) -> str:
        """Who says so, as people read it."""
        return self.partner or thing(self.who)

    @property
    def names(self) -> list[str]:
        """The goods as people read them."""
        return [thing(uri) for uri in self.things]


@dataclass
class Beyond:
    """Before our gate and after it, in the order of time; ``whole``: whether all of it was looked at."""

    before: list[Step] = field(default_factory=list)
    after: list[Step] = field(default_factory=list)
    whole: bool = True

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


@dataclass
class _Walk:
    """Names and the events that speak of them; by name how far away it is, and to which of our lots it leads."""

    far: dict[str, int]
    lots: dict[str, set[str]]
    events: dict[int, tuple[int, set[str]]] = field(default_factory=dict)
    whole: bool = True


def beyond(session: Session, lot_ids: Collection[int]) -> Beyond:
    """What partners say of these lots, beyond our gate on either side. One statement where no partner ever said any."""
    if not lot_ids or not any_captured(session):
        return Beyond()
    names = naming(session)
    came, left, moments = _at_the_gate(session, names, lot_ids)
    before = _walked(session, came, INPUTS, OUTPUTS)
    after = _walked(session, left, OUTPUTS, INPUTS)
    told = Beyond(_steps(session, before), _steps(session, after), before.whole and after.whole)
    both = {uri for uri in came if uri in left}
    if both:  # goods that were only passed on: what happened before they came is before
        told.before = [step for step in told.before if step.at <= moments]
        told.after = [step for step in told.after if step.at > moments]
    known = partners_named(session, (step.who for step in (*told.before, *told.after)))
    told.before = [step._replace(partner=known.get(step.who)) for step in told.before]
    told.after = [step._replace(partner=known.get(step.who)) for step in told.after]
    return told


def _at_the_gate(
    session: Session, names: Naming, lot_ids: Collection[int]
) -> tuple[dict[str, set[str]], dict[str, set[str]], datetime]:
    """What the lots that came, and those that left, are called outside, with our codes; and when the last one came."""
    query = select(Lot, Item).join(Item, Item.id == Lot.item_id).where(among(session, Lot.id, lot_ids))
    lots = {lot.id: (lot, item) for lot, item in session.execute(query.order_by(Lot.id))}
    gate = (MovementKind.RECEIVE, MovementKind.SHIP)
    lines = session.execute(
        select(Movement.lot_id, Movement.kind, Movement.at).where(
            among(session, Movement.lot_id, lot_ids), Movement.kind.in_(gate)
        )
    ).all()
    came: dict[str, set[str]] = {}
    left: dict[str, set[str]] = {}
    for ident, kind, _at in lines:
        lot, item = lots[ident]
        side = came if kind is MovementKind.RECEIVE else left
        for uri in names.lot_ever(lot, item):
            side.setdefault(uri, set()).add(lot.code)
    for uri, codes in _units(session, names, lot_ids).items():
        left.setdefault(uri, set()).update(codes)
    return came, left, max((at for _lot, kind, at in lines if kind is gate[0]), default=NEVER)


def _units(session: Session, names: Naming, lot_ids: Collection[int]) -> dict[str, set[str]]:
    """The boxes and pallets on which lots left."""
    pallet = aliased(HandlingUnit)
    query = (
        select(Lot.code, HandlingUnit.code, pallet.code)
        .join(HandlingUnit, HandlingUnit.id == Lot.unit_id)
        .outerjoin(pallet, pallet.id == HandlingUnit.parent_id)
        .where(among(session, Lot.id, lot_ids), HandlingUnit.shipment_id.is_not(None))
    )
    found: dict[str, set[str]] = {}
    for lot, *units in session.execute(query):
        for unit in filter(None, units):
            found.setdefault(names.unit(unit), set()).add(lot)
    return found


def _walked(session: Session, start: dict[str, set[str]], on: Sequence[str], off: Sequence[str]) -> _Walk:
    """Every event of others that speaks of these things or of what they were made of (or became).

    ``on``: the lists of an event in which the walk goes on, where it came upon something in ``off``. What a thing is
    packed on tells of it, too; what else is packed there does not.
    """
    walk = _Walk(dict.fromkeys(start, 0), {uri: set(codes) for uri, codes in start.items()})
    waiting = list(start)
    while waiting and walk.whole:
        named = _events_naming(session, waiting)
        ids = sorted({ident for ident, _role, _uri in named} - walk.events.keys())
        inside = _named_in(session, ids)
        fresh: list[str] = []
        for ident, role, uri in named:
            far, codes = walk.events.setdefault(ident, (walk.far[uri], set()))
            walk.events[ident] = (min(far, walk.far[uri]), codes | walk.lots[uri])
            wanted = on if role in off else (PARENT,) if role in CHILDREN else ()
            for other, found in inside.get(ident, ()):
                if other in wanted:
                    fresh += _reach(walk, found, walk.far[uri] + (role in off), walk.lots[uri])
        waiting = fresh
        walk.whole = len(walk.events) <= MOST_STEPS
    return walk


def _reach(walk: _Walk, uri: str, far: int, codes: Iterable[str]) -> list[str]:
    """Note a further thing; it is looked at once."""
    walk.lots.setdefault(uri, set()).update(codes)
    if uri in walk.far:
        return []
    walk.far[uri] = far
    return [uri]


def _events_naming(session: Session, uris: Sequence[str]) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    for some in chunks(uris, 500):
        query = (
            select(EpcisThing.event_id, EpcisThing.role, EpcisThing.uri)
            .join(EpcisEvent, EpcisEvent.id == EpcisThing.event_id)
            .where(EpcisThing.uri.in_(some), EpcisThing.role.in_(GOODS), EpcisEvent.capture_id.is_not(None))
            .order_by(EpcisThing.id)
            .limit(MOST_STEPS * 2)
        )
        found += [(ident, role, uri) for ident, role, uri in session.execute(query)]
    return found


def _named_in(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    query = select(EpcisThing.event_id, EpcisThing.role, EpcisThing.uri).where(
        among(session, EpcisThing.event_id, ids), EpcisThing.role.in_(GOODS)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for ident, role, uri in session.execute(query.order_by(EpcisThing.id)) if ids else ():
        found.setdefault(ident, []).append((role, uri))
    return found


def _steps(session: Session, walk: _Walk) -> list[Step]:
    if not walk.events:
        return []
    ids = sorted(walk.events)[:MOST_STEPS]
    query = select(EpcisEvent).options(joinedload(EpcisEvent.capture)).where(among(session, EpcisEvent.id, ids))
    rows = list(session.scalars(query.order_by(EpcisEvent.event_time, EpcisEvent.id)))
    wrong = {row.event_id for row in rows if row.declared}
    goods = _named_in(session, ids)
    found: list[Step] = []
    for row in rows:
        if row.declared and any(other.event_id == row.event_id and not other.declared for other in rows):
            continue
        far, codes = walk.events[row.id]
        things = list(dict.fromkeys(uri for _role, uri in goods.get(row.id, ())))
        found.append(
            Step(
                row.event_time,
                row.type,
                last_part(row.biz_step),
                last_part(row.disposition),
                sender_of(row.capture, row.body),
                things,
                far,
                sorted(codes),
                row.event_id,
                row.event_id in wrong,
            )
        )
    return found


def sender_of(capture: Capture | None, body: str) -> str:
    """Who says so: the company that is named in the event as the one that had the goods, else who sent the document."""
    event: dict[str, Any] = read_json(body)
    parties = [one.get("source") for one in event.get("sourceList", ()) if isinstance(one, dict)]
    return str(parties[0]) if parties else capture.sender if capture else ""
