"""What an open inspection takes and when it can be closed: pieces, readings, and the verdict they give."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from mes.core.access import INSPECTORS, Actor
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.inspection.models import Characteristic, Inspection, Reading, Verdict
from mes.inspection.sampling import decide
from mes.statistics.sampling import Sample


class InspectionClosed(Refused):
    """A closed inspection takes no readings any more."""

    message = N_("Inspection %(code)s was closed by %(who)s at %(when)s.")
    hint = N_("Begin a new one; what was recorded stays as it is.")


class PieceBeyond(Refused):
    """A piece that the sample does not have."""

    message = N_("%(name)s is measured on %(pieces)s pieces here; there is no piece %(piece)s.")
    hint = N_("Open the inspection again to see what is missing.")


class ReadingTaken(Refused):
    """Somebody else measured the same piece in the meantime."""

    message = N_("%(name)s of piece %(piece)s was already recorded by %(who)s: %(value)s.")
    hint = N_("Yours was not recorded. If that one is wrong, correct it with a reason.")


class ReadingReplaced(Refused):
    """A reading that was corrected already."""

    message = N_("This reading was already corrected.")
    hint = N_("Open the inspection again to see the one in its place.")


class NotYoursToCorrect(Refused):
    """A reading is corrected at once by whoever took it; afterwards by somebody who answers for it."""

    message = N_("%(name)s of piece %(piece)s was recorded by %(who)s at %(when)s.")
    hint = N_("Who took it corrects it within %(minutes)s minutes; quality or the leader may do so later.")
    status = 403


class NotMeasured(Refused):
    """A number for what is decided by looking, or a choice for what is measured."""

    message = N_("%(name)s takes another kind of answer.")
    hint = N_("Measured things take a number, things decided by looking one of their choices.")
    status = 422


class ReadingsMissing(Refused):
    """A missing reading is missing, never good."""

    message = N_("The inspection cannot pass yet: %(many)s readings are missing (%(names)s).")
    hint = N_("What was not measured is not good. Measure it, or give the inspection up with a reason.")


class FoundBad(Refused):
    """Measuring anew until it passes: what was found bad would be gone with the inspection."""

    message = N_("This inspection has found something bad (%(names)s), so it is not given up at the station.")
    hint = N_("Close it as it is. If it was begun by mistake, quality or the leader gives it up with a reason.")
    status = 403


class FailedBefore(Refused):
    """Measuring a lot again until it passes would let it go without anybody answering for it."""

    message = N_("Lot %(lot)s failed this inspection before, so quality or the leader closes it now that it passes.")
    hint = N_("All readings are kept. Ask one of them to sign in and to close it.")
    status = 403


class TooManyValues(Refused):
    """A pasted column that is longer than what is missing."""

    message = N_("%(given)s values were pasted, but only %(missing)s readings of %(name)s are missing.")
    hint = N_("None of them was recorded. Paste only those that belong here.")
    status = 422


@dataclass(frozen=True)
class Need:
    """How many pieces of a characteristic are looked at."""

    characteristic: Characteristic
    pieces: int


class Slot(NamedTuple):
    """One reading to be taken, or taken."""

    piece: int
    characteristic: Characteristic
    reading: Reading | None


def needs(inspection: Inspection, characteristics: Sequence[Characteristic]) -> list[Need]:
    """Pieces of each characteristic: its own number, one for a setting of the process, else the whole sample."""
    whole = inspection.pieces + (inspection.more_pieces or 0)
    return [Need(one, one.sample_size or (1 if one.of_process else whole)) for one in characteristics]


def slots(
    inspection: Inspection, characteristics: Sequence[Characteristic], readings: Collection[Reading]
) -> list[Slot]:
    """All readings of an inspection piece by piece, with those that were taken."""
    wanted = needs(inspection, characteristics)
    taken = {(one.piece, one.characteristic_id): one for one in readings if one.replaced_at is None}
    most = max((need.pieces for need in wanted), default=0)
    return [
        Slot(piece, need.characteristic, taken.get((piece, need.characteristic.id)))
        for piece in range(1, most + 1)
        for need in wanted
        if piece <= need.pieces
    ]


class Outcome(NamedTuple):
    """What the readings so far say. ``verdict`` is None while it is open; ``second``: a second sample is drawn."""

    verdict: Verdict | None
    found: int
    found_in_both: int | None
    missing: list[Slot]
    second: bool


def outcome(
    inspection: Inspection, all_slots: Sequence[Slot], samples: Sequence[Sample], *, pieces: bool = True
) -> Outcome:
    """The verdict by the plan: nonconforming pieces against Ac and Re or, with ``pieces`` False, nonconformities.

    Ac belongs to the plan's sample. A bad setting of the process fails by itself, and so does what is measured on
    pieces of its own number. With readings missing an inspection can only fail, when it has failed already.
    """
    bad = [slot for slot in all_slots if _fails(slot)]
    alone = any(_is_apart(slot.characteristic) for slot in bad)
    counted = [slot.piece for slot in bad if not _is_apart(slot.characteristic)]
    many = len(set(counted)) if pieces else len(counted)
    missing = [slot for slot in all_slots if slot.reading is None]
    found, both = many, None
    if inspection.more_pieces is not None:  # the first sample was counted when the second one was drawn
        found = inspection.found or 0
        both = max(found, many)
    last = samples[0] if both is None else samples[1]
    if missing:
        surely = alone or (found if both is None else both) >= last.reject
        return Outcome(Verdict.FAIL if surely else None, found, both, missing, second=False)
    said = Verdict.FAIL if alone else decide(samples, found, both, pieces=pieces)
    return Outcome(said, found, both, [], second=said is None)


def has_failed(all_slots: Collection[Slot]) -> list[str]:
    """Names of what was measured and is not good."""
    return list(dict.fromkeys(slot.characteristic.name for slot in all_slots if _fails(slot)))


def check_correction(wrong: Reading, actor: Actor, now: datetime, minutes: int) -> None:
    """Refuse to correct what another took, or what was taken more than so many minutes ago, but for quality and
    leaders. Raises NotYoursToCorrect."""
    own = wrong.person == actor.name[:100] and wrong.at is not None and now - wrong.at <= timedelta(minutes=minutes)
    if not own and not actor.is_one_of(INSPECTORS):
        raise NotYoursToCorrect(
            name=wrong.name, piece=str(wrong.piece), who=wrong.person or "-", when=wrong.at or "-", minutes=str(minutes)
        )


def check_given_up(all_slots: Collection[Slot], actor: Actor) -> None:
    """Refuse to give up what found something bad, so that nobody measures until it passes. Raises FoundBad."""
    names = has_failed(all_slots)
    if names and not actor.is_one_of(INSPECTORS):
        raise FoundBad(names=", ".join(names))


def _is_apart(one: Characteristic) -> bool:
    return one.of_process or one.sample_size is not None


def check_complete(result: Outcome) -> None:
    """Refuse to close what could only pass, while readings are missing. Raises ReadingsMissing."""
    if result.missing and result.verdict is None:
        names = ", ".join(dict.fromkeys(slot.characteristic.name for slot in result.missing))
        raise ReadingsMissing(many=str(len(result.missing)), names=names)


def check_confirmed(result: Outcome, lot: str, actor: Actor) -> None:
    """That a lot which failed is good after all is said by somebody who answers for it. Raises FailedBefore."""
    if result.verdict is Verdict.PASS and not actor.is_one_of(INSPECTORS):
        raise FailedBefore(lot=lot)


def check_one_piece(inspection: Inspection, characteristics: Sequence[Characteristic]) -> None:
    """Refuse to record at once what wants several pieces. Raises ReadingsMissing."""
    missing = [need for need in needs(inspection, characteristics) if need.pieces > 1]
    if missing:
        names = ", ".join(need.characteristic.name for need in missing)
        raise ReadingsMissing(many=str(sum(need.pieces - 1 for need in missing)), names=names)


def _fails(slot: Slot) -> bool:
    return slot.reading is not None and slot.reading.verdict is Verdict.FAIL
