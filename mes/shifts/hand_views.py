"""Notes from shift to shift and confirmed ends of shifts, at the desk."""

from flask import request

from mes.core.access import EVERYONE, OFFICE
from mes.core.forms import row_number
from mes.core.i18n import N_
from mes.core.pages import Page, Room, page
from mes.core.serving import served
from mes.core.work import Reader
from mes.equipment.models import WorkCentre
from mes.equipment.queries import list_coded
from mes.shifts import hand_queries
from mes.shifts.rules import KIND_NAMES

room = Room("handing", __name__)
room.entry("handing.notes", N_("Hand-over notes"), "message-square", "production", OFFICE)
room.entry("handing.closes", N_("Ends of shifts"), "flag", "production", OFFICE)


@room.read("/hand-overs", who=OFFICE)
def notes(read: Reader) -> Page:
    """Notes from shift to shift, newest first."""
    centre = row_number(request.args.get("centre", ""))
    return page(
        "shifts/notes.html",
        found=hand_queries.page_of_notes(read, centre_id=centre, after=request.args.get("after")),
        centres=list_coded(read, WorkCentre, active=True),
        chosen=centre,
    )


@room.read("/hand-overs/<int:ident>.jpg", who=EVERYONE)
def note_photo(read: Reader, ident: int) -> Page:
    """The photo of a note."""
    return served(hand_queries.get_note_photo(read, ident), "hand-over.jpg")


@room.read("/shift-ends", who=OFFICE)
def closes(read: Reader) -> Page:
    """Confirmed ends of shifts, newest first."""
    return page(
        "shifts/closes.html",
        found=hand_queries.page_of_closes(read, after=request.args.get("after")),
        kind_names=KIND_NAMES,
    )


@room.read("/shift-ends/<int:ident>", who=OFFICE)
def close(read: Reader, ident: int) -> Page:
    """One confirmed end of a shift, as a document."""
    return page("shifts/close.html", one=hand_queries.get_close(read, ident), kind_names=KIND_NAMES)
