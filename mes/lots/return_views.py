"""What customers bring back, at the desk and on a tablet: list, recording it, one return, undoing it."""

from flask import request

from mes.core.access import INSPECTORS, MATERIALS, OFFICE
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import return_queries, service
from mes.lots.return_forms import ReturnForm, UndoReturnForm
from mes.lots.return_rules import CONDITION_NAMES

room = Room("returns", __name__, url_prefix="/returns")
room.entry("returns.index", N_("Customer returns"), "undo-2", "material", OFFICE)


@room.context_processor
def who_may() -> dict[str, object]:
    """Whom the pages ask for before they offer an act, and their words."""
    return {"MATERIALS": MATERIALS, "INSPECTORS": INSPECTORS, "CONDITION_NAMES": CONDITION_NAMES}


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Returns, newest first."""
    return page("lots/returns.html", found=return_queries.page_of_returns(read, request.args.get("after")))


@room.form("/new", who=MATERIALS, form=ReturnForm, show="lots/return_new.html")
def new(work: Work, form: ReturnForm) -> Page:
    """Goods came back from a customer: they are stock again, on hold."""
    made = service.take_returns(
        work,
        form.came_back(),
        reason=str(form.reason.data),
        reference=form.reference.data or None,
        location=get_location(work.session, form.location.data) if form.location.data else None,
        note=form.note.data or None,
    )
    said = _(
        "Recorded as %(code)s. It is on hold until somebody has looked at it; print the labels now.", code=made.code
    )
    return go("returns.show", code=made.code, said=said)


@room.read("/<code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One return with what came back."""
    found = return_queries.get_return(read, code)
    return page("lots/return.html", found=found, lines=return_queries.lines_of(read, found.id))


def undo_page(read: Reader, form: UndoReturnForm, code: str) -> Page:
    """The question why a return, or one lot of it, is undone."""
    found = return_queries.get_return(read, code)
    lines = [
        one
        for one in return_queries.lines_of(read, found.id)
        if one.line.undone_at is None
        and (not form.lot.data or form.lot.data in (one.line.lot.code, one.line.back.code))
    ]
    return page("lots/return_undo.html", form=form, found=found, lines=lines)


@room.form("/<code>/undo", who=MATERIALS, form=UndoReturnForm, show=undo_page)
def undo(work: Work, form: UndoReturnForm, code: str) -> Page:
    """The return was a mistake: the goods are with the customer."""
    service.undo_return(work, code, str(form.reason.data), lot=form.lot.data or None)
    return go("returns.show", code=code, said=_("Undone: the goods count as shipped again."))
