"""The list of devices: paired tablets, people's own phones and boards on the wall; each can be sent away."""

from flask import request

from mes.core.access import LEADERS
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, mes, page
from mes.core.work import Reader, Work
from mes.equipment import devices
from mes.equipment.device_forms import BoardForm, NewBoardForm
from mes.equipment.device_queries import get_board, list_devices

#: The secret of a screen; a tablet's is ``mes_station``.
BOARD_COOKIE = "mes_board"
room = Room("devices", __name__, url_prefix="/devices", part_of="devices")
room.entry("devices.index", N_("Devices"), "tablet-smartphone", "equipment", LEADERS)


@room.read("", who=LEADERS)
def index(read: Reader) -> Page:
    """What may work here, and when it was last heard of."""
    return page("equipment/devices.html", devices=list_devices(read), moment=mes().clock())


def _board_page(read: Reader, form: BoardForm, ident: int | None = None) -> Page:
    board = get_board(read, ident) if ident is not None else None
    return page("equipment/board.html", form=form, board=board)


@room.form("/boards/new", who=LEADERS, form=NewBoardForm, show=_board_page)
def new_board(work: Work, form: NewBoardForm) -> Page:
    """Let the screen that shows a code be a board."""
    board = devices.add_board(
        work, name=str(form.name.data), claim=str(form.claim.data), work_centre_id=form.centre.data
    )
    return go("devices.index", said=_("%(name)s begins within a few seconds.", name=board.name))


@room.form("/boards/<int:ident>", who=LEADERS, form=BoardForm, show=_board_page)
def board(work: Work, form: BoardForm, ident: int) -> Page:
    """Give a board another name, or let it show another line."""
    changed = devices.change_board(
        work, ident, name=str(form.name.data), work_centre_id=form.centre.data, version=form.row_version
    )
    return go("devices.index", said=_("%(name)s is saved.", name=changed.name))


@room.write("/boards/<int:ident>/revoke", who=LEADERS, show=lambda read, ident: index(read))
def revoke_board(work: Work, ident: int) -> Page:
    """Let a screen show nothing any more."""
    gone = devices.revoke_board(work, ident)
    return go("devices.index", said=_("%(name)s is not allowed any more.", name=gone.name))


@room.write("/stations/<path:code>/revoke", who=LEADERS, show=lambda read, code: index(read))
def revoke_station(work: Work, code: str) -> Page:
    """Let a tablet or phone be no station any more."""
    gone = devices.revoke_station(work, code)
    return go("devices.index", said=_("%(name)s is not allowed any more.", name=gone.name))


def screen_token() -> str:
    """The secret that this browser keeps as a screen; a new one for a browser that has none."""
    kept = request.cookies.get(BOARD_COOKIE, "")
    return kept if 20 <= len(kept) <= 100 else devices.new_token()
