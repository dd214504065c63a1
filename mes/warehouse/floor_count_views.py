"""Counting stock on the floor: scan the place, then its lots; a number or "it is right" for each."""

from flask import request

from mes.core.access import MATERIALS
from mes.core.i18n import _, number, own_name
from mes.core.pages import Page, confirmed, go
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.items.counting import decimals_of
from mes.items.models import Tracking
from mes.lots.queries import get_lot
from mes.scan.models import Kind
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import CountEntry, StockCount
from mes.warehouse.count_rules import PlaceNotCounted, ScanPlaceFirst
from mes.warehouse.counting import finish_place, open_count, open_place, place_word, record_count
from mes.warehouse.forms import FoundForm
from mes.warehouse.here import LOTS, lot_code, refuse, room, scanned, shown

AT_A_COUNT = (Kind.LOCATION, *LOTS, Kind.SUPPLIER_LOT)


@room.read("/counting", who=MATERIALS)
def counting(read: Reader) -> Page:
    """Counts that are going on."""
    rows = queries.open_counts(read)
    return shown("warehouse/counting.html", rows=rows)


@room.read("/counting/<code>", who=MATERIALS)
def count_places(read: Reader, code: str) -> Page:
    """The places of a count: who is where, and what is left to do."""
    found = queries.get_count(read, code)
    progress = queries.progress_of(read, [found.id])[found.id]
    rows = queries.places_of(read, found.id)
    return shown("warehouse/count_places.html", count=found, rows=rows, progress=progress)


@room.write("/counting/<code>/scan", who=MATERIALS, show=count_places)
def scan_count(work: Work, code: str) -> Page:
    """A place is opened; whoever scans it counts it."""
    count = open_count(work, code)
    found = scanned(work.session, *AT_A_COUNT).only
    if found.kind is Kind.LOCATION:
        return _open(work, count, found.code)
    if lot := lot_code(found):
        raise ScanPlaceFirst(lot=lot)
    raise refuse(found)


def _open(work: Work, count: StockCount, place_code: str) -> Page:
    location = get_location(work.session, place_code)
    place = queries.find_place(work.session, count.id, location.id)
    if place is None:
        raise PlaceNotCounted(place=own_name(location))
    opened = open_place(work, count.code, place.id, confirmed=confirmed())
    return go("warehouse.count_place", code=count.code, place=opened.id)


@room.write("/counting/<code>/places/<int:place>/open", who=MATERIALS, show=lambda read, code, place: count_places(read, code))  # fmt: skip  # noqa: E501
def touch_place(work: Work, code: str, place: int) -> Page:
    """The same by touch."""
    opened = open_place(work, code, place, confirmed=confirmed())
    return go("warehouse.count_place", code=code, place=opened.id)


@room.read("/counting/<code>/places/<int:place>", who=MATERIALS)
def count_place(read: Reader, code: str, place: int) -> Page:
    """One place: its lots, counted and still open."""
    count = queries.get_count(read, code)
    found = queries.get_place(read, count.id, place)
    lines = queries.lines_at(read, count.id, found.location_id)
    return shown("warehouse/count_place.html", count=count, place=found, word=place_word(found), lines=lines)


@room.write("/counting/<code>/places/<int:place>/scan", who=MATERIALS, show=count_place)
def scan_found(work: Work, code: str, place: int) -> Page:
    """A lot asks for its quantity (a serial is one piece); another place is opened."""
    count = open_count(work, code)
    found = scanned(work.session, *AT_A_COUNT).only
    if found.kind is Kind.LOCATION:
        return _open(work, count, found.code)
    lot = lot_code(found)
    if lot is None:
        raise refuse(found)
    known = get_lot(work.session, lot)
    if known.item.tracking is Tracking.SERIAL:
        entry = record_count(work, code, place, known.code, confirmed=confirmed())
        return _counted(code, place, known.code, entry, known.item.unit)
    open_place(work, code, place)
    return go("warehouse.count_lot", code=code, place=place, lot=known.code)


def _counted(code: str, place: int, lot: str, entry: CountEntry, unit: str) -> Page:
    said = _("%(lot)s: %(quantity)s %(unit)s found.", lot=lot, quantity=number(entry.quantity), unit=unit)
    if entry.location_id != entry.book_location_id:
        said = f"{said} " + _("The books have it elsewhere; it is moved when the count is posted.")
    return go("warehouse.count_place", code=code, place=place, said=said)


def _show_lot(read: Reader, form: FoundForm, code: str, place: int, lot: str) -> Page:
    count = queries.get_count(read, code)
    found = get_lot(read, lot)
    return shown(
        "warehouse/count_lot.html",
        form=form,
        count=count,
        place=queries.get_place(read, count.id, place),
        lot=found,
        decimals=decimals_of(found.item),
    )


@room.form("/counting/<code>/places/<int:place>/lots/<lot>", who=MATERIALS, form=FoundForm, show=_show_lot)
def count_lot(work: Work, form: FoundForm, code: str, place: int, lot: str) -> Page:
    """How much of a lot was found; a second number takes the place of the first, after a question."""
    entry = record_count(work, code, place, lot, form.quantity.data, confirmed=confirmed())
    known = get_lot(work.session, lot)
    return _counted(code, place, known.code, entry, known.item.unit)


@room.write("/counting/<code>/places/<int:place>/lots/<lot>/right", who=MATERIALS, show=lambda read, code, place, lot: count_place(read, code, place))  # fmt: skip  # noqa: E501
def count_right(work: Work, code: str, place: int, lot: str) -> Page:
    """It is as the books say; a blind count takes numbers only."""
    count = open_count(work, code)
    known = get_lot(work.session, lot)
    if count.blind:
        return go("warehouse.count_lot", code=code, place=place, lot=known.code)
    entry = record_count(work, code, place, lot, confirmed=confirmed())
    return _counted(code, place, known.code, entry, known.item.unit)


@room.write("/counting/<code>/places/<int:place>/finish", who=MATERIALS, show=count_place)
def finish_counted(work: Work, code: str, place: int) -> Page:
    """The place is counted; what was not scanned is asked about."""
    done = finish_place(work, code, place, confirmed=confirmed() or request.form.get("sure") == "1")
    return go("warehouse.count_places", code=code, said=_("%(place)s is counted.", place=place_word(done)))
