"""What the leader has before them by midday: a request that waits, a message sent, a board on the wall."""

from typing import Any

from mes.core.work import Work
from mes.equipment.devices import heard
from mes.leader.service import send_message
from mes.people.service import token_hash
from tests.factories import make_board, make_request
from tests.station.floor import Floor


def led(floor: Floor, running: str, lot: str) -> dict[str, list[Any]]:
    """The kettle's tablet was heard of, asks for another lot and was told something; a board waits for its screen."""

    def deed(work: Work) -> dict[str, list[Any]]:
        board = make_board(work, name="1동 입구", work_centre_id=floor.kettle.id)
        station = floor.station("T1")
        heard(work, token_hash(floor.tokens["T1"]), app="0.1.0", skew=240, waiting=2)
        make_request(work, station, running, lot)
        send_message(work, [station.id], "Please come to me.")
        return {"board": [board.id]}

    return floor.shop.do(deed)
