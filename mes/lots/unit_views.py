"""Boxes and pallets at the desk: list, one with all that is on it, packing."""

from flask import request

from mes.core.access import EVERYONE, MATERIALS, OFFICE
from mes.core.events import history
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import service, unit_queries
from mes.lots.packing_rules import UNIT_NAMES
from mes.lots.unit_forms import ContentForm, MoveUnitForm, NewUnitForm
from mes.lots.unit_queries import units_by_code

room = Room("units", __name__)
room.entry("units.index", N_("Boxes and pallets"), "package-open", "material", OFFICE)


@room.context_processor
def who_may() -> dict[str, object]:
    """Whom the pages ask for before they offer an act."""
    return {"MATERIALS": MATERIALS, "OFFICE": OFFICE}


@room.read("/units", who=OFFICE)
def index(read: Reader) -> Page:
    """Boxes and pallets, newest first."""
    asked = request.args
    found = unit_queries.page_of_units(
        read,
        text=asked.get("q", "")[:100],
        show=asked.get("show", "here"),
        kind=asked.get("kind", ""),
        after=asked.get("after"),
    )
    return page("lots/units.html", found=found, unit_names=UNIT_NAMES)


@room.form("/new/unit", who=MATERIALS, form=NewUnitForm, show="lots/unit_new.html")
def new(work: Work, form: NewUnitForm) -> Page:
    """A new box or pallet with what stands on it."""
    lots, boxes = form.parted(work.session)
    place = get_location(work.session, form.location.data) if form.location.data else None
    made = service.make_unit(work, form.kind.data, lots=lots, boxes=boxes, location=place, note=form.note.data or None)
    return go("units.show", code=made.code, said=_("Packed as %(unit)s. Print its label now.", unit=made.code))


def _page(read: Reader, code: str, content: ContentForm | None = None, move: MoveUnitForm | None = None) -> Page:
    unit = unit_queries.get_unit(read, code)
    moving = move or MoveUnitForm(formdata=None)
    if move is None:
        moving.fill(read)
    return page(
        "lots/unit.html",
        unit=unit,
        tree=unit_queries.content_of(read, unit),
        unit_names=UNIT_NAMES,
        content_form=content or ContentForm(formdata=None),
        move_form=moving,
        events=history(read, "handling_units", unit.id),
    )


@room.read("/units/<code>", who=EVERYONE)
def show(read: Reader, code: str) -> Page:
    """One box or pallet with all that is on it."""
    return _page(read, code)


@room.form("/units/<code>/pack", who=MATERIALS, form=ContentForm,
           show=lambda read, form, code: _page(read, code, content=form))  # fmt: skip
def pack(work: Work, form: ContentForm, code: str) -> Page:
    """Put lots and boxes on it."""
    lots, boxes = form.parted(work.session)
    if lots or not boxes:
        service.pack(work, code, lots)
    if boxes:
        service.put_on(work, code, boxes)
    return go("units.show", code=code, said=_("Packed."))


@room.write("/units/<code>/unpack", who=MATERIALS, show=show)
def unpack(work: Work, code: str) -> Page:
    """Take one lot or box off; it stays where it stands."""
    what = request.form.get("what", "")
    if what in units_by_code(work.session, [what]):
        service.take_off(work, code, [what])
    else:
        service.unpack(work, code, [what])
    return go("units.show", code=code, said=_("%(what)s is off.", what=what))


@room.write("/units/<code>/close", who=MATERIALS, show=show)
def close(work: Work, code: str) -> Page:
    """It is full."""
    service.close_unit(work, code)
    return go("units.show", code=code, said=_("Closed. Print its label now."))


@room.write("/units/<code>/open", who=MATERIALS, show=show)
def reopen(work: Work, code: str) -> Page:
    """Open it again."""
    service.open_unit(work, code)
    return go("units.show", code=code, said=_("Open again."))


@room.form("/units/<code>/move", who=MATERIALS, form=MoveUnitForm,
           show=lambda read, form, code: _page(read, code, move=form))  # fmt: skip
def move(work: Work, form: MoveUnitForm, code: str) -> Page:
    """Put it somewhere else, with all that is on it."""
    place = get_location(work.session, form.location.data)
    unit = service.move_unit(work, code, place)
    return go("units.show", code=code, said=_("%(unit)s is now at %(place)s.", unit=unit.code, place=own_name(place)))


@room.write("/units/<code>/take-apart", who=MATERIALS, show=show)
def take_apart(work: Work, code: str) -> Page:
    """Everything comes off; the number is not used again."""
    service.take_apart(work, code)
    return go("units.show", code=code, said=_("Taken apart; everything stays where it stood."))
