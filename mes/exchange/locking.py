"""What an import locks before it compares: its own things, so that nobody changes one between the comparison and the
recording, and what a file does not say is kept as it is now.

Every lock is one that the desk's own acts on the same thing wait for. Rows are locked in the order of their numbers,
so that two imports never cross; what refers to a locked row can be entered all the same.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from mes.core.chunks import chunks
from mes.core.db import Base
from mes.exchange.bom_sheet import BomSheet
from mes.exchange.columns import Sheet
from mes.items.models import Item
from mes.orders.models import OrderState, WorkOrder
from mes.people.models import Person
from mes.shifts.check_models import CheckSheet


def lock_items(session: Session, sheet: Sheet) -> None:
    """Items of which a standard, a routing or its steps are in the file: every act on those locks the item."""
    _lock(session, Item, _ids(session, Item, sheet.values["item"]))


def lock_products(session: Session, sheet: Sheet) -> None:
    """Items of which a bill of material is in the file: a bill that comes into force locks its item."""
    assert isinstance(sheet, BomSheet)
    _lock(session, Item, _ids(session, Item, (line.parent for line in sheet.lines)))


def lock_people(session: Session, sheet: Sheet) -> None:
    """The people of the file."""
    _lock(session, Person, _ids(session, Person, sheet.values["code"]))


def lock_check_sheets(session: Session, sheet: Sheet) -> None:
    """The check sheets of the file: every act on a line locks its sheet."""
    _lock(session, CheckSheet, _ids(session, CheckSheet, sheet.values["sheet"]))


def lock_drafts(session: Session, sheet: Sheet) -> None:
    """Work orders of the file that are drafts; a file changes no others, and on those the floor works on."""
    draft = WorkOrder.state == OrderState.DRAFT
    _lock(session, WorkOrder, _ids(session, WorkOrder, sheet.values.get("code", ()), draft), draft)


def _ids(session: Session, model: type[Base], codes: Iterable[str | None], *only: ColumnElement[bool]) -> list[int]:
    """The numbers of the things that have one of these codes, in order."""
    code, ident = getattr(model, "code"), getattr(model, "id")
    wanted = sorted({one for one in codes if one})
    queries = (select(ident).where(code.in_(part), *only) for part in chunks(wanted))
    return sorted(found for query in queries for found in session.scalars(query))


def _lock(session: Session, model: type[Base], ids: list[int], *only: ColumnElement[bool]) -> None:
    """Only the numbers are read, as a list may name a hundred thousand; what an act had read before is read anew."""
    ident = getattr(model, "id")
    for part in chunks(ids):
        query = select(ident).where(ident.in_(part), *only).order_by(ident)
        session.execute(query.with_for_update(key_share=True)).all()
    session.flush()
    for thing in [one for one in session.identity_map.values() if isinstance(one, model)]:
        session.expire(thing)
