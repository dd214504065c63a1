"""What a tablet keeps of its work centre, so that it knows codes and judges material while it has no connection."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.access import LEADERS
from mes.core.i18n import catalogue, language, own_name
from mes.core.idle import lock_minutes
from mes.core.plant import Plant
from mes.core.types import NOTHING
from mes.equipment.call_rules import CALL_NAMES
from mes.equipment.models import Station
from mes.equipment.queries import list_machines
from mes.equipment.stop_queries import reasons_in_groups
from mes.items.models import Consumption, Item, Tracking
from mes.lots.models import Hold, Lot
from mes.orders.models import Job, OrderMaterial
from mes.orders.queries import queue, substitutes
from mes.people.models import Person
from mes.quality.models import DefectCode
from mes.scan.models import SupplierBarcode
from mes.scan.supplier_queries import barcodes
from mes.shifts.check_models import CheckSheet
from mes.station.alone import ALONE, JUDGED, SAID
from mes.station.late_rules import DEEDS

#: So many jobs of the queue are kept with all their pages.
KEPT_JOBS = 12
#: So many lots at most.
KEPT_LOTS = 1500


class Kept(NamedTuple):
    """Jobs of a queue with their materials, the items that may serve them, and their lots."""

    jobs: list[Job]
    materials: dict[int, list[OrderMaterial]]
    others: dict[int, list[Item]]
    items: list[Item]
    lots: list[Lot]


def snapshot(session: Session, station: Station, settings: Plant) -> dict[str, Any]:
    """Everything in one piece, in the language of who is signed in; ten or so statements, however much there is."""
    kept = _kept(session, station)
    return {
        "language": language(),
        "station": {"code": station.code, "centre": own_name(station.work_centre)},
        "zone": settings.time_zone,
        "first_out": settings.first_out,
        "right_place": settings.right_place,
        "over_production": str(settings.over_production),
        "jobs": [_job(job, kept) for job in kept.jobs],
        "lots": _lots(session, kept.lots, station.work_centre.location_id),
        "items": [{"id": item.id, "code": item.code, "gtin": item.gtin or ""} for item in kept.items],
        "labels": [_label(one) for one in barcodes(session)],
        "machines": [
            {"code": one.code, "tag": one.tag, "name": own_name(one)}
            for one in list_machines(session, work_centre_id=station.work_centre_id, active=True)
        ],
        "defects": list(session.scalars(select(DefectCode.code).where(DefectCode.active).order_by(DefectCode.code))),
        "calls": {kind.value: _raw(name) for kind, name in CALL_NAMES.items()},
        "stops": {one.code: own_name(one) for _group, some in reasons_in_groups(session) for one in some},
        "checks": _checks(session, station.work_centre_id),
        "people": [
            _person(one, settings.lock_after)
            for one in session.scalars(select(Person).where(Person.active).order_by(Person.id))
        ],
        "refusals": _refusals(),
        "said": {name: _raw(text) for name, text in SAID.items()},
        "words": {name: _raw(text) for name, text in DEEDS.items()},
    }


def _refusals() -> dict[str, dict[str, Any]]:
    alone = {name: {"message": _raw(said), "hint": _raw(hint), "asks": False} for name, (said, hint) in ALONE.items()}
    return alone | {
        kind.__name__: {
            "message": _raw(kind.message),
            "hint": _raw(kind.hint or ""),
            "asks": kind.asks,
            "yes": _raw(kind.yes),
            "no": _raw(kind.no),
        }
        for kind in JUDGED
    }


def _raw(text: str) -> str:
    """A sentence in the reader's language with its parameters still open."""
    return catalogue(language()).gettext(text) if text else ""


def _kept(session: Session, station: Station) -> Kept:
    jobs = queue(session, station.work_centre_id)[: KEPT_JOBS * 3]
    wanted = select(OrderMaterial).options(joinedload(OrderMaterial.item)).order_by(OrderMaterial.position)
    rows = session.scalars(wanted.where(OrderMaterial.order_id.in_({job.order_id for job in jobs}))).all()
    materials = {job.id: [m for m in rows if (m.order_id, m.operation) == (job.order_id, job.sequence)] for job in jobs}
    needed = [material for some in materials.values() for material in some]
    others = substitutes(session, needed)
    items = {material.item for material in needed} | {item for some in others.values() for item in some}
    return Kept(jobs, materials, others, sorted(items, key=lambda item: item.id), _lots_of(session, items))


def _lots_of(session: Session, items: Iterable[Item]) -> list[Lot]:
    """The lots that may serve, and those without stock that came under the same number of a supplier: a label that
    stands for several lots is refused without the connection as with it."""
    wanted = {item.id for item in items}
    if not wanted:
        return []
    every = select(Lot).options(joinedload(Lot.item), joinedload(Lot.location)).order_by(Lot.id.desc())
    lots = list(session.scalars(every.where(Lot.item_id.in_(wanted), Lot.on_hand > NOTHING).limit(KEPT_LOTS)))
    numbers = {lot.supplier_lot for lot in lots if lot.supplier_lot}
    if numbers:
        lots += session.scalars(every.where(Lot.supplier_lot.in_(numbers), Lot.on_hand == NOTHING).limit(KEPT_LOTS))
    return lots


def _label(one: SupplierBarcode) -> dict[str, Any]:
    """How a supplier's own barcode is read."""
    form = one.pattern
    return {
        "prefix": form.prefix,
        "sign": form.delimiter,
        "at": {piece.value: where for piece, where in form.at.items()},
        "day": form.day_form,
        "long": len(form.example),
        "parts": len(form.parts(form.example)),
        **({"item": one.item_id} if one.item_id else {}),
    }


def _job(job: Job, kept: Kept) -> dict[str, Any]:
    return {
        "code": job.code,
        "order": job.order.code,
        "state": job.state,
        "held": job.order.state == "held",
        "name": own_name(job),
        "item": own_name(job.order.item),
        "unit": job.order.item.unit,
        "good": _plain(job.good),
        "bad": _plain(job.defective),
        "plan": _plain(job.order.quantity),
        "version": job.order.version,
        "materials": [
            {
                "item": own_name(material.item),
                "unit": material.item.unit,
                "items": [material.item_id, *(item.id for item in kept.others.get(material.bom_line_id or 0, []))],
                "required": _plain(material.required),
                "missing": _plain(material.missing),
                "scan": material.consumption is Consumption.SCAN,
            }
            for material in kept.materials[job.id]
        ],
    }


def _lots(session: Session, lots: Iterable[Lot], place: int | None) -> list[dict[str, Any]]:
    held = [lot.id for lot in lots if lot.holds]
    open_holds = select(Hold.lot_id, Hold.reason).where(Hold.lot_id.in_(held), Hold.lifted_at.is_(None))
    reasons: dict[int, list[str]] = {}
    for lot_id, reason in session.execute(open_holds) if held else ():
        reasons.setdefault(lot_id, []).append(reason)
    return [
        {
            "code": lot.code,
            "old": lot.former_codes,
            "supplier": lot.supplier_lot or "",
            "id": lot.id,
            "item": lot.item_id,
            "name": own_name(lot.item),
            "unit": lot.item.unit,
            "serial": lot.item.tracking is Tracking.SERIAL,
            "left": _plain(lot.on_hand),
            "status": lot.status,
            "held": ", ".join(reasons.get(lot.id, [])) or ("-" if lot.holds else ""),
            "expires": lot.expires_on.isoformat() if lot.expires_on else "",
            "made": lot.made_on.isoformat(),
            "here": place is None or lot.location_id == place,
            "place": own_name(lot.location) if lot.location else "-",
        }
        for lot in lots
    ]


def _checks(session: Session, centre_id: int) -> dict[str, Any]:
    """The check sheets of the work centre, with the lines that each asks for."""
    sheets = select(CheckSheet).options(selectinload(CheckSheet.items)).order_by(CheckSheet.code)
    return {
        sheet.code: {
            "name": own_name(sheet),
            "lines": [[line.id, line.kind, own_name(line)] for line in sheet.items if line.active],
        }
        for sheet in session.scalars(sheets.where(CheckSheet.work_centre_id == centre_id, CheckSheet.active))
    }


def _person(person: Person, locks: str) -> dict[str, Any]:
    return {
        "id": person.id,
        "code": person.code,
        "name": person.name if person.language == "ko" else person.name_en or person.name,
        "language": person.language,
        "leader": bool(person.role_set & LEADERS),
        "lock": lock_minutes(locks, person.role_set),
        "since": round(person.proofs_since.timestamp() * 1000) if person.proofs_since else 0,
        "badge": hashlib.sha256(f"badge {person.badge}".encode()).hexdigest(),
    }


def _plain(value: Decimal) -> str:
    return f"{value:f}"
