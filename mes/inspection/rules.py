"""What inspection decides: verdicts from readings, and limits that mean something."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.inspection.models import Characteristic, InspectionKind, Verdict
from mes.lots.models import Lot
from mes.orders.models import Job
from mes.quality.targets import Target

KIND_NAMES = {
    InspectionKind.INCOMING: N_("Incoming inspection"),
    InspectionKind.FIRST: N_("First-piece inspection"),
    InspectionKind.MIDDLE: N_("Middle-piece inspection"),
    InspectionKind.LAST: N_("Last-piece inspection"),
    InspectionKind.SELF: N_("Self-inspection"),
    InspectionKind.PATROL: N_("Patrol inspection"),
    InspectionKind.FINAL: N_("Final inspection"),
    InspectionKind.OUTGOING: N_("Outgoing inspection"),
}
VERDICT_NAMES = {Verdict.PASS: N_("Pass"), Verdict.FAIL: N_("Fail")}
#: Inspections of goods that stand there as a lot, not of pieces at a job.
OF_LOTS = frozenset({InspectionKind.INCOMING, InspectionKind.OUTGOING})


class LimitsReversed(Refused):
    """A lower limit above the upper one."""

    message = N_("The lower limit %(lower)s is above the upper limit %(upper)s.")
    hint = N_("Swap them, or correct the one that was mistyped.")


class NoLimit(Refused):
    """Without a limit no reading could ever fail."""

    message = N_("%(name)s has no limit, so nothing could ever fail.")
    hint = N_("Give a lower or an upper limit. For a look by eye count the faulty pieces: upper limit 0.")


class NominalOutside(Refused):
    """A target that would itself fail."""

    message = N_("The nominal value %(nominal)s lies outside its own limits.")
    hint = N_("Correct the nominal value or the limits.")


class AlreadyMeasured(Refused):
    """A piece of an open inspection whose reading is there."""

    message = N_("%(name)s of piece %(piece)s is recorded already.")
    hint = N_("If that reading is wrong, correct it in the open inspection with a reason.")


class NothingToMeasure(Refused):
    """An inspection without characteristics would pass by itself."""

    message = N_("%(kind)s: it is not set up what is measured on %(item)s.")
    hint = N_("Enter them under inspection standards first: what is measured, and its limits.")


class ReadingMissing(Refused):
    """A missing reading is missing, never good."""

    message = N_("No reading was given for: %(names)s.")
    hint = N_("What was not measured is not good. Measure it, then save again.")


class ReadingUnknown(Refused):
    """Readings of something that this inspection does not measure (any more)."""

    message = N_("A reading was sent for something that is not part of this inspection.")
    hint = N_("The standard has changed meanwhile. Open the inspection again.")


class ReadingTwice(Refused):
    """Two values for one thing: which of them is meant is nobody's guess."""

    message = N_("Two readings were given for %(name)s.")
    hint = N_("Send each characteristic once.")
    status = 422


class LotOfAnotherOrder(Refused):
    """A piece of another order says nothing about this job."""

    message = N_("Lot %(lot)s was not made by job %(job)s, so it cannot be inspected for it.")
    hint = N_("Choose the job alone, or a lot that its order made.")


class InspectionNeedsLot(Refused):
    """Incoming and outgoing goods are inspected by the lot."""

    message = N_("%(kind)s: this is made on a lot.")
    hint = N_("Scan the lot's label.")


class InspectionNeedsJob(Refused):
    """The first piece is one of a job."""

    message = N_("%(kind)s: this is made on a job.")
    hint = N_("Scan the job on the work order.")


class NotWaitingForDecision(Refused):
    """Only a failed incoming lot is accepted or rejected by decision."""

    message = N_("Lot %(lot)s is not waiting for a decision after a failed incoming inspection.")
    hint = N_("Open the lot to see how it stands.")


def kind_name(kind: InspectionKind) -> str:
    """A kind of inspection in the reader's language."""
    return _(KIND_NAMES[kind])


def verdict_name(verdict: Verdict) -> str:
    """A verdict in the reader's language."""
    return _(VERDICT_NAMES[verdict])


def judge(value: Decimal, lower: Decimal | None, upper: Decimal | None) -> Verdict:
    """One reading against its limits. A value exactly on a limit passes; an open side has no limit."""
    low = lower is not None and value < lower
    high = upper is not None and value > upper
    return Verdict.FAIL if low or high else Verdict.PASS


def judge_all(verdicts: Iterable[Verdict]) -> Verdict:
    """An inspection passes only when every one of its readings does."""
    return Verdict.FAIL if Verdict.FAIL in set(verdicts) else Verdict.PASS


def check_readings(characteristics: Sequence[Characteristic], given: Mapping[int, Decimal]) -> None:
    """Refuse an inspection with a reading missing or one too many. Raises ReadingMissing, ReadingUnknown."""
    missing = [one for one in characteristics if one.id not in given]
    if missing:
        names = ", ".join(one.name for one in missing)
        raise ReadingMissing(field=f"reading_{missing[0].id}", names=names)
    if given.keys() - {one.id for one in characteristics}:
        raise ReadingUnknown


def each_once(given: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Readings by the number of what was measured. Raises ReadingTwice."""
    readings: dict[int, Decimal] = {}
    for ident, value in given:
        if ident in readings:
            raise ReadingTwice(field="readings", name=str(ident))
        readings[ident] = value
    return readings


def check_limits(name: str, nominal: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> None:
    """Refuse limits that no piece, or every piece, would meet. Raises NoLimit, LimitsReversed, NominalOutside."""
    if lower is None and upper is None:
        raise NoLimit(field="upper", name=name)
    if lower is not None and upper is not None and lower > upper:
        raise LimitsReversed(field="lower", lower=lower, upper=upper)
    if nominal is not None and judge(nominal, lower, upper) is Verdict.FAIL:
        raise NominalOutside(field="nominal", nominal=nominal)


def check_target(kind: InspectionKind, *, lot: bool, job: bool) -> None:
    """Refuse an inspection of the wrong kind of thing. Raises InspectionNeedsLot, InspectionNeedsJob."""
    if kind is InspectionKind.FIRST and not job:
        raise InspectionNeedsJob(field="code", kind=kind_name(kind))
    if not lot and (kind in OF_LOTS or not job):
        raise InspectionNeedsLot(field="code", kind=kind_name(kind))


def check_lot_of_job(lot: Lot, job: Job) -> None:
    """A lot that is inspected for a job is one of the job's order, of its product. Raises LotOfAnotherOrder."""
    if lot.order_id != job.order_id or lot.item_id != job.order.item_id:
        raise LotOfAnotherOrder(field="lot", lot=lot.code, job=job.code)


def kinds_for(target: Target) -> list[InspectionKind]:
    """Kinds of inspection that can be made on a lot, or on a job."""
    if target.lot is not None:
        return [kind for kind in InspectionKind if kind is not InspectionKind.FIRST]
    return [kind for kind in InspectionKind if kind not in OF_LOTS]
