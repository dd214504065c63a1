"""The trace page: from any code to raw material, machines, people and customers."""

from flask import make_response, request

from mes.core.access import EVERYONE, OFFICE
from mes.core.forms import row_number
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, mes, page, this_plant
from mes.core.paging import Slice
from mes.core.plant import production_day
from mes.core.work import Reader
from mes.lots.queries import kin
from mes.lots.search import find_lots
from mes.trace.handles import ALL, KIND_NAMES, NothingToTrace, chosen, find_handles
from mes.trace.queries import Direction
from mes.trace.story import Step, Story, tell_of

room = Room("trace", __name__)
room.entry("trace.show", N_("Trace"), "workflow", "material", EVERYONE)

LINES = 100


@room.read("/trace", who=EVERYONE)
def show(read: Reader) -> Page:
    """Trace ``of`` both ways; ``only`` chooses one of several suppliers, ``view`` the table."""
    text = request.args.get("of", "").strip()
    if not text:
        return page("trace/show.html", text="", story=None)
    found = find_handles(read, text)
    handles = chosen(found, request.args.get("only"))
    if len(handles) > 1:
        return page("trace/choose.html", text=text, handles=handles, names=KIND_NAMES, all=ALL)
    if not handles:
        lots = find_lots(read, text)
        if len(lots) == 1:
            return go("trace.show", of=lots[0].code)
        if lots:
            return page("trace/found.html", text=text, lots=lots, today=production_day(this_plant(), mes().clock()))
        missing = NothingToTrace(code=text[:60])
        return make_response(page("trace/show.html", text=text, story=None, missing=missing), missing.status)
    story = tell_of(read, handles[0], None)
    held = [lot for lot in story.handle.lot_ids if story.fact(lot).holds]
    return page(
        "trace/show.html",
        text=text,
        story=story,
        several=len(found) > 1,
        kind=_(KIND_NAMES[story.handle.kind]),
        today=production_day(this_plant(), mes().clock()),
        up=story.tree(Direction.UP),
        down=story.tree(Direction.DOWN),
        held=[story.fact(lot).code for lot in held],
        free=kin(read, held),
        lines=_lines(story) if request.args.get("view") == "table" else None,
        OFFICE=OFFICE,
    )


def _lines(story: Story) -> Slice[Step]:
    """One page of the table: all lots, from the first raw lot to the last shipped one."""
    lines = story.steps()
    text = request.args.get("after", "")
    start = row_number(text) or 0
    end = start + LINES
    return Slice(lines[start:end], str(end) if end < len(lines) else None, start == 0)
