"""What the owner asks every day: the first page, the board on the wall, the daily report."""

from datetime import date, datetime

from flask import make_response, request

from mes.core.access import ADMINS, ANYONE, EVERYONE, INSPECTORS, LEADERS, OFFICE, PLANNERS, may
from mes.core.errors import SignInFirst
from mes.core.i18n import N_
from mes.core.pages import Page, Room, actor, mes, page, this_plant
from mes.core.plant import production_day
from mes.core.work import Reader
from mes.equipment.call_queries import open_calls
from mes.equipment.calls import CALL_NAMES
from mes.equipment.queries import find_station
from mes.gauges.queries import standings
from mes.gauges.rules import STANDING_NAMES, URGENT
from mes.nonconformance import lists
from mes.people.service import token_hash
from mes.people.views import welcome
from mes.reports import queries
from mes.reports.models import Day
from mes.spc.queries import charts_in_alarm

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
room = Room("reports", __name__)
room.entry("reports.today", N_("Today"), "layout-dashboard", "results", EVERYONE)
room.entry("reports.daily", N_("Daily report"), "file-text", "results", OFFICE)
room.entry("reports.board", N_("Wall board"), "monitor", "results", EVERYONE)


@room.read("/", who=ANYONE)
def today(read: Reader) -> Page:
    """The plant at a glance; a visitor who is not signed in is told what this is."""
    if actor() is None:
        return welcome(read)
    return page(
        "reports/today.html",
        day=_now(read),
        holds=queries.holds(read),
        waiting=queries.waiting_for_quality(read, _today()) if may(actor(), INSPECTORS) else None,
        gauges=_gauges(read) if may(actor(), INSPECTORS) else [],
        troubles=lists.count_open(read, _today()) if may(actor(), INSPECTORS) else None,
        mine=_mine(read),
        alarms=charts_in_alarm(read),
        calls=open_calls(read),
        call_names=CALL_NAMES,
        gauge_names=STANDING_NAMES,
        steps=queries.first_steps(read) if may(actor(), PLANNERS) or may(actor(), ADMINS) else None,
        OFFICE=OFFICE,
        PLANNERS=PLANNERS,
        LEADERS=LEADERS,
        ADMINS=ADMINS,
    )


def _mine(read: Reader) -> list[lists.Due]:
    """The first actions that wait for the person in front of the screen."""
    person = actor()
    return lists.waiting_actions(read, person.person_id, most=5) if person and person.person_id else []


@room.read("/board", who=ANYONE)
def board(read: Reader) -> Page:
    """The board on the wall: for anybody signed in, and for a paired tablet without anybody. Raises SignInFirst."""
    if not _may_watch(read):
        raise SignInFirst
    return page("reports/board.html", **_board(read))


@room.read("/board/now", who=ANYONE)
def board_now(read: Reader) -> Page:
    """What the board fetches again and again; once signed out it keeps its last figures and shows their age."""
    if not _may_watch(read):
        return make_response("", 401)
    return page("reports/_board.html", **_board(read))


@room.read("/reports/daily", who=OFFICE)
def daily(read: Reader) -> Page:
    """The daily report (작업일보) of a production day, as a document."""
    asked = _asked_day()
    day = queries.day_of(read, this_plant(), asked, mes().clock(), most=None)
    return page("reports/daily.html", day=day, today=_today())


def _gauges(read: Reader) -> list[tuple[str, int]]:
    """Gauges about which quality must do something: how they stand, and how many."""
    counts = standings(read, _today())
    return [(standing.value, counts[standing]) for standing in URGENT if counts[standing]]


def _today() -> date:
    return production_day(this_plant(), mes().clock())


def _asked_day() -> date:
    """The day in the address; today when there is none, or none that a plant can mean."""
    try:
        asked = datetime.fromisoformat(request.args.get("day", "")).date()
    except ValueError:
        return _today()
    return asked if EARLIEST <= asked <= LATEST else _today()


def _now(read: Reader) -> Day:
    return queries.day_of(read, this_plant(), _today(), mes().clock())


def _board(read: Reader) -> dict[str, object]:
    calls = open_calls(read)
    called = {one.work_centre_id for one in calls}
    centres = queries.centres_now(read)
    return {
        "day": _now(read),
        "holds": queries.holds(read),
        # what needs somebody stands on the first page of the board
        "centres": sorted(centres, key=lambda line: (line.stopped is None, line.id not in called)),
        "called": called,
        "calls": calls,
        "call_names": CALL_NAMES,
    }


def _may_watch(read: Reader) -> bool:
    return actor() is not None or find_station(read, token_hash(request.cookies.get("mes_station", ""))) is not None
