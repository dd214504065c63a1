"""The shapes of inspections for programs."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.api import CodeText, LongText
from mes.inspection.models import Inspection, InspectionKind, Verdict


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
    verdict: Verdict | None
    at: datetime
    person: str


def out(made: Inspection) -> InspectionOut:
    """An inspection as programs see it. Its recording is an act of the room of control charts, which look at it."""
    return InspectionOut(code=made.code, kind=made.kind, verdict=made.verdict, at=made.at, person=made.person)
