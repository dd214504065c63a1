"""The store of a sample factory: a count with differences and one that goes on, a taught barcode, printed labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from mes.core.config import bundled
from mes.core.i18n import _
from mes.core.work import Work
from mes.equipment.queries import get_location
from mes.items.queries import get_item
from mes.labels.files import get_layout
from mes.lots.models import Lot
from mes.partners.queries import get_partner
from mes.printing import queue
from mes.printing.models import PrinterKind, PrinterLanguage
from mes.printing.printers import add_printer, get_printer
from mes.printing.service import print_on
from mes.printing.voiding import void_label
from mes.scan.teaching import teach
from mes.warehouse import count_queries
from mes.warehouse.count_models import CountScope
from mes.warehouse.count_rules import COUNT_REASONS
from mes.warehouse.counting import begin_count, finish_place, open_place, record_count
from mes.warehouse.posting import explain, post_count
from mes.web import sample_food_quality as food
from mes.web import sample_machinery_quality as machinery
from mes.web.sample_floor import Floor
from mes.web.sample_stage import DAYS, EARLIER, Story

#: The code of the sample factories' label printer.
SAMPLE_PRINTER = "LP-TEST"
#: Who sends labels in the past.
SENDER = "sample"
#: So many lots of the place that is counted today have been counted.
COUNTED_TODAY = 3


@dataclass(frozen=True)
class Store:
    """What is told of a plant's store. ``less``: by how much an item's first lot differs at the place, and why."""

    manager: str
    handler: str
    helper: str
    counted: str
    less: Mapping[str, tuple[Decimal, str]]
    today: str
    supplier: str
    barcode: str
    item: str


NOT_SCANNED, DRIED = COUNT_REASONS[1], COUNT_REASONS[4]
STORES = {
    "food": Store(
        manager=food.MANAGER, handler=food.MATERIAL, helper=food.KIM, counted="S-RAW",
        less={"RM-SALT-01": (Decimal("1.2"), DRIED), "RM-GARLIC-01": (Decimal("1.4"), NOT_SCANNED)},
        today="S-PKG", supplier="V-1002", barcode="NR/NR-261118/300", item="RM-RICE-01",
    ),
    "machinery": Store(
        manager=machinery.MANAGER, handler=machinery.MATERIAL, helper=machinery.SONG, counted="S-PART",
        less={"00236": (Decimal(24), NOT_SCANNED), "GRP-01": (Decimal(10), NOT_SCANNED)},
        today="S-STL", supplier="V-1002", barcode="DF/F-2611-21/110", item=machinery.FORGING,
    ),
}  # fmt: skip


def add_sample_printer(work: Work) -> None:
    """A label printer to try; ``mes demo`` puts one made of software at its place."""
    add_printer(
        work, code=SAMPLE_PRINTER, name="시험 프린터", name_en="Printer to try", kind=PrinterKind.TCP,
        language=PrinterLanguage.ZPL, address="127.0.0.1",
    )  # fmt: skip


def tell(floor: Floor, name: str) -> None:
    """Let the stories of a plant's store begin at their time."""
    store = STORES[name]
    floor.tell(-EARLIER, 30, floor.once(store.manager, add_sample_printer))
    floor.tell(2, 40, floor.once(store.handler, lambda work: _teach(work, store)))
    floor.tell(6, 420, _labels(floor, store, 3))
    floor.tell(7, 200, _month_end(floor, store))
    floor.tell(DAYS, 150, _labels(floor, store, 2))
    floor.tell(DAYS, 170, _worn_label(floor, store))
    floor.tell(DAYS, 330, _being_counted(floor, store))


def _teach(work: Work, store: Store) -> None:
    """One example tells where lot and quantity stand in the supplier's code."""
    teach(
        work, supplier_id=get_partner(work.session, store.supplier).id, name="포대 라벨", example=store.barcode,
        delimiter="/", prefix=store.barcode.split("/")[0] + "/", item_id=get_item(work.session, store.item).id,
        lot_at="2", quantity_at="3",
    )  # fmt: skip


# Counting


class Round(NamedTuple):
    """One person's way around a place: what is counted, and the lots that differ, with how much is found."""

    number: str
    place: int
    lots: list[str]
    found: dict[str, Decimal]


def _month_end(floor: Floor, store: Store) -> Story:
    """Somebody counts a store, somebody else what differs much; the manager gives the reasons and posts."""
    here: Round = floor.do(store.manager, lambda work: _begin(work, store, "월말 재고실사", store.counted))
    yield 15
    floor.do(store.handler, lambda work: _walk(work, here, here.lots))
    yield 40
    floor.do(store.handler, lambda work: finish_place(work, here.number, here.place, confirmed=True))
    yield 20
    floor.do(store.helper, lambda work: _walk(work, here, list(here.found)))
    yield 10
    floor.do(store.helper, lambda work: finish_place(work, here.number, here.place, confirmed=True))
    yield 30
    floor.do(store.manager, lambda work: _post(work, store, here.number))


def _being_counted(floor: Floor, store: Store) -> Story:
    """A count that was begun this afternoon: some lots of the place are still open."""
    here: Round = floor.do(store.manager, lambda work: _begin(work, store, "주간 재고실사", store.today))
    yield 20
    floor.do(store.handler, lambda work: _walk(work, here, here.lots[:COUNTED_TODAY]))


def _begin(work: Work, store: Store, name: str, place: str) -> Round:
    shelf = get_location(work.session, place)
    count = begin_count(work, name=name, scope=CountScope.PLACES, places=[shelf])
    counted = count_queries.find_place(work.session, count.id, shelf.id)
    assert counted is not None
    lots = [one.line.lot for one in count_queries.lines_at(work.session, count.id, shelf.id)]
    first = {lot.item.code: lot for lot in reversed(lots)}
    found = {
        first[item].code: first[item].on_hand - less for item, (less, _reason) in store.less.items() if item in first
    }
    return Round(count.code, counted.id, [lot.code for lot in lots], found)


def _walk(work: Work, here: Round, lots: Sequence[str]) -> None:
    open_place(work, here.number, here.place, confirmed=True)
    for lot in lots:
        record_count(work, here.number, here.place, lot, here.found.get(lot), confirmed=True)


def _post(work: Work, store: Store, code: str) -> None:
    count = count_queries.get_count(work.session, code)
    rows = count_queries.rows_of(work.session, count, only_different=True)
    explain(work, code, {row.line.id: _(store.less[row.line.lot.item.code][1]) for row in rows})
    post_count(work, code, confirmed=True)


# Labels


def _labels(floor: Floor, store: Store, many: int) -> Story:
    """The labels of what came last are printed where they are needed."""
    floor.do(store.handler, lambda work: _print(work, "lot", _newest(work, store.item, many)))
    yield 1
    floor.do(store.handler, _sent)


def _worn_label(floor: Floor, store: Store) -> Story:
    """A label is torn: it is printed once more, and the first one is not to be trusted any longer. Then labels of
    places are asked for by mistake, and not printed."""
    floor.do(store.handler, lambda work: _print(work, "lot", _newest(work, store.item, 1), "라벨이 찢어짐"))
    yield 1
    floor.do(store.handler, _sent)
    [lot] = floor.do(store.handler, lambda work: _newest(work, store.item, 1))
    floor.do(store.handler, lambda work: void_label(work, subject="lot", code=lot, copy=1, reason="찢어져서 떼어 냄"))
    yield 20
    job = floor.do(store.handler, lambda work: _print(work, "location", [store.counted, store.today]))
    yield 2
    floor.do(store.handler, lambda work: queue.cancel_job(work, job))


def _newest(work: Work, item: str, many: int) -> list[str]:
    query = select(Lot.code).where(Lot.item_id == get_item(work.session, item).id)
    return list(work.session.scalars(query.order_by(Lot.id.desc()).limit(many)))


def _print(work: Work, subject: str, codes: Sequence[str], reason: str | None = None) -> int:
    layout = get_layout([bundled("labels")], f"{subject}-60x40")
    printer = get_printer(work.session, SAMPLE_PRINTER)
    return print_on(work, printer, subject=subject, codes=codes, layout=layout, language="ko", reason=reason).id


def _sent(work: Work) -> None:
    """The printer has taken what waits for it."""
    job = queue.claim(work, get_printer(work.session, SAMPLE_PRINTER).id, SENDER)
    assert job is not None
    for number in range(1, job.labels + 1):
        queue.advance(work, job.id, SENDER, number)
    queue.finish(work, job.id, SENDER)
