"""Inspections for programs."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.access import INSPECTORS
from mes.core.api import Api, CodeText, LongText
from mes.core.work import Work
from mes.inspection import rules, service
from mes.inspection.models import InspectionKind, Verdict

api = Api("inspection", __name__)


class ReadingIn(msgspec.Struct, forbid_unknown_fields=True):
    """One measured value of a characteristic."""

    characteristic: int
    value: Decimal


class NewInspection(msgspec.Struct, forbid_unknown_fields=True):
    """Readings of a lot or of a job's pieces; the verdict is computed from them."""

    kind: InspectionKind
    readings: list[ReadingIn]
    lot: CodeText | None = None
    job: CodeText | None = None
    note: LongText | None = None


class InspectionOut(msgspec.Struct):
    """One inspection with its computed verdict."""

    code: str
    kind: InspectionKind
    verdict: Verdict
    at: datetime
    person: str


@api.write("/inspections", who=INSPECTORS, takes=NewInspection, gives=InspectionOut)
def record_inspection(work: Work, body: NewInspection) -> InspectionOut:
    """Record the readings of an inspection; the verdict is computed from them."""
    made = service.record_inspection(
        work,
        kind=body.kind,
        lot_code=body.lot,
        job_code=body.job,
        readings=rules.each_once((one.characteristic, one.value) for one in body.readings),
        note=body.note,
    )
    return InspectionOut(code=made.code, kind=made.kind, verdict=made.verdict, at=made.at, person=made.person)
