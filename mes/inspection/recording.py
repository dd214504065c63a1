"""Use cases of inspection: take readings one by one, correct, close. Quality pushes state down (``telling``)."""

from collections.abc import Mapping
from decimal import Decimal

from mes.core.i18n import own_name
from mes.core.plant import plant
from mes.core.work import Work
from mes.gauges.service import usable_gauge
from mes.inspection import open_queries, queries, rules, tablet_rules
from mes.inspection.models import (
    Characteristic,
    Choice,
    Inspection,
    InspectionKind,
    InspectionStandard,
    Nature,
    Reading,
    Severity,
    Verdict,
)
from mes.inspection.opening import begun_by, target_of
from mes.inspection.sampling import Sampling, note_outcome, sampling_for, sampling_of
from mes.inspection.standard_queries import standard_of
from mes.inspection.telling import tell
from mes.inspection.typed import read_column, read_reading
from mes.lots.rules import check_reason
from mes.orders import service as orders
from mes.statistics.sampling import Sample


def take_reading(
    work: Work,
    code: str,
    *,
    characteristic: int,
    piece: int,
    text: str | None = None,
    choice: int | None = None,
    gauge: str | None = None,
) -> Reading:
    """Record one reading, judged at once: ``text`` as it was typed or sent, or one of the choices.

    Raises InspectionClosed, PieceBeyond, ReadingTaken, NotMeasured, what cannot be read (``typed``), and what gauges
    refuse.
    """
    inspection, standard = _lock_open(work, code)
    one = _characteristic(inspection, standard, characteristic, piece)
    there = open_queries.standing_reading(work.session, inspection.id, one.id, piece)
    if there is not None:
        raise tablet_rules.ReadingTaken(
            name=one.name, piece=str(piece), who=there.person or inspection.person, value=shown_value(there)
        )
    value, chosen = _answer(one, text, choice)
    taken = _take(work, inspection, one, piece, value, chosen, gauge_id=_gauge_id(work, gauge))
    work.session.flush()
    return taken


def take_column(work: Work, code: str, *, characteristic: int, text: str, gauge: str | None = None) -> list[Reading]:
    """Record a pasted column of values for the pieces that are missing, in their order: all of them, or none.

    Raises ColumnUnreadable, TooManyValues, and what a single reading refuses.
    """
    inspection, standard = _lock_open(work, code)
    one = _characteristic(inspection, standard, characteristic, 1)
    if one.nature is not Nature.VARIABLE:
        raise tablet_rules.NotMeasured(field="value", name=one.name)
    values = read_column(text, one.unit)
    free = [slot.piece for slot in open_queries.slots_of(work.session, inspection, standard)
            if slot.characteristic.id == one.id and slot.reading is None]  # fmt: skip
    if len(values) > len(free):
        raise tablet_rules.TooManyValues(field="value", given=str(len(values)), missing=str(len(free)), name=one.name)
    gauge_id = _gauge_id(work, gauge)
    taken = [
        _take(work, inspection, one, piece, value, None, gauge_id=gauge_id)
        for piece, value in zip(free, values, strict=False)
    ]
    work.session.flush()
    return taken


def take_rest(work: Work, code: str, *, characteristic: int, choice: int) -> list[Reading]:
    """Record the same choice for all pieces that are missing: somebody says that he has looked at each of them.

    Raises InspectionClosed, NotMeasured.
    """
    inspection, standard = _lock_open(work, code)
    one = _characteristic(inspection, standard, characteristic, 1)
    value, chosen = _answer(one, None, choice)
    free = [slot.piece for slot in open_queries.slots_of(work.session, inspection, standard)
            if slot.characteristic.id == one.id and slot.reading is None]  # fmt: skip
    taken = [_take(work, inspection, one, piece, value, chosen) for piece in free]
    work.session.flush()
    return taken


def correct_reading(
    work: Work, code: str, reading_id: int, *, text: str | None = None, choice: int | None = None, reason: str
) -> Reading:
    """Put a new reading in the place of a wrong one, with the reason; both stay.

    Raises InspectionClosed, ReadingReplaced, NotYoursToCorrect, ReasonNeeded, NotFound, and what a reading refuses.
    """
    inspection, standard = _lock_open(work, code)
    reason = check_reason(reason)
    wrong = open_queries.get_reading(work.session, inspection.id, reading_id)
    if wrong.replaced_at is not None:
        raise tablet_rules.ReadingReplaced
    tablet_rules.check_correction(wrong, work.actor, work.now, plant(work.session).undo_minutes)
    one = _characteristic(inspection, standard, wrong.characteristic_id, wrong.piece)
    value, chosen = _answer(one, text, choice)
    wrong.replaced_at = work.now
    work.session.flush()
    right = _take(
        work, inspection, one, wrong.piece, value, chosen, gauge_id=wrong.gauge_id, replaces=wrong, reason=reason
    )
    work.session.flush()
    work.record("inspection.correct_reading", inspection, before={"value": wrong.value}, after={"value": right.value},
                reason=reason, code=inspection.code)  # fmt: skip
    return right


def close_inspection(work: Work, code: str) -> Inspection:
    """Close an inspection with the verdict of its readings, or draw the second sample where the plan asks for one
    (``more_pieces`` is set then, and it stays open).

    A failure holds the lot or what the job made, a pass releases what waited; of a lot that failed before, only quality
    or a leader says so. Raises InspectionClosed, ReadingsMissing, FailedBefore, NotFound.
    """
    found = queries.get_inspection(work.session, code)
    lot, job = found.inspection.lot, orders.lock_job(work, found.job) if found.job else None
    inspection, standard = _lock_open(work, code)
    slots = open_queries.slots_of(work.session, inspection, standard)
    drawn = _sampling(inspection, standard)
    result = tablet_rules.outcome(inspection, slots, drawn.samples, pieces=drawn.counts_pieces)
    tablet_rules.check_complete(result)
    if lot and inspection.kind in queries.failed_kinds(work.session, lot.id):
        tablet_rules.check_confirmed(result, lot.code, work.actor)
    with work.change(inspection, "inspection.second_sample" if result.second else "inspection.close"):
        inspection.found, inspection.found_in_both = result.found, result.found_in_both
        if result.second:
            inspection.more_pieces = drawn.samples[1].size
        else:
            inspection.verdict, inspection.closed_at = result.verdict, work.now
            inspection.closed_by = work.actor.name[:100]
        work.session.flush()
    if not result.second:
        work.session.refresh(inspection, ["readings"])
        if inspection.lot_id is not None:
            note_outcome(work, inspection)
        tell(work, inspection, standard, job)
    return inspection


def give_up_inspection(work: Work, code: str, reason: str) -> Inspection:
    """Close an inspection that was begun by mistake or cannot be finished: it has no verdict, opens nothing, and its
    readings stay but count in no chart. What has found something bad only quality or a leader gives up.

    Raises InspectionClosed, FoundBad, ReasonNeeded, NotFound.
    """
    inspection, standard = _lock_open(work, code)
    reason = check_reason(reason)
    slots = open_queries.slots_of(work.session, inspection, standard)
    tablet_rules.check_given_up(slots, work.actor)
    with work.change(inspection, "inspection.give_up", reason=reason):
        inspection.closed_at, inspection.closed_by = work.now, work.actor.name[:100]
        inspection.note = "\n".join(said for said in (inspection.note, reason) if said)
        for slot in slots:
            if slot.reading is not None:
                slot.reading.replaced_at = work.now
        work.session.flush()
    return inspection


def record_inspection(
    work: Work,
    *,
    kind: InspectionKind,
    lot_code: str | None = None,
    job_code: str | None = None,
    readings: Mapping[int, Decimal],
    note: str | None = None,
) -> Inspection:
    """Record an inspection of one piece at once; ``readings`` are by the characteristic's id. The verdict is computed.

    Of what is decided by looking the reading is the number of faulty pieces. A failure and a pass act as those of
    ``close_inspection``. Raises ReadingMissing, ReadingsMissing (more pieces are wanted), ReadingUnknown,
    NothingToMeasure, InspectionNeedsLot, InspectionNeedsJob, LotOfAnotherOrder, LotRejected, NotFound.
    """
    job, lot, item = target_of(work, kind, lot_code, job_code)
    standard = standard_of(work.session, kind, lot, job)
    if standard is None:
        raise rules.NothingToMeasure(item=item.name, kind=rules.kind_name(kind))
    rules.check_readings(standard.characteristics, readings)
    drawn = sampling_for(work.session, standard, lot) if lot else None
    inspection = begun_by(work, kind, item, lot, job, standard, drawn)
    tablet_rules.check_one_piece(inspection, standard.characteristics)
    inspection.readings = [_reading(work, one, 1, readings[one.id], None) for one in standard.characteristics]
    inspection.verdict = rules.judge_all(one.verdict for one in inspection.readings)
    inspection.note, inspection.closed_at, inspection.closed_by = note, work.now, work.actor.name[:100]
    if lot is not None:
        inspection.found = 1 if inspection.verdict is Verdict.FAIL else 0
    work.add(inspection, "quality.inspect")
    if lot is not None:
        note_outcome(work, inspection)
    tell(work, inspection, standard, job)
    return inspection


def shown_value(reading: Reading) -> str:
    """A reading as people say it: the choice, or the number with its unit."""
    if reading.choice is not None:
        return own_name(reading.choice)
    return f"{reading.value} {reading.unit or ''}".strip()


def _sampling(inspection: Inspection, standard: InspectionStandard) -> Sampling:
    """The plan with which it began; of a job's pieces none may fail."""
    if inspection.lot_id is None:
        return Sampling(inspection.pieces, Severity.NORMAL, (Sample(inspection.pieces, 0, 1),))
    inspection.standard = standard
    return sampling_of(inspection)


def _lock_open(work: Work, code: str) -> tuple[Inspection, InspectionStandard]:
    """An open inspection, locked, with its standard. Raises InspectionClosed, NotFound."""
    inspection = open_queries.lock_inspection(work, code)
    if inspection.closed_at is not None:
        raise tablet_rules.InspectionClosed(code=inspection.code, who=inspection.closed_by, when=inspection.closed_at)
    return inspection, open_queries.standard_with_choices(work.session, inspection.standard_id)


def _characteristic(inspection: Inspection, standard: InspectionStandard, ident: int, piece: int) -> Characteristic:
    wanted = tablet_rules.needs(inspection, standard.characteristics)
    need = next((need for need in wanted if need.characteristic.id == ident), None)
    if need is None:
        raise rules.ReadingUnknown
    if not 1 <= piece <= need.pieces:
        raise tablet_rules.PieceBeyond(name=need.characteristic.name, pieces=str(need.pieces), piece=str(piece))
    return need.characteristic


def _answer(one: Characteristic, text: str | None, choice: int | None) -> tuple[Decimal, Choice | None]:
    """The value of an answer: the number, or 0 for a good choice and 1 for a bad one."""
    if one.nature is Nature.VARIABLE:
        if text is None:
            raise tablet_rules.NotMeasured(field="value", name=one.name)
        return read_reading(text, one.unit), None
    chosen = next((each for each in one.choices if each.id == choice), None)
    if chosen is None:
        raise tablet_rules.NotMeasured(field="choice", name=one.name)
    return Decimal(0 if chosen.good else 1), chosen


def _take(
    work: Work, inspection: Inspection, one: Characteristic, piece: int, value: Decimal, choice: Choice | None, *,
    gauge_id: int | None = None, replaces: Reading | None = None, reason: str | None = None,
) -> Reading:  # fmt: skip
    taken = _reading(work, one, piece, value, choice)
    taken.inspection_id, taken.gauge_id = inspection.id, gauge_id
    taken.replaces_id, taken.reason = (replaces.id if replaces else None), reason
    work.session.add(taken)
    return taken


def _gauge_id(work: Work, gauge: str | None) -> int | None:
    return usable_gauge(work, gauge).id if gauge else None


def _reading(work: Work, one: Characteristic, piece: int, value: Decimal, choice: Choice | None) -> Reading:
    """Of what is decided by looking the faulty pieces are counted, and none may be."""
    upper = Decimal(0) if one.nature is Nature.ATTRIBUTE else one.upper
    return Reading(
        characteristic_id=one.id, position=one.position, name=one.name, unit=one.unit,
        lower=one.lower, upper=upper, value=value, verdict=rules.judge(value, one.lower, upper),
        piece=piece, choice=choice, at=work.now, person=work.actor.name[:100],
    )  # fmt: skip
