"""Inspecting a lot at the station: an inspector scans its label, sees how it is sampled, and begins."""

from typing import NamedTuple

from mes.core.access import INSPECTORS, Actor, Role
from mes.core.pages import Page, go
from mes.core.work import Reader, Work
from mes.inspection import rules
from mes.inspection.models import InspectionKind, InspectionStandard
from mes.inspection.sampling import Sampling, sampling_for
from mes.inspection.service import open_inspection
from mes.inspection.standard_queries import kinds_of, standard_of
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import get_lot
from mes.quality.targets import Target
from mes.station.here import here, room, shown


class Offer(NamedTuple):
    """An inspection that can be made on the lot now, by which standard, and what is drawn from the lot."""

    kind: InspectionKind
    standard: InspectionStandard
    drawn: Sampling


def is_to_inspect(lot: Lot, who: Actor | None) -> bool:
    """Whether a scan of the lot outside of a job means its inspection: for inspectors when it waits for one, and
    always for those who only inspect."""
    if who is None or not who.is_one_of(INSPECTORS):
        return False
    return lot.status is LotStatus.INSPECTION or who.roles == {Role.QUALITY}


@room.read("/lots/<code>", who=INSPECTORS)
def lot(read: Reader, code: str) -> Page:
    """What can be inspected on a lot, with the sample of each."""
    here(read)
    found = get_lot(read, code)
    return shown(read, "station/lot.html", lot=found, offers=_offers(read, found))


def _offers(read: Reader, found: Lot) -> list[Offer]:
    known = kinds_of(read, found, None)
    possible = [kind for kind in rules.kinds_for(Target(found, None)) if kind in known]
    standards = [(kind, standard_of(read, kind, found, None)) for kind in possible]
    return [Offer(kind, one, sampling_for(read, one, found)) for kind, one in standards if one is not None]


@room.write(
    "/lots/<code>/inspect/<any(incoming,middle,last,self,patrol,final,outgoing):kind>", who=INSPECTORS, show=lot
)
def inspect_lot(work: Work, code: str, kind: str) -> Page:
    """Begin an inspection of a lot, or go on with the one that is open."""
    here(work.session)
    begun = open_inspection(work, kind=InspectionKind(kind), lot_code=code)
    return go("station.measure", code=begun.code)
