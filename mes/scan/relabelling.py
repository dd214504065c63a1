"""Labelling a lot anew (재라벨), with a code that means nothing else in the whole plant."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from mes.core.dresses import Reading
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.lots.code_queries import as_written
from mes.lots.models import Lot
from mes.lots.queries import get_lot
from mes.lots.service import relabel_lot
from mes.scan.models import KIND_NAMES, Kind
from mes.scan.queries import find_codes


class CodeOfAnother(Refused):
    """A machine, an order, an item, a badge is called so."""

    message = N_("%(code)s is the code of something else already: %(kind)s.")
    hint = N_("Choose another code, so that a scan always means one thing.")


def label_anew(work: Work, code: str, new_code: str | None, reason: str, seen: str | None = None) -> Lot:
    """Give a lot another code; its former ones lead to it for ever. No code: the next one of the plant's own.

    Raises CodeOfAnother and what ``relabel_lot`` raises.
    """
    lot = get_lot(work.session, code)
    return relabel_lot(work, lot.code, new_code, reason, free=_free(work.session, lot), seen=seen)


def _free(session: Session, lot: Lot) -> Callable[[str], None]:
    """Refuses what anything else is called; the supplier's number under which only this lot came is its own."""

    def check(code: str) -> None:
        for meaning in find_codes(session, [Reading(code=as_written(code))]):
            if meaning.kind is not Kind.SUPPLIER_LOT or meaning.owner != lot.code:
                raise CodeOfAnother(field="code", code=code, kind=_(KIND_NAMES[meaning.kind]))

    return check
