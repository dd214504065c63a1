"""What is shown while somebody measures at a station: with which gauge, and how the sample stands by its plan."""

from collections.abc import Sequence
from typing import NamedTuple

from mes.core.work import Reader
from mes.gauges.models import Gauge
from mes.gauges.queries import gauges_in_use
from mes.inspection.models import Nature, Severity
from mes.inspection.open_queries import Sheet
from mes.inspection.sampling import Sampling, planned
from mes.inspection.tablet_rules import Slot, outcome


class Tally(NamedTuple):
    """A lot's sample so far: what was drawn, what of it is nonconforming, and the limits of the plan."""

    drawn: Sampling
    found: int
    accept: int
    reject: int


def tally(seen: Sheet) -> Tally | None:
    """How the sample of a lot stands; None for the pieces of a job, of which none may fail."""
    one = seen.inspection
    if one.lot_id is None:
        return None
    drawn = planned(seen.standard, one.lot_size or 1, one.severity or Severity.NORMAL)
    result = outcome(one, seen.slots, drawn.samples, pieces=drawn.counts_pieces)
    last = drawn.samples[-1 if one.more_pieces else 0]
    found = result.found if result.found_in_both is None else result.found_in_both
    return Tally(drawn, found, last.accept, last.reject)


def fitting_gauges(read: Reader, slot: Slot | None) -> list[Gauge]:
    """Gauges of the kind that the characteristic names; all in use where it names none."""
    if slot is None or slot.characteristic.nature is Nature.ATTRIBUTE:
        return []
    kind = slot.characteristic.gauge_type
    return [one for one in gauges_in_use(read) if not kind or one.kind == kind]


def gauge_now(seen: Sheet, slot: Slot | None, fitting: Sequence[Gauge], asked: str) -> str:
    """The gauge that is chosen by itself: the one just named, when it measures this; else the one with which this was
    measured last. Another thing's gauge is never carried along."""
    codes = {one.id: one.code for one in fitting}
    if asked.upper() in codes.values():
        return asked.upper()
    mine = [one.gauge_id for one in seen.readings if slot and one.characteristic_id == slot.characteristic.id]
    return codes.get(mine[-1] or 0, "") if mine else ""
