"""A sample factory's gap in the Wi-Fi: what a tablet sent when it was over, and one entry that needs a person."""

from datetime import timedelta

from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.models import Station, WorkCentre
from mes.lots.models import Lot
from mes.lots.rules import LotEmpty
from mes.orders.models import Job, JobState
from mes.orders.service import pause_job, start_job
from mes.station.late_service import Arrival, note_recorded, note_refused
from mes.web.sample_floor import Floor
from mes.web.sample_stage import DAYS, Story

#: The work centre whose tablet was out of reach, and who works there.
PLACES = {"food": ("WC-STEAM", "F001"), "machinery": ("WC-MC", "M001")}


def tell(floor: Floor, name: str) -> None:
    """Let a quarter of an hour pass without a connection, early this day."""
    centre, who = PLACES[name]
    floor.tell(DAYS, 55, _gap(floor, centre, who))


def _gap(floor: Floor, centre: str, who: str) -> Story:
    def deed(work: Work) -> None:
        place = work.session.scalars(select(WorkCentre).where(WorkCentre.code == centre)).one()
        station = work.session.scalars(select(Station).where(Station.work_centre_id == place.id)).first()
        running = select(Job).where(Job.work_centre_id == place.id, Job.state == JobState.RUNNING)
        job = work.session.scalars(running.order_by(Job.id)).first()
        empty = work.session.scalars(select(Lot).where(Lot.on_hand == 0).order_by(Lot.id)).first()
        if station is None or job is None or empty is None:
            return
        pause_job(work, job.code)
        note_recorded(work, _arrival(work, station, 1, f"/station/jobs/{job.code}/pause", {}))
        floor.do_steps(work, start_job(work, job.code))
        note_recorded(work, _arrival(work, station, 2, f"/station/jobs/{job.code}/start", {}))
        scan = _arrival(work, station, 3, "/station/scan", {"text": empty.code, "job": job.code})
        note_refused(work, scan, LotEmpty(lot=empty.code, who=None))

    floor.do(who, deed, at=centre)
    yield 1


def _arrival(work: Work, station: Station, number: int, address: str, fields: dict[str, str]) -> Arrival:
    made = work.now - timedelta(minutes=15 - 2 * number)
    return Arrival(
        station_id=station.id,
        key=f"kept-without-a-connection-{number}",
        sequence=number,
        person_id=work.actor.person_id,
        address=address,
        fields=fields,
        photos=0,
        made_at=made - timedelta(minutes=6),
        at=made,
        received_at=work.now,
        skew=360,
    )
