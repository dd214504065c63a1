"""The boards on the wall: of the plant and of each line, for whoever is signed in and for paired screens alone."""

from typing import NamedTuple

from flask import make_response, request, url_for
from werkzeug.wrappers import Response

from mes.core.access import ANYONE, EVERYONE
from mes.core.errors import NotFound
from mes.core.fresh import is_known, mark_of, marked, note, unchanged
from mes.core.i18n import _
from mes.core.pages import Page, actor, mes, page, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader
from mes.equipment import devices
from mes.equipment.call_queries import waiting_calls
from mes.equipment.call_rules import CALL_NAMES
from mes.equipment.device_models import Board
from mes.equipment.device_queries import find_board, waiting_board
from mes.equipment.device_rules import claim_of
from mes.equipment.device_views import BOARD_COOKIE, screen_token
from mes.equipment.models import WorkCentre
from mes.equipment.queries import find_station, find_work_centre, list_coded
from mes.equipment.views import COOKIE, COOKIE_SECONDS
from mes.orders.models import JobState
from mes.orders.queries import queue
from mes.people.service import token_hash
from mes.reports import queries
from mes.reports.line_board import line_day
from mes.reports.live import CentreNow, floor_now
from mes.reports.views import room


class _Seen(NamedTuple):
    """Who looks: somebody signed in, a tablet, or a screen on the wall; and of which line."""

    board: Board | None
    centre: WorkCentre | None


def _look(read: Reader) -> _Seen | None:
    """What this browser may see; nothing for one that is neither paired nor signed in. Raises NotFound."""
    token = request.cookies.get(BOARD_COOKIE, "")
    board = find_board(read, token_hash(token)) if token else None
    if board is not None:
        return _Seen(board, board.work_centre)
    tablet = request.cookies.get(COOKIE, "")
    if actor() is None and (not tablet or find_station(read, token_hash(tablet)) is None):
        return None
    asked = request.args.get("line", "")
    centre = find_work_centre(read, asked) if asked else None
    if asked and centre is None:
        raise NotFound(what=_("work centre"), code=asked)
    return _Seen(None, centre)


@room.read("/board", who=ANYONE, far=True)
def board(read: Reader) -> Page:
    """The board on the wall: for anybody signed in, for a tablet, and for a paired screen without anybody.

    A browser that is none of these shows the code by which a leader makes it a board.
    """
    seen = _look(read)
    if seen is None:
        return _new_screen()
    mark = mark_of(read, seen.centre and seen.centre.id)
    return page("reports/board.html", seen=seen, mark=mark, part=_part(seen), **_figures(read, seen))


@room.read("/board/now", who=ANYONE, far=True)
def board_now(read: Reader) -> Page:
    """What the board asks again and again; once it is not allowed any more it is told so."""
    seen = _look(read)
    if seen is None:
        return make_response("", 401)
    mark = mark_of(read, seen.centre and seen.centre.id)
    return unchanged(mark) if is_known(mark) else marked(page(_part(seen), **_figures(read, seen)), mark)


@room.read("/board/worker.js", who=ANYONE)
def board_worker(read: Reader) -> Page:
    """The program by which a paired screen shows its last figures when it is opened without a connection."""
    answer = make_response(f'importScripts("{url_for("static", filename="js/board-worker.js")}");\n')
    answer.content_type = "text/javascript; charset=utf-8"
    answer.headers["Service-Worker-Allowed"] = url_for("reports.board")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@room.read("/board/away", who=ANYONE)
def board_away(read: Reader) -> Page:
    """What a screen shows without a connection and without figures."""
    return page("reports/board_away.html")


@room.read("/boards", who=EVERYONE)
def boards(read: Reader) -> Page:
    """Which board?"""
    return page("reports/boards.html", centres=list_coded(read, WorkCentre, active=True))


def _part(seen: _Seen) -> str:
    return "reports/_line_board.html" if seen.centre else "reports/_board.html"


def _new_screen() -> Response:
    """A screen that nobody has set up yet, or that was sent away."""
    token = screen_token()
    code = claim_of(token)
    shown = page("reports/screen.html", code=f"{code[:4]}-{code[4:]}", claim=code, host=request.host_url)
    response = make_response(shown)
    response.set_cookie(
        BOARD_COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


@room.ask("/board/claim", who=ANYONE)
def claim_screen(read: Reader) -> Page:
    """A screen asks whether a leader has entered its code: if so, it gets its board and shows it."""
    token = request.cookies.get(BOARD_COOKIE, "")
    if not token or waiting_board(read, claim_of(token), mes().clock()) is None:
        return Response(status=204)
    note(lambda work: devices.claim_board(work, token))
    return Response(status=200, headers={"HX-Refresh": "true"})


def _figures(read: Reader, seen: _Seen) -> dict[str, object]:
    return _line(read, seen.centre) if seen.centre else _plant(read)


def _plant(read: Reader) -> dict[str, object]:
    now = mes().clock()
    calls = waiting_calls(read, now)
    called = {one.call.work_centre_id for one in calls}
    centres = queries.centres_now(read)
    return {
        "day": queries.day_of(read, this_plant(), production_day(this_plant(), now), now),
        "holds": queries.holds(read),
        # what needs somebody stands on the first page of the board
        "centres": sorted(centres, key=lambda line: (line.stopped is None, line.id not in called)),
        "called": called,
        "calls": calls,
        "call_names": CALL_NAMES,
    }


def _line(read: Reader, centre: WorkCentre) -> dict[str, object]:
    now = mes().clock()
    found = floor_now(read, this_plant(), now, centre.id)
    line = found[0] if found else CentreNow(centre)
    waiting = [job for job in queue(read, centre.id) if job.state is JobState.WAITING]
    unit = line.jobs[0].job.order.item.unit if line.jobs else ""
    return {
        "line": line,
        "waiting": waiting,
        "day": line_day(read, this_plant(), centre.id, now, unit),
        "call_names": CALL_NAMES,
    }
