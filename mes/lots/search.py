"""Finding lots by what people know of them: the beginning or end of a code, a supplier's number, the item.

Each way is one range of an index, however many lots there are. A beginning is a range up to the last Hangul
syllable, which both databases sort behind everything that a code holds; the exact comparison beside it keeps what
merely sorts between.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from mes.core.paging import Slice, keyset
from mes.core.scanning import read_scan
from mes.core.strangers import NotOurAddress
from mes.core.types import NOTHING
from mes.items.models import Item
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import AWAITS_INSPECTION, HELD, WITH_NAMES

#: Of each way to find a lot so many are looked at; who needs more types more.
MOST = 1000
MOST_ITEMS = 20
#: The end of a code is asked for with at least so many characters, as many as ``Lot.tail`` keeps.
TAIL = 4
_LAST = "힣" * 3


def page_of_lots(
    session: Session,
    *,
    text: str = "",
    item_id: int | None = None,
    show: str = "stock",
    after: str | None = None,
    size: int = 30,
    today: date,
) -> Slice[Lot]:
    """Lots, newest first. ``show``: stock, held, inspection, rejected, expired, all.

    ``text``: the beginning of a code or of a supplier's number, the last characters of a code (four or more), or an
    item by code or a part of its name.
    """
    query = select(Lot).options(*WITH_NAMES)
    chosen: list[ColumnElement[bool]] = [] if item_id is None else [Lot.item_id == item_id]
    shown = _shown(show, today)
    if shown is not None:
        chosen.append(shown)
    if text.strip():
        query = query.where(Lot.id.in_(_found(session, text.strip(), chosen)))
    return keyset(session, query.where(*chosen), Lot.id, after=after, size=size, newest_first=True)


def find_lots(session: Session, text: str, most: int = 30) -> Sequence[Lot]:
    """The newest lots that a text may mean, whatever their state; none for less than two characters."""
    if len(text.strip()) < 2:
        return []
    found = select(Lot).options(*WITH_NAMES).where(Lot.id.in_(_found(session, text.strip(), [])))
    return session.scalars(found.order_by(Lot.id.desc()).limit(most)).all()


def _shown(show: str, today: date) -> ColumnElement[bool] | None:
    return {
        "stock": Lot.on_hand > NOTHING,
        "held": HELD,
        "inspection": AWAITS_INSPECTION & (Lot.on_hand > NOTHING),
        "rejected": (Lot.status == LotStatus.REJECTED) & (Lot.on_hand > NOTHING),
        "expired": (Lot.expires_on < today) & (Lot.on_hand > NOTHING) & (Lot.status != LotStatus.RETAINED),
    }.get(show)


def _found(session: Session, text: str, chosen: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The ids of lots by each way, each way cut off by itself so that none reads a whole table."""
    texts = _texts(text)
    codes = list(dict.fromkeys(one.upper() for one in texts))
    ways = [_way(_begins(Lot.code, code), Lot.code, chosen) for code in codes]
    ways += [_way(_begins(Lot.supplier_lot, one), Lot.supplier_lot, chosen) for one in texts]
    ways += [
        _way((Lot.tail == code[-TAIL:]) & Lot.code.endswith(code, autoescape=True), Lot.id, chosen)
        for code in codes
        if len(code) >= TAIL
    ]
    ways += [_way_before(code, chosen) for code in codes]
    ways += [_way(Lot.item_id == ident, Lot.id, chosen) for ident in _items(session, text)]
    return select(union_all(*ways).subquery().c.id)


def _texts(text: str) -> list[str]:
    """The spellings in which what was scanned or typed may be recorded."""
    try:
        readings = read_scan(text).readings
    except NotOurAddress:
        return [text]
    return list(dict.fromkeys(known for reading in readings for known in reading.texts)) or [text]


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + _LAST, column.startswith(text, autoescape=True))


def _way(meant: ColumnElement[bool], order: Any, chosen: Sequence[ColumnElement[bool]]) -> Select[Any]:
    newest = select(Lot.id.label("id")).where(meant, *chosen).order_by(order.desc()).limit(MOST).subquery()
    return select(newest.c.id)


def _way_before(code: str, chosen: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """By the beginning or end of a code that a lot bore before: few lots ever had another one."""
    meant = _begins(FormerCode.code, code)
    if len(code) >= TAIL:
        ends = (FormerCode.tail == code[-TAIL:]) & FormerCode.code.endswith(code, autoescape=True)
        meant = or_(meant, ends)
    return _way(Lot.id.in_(select(FormerCode.lot_id).where(meant).limit(MOST)), Lot.id, chosen)


def _items(session: Session, text: str) -> Sequence[int]:
    named = or_(
        func.lower(Item.code).startswith(text.lower(), autoescape=True),
        Item.name.icontains(text, autoescape=True),
        Item.name_en.icontains(text, autoescape=True),
    )
    return session.scalars(select(Item.id).where(named).order_by(Item.code).limit(MOST_ITEMS)).all()
