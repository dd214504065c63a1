"""Inspecting a lot at the station: an inspector scans its label or takes one that waits, sees how it is sampled, and
begins."""

from typing import NamedTuple

from mes.core.access import INSPECTORS, QUALITY_ONLY, Actor, Role
from mes.core.pages import Page, go
from mes.core.work import Reader, Work
from mes.inspection import rules
from mes.inspection.models import InspectionKind, InspectionStandard
from mes.inspection.open_queries import find_open, wanted_of
from mes.inspection.queries import failed_kinds, judged, told_of, waiting_lots
from mes.inspection.sampling import Sampling, sampling_for
from mes.inspection.service import open_inspection
from mes.inspection.standard_queries import kinds_of, standard_of
from mes.inspection.tablet_rules import Need
from mes.lots.models import Lot, LotStatus
from mes.lots.queries import get_lot, open_holds
from mes.quality.targets import Target
from mes.station.here import here, room, shown

#: Lots that wait and fit on one page.
MOST = 60


class Offer(NamedTuple):
    """An inspection that can be made on the lot now, by which standard, and what is drawn from the lot."""

    kind: InspectionKind
    standard: InspectionStandard
    drawn: Sampling
    needs: list[Need]
    begun: str | None


def is_to_inspect(lot: Lot, who: Actor | None) -> bool:
    """Whether a scan of the lot outside of a job means its inspection: for inspectors when it waits for one, and
    always for those who only inspect."""
    if who is None or not who.is_one_of(INSPECTORS):
        return False
    return lot.status is LotStatus.INSPECTION or who.roles == {Role.QUALITY}


@room.read("/lots", who=INSPECTORS)
def lots(read: Reader) -> Page:
    """The lots that wait for their incoming inspection, and those that failed and wait for a decision."""
    here(read)
    waiting = waiting_lots(read, MOST)
    return shown(read, "station/lots.html", waiting=waiting, told=told_of(read, waiting))


@room.read("/lots/<code>", who=INSPECTORS)
def lot(read: Reader, code: str) -> Page:
    """What can be inspected on a lot, with the sample of each, and what is known of the lot so far."""
    here(read)
    found = get_lot(read, code)
    undecided = found.status is LotStatus.INSPECTION and InspectionKind.INCOMING in failed_kinds(read, found.id)
    return shown(
        read,
        "station/lot.html",
        lot=found,
        offers=_offers(read, found),
        holds=open_holds(read, [found.id]) if found.holds else [],
        known=judged(read, found.id),
        undecided=undecided,
        deciders=QUALITY_ONLY,
    )


def _offers(read: Reader, found: Lot) -> list[Offer]:
    if found.status is LotStatus.REJECTED:
        return []
    known = kinds_of(read, found, None)
    possible = [kind for kind in rules.kinds_for(Target(found, None)) if kind in known]
    standards = [(kind, standard_of(read, kind, found, None)) for kind in possible]
    return [_offer(read, kind, one, found) for kind, one in standards if one is not None]


def _offer(read: Reader, kind: InspectionKind, standard: InspectionStandard, found: Lot) -> Offer:
    begun = find_open(read, kind, found.id, None)
    drawn, needs = sampling_for(read, standard, found), wanted_of(read, standard, found)
    return Offer(kind, standard, drawn, needs, begun.code if begun else None)


@room.write(
    "/lots/<code>/inspect/<any(incoming,middle,last,self,patrol,final,outgoing):kind>",
    who=INSPECTORS,
    show=lambda read, code, kind: lot(read, code),
)
def inspect_lot(work: Work, code: str, kind: str) -> Page:
    """Begin an inspection of a lot, or go on with the one that is open."""
    here(work.session)
    begun = open_inspection(work, kind=InspectionKind(kind), lot_code=code)
    return go("station.measure", code=begun.code)
