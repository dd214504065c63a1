"""Inspections piece by piece for programs: one is begun, takes reading after reading, and is closed."""

import msgspec

from mes.core.access import INSPECTORS
from mes.core.api import Api, CodeText, LongText, NameText
from mes.core.work import Reader, Work
from mes.inspection import service
from mes.inspection.models import InspectionKind, Trigger, Verdict
from mes.inspection.open_queries import Sheet, sheet
from mes.inspection.recording import shown_value
from mes.spc import taking
from mes.spc.closing import close_inspection

api = Api("measuring", __name__)


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    """What is inspected; the one that is open already is given back."""

    kind: InspectionKind
    lot: CodeText | None = None
    job: CodeText | None = None
    trigger: Trigger | None = None
    note: LongText | None = None


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """One reading: ``text`` as a gauge sends it, or the number of one of the ``choices``."""

    characteristic: int
    piece: int
    text: NameText | None = None
    choice: int | None = None
    gauge: CodeText | None = None


class Correction(msgspec.Struct, forbid_unknown_fields=True):
    """What stands in the place of a wrong reading, and why."""

    reason: LongText
    text: NameText | None = None
    choice: int | None = None


class GivingUp(msgspec.Struct, forbid_unknown_fields=True):
    """Why it has no verdict."""

    reason: LongText


class ChoiceOut(msgspec.Struct):
    """One answer to what is decided by looking."""

    id: int
    name: str
    good: bool


class SlotOut(msgspec.Struct):
    """One reading that is wanted: ``reading`` is null while it is missing."""

    characteristic: int
    name: str
    piece: int
    unit: str | None
    choices: list[ChoiceOut]
    reading: int | None
    value: str | None
    verdict: Verdict | None


class SheetOut(msgspec.Struct):
    """An inspection with everything that it wants. ``verdict`` is null until it is closed."""

    code: str
    kind: InspectionKind
    open: bool
    verdict: Verdict | None
    pieces: int
    more_pieces: int | None
    found: int | None
    found_in_both: int | None
    readings: list[SlotOut]


def _out(seen: Sheet) -> SheetOut:
    one = seen.inspection
    return SheetOut(
        code=one.code, kind=one.kind, open=one.closed_at is None, verdict=one.verdict, pieces=one.pieces,
        more_pieces=one.more_pieces, found=one.found, found_in_both=one.found_in_both,
        readings=[
            SlotOut(
                characteristic=slot.characteristic.id, name=slot.characteristic.name, piece=slot.piece,
                unit=slot.characteristic.unit,
                choices=[ChoiceOut(each.id, each.name, each.good) for each in slot.characteristic.choices],
                reading=slot.reading.id if slot.reading else None,
                value=shown_value(slot.reading) if slot.reading else None,
                verdict=slot.reading.verdict if slot.reading else None,
            )
            for slot in seen.slots
        ],
    )  # fmt: skip


def _fresh(work: Work, code: str) -> SheetOut:
    work.session.flush()
    work.session.expire_all()
    return _out(sheet(work.session, code))


@api.read("/inspections/<code>", who=INSPECTORS, gives=SheetOut)
def show(read: Reader, code: str) -> SheetOut:
    """One inspection with the readings that it wants and those that were taken."""
    return _out(sheet(read, code))


@api.write("/inspections/open", who=INSPECTORS, takes=Opening, gives=SheetOut)
def begin(work: Work, body: Opening) -> SheetOut:
    """Begin an inspection by the standard in force, or go on with the one that is open."""
    begun = service.open_inspection(
        work, kind=body.kind, lot_code=body.lot, job_code=body.job, trigger=body.trigger, note=body.note
    )
    return _fresh(work, begun.code)


@api.write("/inspections/<code>/readings", who=INSPECTORS, takes=Answer, gives=SheetOut)
def take_reading(work: Work, body: Answer, code: str) -> SheetOut:
    """Record one reading; it is judged at once."""
    taking.take_reading(
        work, code, characteristic=body.characteristic, piece=body.piece, text=body.text, choice=body.choice,
        gauge=body.gauge,
    )  # fmt: skip
    return _fresh(work, code)


@api.write("/inspections/<code>/readings/<int:ident>/correct", who=INSPECTORS, takes=Correction, gives=SheetOut)
def correct_reading(work: Work, body: Correction, code: str, ident: int) -> SheetOut:
    """Put a new reading in the place of a wrong one; both stay."""
    taking.correct_reading(work, code, ident, text=body.text, choice=body.choice, reason=body.reason)
    return _fresh(work, code)


@api.write("/inspections/<code>/close", who=INSPECTORS, takes=None, gives=SheetOut)
def close(work: Work, code: str) -> SheetOut:
    """Close an inspection with its computed verdict, or draw the second sample where the plan asks for one."""
    close_inspection(work, code)
    return _fresh(work, code)


@api.write("/inspections/<code>/give-up", who=INSPECTORS, takes=GivingUp, gives=SheetOut)
def give_up(work: Work, body: GivingUp, code: str) -> SheetOut:
    """Close an inspection without a verdict, with the reason."""
    service.give_up_inspection(work, code, body.reason)
    return _fresh(work, code)
