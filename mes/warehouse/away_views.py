"""The warehouse's first page, and putting lots away: scan the lots, then the place."""

from flask import request

from mes.core.access import MATERIALS
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, confirmed, go, mes
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots.queries import get_lot, get_receipt, lots_of_receipt
from mes.lots.rules import LotEmpty
from mes.lots.unit_queries import get_unit, units_by_code
from mes.scan.models import Kind
from mes.warehouse import queries
from mes.warehouse.here import LOTS, lot_code, refuse, room, scanned, shown
from mes.warehouse.moving import put_away
from mes.warehouse.receive_views import arrival_of
from mes.warehouse.rules import NoLotScanned, TooManyLots
from mes.warehouse.units import lots_on

room.entry("warehouse.index", N_("Warehouse work"), "scan-line", "material", MATERIALS)

#: One person carries no more to one place.
MOST = 100
AT_FIRST = (*LOTS, Kind.UNIT, Kind.ORDER, Kind.JOB, Kind.RECEIPT, Kind.ITEM, Kind.LOCATION)
WHEN_PUTTING_AWAY = (*LOTS, Kind.UNIT, Kind.LOCATION, Kind.RECEIPT, Kind.SUPPLIER_LOT)


@room.read("", who=MATERIALS)
def index(read: Reader) -> Page:
    """What there is to do: put away, pick, ship, count."""
    return shown(
        "warehouse/index.html",
        waiting=len(queries.waiting_lots(read)),
        orders=sum(1 for one in queries.orders_to_pick(read) if one.open),
        loadings=len(queries.open_loadings(read)),
    )


@room.write("/scan", who=MATERIALS, show=index)
def scan(work: Work) -> Page:
    """From the first page a scan leads on: a lot is put away, an order is picked for, an item is received."""
    seen = scanned(work.session, *AT_FIRST)
    arrived = arrival_of(seen) if seen.of(Kind.ITEM) or not seen.meanings else None
    if arrived:
        return arrived
    found = seen.only
    if found.kind is Kind.ORDER:
        return go("warehouse.pick_list", code=found.code)
    if found.kind is Kind.JOB:
        return go("warehouse.pick_list", code=found.owner)
    if queries.brought_back(work.session, found):
        return go("returns.new", lot=found.code)
    codes = _meant(work, found.kind, found.code) if found.kind in (*LOTS, Kind.UNIT, Kind.RECEIPT) else None
    if codes is None:
        raise refuse(found)
    return go("warehouse.away", lots=",".join(codes))


def _carried() -> list[str]:
    return [code for code in request.values.get("lots", "").split(",") if code][:MOST]


@room.read("/put-away", who=MATERIALS)
def away(read: Reader) -> Page:
    """The lots in hand and where others of their item stand."""
    carried = _carried()
    lots = queries.lots_by_code(read, carried)
    units = [(code, lots_on(read, code)) for code in units_by_code(read, carried)]
    items = {lot.item_id for lot in [*lots, *(lot for _code, on_it in units for lot in on_it)]}
    return shown(
        "warehouse/away.html",
        lots=lots,
        units=units,
        carried=",".join([*(code for code, _lots in units), *(lot.code for lot in lots)]),
        places=queries.usual_places(read, items) if items else [],
        waiting=[lot for lot in queries.waiting_lots(read) if lot.code not in carried],
        now=mes().clock(),
    )


@room.write("/put-away/scan", who=MATERIALS, show=away)
def scan_away(work: Work) -> Page:
    """A lot (or all lots of a receipt) is taken up; a place puts down all that were."""
    found = scanned(work.session, *WHEN_PUTTING_AWAY).only
    carried = _carried()
    if found.kind is Kind.LOCATION:
        place = get_location(work.session, found.code)
        done = put_away(work, carried, place, confirmed=confirmed())
        put = ", ".join(lot.code for lot in done[:3]) + (" …" if len(done) > 3 else "")
        said = _("%(n)s lots are now at %(place)s: %(lots)s.", n=len(done), place=own_name(place), lots=put)
        return go("warehouse.away", said=said)
    lot = lot_code(found)
    codes = _meant(work, found.kind, lot or found.code)
    if codes is None:
        raise refuse(found)
    together = list(dict.fromkeys([*carried, *codes]))
    if len(together) > MOST:
        raise TooManyLots(most=MOST)
    return go("warehouse.away", lots=",".join(together))


@room.write("/put-away/drop", who=MATERIALS, show=away)
def drop_away(work: Work) -> Page:
    """The last lot that was scanned is not put away after all."""
    carried = _carried()
    if not carried:
        raise NoLotScanned
    return go("warehouse.away", lots=",".join(carried[:-1]))


def _meant(work: Work, kind: Kind, code: str) -> list[str] | None:
    """The lots of a scan that have something left; None for what is no lot."""
    if kind is Kind.RECEIPT:
        receipt = get_receipt(work.session, code)
        return [lot.code for lot in lots_of_receipt(work.session, receipt.id) if lot.on_hand > 0]
    if kind is Kind.UNIT:
        return [get_unit(work.session, code).code]
    if kind not in (*LOTS, Kind.SUPPLIER_LOT):
        return None
    lot = get_lot(work.session, code)
    if lot.on_hand <= 0:
        raise LotEmpty(lot=lot.code, who=None)
    return [lot.code]
