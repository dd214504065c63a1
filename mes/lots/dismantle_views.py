"""Taking a machine apart: its parts one by one, what came of it, undoing it."""

from mes.core.access import MATERIALS, OFFICE
from mes.core.forms import ReasonForm
from mes.core.i18n import _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import dismantle_queries, service
from mes.lots.dismantle_forms import DismantleForm
from mes.lots.dismantle_rules import OUTCOME_NAMES
from mes.lots.queries import get_lot

room = Room("dismantling", __name__, url_prefix="/dismantlings", part_of="lots")


@room.context_processor
def words() -> dict[str, object]:
    """Whom the pages ask for before they offer an act, and their words."""
    return {"MATERIALS": MATERIALS, "OUTCOME_NAMES": OUTCOME_NAMES}


def new_page(read: Reader, form: DismantleForm, code: str) -> Page:
    """What is in the machine, and what shall become of each."""
    lot = get_lot(read, code)
    return page("lots/dismantle.html", form=form, lot=lot, inside=dismantle_queries.inside_of(read, lot))


@room.form("/new/<code>", who=MATERIALS, form=DismantleForm, show=new_page)
def new(work: Work, form: DismantleForm, code: str) -> Page:
    """A machine is taken apart: it is used up, its parts are there again."""
    place = get_location(work.session, form.location.data) if form.location.data else None
    made = service.dismantle(work, code, form.taken, reason=str(form.reason.data), location=place)
    said = _("Taken apart as %(code)s. Print the labels of the parts now.", code=made.code)
    return go("dismantling.show", code=made.code, said=said)


@room.read("/<code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One machine that was taken apart, with its parts."""
    found = dismantle_queries.get_dismantling(read, code)
    return page("lots/dismantled.html", found=found, parts=dismantle_queries.parts_of(read, found.id))


def undo_page(read: Reader, form: ReasonForm, code: str) -> Page:
    """The question why it is undone."""
    return page("lots/dismantle_undo.html", form=form, found=dismantle_queries.get_dismantling(read, code))


@room.form("/<code>/undo", who=MATERIALS, form=ReasonForm, show=undo_page)
def undo(work: Work, form: ReasonForm, code: str) -> Page:
    """It was a mistake: the machine is whole again."""
    service.undo_dismantling(work, code, str(form.reason.data))
    return go("dismantling.show", code=code, said=_("Undone: the machine is whole again."))
