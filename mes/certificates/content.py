"""What a certificate says, put together from stored records only: what was not measured is said to be missing."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from mes.certificates import queries
from mes.certificates.models import CertificateKind, CertificateLayout, Language, Values
from mes.certificates.rules import Content, NothingToCertify
from mes.core.plant import plant
from mes.core.types import SMALLEST
from mes.inspection.gauge_check import doubtful_ids
from mes.inspection.models import Characteristic, Reading
from mes.lots.models import Lot, Shipment
from mes.lots.queries import shipped_lots
from mes.orders.models import Job
from mes.partners.models import Partner
from mes.trace.queries import Direction, trace

#: The form of the content; a later form is another number.
FORM = 1
NO_GAUGES: Mapping[int, str] = MappingProxyType({})
DEFAULT = {
    "inspections": [],
    "kind": CertificateKind.REPORT.value,
    "language": Language.KOREAN.value,
    "materials": False,
    "gauges": True,
    "shown": Values.EACH.value,
    "statement": None,
}


def options_of(layout: CertificateLayout | None) -> Content:
    """How the certificates of a customer look; a plain inspection report where nothing is laid down."""
    if layout is None:
        return dict(DEFAULT)
    return {
        "inspections": sorted(layout.inspections),
        "kind": layout.kind.value,
        "language": layout.language.value,
        "materials": layout.materials,
        "gauges": layout.gauges,
        "shown": layout.shown.value,
        "statement": layout.statement,
    }


def compose(
    session: Session,
    *,
    code: str,
    options: Content,
    lot: Lot | None,
    shipment: Shipment | None,
    customer: Partner | None,
    day: str,
    replaces: Content | None = None,
) -> Content:
    """The whole content. Raises NothingToCertify."""
    amounts = _amounts(session, lot, shipment)
    if not amounts:
        raise NothingToCertify(field="of")
    known = queries.lots_to_tell(session, list(amounts))
    return {
        "form": FORM,
        "code": code,
        "company": plant(session).name or "MES",
        "day": day,
        "customer": _named(customer),
        "lot": lot.code if lot else None,
        "shipment": _shipment(shipment),
        "replaces": replaces,
        "options": options,
        "lots": [_lot(session, *known[ident], amount, options) for ident, amount in amounts.items()],
    }


def _amounts(session: Session, lot: Lot | None, shipment: Shipment | None) -> dict[int, Decimal]:
    """Lots with how much of each is certified."""
    if lot is not None:
        return {lot.id: Decimal(queries.came_in(session, lot.id))}
    found: dict[int, Decimal] = {}
    for line in shipped_lots(session, shipment.id) if shipment else []:
        if not line.undone:
            found[line.lot.id] = found.get(line.lot.id, Decimal(0)) - line.movement.quantity
    return found


def _named(partner: Partner | None) -> Content | None:
    return {"code": partner.code, "name": partner.name, "name_en": partner.name_en} if partner else None


def _shipment(shipment: Shipment | None) -> Content | None:
    if shipment is None:
        return None
    return {"code": shipment.code, "at": shipment.at.isoformat(), "reference": shipment.reference}


def _lot(session: Session, lot: Lot, order: str | None, amount: Decimal, options: Content) -> Content:
    item = lot.item
    told = queries.told_of(session, lot, options["inspections"])
    gauges = queries.gauges_of(session, told) if options["gauges"] else {}
    doubtful = doubtful_ids(session, [one.inspection for one in told])
    asked = [kind.value for kind in queries.asked_kinds(session, item.id)]
    wanted = [kind for kind in asked if not options["inspections"] or kind in options["inspections"]]
    done = {one.inspection.kind.value for one in told}
    return {
        "code": lot.code,
        "item": {"code": item.code, "name": item.name, "name_en": item.name_en, "spec": item.spec, "unit": item.unit},
        "quantity": plain(amount),
        "made_on": None if lot.arrived_on else lot.made_on.isoformat(),
        "expires_on": lot.expires_on.isoformat() if lot.expires_on else None,
        "supplier_lot": lot.supplier_lot,
        "order": order,
        "inspections": [inspection(one, gauges, doubtful) for one in told],
        "not_inspected": [kind for kind in wanted if kind not in done],
        "materials": _materials(session, lot) if options["materials"] else [],
    }


def told_now(session: Session, told: queries.Told) -> Content:
    """One inspection as ``inspection`` tells it, with its gauges and with what is in doubt since."""
    return inspection(told, queries.gauges_of(session, [told]), doubtful_ids(session, [told.inspection]))


def inspection(told: queries.Told, gauges: Mapping[int, str] = NO_GAUGES, doubtful: Collection[int] = ()) -> Content:
    """One inspection with every reading, and the characteristics that have none."""
    one = told.inspection
    by_id: dict[int, list[Reading]] = {}
    for reading in queries.standing(one):
        by_id.setdefault(reading.characteristic_id, []).append(reading)
    names = {found.id: found for found in told.characteristics}
    rows = [_row(readings, names.get(ident), gauges, doubtful) for ident, readings in by_id.items()]
    return {
        "code": one.code,
        "kind": one.kind.value,
        "day": one.day.isoformat(),
        "person": one.person,
        "operation": _operation(told.job) if told.job else None,
        "verdict": one.verdict.value if one.verdict else "open",
        "earlier": told.earlier,
        "readings": rows,
        "missing": [found.name for found in told.characteristics if found.id not in by_id],
    }


def _operation(job: Job) -> Content:
    english = f"{job.sequence} {job.name_en}" if job.name_en else None
    return {"name": f"{job.sequence} {job.name}", "name_en": english}


def _row(
    readings: list[Reading], found: Characteristic | None, gauges: Mapping[int, str], doubtful: Collection[int]
) -> Content:
    first = readings[0]
    looked = found is not None and found.nature.value == "attribute"
    places = (found.decimals or 0) if found is not None and not looked else 0
    values = [plain(one.value, places) for one in readings]
    return {
        "name": first.name,
        "name_en": found.name_en if found else None,
        "unit": first.unit,
        "lower": plain(first.lower, places),
        "upper": plain(first.upper, places),
        "looked": looked,
        "special": found.special if found else None,
        "values": values,
        "least": min(values, key=Decimal),
        "greatest": max(values, key=Decimal),
        "mean": plain(_mean([one.value for one in readings])),
        "verdict": "fail" if any(one.verdict.value == "fail" for one in readings) else "pass",
        "gauges": sorted({gauges[one.gauge_id] for one in readings if one.gauge_id and one.gauge_id in gauges}),
        "suspect": any(one.id in doubtful for one in readings),
    }


def _mean(values: list[Decimal]) -> Decimal:
    return (sum(values, Decimal(0)) / len(values)).quantize(SMALLEST)


def plain(value: Any, places: int = 0) -> Any:
    """A number as text, with as many decimals as its standard lays down and never fewer than it has: 20.01 read to
    three places is 20.010. Nothing stays nothing."""
    if value is None:
        return None
    slim = f"{Decimal(value).normalize():f}"
    return f"{Decimal(slim):.{places}f}" if len(slim.partition(".")[2]) < places else slim


def _materials(session: Session, lot: Lot) -> list[Content]:
    """Everything that went into a lot, however deep."""
    found = trace(session, [lot.id], Direction.UP)
    others = queries.lots_to_tell(session, [ident for ident in found.lots if ident != lot.id])
    rows = [
        {"item": one.item.code, "name": one.item.name, "name_en": one.item.name_en, "lot": one.code,
         "supplier_lot": one.supplier_lot}
        for one, _order in others.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (str(row["item"]), str(row["lot"])))
