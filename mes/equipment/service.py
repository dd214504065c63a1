"""Use cases: work centres, machines, places, stations, and their standstills."""

import secrets
from typing import Any

from mes.core.coded import add_coded, change_coded, lock_coded
from mes.core.errors import NotFound
from mes.core.i18n import _
from mes.core.numbering import running_code
from mes.core.work import Work
from mes.equipment import queries
from mes.equipment.models import (
    Downtime,
    Location,
    LocationKind,
    Machine,
    MachineState,
    Station,
    StopReason,
    WorkCentre,
)
from mes.equipment.rules import (
    AlreadyEnded,
    MachineHeld,
    MachineNotHeld,
    StoppedAgain,
    check_in_use,
    check_machine_reason,
    check_runs,
    check_stands_at,
    state_after_stop,
)
from mes.people.guessing import forgive_tablet
from mes.people.hashing import token_hash


def add_work_centre(
    work: Work,
    *,
    code: str,
    name: str,
    name_en: str | None = None,
    location_id: int | None = None,
    skill: str | None = None,
) -> WorkCentre:
    """Enter a line or area. Raises AlreadyExists, SimilarCode."""
    centre = WorkCentre(code=code, name=name, name_en=name_en, location_id=location_id, skill=skill)
    return add_coded(work, centre, "equipment.add_work_centre")


def change_work_centre(work: Work, code: str, *, version: int | None = None, **columns: Any) -> WorkCentre:
    """Change a work centre; its code stays. Raises StaleEdit."""
    centre = lock_coded(work, WorkCentre, code, _("work centre"))
    return change_coded(work, centre, "equipment.change_work_centre", version, columns)


def add_machine(work: Work, *, code: str, name: str, work_centre_id: int, name_en: str | None = None) -> Machine:
    """Enter a machine; the tag for its label is made here. Raises AlreadyExists, SimilarCode."""
    machine = Machine(code=code, name=name, name_en=name_en, work_centre_id=work_centre_id)
    machine.tag = running_code(work.session, "M")
    return add_coded(work, machine, "equipment.add_machine")


def change_machine(work: Work, code: str, *, version: int | None = None, **columns: Any) -> Machine:
    """Change a machine; its code and tag stay. Raises StaleEdit, and AlreadyStopped when it is to stand at another work
    centre while a stop is open: nobody there could end it."""
    machine = lock_coded(work, Machine, code, _("machine"))
    if columns.get("work_centre_id", machine.work_centre_id) != machine.work_centre_id:
        check_runs(machine.code, queries.open_downtime(work.session, machine.work_centre_id, machine.id))
    return change_coded(work, machine, "equipment.change_machine", version, columns)


def hold_machine(work: Work, code: str, reason: str) -> Machine:
    """Put a machine on hold: no job starts on it. Raises MachineHeld, ReasonNeeded."""
    reason = check_machine_reason(reason)
    machine = lock_coded(work, Machine, code, _("machine"))
    if machine.hold_reason:
        raise MachineHeld(machine=machine.code, reason=machine.hold_reason)
    with work.change(machine, "equipment.hold_machine", reason=reason):
        machine.state, machine.hold_reason = MachineState.HELD, reason
        work.session.flush()
    return machine


def release_machine(work: Work, code: str, reason: str) -> Machine:
    """Lift the hold of a machine, with a reason. Raises MachineNotHeld, ReasonNeeded."""
    reason = check_machine_reason(reason)
    machine = lock_coded(work, Machine, code, _("machine"))
    if not machine.hold_reason:
        raise MachineNotHeld(machine=machine.code)
    with work.change(machine, "equipment.release_machine", reason=reason):
        machine.hold_reason = None
        stop = queries.open_downtime(work.session, machine.work_centre_id, machine.id)
        machine.state = state_after_stop(machine, stopped=stop is not None)
        work.session.flush()
    return machine


def add_location(
    work: Work, *, code: str, name: str, kind: LocationKind = LocationKind.STORE, name_en: str | None = None
) -> Location:
    """Enter a place; the tag for its label is made here. Raises AlreadyExists, SimilarCode."""
    place = Location(code=code, name=name, name_en=name_en, kind=kind)
    place.tag = running_code(work.session, "P")
    return add_coded(work, place, "equipment.add_location")


def change_location(work: Work, code: str, *, version: int | None = None, **columns: Any) -> Location:
    """Change a place; its code and tag stay. Raises StaleEdit."""
    place = lock_coded(work, Location, code, _("place"))
    return change_coded(work, place, "equipment.change_location", version, columns)


def add_station(work: Work, *, code: str, name: str, work_centre_id: int) -> Station:
    """Enter a station (the tablet of a work centre); it is paired later. Raises AlreadyExists, SimilarCode."""
    return add_coded(work, Station(code=code, name=name, work_centre_id=work_centre_id), "equipment.add_station")


def change_station(work: Work, code: str, *, version: int | None = None, **columns: Any) -> Station:
    """Change a station; taking it out of use ends its pairing. Raises StaleEdit."""
    station = lock_coded(work, Station, code, _("station"))
    if columns.get("active") is False:
        columns |= {"device_hash": None, "paired_at": None}
    return change_coded(work, station, "equipment.change_station", version, columns)


def pair_station(work: Work, code: str) -> str:
    """Make a device this station's tablet; the one before is no longer it. Gives the device's secret token.

    Raises NotInUse.
    """
    station = lock_coded(work, Station, code, _("station"))
    check_in_use(station)
    token = secrets.token_urlsafe(32)
    station.device_hash, station.paired_at = token_hash(token), work.now
    work.session.flush()
    work.record("equipment.pair_station", station)
    return token


def unpair_station(work: Work, code: str) -> Station:
    """Let no device be this station any more."""
    station = lock_coded(work, Station, code, _("station"))
    station.device_hash, station.paired_at = None, None
    work.session.flush()
    work.record("equipment.unpair_station", station)
    return station


def unlock_station(work: Work, code: str) -> Station:
    """Let PINs be tried at a tablet again at once, after too many wrong ones. Raises NotFound."""
    station = lock_coded(work, Station, code, _("station"))
    if forgive_tablet(work, station.id):
        work.record("equipment.unlock_station", station)
    return station


def add_stop_reason(
    work: Work,
    *,
    code: str,
    name: str,
    planned: bool = False,
    name_en: str | None = None,
    name_vi: str | None = None,
    group: str | None = None,
) -> StopReason:
    """Enter a reason for standing still. Raises AlreadyExists, SimilarCode."""
    reason = StopReason(code=code, name=name, planned=planned, name_en=name_en, name_vi=name_vi, group=group)
    return add_coded(work, reason, "equipment.add_stop_reason")


def change_stop_reason(work: Work, code: str, *, version: int | None = None, **columns: Any) -> StopReason:
    """Change a stop reason; its code stays. Raises StaleEdit."""
    reason = lock_coded(work, StopReason, code, _("stop reason"))
    return change_coded(work, reason, "equipment.change_stop_reason", version, columns)


def start_downtime(
    work: Work,
    *,
    work_centre_id: int,
    reason_id: int | None = None,
    machine_id: int | None = None,
    job_id: int | None = None,
    note: str | None = None,
) -> Downtime:
    """A machine (or the whole work centre) stands still from now on; without a reason, it is told later.

    Raises AlreadyStopped while an earlier stop is open, MachineElsewhere, NotInUse.
    """
    centre = work.lock(WorkCentre, work_centre_id)
    machine = work.lock(Machine, machine_id) if machine_id is not None else None
    if reason_id is not None:
        check_in_use(work.session.get_one(StopReason, reason_id))
    check_stands_at(machine, centre)
    check_runs((machine or centre).code, queries.open_downtime(work.session, centre.id, machine_id))
    stop = Downtime(work_centre_id=centre.id, machine_id=machine_id, job_id=job_id, reason_id=reason_id, note=note)
    stop.started_at, stop.person_id = work.now, work.actor.person_id
    work.add(stop, "equipment.start_downtime", code=(machine or centre).code)
    if machine:
        machine.state = state_after_stop(machine, stopped=True)
    return stop


def end_downtime(work: Work, downtime_id: int) -> Downtime:
    """It runs again; a stop begun before the clock was set back lasted no time. Raises AlreadyEnded, StoppedAgain."""
    if work.session.get(Downtime, downtime_id) is None:
        raise NotFound(what=_("stop"), code=downtime_id)
    stop = work.lock(Downtime, downtime_id)
    if stop.ended_at:
        raise AlreadyEnded(ended=stop.ended_at)
    if work.late and work.now < stop.started_at:
        raise StoppedAgain(since=stop.started_at, at=work.now)
    with work.change(stop, "equipment.end_downtime"):
        stop.ended_at = max(work.now, stop.started_at)
        work.session.flush()
    if stop.machine_id is not None:
        machine = work.lock(Machine, stop.machine_id)
        machine.state = state_after_stop(machine, stopped=False)
    return stop
