"""What the owner asks every day: the first page, the daily report."""

from flask import request

from mes.core.access import ADMINS, ANYONE, EVERYONE, INSPECTORS, LEADERS, OFFICE, PLANNERS, may
from mes.core.forms import day_asked
from mes.core.i18n import N_
from mes.core.pages import Page, Room, actor, mes, page, this_day, this_plant
from mes.core.work import Reader
from mes.equipment.call_queries import open_calls
from mes.equipment.call_rules import CALL_NAMES
from mes.gauges.queries import standings
from mes.gauges.rules import STANDING_NAMES, URGENT
from mes.genealogy.queries import count_gaps
from mes.genealogy.span import span
from mes.nonconformance import lists
from mes.people.views import welcome
from mes.reports import queries
from mes.reports.models import Day
from mes.spc.queries import charts_in_alarm

room = Room("reports", __name__)
room.entry("reports.today", N_("Today"), "layout-dashboard", "results", EVERYONE)
room.entry("reports.daily", N_("Daily report"), "file-text", "results", OFFICE)
room.entry("reports.boards", N_("Wall board"), "monitor", "results", EVERYONE)


@room.read("/", who=ANYONE)
def today(read: Reader) -> Page:
    """The plant at a glance; a visitor who is not signed in is told what this is."""
    if actor() is None:
        return welcome(read)
    return page(
        "reports/today.html",
        day=_now(read),
        holds=queries.holds(read),
        waiting=queries.waiting_for_quality(read, this_day()) if may(actor(), INSPECTORS) else None,
        gauges=_gauges(read) if may(actor(), INSPECTORS) else [],
        troubles=lists.count_open(read, this_day()) if may(actor(), INSPECTORS) else None,
        gaps=_gaps(read) if may(actor(), INSPECTORS) else 0,
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


def _gaps(read: Reader) -> int:
    """How much the records of yesterday and today lack."""
    return count_gaps(read, *span(this_plant(), this_day(), 2))


def _mine(read: Reader) -> list[lists.Due]:
    """The first actions that wait for the person in front of the screen."""
    person = actor()
    return lists.waiting_actions(read, person.person_id, most=5) if person and person.person_id else []


@room.read("/reports/daily", who=OFFICE, far=True)
def daily(read: Reader) -> Page:
    """The daily report (작업일보) of a production day, as a document."""
    asked = day_asked(request.args.get("day", "")) or this_day()
    day = queries.day_of(read, this_plant(), asked, mes().clock(), most=None)
    return page("reports/daily.html", day=day, today=this_day())


def _gauges(read: Reader) -> list[tuple[str, int]]:
    """Gauges about which quality must do something: how they stand, and how many."""
    counts = standings(read, this_day())
    return [(standing.value, counts[standing]) for standing in URGENT if counts[standing]]


def _now(read: Reader) -> Day:
    return queries.day_of(read, this_plant(), this_day(), mes().clock())
