"""A trace or recall may begin with a print job: the lots whose labels, or whose boxes' labels, it printed."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.labels.rules import OF_LOTS
from mes.lots.code_models import FormerCode
from mes.lots.models import Lot
from mes.lots.unit_models import HandlingUnit
from mes.orders.models import WorkOrder
from mes.printing.job_queries import get_job
from mes.printing.models import LabelPrint
from mes.trace.beginnings import RULES, How, Rule


class Printed(NamedTuple):
    """A print job as something that a rule names: by its number."""

    id: int
    code: str
    name: str = ""
    name_en: str | None = None


def _get_printed(session: Session, code: str) -> Printed:
    """A print job by its number. Raises NotFound."""
    if not code.isdecimal() or len(code) > 15:
        raise NotFound(field="of", what=_("print job"), code=code)
    return Printed(get_job(session, int(code)).job.id, code)


def _lots(job: Any, _since: datetime, _until: datetime) -> Select[int]:
    query = select(Lot.id).join(LabelPrint, LabelPrint.code == Lot.code)
    return query.where(LabelPrint.job_id == job.id, LabelPrint.subject.in_(OF_LOTS))


def _labelled_anew(job: Any, _since: datetime, _until: datetime) -> Select[int]:
    query = select(FormerCode.lot_id).join(LabelPrint, LabelPrint.code == FormerCode.code)
    return query.where(LabelPrint.job_id == job.id, LabelPrint.subject.in_(OF_LOTS))


def _orders(job: Any, _since: datetime, _until: datetime) -> Select[int]:
    query = select(Lot.id).join(WorkOrder, WorkOrder.id == Lot.order_id)
    query = query.join(LabelPrint, LabelPrint.code == WorkOrder.code)
    return query.where(LabelPrint.job_id == job.id, LabelPrint.subject == "order")


def _packed(job: Any, _since: datetime, _until: datetime) -> Select[int]:
    query = select(Lot.id).join(HandlingUnit, HandlingUnit.id == Lot.unit_id)
    query = query.join(LabelPrint, LabelPrint.code == HandlingUnit.code)
    return query.where(LabelPrint.job_id == job.id, LabelPrint.subject == "unit")


def _in_boxes(job: Any, _since: datetime, _until: datetime) -> Select[int]:
    pallet = aliased(HandlingUnit)
    query = select(Lot.id).join(HandlingUnit, HandlingUnit.id == Lot.unit_id)
    query = query.join(pallet, pallet.id == HandlingUnit.parent_id).join(LabelPrint, LabelPrint.code == pallet.code)
    return query.where(LabelPrint.job_id == job.id, LabelPrint.subject == "unit")


RULES[How.LABELS] = Rule(_get_printed, [_lots, _labelled_anew, _orders, _packed, _in_boxes], timed=False)
