"""From the plant's things to the words on their labels, in the label's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from mes.core.access import ROLE_NAMES, Role
from mes.core.i18n import _, day, number, own_name, speaking, zone
from mes.core.qr import is_scannable
from mes.equipment.models import Location, Machine, Tool
from mes.equipment.rules import LOCATION_NAMES
from mes.gauges.models import Gauge
from mes.gauges.rules import range_text
from mes.items.rules import KIND_NAMES
from mes.labels.fonts import GlyphMissing, face
from mes.labels.layout import Row
from mes.labels.queries import Earlier, LotThing, OrderThing, Thing, code_of
from mes.lots.models import LotStatus
from mes.orders.models import Job
from mes.orders.rules import PRIORITY_NAMES
from mes.people.models import Person

#: Holds the number and name of one operation together on a line.
NO_BREAK = "\u00a0"
#: From this priority on the label says how urgent it is.
URGENT = 3


def is_printable(text: str) -> bool:
    """Whether the label font has all letters of a text; pictographs become boxes and do not count."""
    try:
        face("regular").printable(text, boxes=True)
    except GlyphMissing:
        return False
    return True


def rows_of(
    things: Iterable[Thing], plant: str, language: str, earlier: Mapping[str, Earlier], time_zone: str, today: date
) -> list[Row]:
    """The texts of each label. ``earlier``: prints before this one, which make it a reprint."""
    with speaking(language, time_zone):
        return [_row(thing, plant, earlier.get(code_of(thing)), today) for thing in things]


def repeated(rows: Sequence[Row], copies: Sequence[int]) -> list[Row]:
    """Each label as often as it is wanted, copies together."""
    return [row for row, times in zip(rows, copies, strict=True) for _copy in range(times)]


def _named(thing: object) -> str:
    """A thing's name in the label's language; where the label font lacks its letters, in English."""
    name, english = own_name(thing), getattr(thing, "name_en", None)
    return english if english and not is_printable(name) and is_printable(english) else name


def _person(person: Person) -> str:
    """A name that can be printed, else the person's number: nobody's alphabet stops a label."""
    name = _named(person)
    return name if is_printable(name) else person.code


def _row(thing: Thing, plant: str, earlier: Earlier | None, today: date) -> Row:
    if isinstance(thing, LotThing):
        return _lot(thing) | _standing(thing, today) | {"plant": plant, "reprint": _again(earlier)}
    if isinstance(thing, OrderThing):
        return _order(thing) | {"plant": plant, "reprint": _again(earlier)}
    if isinstance(thing, Person):
        return _badge(thing) | {"plant": plant}
    if isinstance(thing, Gauge):
        return _gauge(thing) | {"plant": plant}
    if isinstance(thing, Tool):
        return _tool(thing) | {"plant": plant}
    return (_machine(thing) if isinstance(thing, Machine) else _location(thing)) | {"plant": plant}


def _again(earlier: Earlier | None) -> str:
    return str(earlier.times) if earlier else ""


def _lot(thing: LotThing) -> dict[str, str]:
    lot, item, order, made = thing.lot, thing.lot.item, thing.order, thing.made
    received = thing.received_at.astimezone(zone()).date() if thing.received_at else None
    row = {
        "code": lot.code,
        "item_name": _named(item),
        "item_code": item.code,
        "spec": item.spec or "",
        "kind": _(KIND_NAMES[item.kind]),
        "quantity": number(lot.on_hand),
        "unit": item.unit,
        "made_on": "" if lot.arrived_on else lot.made_on.isoformat(),
        "received_on": received.isoformat() if received else "",
        "expiry": lot.expires_on.isoformat() if lot.expires_on else "",
        "supplier": _named(lot.supplier) if lot.supplier else "",
        "supplier_lot": lot.supplier_lot or "",
        "customer": _named(order.customer) if order and order.customer else "",
        "work_order": order.code if order else "",
        "location": _named(lot.location) if lot.location else "",
        "allergens": item.allergens or "",
        "note": lot.note or "",
    }
    if made:
        row |= {
            "operation": _operation(made.job),
            "work_centre": _named(made.job.work_centre),
            "machine": _named(made.machine) if made.machine else "",
            "made_by": _person(thing.maker) if thing.maker else "",
        }
    return row


def _standing(thing: LotThing, today: date) -> dict[str, str]:
    """The status word of the tag. It says "pass" only of what an inspection passed."""
    lot = thing.lot
    if lot.holds:
        word = _("On hold")
    elif lot.status is LotStatus.REJECTED:
        word = _("Rejected")
    elif lot.status is LotStatus.INSPECTION:
        word = _("To inspect")
    elif lot.expires_on and lot.expires_on < today:
        word = _("Expired")
    else:
        return {"status": _("Pass") if thing.passed else _("Free to use")}
    return {"status": word, "blocked": word}


def _operation(job: Job) -> str:
    return f"{job.sequence} {_named(job)}"


def _order(thing: OrderThing) -> dict[str, str]:
    order, item = thing.paper.order, thing.paper.order.item
    started = [job.started_at for job in order.jobs if job.started_at]
    steps = [_operation(job).replace(" ", NO_BREAK) for job in order.jobs]
    return {
        "code": order.code,
        "item_name": _named(item),
        "item_code": item.code,
        "spec": item.spec or "",
        "quantity": number(order.quantity),
        "unit": item.unit,
        "due": day(order.due_on),
        "start": day(min(started)) if started else "",
        "priority": _(PRIORITY_NAMES.get(order.priority, "")) if order.priority <= URGENT else "",
        "customer": _named(order.customer) if order.customer else "",
        "operations": " → ".join(steps),
        "work_centre": _named(order.jobs[0].work_centre) if order.jobs else "",
        "bom_revision": str(thing.paper.bom or ""),
        "routing_revision": str(thing.paper.routing or ""),
        "released_on": order.released_at.astimezone(zone()).date().isoformat() if order.released_at else "",
        "released_by": thing.released_by,
        "note": order.note or "",
    }


def _location(place: Location) -> dict[str, str]:
    code, name = _scanned_as(place)
    return {"code": code, "name": name, "area": _(LOCATION_NAMES[place.kind])}


def _machine(machine: Machine) -> dict[str, str]:
    code, name = _scanned_as(machine)
    return {"code": code, "name": name, "work_centre": _named(machine.work_centre)}


def _tool(tool: Tool) -> dict[str, str]:
    code, name = _scanned_as(tool)
    return {"code": code, "name": name, "cavities": str(tool.cavities)}


def _gauge(gauge: Gauge) -> dict[str, str]:
    code, name = _scanned_as(gauge)
    return {
        "code": code,
        "name": name,
        "kind": gauge.kind or "",
        "serial": gauge.serial or "",
        "range": range_text(gauge),
        "due": gauge.due_on.isoformat() if gauge.due_on else "",
        "keeper": _person(gauge.keeper) if gauge.keeper else "",
    }


def _scanned_as(thing: Location | Machine | Tool | Gauge) -> tuple[str, str]:
    """Its own code and name; where a scanner could not type the code (Hangul, small letters), its tag is printed and
    the code stands before the name."""
    if is_scannable(thing.code) and thing.code == thing.code.upper():
        return thing.code, _named(thing)
    return thing.tag, f"{thing.code} {_named(thing)}"


def _badge(person: Person) -> dict[str, str]:
    roles = [_(ROLE_NAMES[role]) for role in Role if role in person.role_set]
    return {"code": person.badge, "name": _person(person), "number": person.code, "role": ", ".join(roles)}
