"""Use case of labelling a lot anew (재라벨): it gets another code, and all its former ones lead to it for ever.

The lot stays what it is: its quantity, holds, inspections and genealogy hang on the lot, not on its code.
"""

from collections.abc import Callable

from sqlalchemy import delete

from mes.core.work import Work
from mes.lots.code_models import FormerCode
from mes.lots.code_queries import as_written, former_of, is_taken
from mes.lots.code_rules import CodeTaken, LabelChanged, SameCode, check_code
from mes.lots.ledger import lock_lot, new_codes
from mes.lots.models import Lot
from mes.lots.rules import check_reason

#: So many last characters of a code are asked for.
TAIL = 4


def relabel_lot(
    work: Work,
    code: str,
    new_code: str | None,
    reason: str,
    *,
    free: Callable[[str], None] | None = None,
    seen: str | None = None,
) -> Lot:
    """Give a lot, or a piece with a serial number, another code; none: the next one of the plant's own.

    A former code of the lot may be given back to it. ``free`` refuses a code that something else than a lot has;
    ``seen`` is the code that the page showed. Raises ReasonNeeded, NotFound, LabelChanged, SameCode, CodeNotReadable,
    CodeLength, CodeOfOurForm, CodeTaken.
    """
    reason = check_reason(reason)
    lot = lock_lot(work, code)
    old = lot.code
    if seen is not None and as_written(seen) != old:
        raise LabelChanged(field="code", old=as_written(seen), code=old)
    new = as_written(new_code) if new_code and new_code.strip() else new_codes(work, lot.item, 1)[0]
    if new == old:
        raise SameCode(field="code", code=new)
    bearer = is_taken(work.session, new)
    if bearer not in (None, lot.id):
        raise CodeTaken(field="code", code=new)
    if bearer is None and new_code and new_code.strip():
        check_code(new, lot.item)
        if free is not None:
            free(new)
    work.session.execute(delete(FormerCode).where(FormerCode.lot_id == lot.id, FormerCode.code == new))
    work.session.add(
        FormerCode(code=old, tail=old[-TAIL:], lot_id=lot.id, at=work.now, person=work.actor.name[:100], reason=reason)
    )
    lot.code, lot.tail = new, new[-TAIL:]
    work.session.flush()
    lot.formerly = ", ".join(one.code for one in former_of(work.session, lot.id))
    work.record("lots.relabel", lot, before={"code": old}, after={"code": new}, reason=reason)
    return lot
