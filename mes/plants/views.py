"""The pages of a head office: its plants, their figures side by side, and a trace through all of them."""

from datetime import timedelta

from flask import current_app, make_response, request

from mes.core.access import OFFICE
from mes.core.forms import day_asked
from mes.core.i18n import N_
from mes.core.pages import Page, Room, go, mes, page, this_day
from mes.core.work import Reader
from mes.plants.figures import MOST_DAYS, AllFigures, figures_of
from mes.plants.registry import Registry
from mes.plants.standing import STATE_NAMES, State, same_numbers, troubles
from mes.plants.tracing import trace_across
from mes.trace.handles import KIND_NAMES, NothingToTrace

room = Room("plants", __name__, url_prefix="/plants")
room.entry("plants.index", N_("Plants"), "factory", "results", OFFICE)
room.entry("plants.figures", N_("Figures of all plants"), "layout-dashboard", "results", OFFICE)
room.entry("plants.trace", N_("Trace through all plants"), "workflow", "material", OFFICE)
#: How each state is shown.
TONES = {
    State.FOLLOWS: "running", State.FILLING: "waiting", State.CUT_OFF: "waiting", State.STOPPED: "stopped",
    State.WAITS: "waiting", State.OTHER: "stopped", State.GONE: "stopped",
}  # fmt: skip


def _registry() -> Registry | None:
    """The plants that are followed; a plant itself follows none."""
    found: Registry | None = current_app.extensions.get("plants")
    return found


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Each plant: up to when its copy tells, and what is wrong with it."""
    registry, now = _registry(), mes().clock()
    standings = registry.standings(now) if registry else []
    told = [*(sentence for one in standings for sentence in troubles(one, now)), *same_numbers(standings)]
    return page(
        "plants/index.html",
        standings=standings,
        troubles=told,
        tones=TONES,
        states=STATE_NAMES,
        office=registry is not None,
    )


@room.read("/figures", who=OFFICE)
def figures(read: Reader) -> Page:
    """The figures of some days, plant by plant and in all. ``day``: the last one; ``days``: how many."""
    registry, now, today = _registry(), mes().clock(), this_day()
    if registry is None:
        return go("plants.index")
    last = min(day_asked(request.args.get("day", "")) or today, today)
    days = min(request.args.get("days", 1, int), MOST_DAYS)
    first = last - timedelta(days=max(days, 1) - 1)
    found = AllFigures(first, last)
    for standing in registry.standings(now):
        if standing.is_whole:
            found.plants.append(figures_of(registry.copy(standing.mark), standing, first, last, now))
        else:
            found.missing.append(standing)
    return page("plants/figures.html", found=found, last=last, today=today, days=days)


@room.read("/trace", who=OFFICE)
def trace(read: Reader) -> Page:
    """Trace ``of`` through all plants; ``plant`` and ``only`` choose one of several."""
    registry, asked = _registry(), request.args
    if registry is None:
        return go("plants.index")
    text = asked.get("of", "").strip()
    across, choice, missing = None, [], None
    if text:
        try:
            found = trace_across(registry, text, mes().clock(), asked.get("plant"), asked.get("only"))
        except NothingToTrace as refused:
            missing = refused
        else:
            if isinstance(found, list):
                choice = found
            else:
                across = found
    shown = page("plants/trace.html", text=text, across=across, choice=choice, missing=missing, kinds=KIND_NAMES)
    return make_response(shown, missing.status) if missing else shown
