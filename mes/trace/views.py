"""The trace page: from any code to raw material, machines, people and customers."""

from datetime import date, timedelta

from flask import make_response, request

from mes.core.access import EVERYONE, INSPECTORS, OFFICE
from mes.core.errors import Refused
from mes.core.forms import row_number
from mes.core.i18n import N_, _
from mes.core.moments import next_minute
from mes.core.pages import Page, Room, go, guard, mes, page, this_plant
from mes.core.paging import Slice
from mes.core.plant import calendar_day
from mes.core.work import Reader
from mes.epcis.beyond import beyond
from mes.lots.queries import kin
from mes.lots.search import find_lots
from mes.trace import picking
from mes.trace.beginnings import BEGINNING_NAMES, RULES, How, begin_trace, rules_for
from mes.trace.exactness import SURE_NAMES
from mes.trace.forms import choice_asked, form_asked
from mes.trace.graph import graph_of
from mes.trace.handles import ALL, KIND_NAMES, Handle, NothingToTrace, WhichOne, chosen, find_handles
from mes.trace.moments import page_of_moments
from mes.trace.papers import papers_of
from mes.trace.queries import Direction
from mes.trace.sharing import share_words, shares_of
from mes.trace.sorting import SORTS, sorted_steps
from mes.trace.story import Step, Story, tell_of

room = Room("trace", __name__)
room.entry("trace.show", N_("Trace"), "workflow", "material", EVERYONE)

LINES = 100
#: How the lots on the way are shown.
VIEWS = ("tree", "table", "graph", "time")


@room.read("/trace", who=EVERYONE, far=True)
def show(read: Reader) -> Page:
    """Trace ``of`` both ways; ``only`` chooses one of several suppliers, ``how`` a rule, ``view`` how it is shown."""
    text, asked = request.args.get("of", "").strip(), request.args
    if not text:
        return _begin_page(read, asked.get("how"))
    if asked.get("how", How.CODES) == How.CODES and not set(",;\n") & set(text):
        return _of_code(read, text)
    choice = choice_asked()
    try:
        return _told(read, begin_trace(read, choice), text)
    except WhichOne as refused:
        return _choose(str(refused.values["text"]), find_handles(read, str(refused.values["text"])))
    except Refused as refused:
        return make_response(_begin_page(read, choice.how, refused), refused.status)


def _of_code(read: Reader, text: str) -> Page:
    found = find_handles(read, text)
    handles = chosen(found, request.args.get("only"))
    if len(handles) > 1:
        return _choose(text, handles)
    if handles:
        return _told(read, handles[0], text, several=len(found) > 1)
    lots = find_lots(read, text)
    if len(lots) == 1:
        return go("trace.show", of=lots[0].code)
    if lots:
        return page("trace/found.html", text=text, lots=lots, today=_today())
    rules = rules_for(read, text)
    if rules:
        how, code = rules[0]
        return go("trace.begin", kind=how.value, of=code)
    missing = NothingToTrace(code=text[:60])
    kinds = picking.KINDS.values()
    return make_response(page("trace/show.html", text=text, story=None, missing=missing, kinds=kinds), missing.status)


def _choose(text: str, handles: list[Handle]) -> Page:
    return page("trace/choose.html", text=text, handles=handles, names=KIND_NAMES, all=ALL)


def _today() -> date:
    return calendar_day(this_plant(), mes().clock())


def _told(read: Reader, handle: Handle, text: str, *, several: bool = False) -> Page:
    view = request.args.get("view") if request.args.get("view") in VIEWS else VIEWS[0]
    story = tell_of(read, handle, None)
    listed = view in VIEWS[:2]
    held = [lot for lot in story.handle.lot_ids if story.fact(lot).holds]
    return page(
        "trace/show.html",
        text=text,
        story=story,
        several=several,
        view=view,
        kind=_(BEGINNING_NAMES[handle.kind]),
        today=_today(),
        up=story.tree(Direction.UP) if view == "tree" else None,
        down=story.tree(Direction.DOWN) if view == "tree" else None,
        held=[story.fact(lot).code for lot in held],
        free=kin(read, held),
        lines=_lines(story) if view == "table" else None,
        moments=page_of_moments(read, story, request.args.get("after")) if view == "time" else None,
        graph=graph_of(story) if view == "graph" else None,
        sorts=SORTS,
        papers=papers_of(read, story) if listed else [],
        shares=shares_of(read, story) if listed else None,
        share_words=share_words,
        sure_names=SURE_NAMES,
        asked=request.args.to_dict(),
        beyond=beyond(read, list(story.lots)) if listed else None,
        OFFICE=OFFICE,
        INSPECTORS=INSPECTORS,
    )


def _lines(story: Story) -> Slice[Step]:
    """One page of the table: all lots, from the first raw lot to the last shipped one, or in the order asked for."""
    lines = sorted_steps(story, request.args.get("sort"))
    text = request.args.get("after", "")
    start = row_number(text) or 0
    end = start + LINES
    return Slice(lines[start:end], str(end) if end < len(lines) else None, start == 0)


@room.read("/trace/begin", who=EVERYONE)
def begin(read: Reader) -> Page:
    """Choose what kind of thing a trace begins with, then pick it from a list."""
    return _begin_page(read, request.args.get("kind"))


def _begin_page(read: Reader, name: str | None, refused: Refused | None = None) -> Page:
    kind = picking.KINDS.get(str(name))
    if kind is None:
        return page("trace/show.html", text="", story=None, kinds=picking.KINDS.values(), missing=refused)
    how, form = kind.how, form_asked()
    if how is How.PERSON:
        guard(OFFICE)
    if how and form.since.data is None and form.until.data is None:
        now = next_minute(mes().clock())
        form.since.data, form.until.data = now - timedelta(days=7), now
    return page(
        "trace/begin.html",
        kind=kind,
        kinds=picking.KINDS.values(),
        form=form,
        timed=how is not None and RULES[how].timed,
        things=picking.things(read, how) if how else [],
        picks=picking.picks(read, kind.name, request.args.get("q", "")) if how is None else [],
        missing=refused,
    )
