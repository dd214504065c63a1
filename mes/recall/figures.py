"""The mass balance as lines to read: one for each suspect and one for each item, and what does not add up."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.items.models import Item
from mes.lots.models import Lot
from mes.recall.balance import Balance, balances, close, decimal, shares
from mes.recall.books import family_of

#: Of more suspects than these, only the lines of the items are worked out.
MOST_LINES = 200
MOST_GAPS = 500
#: Figures that were not told apart when older recalls ended: nothing was there.
NOT_KNOWN_THEN = dict.fromkeys(("back", "came_back", "apart", "retained", "tested"), Decimal(0))


@dataclass(frozen=True)
class Line:
    """One line of the balance: of a suspect (``lot``), or of all suspects of an item."""

    lot: str | None
    code: str
    name: str
    name_en: str | None
    unit: str
    figures: dict[str, Decimal]
    #: Percent of what was received that is accounted for.
    share: Decimal | None


@dataclass(frozen=True)
class Gap:
    """A count that changed a lot with some of the suspects in it."""

    lot: str
    quantity: Decimal
    #: Its part that belongs to suspects.
    part: Decimal
    unit: str
    at: datetime
    who: str | None
    reason: str | None


@dataclass(frozen=True)
class Figures:
    """The balance of a recall."""

    suspects: list[Line]
    items: list[Line]
    gaps: list[Gap]

    @property
    def share(self) -> Decimal | None:
        """The least share accounted for of any item, in percent."""
        return min((line.share for line in self.items if line.share is not None), default=None)


def figures_of(session: Session, suspects: Collection[int]) -> Figures:
    """The balance of suspects as it is now."""
    family, counts = family_of(session, suspects)
    query = select(Lot.id, Lot.code, Item.id, Item.code, Item.name, Item.name_en, Item.unit)
    query = query.join(Item, Item.id == Lot.item_id).where(among(session, Lot.id, sorted(family.books)))
    known: dict[int, tuple[Any, ...]] = {row[0]: tuple(row) for row in session.execute(query)}
    wanted = [lot for lot in sorted(suspects) if lot in known]
    items = {row[2]: row for row in known.values()}
    by_item = balances(family, {lot: known[lot][2] for lot in wanted})
    alone = balances(family, {lot: lot for lot in wanted}) if len(wanted) <= MOST_LINES else {}
    mixed, _received = shares(family, {lot: known[lot][2] for lot in wanted})
    gaps = []
    for one in counts[:MOST_GAPS]:
        share = sum(mixed.get(one.lot_id, {}).values())
        if share:
            part = decimal(share * one.quantity.as_integer_ratio()[0] / one.quantity.as_integer_ratio()[1])
            unit = str(known[one.lot_id][6])
            gaps.append(Gap(one.lot, one.quantity, part, unit, one.at, one.who, one.reason))
    return Figures(
        [_line(known[lot][1], known[lot], found) for lot, found in alone.items() if found.received],
        [_line(None, items[item], found) for item, found in by_item.items()],
        gaps,
    )


def _line(lot: str | None, row: tuple[Any, ...], found: Balance) -> Line:
    share = None if found.share is None else close([found.share * 100], found.share * 100)[0]
    return Line(lot, row[3], row[4], row[5], row[6], found.in_numbers(), share)


def as_text(figures: Figures) -> str:
    """The figures as they are kept with a recall that ended."""
    return json.dumps(asdict(figures), default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else f"{value:f}"


def from_text(text: str) -> Figures:
    """Figures that were kept."""
    kept = json.loads(text)
    gaps = [_kept_gap(one) for one in kept["gaps"]]
    return Figures([_kept(one) for one in kept["suspects"]], [_kept(one) for one in kept["items"]], gaps)


def _kept_gap(one: dict[str, Any]) -> Gap:
    numbers = {name: Decimal(one[name]) for name in ("quantity", "part")}
    return Gap(**one | numbers | {"at": datetime.fromisoformat(one["at"])})


def _kept(one: dict[str, Any]) -> Line:
    figures = NOT_KNOWN_THEN | {name: Decimal(much) for name, much in one["figures"].items()}
    share = None if one["share"] is None else Decimal(one["share"])
    return Line(**one | {"figures": figures, "share": share})
