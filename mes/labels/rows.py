"""From the plant's things to the words on their labels, in the label's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from mes.core.access import ROLE_NAMES, Role
from mes.core.gs1 import day_text
from mes.core.i18n import _, day, number, speaking, zone
from mes.core.qr import is_scannable
from mes.equipment.models import Location, Machine, Tool
from mes.equipment.rules import LOCATION_NAMES
from mes.gauges.models import Gauge
from mes.gauges.rules import range_text
from mes.items.rules import KIND_NAMES
from mes.labels.content_goods import MOST_STEPS
from mes.labels.goods_rows import goods_row, gtin_of, link_of
from mes.labels.layout import Row
from mes.labels.naming import is_printable, named, person_named
from mes.labels.things import CardThing, Earlier, GoodsThing, LotThing, MoveThing, OrderThing, Thing, UnitThing, code_of
from mes.lots.models import LotStatus
from mes.orders.models import Job
from mes.orders.rules import PRIORITY_NAMES
from mes.people.models import Person

__all__ = ["is_printable", "numbered", "rows_of"]

#: Holds the number and name of one operation together on a line.
NO_BREAK = "\u00a0"
#: From this priority on the label says how urgent it is.
URGENT = 3


def rows_of(
    things: Iterable[Thing],
    plant: str,
    language: str,
    earlier: Mapping[str, Earlier],
    time_zone: str,
    today: date,
    numbers: Mapping[str, int] | None = None,
) -> list[Row]:
    """The texts of each label. ``earlier``: prints before this one, which make it a reprint; ``numbers``: the number
    of the label, where it is not the first of its thing."""
    with speaking(language, time_zone):
        rows = [(code_of(thing), _row(thing, plant, earlier.get(code_of(thing)), today)) for thing in things]
    return [numbered(row, (numbers or {}).get(code, 1)) for code, row in rows]


def numbered(row: Row, number: int) -> Row:
    """The row of one label of a thing: from the second on its code says which one it is (``L260105-00129.2``). Badges
    and cards are not numbered."""
    if "scan" not in row:
        return row
    return {**row, "scan": row["code"] if number == 1 else f"{row['code']}.{number}"}


def _row(thing: Thing, plant: str, earlier: Earlier | None, today: date) -> Row:
    if isinstance(thing, LotThing):
        return _lot(thing) | _standing(thing, today) | {"plant": plant, "reprint": _again(earlier)}
    if isinstance(thing, GoodsThing | MoveThing | UnitThing | CardThing):
        return goods_row(thing, today, _again(earlier)) | {"plant": plant}
    if isinstance(thing, OrderThing):
        return _order(thing) | {"plant": plant, "reprint": _again(earlier)}
    return _lasting(thing) | {"plant": plant}


def _lasting(thing: Person | Gauge | Tool | Machine | Location) -> dict[str, str]:
    if isinstance(thing, Person):
        return _badge(thing)
    if isinstance(thing, Gauge):
        return _gauge(thing)
    if isinstance(thing, Tool):
        return _tool(thing)
    return _machine(thing) if isinstance(thing, Machine) else _location(thing)


def _again(earlier: Earlier | None) -> str:
    return str(earlier.times) if earlier else ""


def _lot(thing: LotThing) -> dict[str, str]:
    lot, item, order, made = thing.lot, thing.lot.item, thing.order, thing.made
    received = thing.received_at.astimezone(zone()).date() if thing.received_at else None
    row = {
        "code": lot.code,
        "scan": lot.code,
        "item_name": named(item),
        "item_code": item.code,
        "spec": item.spec or "",
        "kind": _(KIND_NAMES[item.kind]),
        "quantity": number(lot.on_hand),
        "unit": item.unit,
        "made_on": "" if lot.arrived_on else lot.made_on.isoformat(),
        "received_on": received.isoformat() if received else "",
        "expiry": lot.expires_on.isoformat() if lot.expires_on else "",
        "supplier": named(lot.supplier) if lot.supplier else "",
        "supplier_lot": lot.supplier_lot or "",
        "customer": named(order.customer) if order and order.customer else "",
        "work_order": order.code if order else "",
        "location": named(lot.location) if lot.location else "",
        "allergens": item.allergens or "",
        "note": lot.note or _kept(thing),
        "storage": item.storage or "",
        "origin": item.origin or "",
        "gtin": gtin_of(item),
        "made6": "" if lot.arrived_on else day_text(lot.made_on),
        "expiry6": day_text(lot.expires_on) if lot.expires_on else "",
        "link": link_of(lot, thing.link_host),
    }
    if made:
        row |= {
            "operation": _operation(made.job),
            "work_centre": named(made.job.work_centre),
            "machine": named(made.machine) if made.machine else "",
            "made_by": person_named(thing.maker) if thing.maker else "",
        }
    return row


def _kept(thing: LotThing) -> str:
    return _("Keep until %(day)s", day=thing.keep_until.isoformat()) if thing.keep_until else ""


def _standing(thing: LotThing, today: date) -> dict[str, str]:
    """The status word of the tag. It says "pass" only of what an inspection passed."""
    lot = thing.lot
    if lot.status is LotStatus.RETAINED:
        word = _("Kept as a sample")
    elif lot.holds:
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
    return f"{job.sequence} {named(job)}"


def _order(thing: OrderThing) -> dict[str, str]:
    order, item = thing.paper.order, thing.paper.order.item
    started = [job.started_at for job in order.jobs if job.started_at]
    steps = [_operation(job).replace(" ", NO_BREAK) for job in order.jobs]
    return _steps(order.jobs) | {
        "code": order.code,
        "scan": order.code,
        "item_name": named(item),
        "item_code": item.code,
        "spec": item.spec or "",
        "quantity": number(order.quantity),
        "unit": item.unit,
        "due": day(order.due_on),
        "start": day(min(started)) if started else "",
        "priority": _(PRIORITY_NAMES.get(order.priority, "")) if order.priority <= URGENT else "",
        "customer": named(order.customer) if order.customer else "",
        "operations": " → ".join(steps),
        "work_centre": named(order.jobs[0].work_centre) if order.jobs else "",
        "bom_revision": str(thing.paper.bom or ""),
        "routing_revision": str(thing.paper.routing or ""),
        "released_on": order.released_at.astimezone(zone()).date().isoformat() if order.released_at else "",
        "released_by": thing.released_by,
        "note": order.note or "",
    }


def _steps(jobs: Sequence[Job]) -> dict[str, str]:
    """Each step by itself: what is done, where, and the code of its job."""
    left = len(jobs) - MOST_STEPS
    row = {"steps_left": _("and %(count)s more steps", count=left)} if left > 0 else {}
    for place, job in enumerate(jobs[:MOST_STEPS], 1):
        row |= {f"step{place}": _operation(job), f"at{place}": named(job.work_centre), f"job{place}": job.code}
    return row


def _location(place: Location) -> dict[str, str]:
    code, name = _scanned_as(place)
    return {"code": code, "scan": code, "name": name, "area": _(LOCATION_NAMES[place.kind])}


def _machine(machine: Machine) -> dict[str, str]:
    code, name = _scanned_as(machine)
    return {"code": code, "scan": code, "name": name, "work_centre": named(machine.work_centre)}


def _tool(tool: Tool) -> dict[str, str]:
    code, name = _scanned_as(tool)
    return {"code": code, "scan": code, "name": name, "cavities": str(tool.cavities)}


def _gauge(gauge: Gauge) -> dict[str, str]:
    code, name = _scanned_as(gauge)
    return {
        "code": code,
        "scan": code,
        "name": name,
        "kind": gauge.kind or "",
        "serial": gauge.serial or "",
        "range": range_text(gauge),
        "due": gauge.due_on.isoformat() if gauge.due_on else "",
        "keeper": person_named(gauge.keeper) if gauge.keeper else "",
    }


def _scanned_as(thing: Location | Machine | Tool | Gauge) -> tuple[str, str]:
    """Its own code and name; where a scanner could not type the code (Hangul, small letters), its tag is printed and
    the code stands before the name."""
    if is_scannable(thing.code) and thing.code == thing.code.upper():
        return thing.code, named(thing)
    return thing.tag, f"{thing.code} {named(thing)}"


def _badge(person: Person) -> dict[str, str]:
    roles = [_(ROLE_NAMES[role]) for role in Role if role in person.role_set]
    return {"code": person.badge, "name": person_named(person), "number": person.code, "role": ", ".join(roles)}
