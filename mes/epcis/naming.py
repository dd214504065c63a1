"""What lots, boxes, places, papers and companies are called outside the plant.

GS1 names where GS1 gave numbers: a GTIN with a lot or serial number, an SSCC, a GLN. What has no such number
gets a name of our own scheme, ``urn:x-mes:MARK:lot:L-...``: MARK tells one plant from every other (decision 0021).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.events import Event
from mes.core.gs1 import is_gtin, is_sscc
from mes.core.i18n import own_name
from mes.core.plant import plant
from mes.epcis.canonical import HOST, canonical
from mes.epcis.models import EpcisPlant
from mes.items.models import Item, Tracking
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot
from mes.partners.models import Partner

#: Characters that GS1 allows in a lot, serial or place number, and how many.
ALLOWED = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Za-z_]{1,20}")
SCHEME = "urn:x-mes:"
PARTY = re.compile(re.escape(HOST) + r"/417/([0-9]{13})")
RELABEL = "lots.relabel"


@dataclass(frozen=True)
class Naming:
    """The names of one plant: its mark, and its number at GS1 if it has one."""

    mark: str
    gln: str | None
    zone: str
    #: Of lots that got other codes since: when (as the number of the entry) each got another one, and what it bore
    #: until then.
    bore: Mapping[int, Sequence[tuple[int, str]]] = field(default_factory=dict)
    #: The entry of the event log that is told: a lot is called what its label said then.
    entry: int | None = None

    def as_of(self, entry: int) -> "Naming":
        """What things were called at an entry of the event log."""
        return replace(self, entry=entry) if self.bore else self

    def code(self, lot: Lot) -> str:
        """What the label of a lot said."""
        if self.entry is None:
            return lot.code
        return next((code for number, code in self.bore.get(lot.id, ()) if number > self.entry), lot.code)

    def own(self, kind: str, *code: str) -> str:
        """A name of our own scheme."""
        return f"{SCHEME}{self.mark}:{kind}:" + ":".join(quote(part, safe="-._~") for part in code)

    def lot(self, lot: Lot, item: Item) -> str:
        """A lot or piece. A received lot with the supplier's number is called as the supplier calls it, so that his
        events and ours speak of one thing."""
        return self._called(lot, item, self.code(lot))

    def lot_ever(self, lot: Lot, item: Item) -> list[str]:
        """All that a lot is and was called outside: under its code and those it bore before, and in our scheme."""
        codes = (lot.code, *lot.former_codes)
        names = [name for code in codes for name in (self._called(lot, item, code), self.own("lot", code))]
        return list(dict.fromkeys(names))

    def _called(self, lot: Lot, item: Item, code: str) -> str:
        theirs = lot.supplier_lot if lot.supplier_id and lot.order_id is None else None
        number = code if item.tracking is Tracking.SERIAL else theirs or code
        return gs1_lot(item, number) or self.own("lot", code)

    def unit(self, code: str) -> str:
        """A box or pallet."""
        return f"{HOST}/00/{code}" if is_sscc(code) else self.own("unit", code)

    def place(self, code: str) -> str:
        """A place in the plant."""
        return f"{HOST}/414/{self.gln}/254/{_coded(code)}" if self.gln and _fits(code) else self.own("place", code)

    @cached_property
    def party(self) -> str:
        """The plant as a company."""
        return f"{HOST}/417/{self.gln}" if self.gln else f"{SCHEME}{self.mark}:plant"

    @cached_property
    def gate(self) -> str:
        """The plant as a place."""
        return f"{HOST}/414/{self.gln}" if self.gln else f"{SCHEME}{self.mark}:plant"

    def partner(self, partner: Partner) -> str:
        """A supplier or customer, by its number at GS1 if we know it."""
        return f"{HOST}/417/{partner.gln}" if partner.gln else self.own("party", partner.code)

    def paper(self, kind: str, code: str) -> str:
        """A receipt, shipment, order or inspection."""
        return f"urn:epcglobal:cbv:bt:{self.gln}:{_coded(code)}" if self.gln else self.own(kind, code)

    def order(self, code: str) -> str:
        """What ties the events of one work order together."""
        return f"urn:epcglobal:cbv:xform:{self.gln}:{_coded(code)}" if self.gln else self.own("order", code)


def gs1_lot(item: Item, number: str) -> str | None:
    """The GS1 name of a lot or piece; None where the item has no GTIN or the number has letters GS1 does not allow."""
    gtin = (item.gtin or "").strip()
    if not is_gtin(gtin) or not _fits(number):
        return None
    return f"{HOST}/01/{gtin.zfill(14)}/{'21' if item.tracking is Tracking.SERIAL else '10'}/{_coded(number)}"


def _fits(text: str) -> bool:
    return bool(ALLOWED.fullmatch(text)) and text not in (".", "..")


def _coded(text: str) -> str:
    return quote(text, safe="\"-._~';<=>?")


def naming(session: Session) -> Naming:
    """What this plant calls things. Its mark is the beginning of the first entry of its event log, which never changes
    and is of no other plant; a plant in which nothing happened yet has none and needs none."""
    first = session.scalar(select(Event.hash).order_by(Event.id).limit(1)) or "0" * 64
    gln = session.scalar(select(EpcisPlant.gln).where(EpcisPlant.id == 1))
    return Naming(first[:16], gln, plant(session).time_zone)


def codes_since(session: Session, entry: int) -> dict[int, list[tuple[int, str]]]:
    """Of lots that got another code after an entry of the event log: each such entry and the code until then."""
    anew = select(FormerCode.lot_id).distinct()
    query = select(Event.thing_id, Event.id, Event.before).where(
        Event.thing == Lot.__tablename__, Event.thing_id.in_(anew), Event.verb == RELABEL, Event.id > entry
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for lot, number, before in session.execute(query.order_by(Event.id)):
        found.setdefault(lot, []).append((number, str(json.loads(before or "{}")["code"])))
    return found


def partners_named(session: Session, uris: Iterable[str]) -> dict[str, str]:
    """Of names of companies those of partners whose GLN we know, with the name that the partner has here. Several
    partners with one GLN: the first by code."""
    numbers = {uri: found[1] for uri in set(uris) if (found := PARTY.fullmatch(canonical(uri)))}
    if not numbers:
        return {}
    query = select(Partner).where(Partner.gln.in_(set(numbers.values()))).order_by(Partner.code.desc())
    known = {partner.gln: own_name(partner) for partner in session.scalars(query)}
    return {uri: known[number] for uri, number in numbers.items() if number in known}
