"""Reads of the importer: what the plant knows already, fetched for a whole file in few statements."""

import json
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mes.core.chunks import chunks
from mes.core.coded import folded, spellings
from mes.core.db import Base
from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.files import StoredFile
from mes.core.i18n import N_, _
from mes.exchange.models import Upload, Verdict
from mes.gauges.models import Calibration
from mes.items.by_products import ByProductData, data_of_by_product
from mes.items.loops import edges_in_force
from mes.items.models import Bom, BomLine, ByProduct, Item, ItemUnit, Operation, Revision, Routing, Substitute
from mes.orders.models import WorkOrder
from mes.people.models import Person, Skill

Thing = TypeVar("Thing", bound=Base)
#: From this many codes on the whole table is read rather than the codes looked up.
MANY = 2000


def recorded(
    session: Session, model: type[Base], codes: Collection[str], attributes: Sequence[str]
) -> list[dict[str, Any]]:
    """What is recorded under these codes or codes that look like them: id, code and the attributes asked for."""
    code = getattr(model, "code")
    names = ["id", "code", *attributes]
    query = select(*(getattr(model, name) for name in names))
    if len(codes) >= MANY:
        return [dict(zip(names, row, strict=True)) for row in session.execute(query)]
    wanted = sorted({spelling for one in codes for spelling in spellings(one)})
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(wanted):
        for row in session.execute(query.where(func.lower(code).in_(part))):
            found[row[0]] = dict(zip(names, row, strict=True))
    return list(found.values())


def similar_codes(session: Session, model: type[Base], codes: Collection[str]) -> dict[str, str]:
    """Recorded codes that people might take for one of these, by how people read them."""
    return {folded(values["code"]): values["code"] for values in recorded(session, model, codes, ())} if codes else {}


class Known(NamedTuple):
    """A thing that rows refer to by its code."""

    id: int
    active: bool


def known_codes(session: Session, model: type[Base]) -> dict[str, Known]:
    """All things of a (small) table by code."""
    columns = [getattr(model, name) for name in ("code", "id", "active")]
    rows = session.execute(select(*columns))
    return {row[0]: Known(row[1], row[2]) for row in rows}


def items_by_code(session: Session, codes: Iterable[str]) -> dict[str, Item]:
    """Items by exact code, in few statements."""
    wanted = sorted(set(codes))
    return {
        item.code: item for part in chunks(wanted) for item in session.scalars(select(Item).where(Item.code.in_(part)))
    }


def units_in_use(session: Session) -> set[str]:
    """Every unit in which any item is counted or can be given."""
    return set(session.scalars(select(Item.unit).union(select(ItemUnit.unit))))


def units_of(session: Session, items: Collection[Item]) -> dict[int, list[tuple[str, Decimal]]]:
    """The other units of items, by item id."""
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for part in chunks(sorted(item.id for item in items)):
        for row in session.scalars(select(ItemUnit).where(ItemUnit.item_id.in_(part))):
            found.setdefault(row.item_id, []).append((row.unit, row.factor))
    return found


def used_ids(session: Session, table: str, ids: Collection[int], apart_from: Collection[str]) -> set[int]:
    """Which of these rows any other table refers to. ``apart_from``: tables that do not count."""
    columns = [
        column
        for other in Base.metadata.sorted_tables
        if other.name not in apart_from
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    ]
    return {
        found
        for column in columns
        for part in chunks(sorted(ids))
        for found in session.scalars(select(column).where(column.in_(part)).distinct())
    }


def by_products_of(session: Session, boms: Iterable[Bom]) -> dict[int, list[ByProductData]]:
    """What also comes out by these BOMs, by BOM."""
    found: dict[int, list[ByProductData]] = {}
    query = select(ByProduct).options(joinedload(ByProduct.item)).order_by(ByProduct.id)
    for part in chunks(sorted(bom.id for bom in boms)):
        for row in session.scalars(query.where(ByProduct.bom_id.in_(part))):
            found.setdefault(row.bom_id, []).append(data_of_by_product(row))
    return found


def released_boms(session: Session, item_ids: Collection[int]) -> dict[int, Bom]:
    """BOMs in force by item, with lines, components and substitutes."""
    lines = selectinload(Bom.lines)
    query = select(Bom).where(Bom.state == Revision.RELEASED).options(
        lines.joinedload(BomLine.component), lines.selectinload(BomLine.substitutes).joinedload(Substitute.item)
    )  # fmt: skip
    return {
        bom.item_id: bom
        for part in chunks(sorted(item_ids))
        for bom in session.scalars(query.where(Bom.item_id.in_(part)))
    }


def recorded_edges(session: Session, apart_from: Collection[str]) -> list[tuple[str, str]]:
    """(product, part) codes of all BOMs in force, without the products that are about to get a new one."""
    edges = edges_in_force(session)
    ids, codes = sorted({item_id for edge in edges for item_id in edge}), dict[int, str]()
    for part in chunks(ids):
        codes |= dict(session.execute(select(Item.id, Item.code).where(Item.id.in_(part))).all())
    return [(codes[above], codes[below]) for above, below in edges if codes[above] not in apart_from]


def released_routings(session: Session, item_ids: Collection[int]) -> dict[int, Routing]:
    """Routings in force by item, with their operations."""
    operations = selectinload(Routing.operations)
    query = select(Routing).where(Routing.state == Revision.RELEASED).options(
        operations.joinedload(Operation.work_centre), operations.joinedload(Operation.subcontractor)
    )  # fmt: skip
    return {
        routing.item_id: routing
        for part in chunks(sorted(item_ids))
        for routing in session.scalars(query.where(Routing.item_id.in_(part)))
    }


def skills_by_person(session: Session) -> dict[int, frozenset[str]]:
    """What everybody has been trained for."""
    found: dict[int, set[str]] = {}
    for person_id, name in session.execute(select(Skill.person_id, Skill.name)):
        found.setdefault(person_id, set()).add(name)
    return {person_id: frozenset(names) for person_id, names in found.items()}


def taken_codes(session: Session, model: type[Base], codes: Collection[str]) -> set[str]:
    """Which of these codes are taken."""
    code = getattr(model, "code")
    return {found for part in chunks(sorted(codes)) for found in session.scalars(select(code).where(code.in_(part)))}


def get_upload(session: Session, number: int) -> Upload:
    """A file that was uploaded. Raises NotFound."""
    found = session.get(Upload, number)
    if found is None:
        raise NotFound(what=_(N_("upload")), code=str(number))
    return found


def content_of(session: Session, upload: Upload) -> bytes:
    """The bytes of an upload."""
    content: bytes = session.scalars(select(StoredFile.content).where(StoredFile.id == upload.file_id)).one()
    return content


def size_and_hash(session: Session, upload: Upload) -> tuple[int, str]:
    """How many bytes an upload has, and what tells its content from any other."""
    query = select(func.length(StoredFile.content), StoredFile.sha256).where(StoredFile.id == upload.file_id)
    size, digest = session.execute(query).one()
    return int(size), str(digest)


def outcome_of(session: Session, upload: Upload) -> dict[str, int]:
    """What an import did, as its event says: rows by verdict."""
    query = select(Event.after).where(
        Event.thing == Upload.__tablename__, Event.thing_id == upload.id, Event.verb == "exchange.import"
    )
    told = json.loads(session.scalar(query.order_by(Event.id.desc()).limit(1)) or "{}")
    return {verdict: int(told.get(verdict, 0)) for verdict in Verdict}


def imported_before(session: Session, kind: str, sha256: str) -> Upload | None:
    """The last import of exactly this file as this kind of list."""
    query = select(Upload).join(StoredFile, StoredFile.id == Upload.file_id)
    query = query.where(StoredFile.sha256 == sha256, Upload.kind == kind, Upload.imported_at.is_not(None))
    return session.scalar(query.order_by(Upload.id.desc()).limit(1))


def recent_imports(session: Session, most: int = 10) -> list[Upload]:
    """The last imports, newest first."""
    query = select(Upload).where(Upload.imported_at.is_not(None)).order_by(Upload.id.desc())
    return list(session.scalars(query.limit(most)))


def logins(session: Session) -> dict[str, tuple[str, str]]:
    """Who holds which login: (code, name)."""
    query = select(Person.login, Person.code, Person.name).where(Person.login.is_not(None))
    return {str(login): (code, name) for login, code, name in session.execute(query)}


def all_of(session: Session, model: type[Thing]) -> dict[str, Thing]:
    """All things of a (small) table by code."""
    return {getattr(thing, "code"): thing for thing in session.scalars(select(model))}


def orders_by_code(session: Session, codes: Collection[str]) -> dict[str, WorkOrder]:
    """Work orders by number, with their items."""
    return {
        order.code: order
        for part in chunks(sorted(codes))
        for order in session.scalars(
            select(WorkOrder).options(joinedload(WorkOrder.item)).where(WorkOrder.code.in_(part))
        )
    }


def calibrated_gauges(session: Session, ids: set[int]) -> set[int]:
    """Which of these gauges have a calibration on record."""
    return set(session.scalars(select(Calibration.gauge_id).where(Calibration.gauge_id.in_(ids))))
