"""Generating a plant: its masters through the ordinary use cases, its ten years in bulk."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

from sqlalchemy import func, insert, select

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.events import FIRST, Event
from mes.core.i18n import N_
from mes.core.numbering import LETTERS, with_check
from mes.core.plant import Plant
from mes.core.types import ONE
from mes.core.work import Reader, Work, act
from mes.equipment.models import LocationKind
from mes.equipment.service import add_location, add_machine, add_work_centre
from mes.items.models import BomLine, Item, ItemKind
from mes.items.service import BomLineData, OperationData, add_item, make_bom, make_routing, release_bom, release_routing
from mes.lots.models import Lot
from mes.orders.models import WorkOrder
from mes.partners.models import PartnerKind
from mes.partners.service import add_partner
from mes.people.models import Person
from mes.people.plant import set_up_plant
from mes.web.generating.books import Books, Campaign, Product, Setting, days_between
from mes.web.generating.campaigns import LEVELS, MADE, Line, edges_of, lines, plan
from mes.web.generating.ledger import COLUMNS
from mes.web.generating.writing import bulk

FIRST_DAY, LAST_DAY = date(2016, 1, 4), date(2025, 12, 31)
BEGAN = datetime(2016, 1, 3, 23, tzinfo=UTC)
#: Families of so many lots that stem from one delivery: what traces and recalls are measured on.
TRACED = (1_000, 10_000)
#: Working days that a campaign takes, at least and at most; and a traced family.
TAKES, TRACED_TAKES = (8, 20), 20
PEOPLE, PARTNERS, MACHINES = 24, 12, 3
FEWEST = 1_000
ITEM_NAMES = [
    "주원료",
    *(f"부원료 {n}" for n in range(1, LEVELS + 1)),
    *(f"반제품 {n}" for n in range(1, LEVELS)),
    "완제품",
]


class PlantNotEmpty(Refused):
    """A large plant is generated into an empty database only: what a real plant recorded is never mixed with it."""

    message = N_("There is something in this plant already: %(items)s items, %(lots)s lots, %(orders)s orders.")
    hint = N_("Generate into a new folder: set MES_DATA_DIR to one, or MES_DATABASE_URL to an empty database.")


@dataclass(frozen=True)
class Generated:
    """What was written, how long it took, and the first lots of the traced families by their size."""

    rows: dict[str, int]
    seconds: float
    roots: dict[int, str]


def generate(database: Database, edges: int, seed: int = 1) -> Generated:
    """Write a plant of about so many edges (fewer than a campaign more). Raises PlantNotEmpty.

    The same number and seed give the same rows, on both databases. Movements and events are written in the
    proportions of the services: each scan a ledger line and an event, each label a lot.
    """
    began = time.perf_counter()
    chance = Random(seed)  # noqa: S311  nothing secret
    products, setting = act(database, SYSTEM, lambda work: _masters(work, chance), source="cli", now=BEGAN)
    with database.read() as read:
        last = read.execute(select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)).one_or_none()
    roots: dict[int, str] = {}
    with bulk(database, COLUMNS) as writer:
        books = Books(writer, setting, chance, (last.id, last.hash) if last else (0, FIRST))
        for day, working in _calendar(chance, products, setting, edges):
            books.write_day(day, working)
            roots |= {campaign.traced: campaign.codes[0] for campaign, _places in working if campaign.traced}
    return Generated(writer.counts, time.perf_counter() - began, dict(sorted(roots.items())))


def check_empty(read: Reader) -> None:
    """Refuse a plant that anybody has used. Raises PlantNotEmpty."""
    items, lots, orders = (
        read.scalar(select(func.count()).select_from(model)) or 0 for model in (Item, Lot, WorkOrder)
    )
    if items or lots or orders:
        raise PlantNotEmpty(items=items, lots=lots, orders=orders)


def _calendar(
    chance: Random, products: list[Product], setting: Setting, edges: int
) -> Iterator[tuple[date, list[tuple[Campaign, range]]]]:
    """Day by day what the campaigns under way bring. They begin evenly over the years; the traced ones amid them."""
    days = list(days_between(FIRST_DAY, LAST_DAY))
    begins = _beginnings(len(days) - 2 * TRACED_TAKES, edges)
    under_way: list[tuple[int, Campaign]] = []
    for nth, day in enumerate(days):
        under_way += [(nth, _begin(chance, products, setting, size)) for size in begins.get(nth, ())]
        working = [(campaign, campaign.of_day(nth - began)) for began, campaign in under_way]
        if working:
            yield day, working
        under_way = [(began, campaign) for began, campaign in under_way if nth - began + 1 < campaign.days]


def _beginnings(days: int, edges: int) -> dict[int, list[int]]:
    """On which days campaigns begin: 0 for one of the usual size, else how many lots a traced family has."""
    found: dict[int, list[int]] = {}
    for nth, size in enumerate(TRACED, 1):
        if edges_of(size - 1) <= edges:
            found.setdefault(days * nth // 3, []).append(size)
            edges -= edges_of(size - 1)
    usual = -(-max(edges, 0) // edges_of())
    for nth in range(usual):
        found.setdefault(nth * days // usual, []).append(0)
    return found


def _begin(chance: Random, products: list[Product], setting: Setting, size: int) -> Campaign:
    product = chance.choice(products)
    lots = plan(chance, product.line, size - 1 if size else MADE, traced=bool(size))
    takes = TRACED_TAKES if size else chance.randint(*TAKES)
    return Campaign(product, lots, takes, chance.choice(setting.customers), size)


def _masters(work: Work, chance: Random) -> tuple[list[Product], Setting]:
    """Items, bills, routings, places, machines, partners and people, as an office would enter them."""
    check_empty(work.session)
    if work.session.get(Plant, 1) is None:
        set_up_plant(work, name="십년공장")
    store = add_location(work, code="STORE", name="자재창고")
    shipping = add_location(work, code="SHIP", name="출하장", kind=LocationKind.SHIPPING)
    suppliers = [
        add_partner(work, code=f"SUP{n:02}", name=f"공급사 {n}", kinds=[PartnerKind.SUPPLIER]).id
        for n in range(1, PARTNERS + 1)
    ]
    customers = [
        add_partner(work, code=f"CUS{n:02}", name=f"고객사 {n}", kinds=[PartnerKind.CUSTOMER]).id
        for n in range(1, PARTNERS + 1)
    ]
    people = _people(work, chance)
    products = [_product(work, line) for line in lines(chance)]
    return products, Setting(people, tuple(suppliers), tuple(customers), store.id, shipping.id)


def _people(work: Work, chance: Random) -> tuple[tuple[int, str], ...]:
    """Whoever is named in the records. Their badges can be guessed from the seed: nobody signs in with one."""
    rows = [
        {
            "code": f"P{n:03}", "name": f"작업자 {n}", "roles": frozenset({"operator"}), "active": False,
            "badge": with_check("B" + "".join(chance.choice(LETTERS) for _ in range(12))),
        }
        for n in range(1, PEOPLE + 1)
    ]  # fmt: skip
    work.session.execute(insert(Person), rows)
    found = work.session.execute(select(Person.id, Person.name).where(Person.code.like("P0%")).order_by(Person.id))
    return tuple((row.id, row.name) for row in found)


def _product(work: Work, line: Line) -> Product:
    kinds = [ItemKind.RAW, *[ItemKind.SUB] * LEVELS, *[ItemKind.SEMI] * (LEVELS - 1), ItemKind.FINISHED]
    items = [
        add_item(
            work, code=f"G{line.number:02}-{n:02}", name=f"{name} (제품 {line.number})", kind=kind,
            unit="EA" if kind is ItemKind.FINISHED else "kg",
        )
        for n, (name, kind) in enumerate(zip(ITEM_NAMES, kinds, strict=True))
    ]  # fmt: skip
    floor = add_location(work, code=f"F{line.number:02}", name=f"현장 {line.number}", kind=LocationKind.WORK_CENTRE)
    centre = add_work_centre(work, code=f"WC{line.number:02}", name=f"작업장 {line.number}", location_id=floor.id)
    machines = [
        add_machine(work, code=f"M{line.number:02}-{n}", name=f"설비 {line.number}-{n}", work_centre_id=centre.id).id
        for n in range(1, MACHINES + 1)
    ]
    boms, bom_lines, routings = [], [], []
    for level, bill in enumerate(line.bills, 1):
        made = items[LEVELS + level]
        needs = [BomLineData(component=items[n.item], quantity=Decimal(n.per_piece) / ONE) for n in bill]
        boms.append(release_bom(work, make_bom(work, made, needs).id).id)
        work.session.flush()
        of_bom = select(BomLine.id).where(BomLine.bom_id == boms[-1]).order_by(BomLine.position)
        bom_lines.append(tuple(work.session.scalars(of_bom)))
        step = OperationData(sequence=10, name="가공", work_centre=centre)
        routings.append(release_routing(work, make_routing(work, made, [step]).id).id)
    return Product(
        line, tuple(item.id for item in items), tuple(boms), tuple(bom_lines), tuple(routings), centre.id,
        tuple(machines), floor.id,
    )  # fmt: skip
