"""An entry of the bakery's day that a tablet made without a connection, and that nobody could record."""

from mes.core.work import Work
from mes.orders.rules import JobIsPaused
from mes.station.late_service import Arrival, note_refused
from tests.conftest import Shop
from tests.midday.measured import Known
from tests.station.floor import Floor


def send_late(floor: Floor, job: str, lot: str) -> Known:
    """A lot that was scanned while the job was paused."""
    shop: Shop = floor.shop

    def deed(work: Work) -> Known:
        arrival = Arrival(
            station_id=floor.station("T1").id,
            key="scanned-in-the-gap",
            sequence=7,
            person_id=floor.kim.id,
            address="/station/scan",
            fields={"text": lot, "job": job},
            photos=0,
            made_at=work.now,
            at=work.now,
            received_at=work.now,
            skew=-300,
        )
        waiting = note_refused(work, arrival, JobIsPaused(job="증숙"))
        assert waiting
        return {"late entry": [waiting.id]}

    return shop.do(deed)
