"""The pulse of the devices: each says now and then that it is there, and hears what is new for it.

It is no entry: nothing is recorded but when the device was heard of, and whoever says it twice has said it once. So it
needs no one-time key; and as a board's page is open for weeks, it outlives every other proof than the device's own.
"""

from flask import request
from werkzeug.wrappers import Response

from mes.core.access import ANYONE
from mes.core.forms import row_number
from mes.core.fresh import note
from mes.core.pages import Page, Room, mes, page
from mes.core.work import Reader
from mes.equipment import devices
from mes.equipment.device_queries import contact_of, find_board
from mes.equipment.device_rules import is_news
from mes.equipment.device_views import BOARD_COOKIE
from mes.equipment.views import COOKIE
from mes.leader.queries import news_mark, news_of
from mes.people.service import token_hash
from mes.station.here import paired, signed_in_here

pulses = Room("pulse", __name__, part_of="station")


@pulses.ask("/pulse", who=ANYONE)
def pulse(read: Reader) -> Page:
    """What a device says of itself is noted; a station is given what it shows of the leader's news, if that changed."""
    station = paired(read)
    cookie = request.cookies.get(COOKIE if station else BOARD_COOKIE, "")
    if station is None and find_board(read, token_hash(cookie)) is None:
        return Response(status=204)
    shown = Response(status=204)
    known = request.form.get("mark", "")
    if station is not None and signed_in_here(station) and news_mark(read, station.id) != known:
        news = news_of(read, station.id)
        shown = Response(page("station/_pulse.html", news=news, fresh=True, job_code=request.form.get("job")))
    _hear(read, token_hash(cookie))
    return shown


def _hear(read: Reader, device_hash: str) -> None:
    """Note that a device was heard of; what was noted a moment ago is not written again."""
    app = request.form.get("app", "")[:40] or None
    said = {"app": app, "skew": _seconds(), "waiting": row_number(request.form.get("waiting", ""))}
    if is_news(contact_of(read, device_hash), mes().clock(), said):
        note(lambda work: devices.heard(work, device_hash, **said))  # type: ignore[arg-type]


def _seconds() -> int | None:
    """How far the device's clock is ahead, as it says itself."""
    text = request.form.get("skew", "")
    number = row_number(text.removeprefix("-"))
    return None if number is None or number > 10**9 else -number if text.startswith("-") else number
