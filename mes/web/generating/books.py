"""The rows of a day's work: what people and services would have written, lot by lot, in the order in which they act.

Ledger, genealogy, orders, results and events agree as ``mes check`` wants them to. Rows of the ledger are written for
each scan, move and label; of an order's papers what a one-operation order has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random

from mes.core.types import ONE
from mes.web.generating.campaigns import LEVELS, Line, Planned
from mes.web.generating.ledger import Ledger
from mes.web.generating.writing import Writer

#: Lots that one work order makes, at most.
PER_ORDER = 5


@dataclass(frozen=True)
class Product:
    """A line as the database knows it: the ids of its items, bills, bill lines and routings, and where it is made."""

    line: Line
    items: tuple[int, ...]
    boms: tuple[int, ...]
    bom_lines: tuple[tuple[int, ...], ...]
    routings: tuple[int, ...]
    work_centre: int
    machines: tuple[int, ...]
    floor: int


@dataclass(frozen=True)
class Setting:
    """The plant around it: who works there, who delivers and buys, and the places."""

    people: tuple[tuple[int, str], ...]
    suppliers: tuple[int, ...]
    customers: tuple[int, ...]
    store: int
    shipping: int


class Campaign:
    """A planned campaign on its way: which of its lots exist by now, under which numbers.

    ``traced``: how many lots stem from its first one, where it is a family whose trace is measured.
    """

    def __init__(self, product: Product, lots: list[Planned], days: int, customer: int, traced: int = 0) -> None:
        self.product, self.lots, self.days, self.customer, self.traced = product, lots, days, customer, traced
        self.idents: list[int] = []
        self.codes: list[str] = []

    def of_day(self, nth: int) -> range:
        """The places of the lots that its nth day brings."""
        whole = len(self.lots)
        return range(nth * whole // self.days, (nth + 1) * whole // self.days)


class Books(Ledger):
    """Writes one day after the other."""

    def __init__(self, writer: Writer, setting: Setting, chance: Random, last_event: tuple[int, str]) -> None:
        super().__init__(writer, last_event)
        self.setting, self.chance = setting, chance

    def write_day(self, day: date, working: Sequence[tuple[Campaign, range]]) -> None:
        """All that the campaigns bring on a day."""
        self.day, self.numbers = day, {}
        self.act, self.acts = 0, sum(len(places) for _campaign, places in working) * 3 + 1
        for campaign, places in working:
            made = [place for place in places if campaign.lots[place].item > LEVELS]
            received = [place for place in places if campaign.lots[place].item <= LEVELS]
            if received:
                self._receive(campaign, received)
            for item, same in groupby(made, key=lambda place: campaign.lots[place].item):
                several = list(same)
                for start in range(0, len(several), PER_ORDER):
                    self._make(campaign, item, several[start : start + PER_ORDER])
            finished = [place for place in made if campaign.lots[place].item == LEVELS * 2]
            if finished:
                self._ship(campaign, finished)
        stem = f"{day:%y%m%d}"
        self.rows["sequences"] += [(prefix + stem, last) for prefix, last in self.numbers.items()]
        self.writer.hand_over()

    # What happens

    def _receive(self, campaign: Campaign, places: Sequence[int]) -> None:
        self._tick()
        setting, day = self.setting, self.day.isoformat()
        person = self._person()
        supplier = self.chance.choice(setting.suppliers)
        receipt, code = self._next("receipts"), self._code("R")
        self.rows["receipts"].append((receipt, code, supplier, self.at))
        self._event(
            person, "lots.receipt", "receipts", receipt, code, None, f'{{"code":"{code}","supplier_id":{supplier}}}'
        )
        for place in places:
            planned = campaign.lots[place]
            lot, code = self._lot(campaign)
            self.rows["lots"].append((
                lot, code, code[-4:], campaign.product.items[planned.item], planned.rest, "available", 0,
                campaign.product.floor, day, day, self.at, f"{day[2:7]}-{self.chance.randrange(10**6):06}", supplier,
                None, receipt,
            ))  # fmt: skip
            self._move(lot, "receive", planned.made, None, setting.store, person[0], receipt=receipt)
            after = f'{{"quantity":"{_shown(planned.made)}","receipt_id":{receipt},"supplier_id":{supplier}}}'
            self._event(person, "lots.receive", "lots", lot, code, None, after)
        for place in places:
            lot, code = campaign.idents[place], campaign.codes[place]
            self._put(person, lot, code, setting.store, campaign.product.floor)

    def _make(self, campaign: Campaign, item: int, places: Sequence[int]) -> None:
        """An order of some lots, from its making to its closing."""
        self._tick()
        product, planned = campaign.product, [campaign.lots[place] for place in places]
        level = item - LEVELS - 1
        planner, person = self.setting.people[0], self._person()
        order, code = self._next("work_orders"), self._code("W")
        job, job_code = self._next("jobs"), self._code("J")
        machine = product.machines[order % len(product.machines)]
        good, began = sum(lot.made for lot in planned), self.at
        materials = [self._next("order_materials") for _ in product.line.bills[level]]
        self._event(
            planner,
            "orders.create",
            "work_orders",
            order,
            code,
            None,
            f'{{"code":"{code}","quantity":"{_shown(good)}"}}',
        )
        self._event(planner, "orders.release", "work_orders", order, code, _state("draft"), _state("released"))
        self._event(person, "orders.start_job", "jobs", job, job_code, _state("waiting"), _state("running"))
        used = [0] * len(materials)
        for lot in planned:
            self._report(campaign, item, lot, order, (job, job_code), machine, materials, person)
            for nth, part in enumerate(lot.parts):
                used[nth] += part.taken
        self._event(person, "orders.finish_job", "jobs", job, job_code, _state("running"), _state("done"))
        self._event(planner, "orders.complete", "work_orders", order, code, _state("running"), _state("completed"))
        self._event(planner, "orders.close", "work_orders", order, code, _state("completed"), _state("closed"))
        due = (self.day + timedelta(days=2)).isoformat()
        self.rows["work_orders"].append((
            order, code, product.items[item], good, due, 5, campaign.customer if item == LEVELS * 2 else None, "closed",
            "report", product.boms[level], product.routings[level], began, began, self.at, good, 5,
        ))  # fmt: skip
        for nth, (material, need) in enumerate(zip(materials, product.line.bills[level], strict=True)):
            self.rows["order_materials"].append((
                material, order, nth + 1, product.items[need.item], need.per_piece, need.per_piece * good // ONE, 10,
                "scan", used[nth], product.bom_lines[level][nth],
            ))  # fmt: skip
        self.rows["jobs"].append((
            job, job_code, order, 10, "가공", product.work_centre, machine, False, False, False, True, True, "done",
            began, self.at, good, 0, 0, 0,
        ))  # fmt: skip
        run = self._next("job_runs")
        self.rows["job_runs"].append((run, job, product.work_centre, machine, person[0], began, self.at))
        for place in places:
            to = self.setting.shipping if item == LEVELS * 2 else product.floor
            if to != product.floor or not place % 2:
                self._put(person, campaign.idents[place], campaign.codes[place], product.floor, to)

    def _report(
        self,
        campaign: Campaign,
        item: int,
        planned: Planned,
        order: int,
        job: tuple[int, str],
        machine: int,
        materials: Sequence[int],
        person: tuple[int, str],
    ) -> None:
        """Material is scanned, the result entered: a lot is there, and which lots are in it."""
        self._tick()
        product, rows, at = campaign.product, self.rows, self.at
        report = self._next("production_reports")
        drawn = []
        for part, material in zip(planned.parts, materials, strict=True):
            parent, code = campaign.idents[part.place], campaign.codes[part.place]
            movement = self._move(
                parent,
                "consume",
                -part.taken,
                product.floor,
                None,
                person[0],
                order=order,
                job=job[0],
                material=material,
            )
            rows["in_process"].append((movement, order, material, parent, 0))
            drawn.append((parent, part.taken, movement))
            after = f'{{"approved_by":null,"job":"{job[1]}","quantity":"{_shown(part.taken)}"}}'
            self._event(person, "orders.consume", "lots", parent, code, None, after)
        lot, code = self._lot(campaign)
        there = self.setting.shipping if item == LEVELS * 2 else product.floor
        rows["lots"].append((
            lot, code, code[-4:], product.items[item], planned.rest, "available", 0, there, self.day.isoformat(), None,
            at, None, None, order, None,
        ))  # fmt: skip
        rows["production_reports"].append((
            report, job[0], self.day.isoformat(), at, planned.made, 0, 0, 0, person[0], person[1], machine, lot,
        ))  # fmt: skip
        rows["report_workers"].append((report, person[0]))
        self._move(lot, "produce", planned.made, None, product.floor, person[0], order=order, report=report)
        for parent, taken, movement in drawn:
            rows["genealogy"].append(
                (self._next("genealogy"), parent, lot, "consume", taken, movement, report, at, False)
            )
        after = f'{{"good":"{_shown(planned.made)}","job_id":{job[0]},"lot_id":{lot},"machine_id":{machine}}}'
        self._event(person, "orders.report", "production_reports", report, job[1], None, after)

    def _ship(self, campaign: Campaign, places: Sequence[int]) -> None:
        self._tick()
        person, customer = self._person(), campaign.customer
        shipment, code = self._next("shipments"), self._code("D")
        self.rows["shipments"].append((shipment, code, customer, self.at))
        self._event(
            person, "lots.shipment", "shipments", shipment, code, None, f'{{"code":"{code}","customer_id":{customer}}}'
        )
        for place in places:
            planned, lot = campaign.lots[place], campaign.idents[place]
            much = planned.made - planned.rest
            self._move(lot, "ship", -much, self.setting.shipping, None, person[0], shipment=shipment)
            after = f'{{"quantity":"{_shown(much)}","shipment":"{code}"}}'
            self._event(person, "lots.ship", "lots", lot, campaign.codes[place], None, after)

    def _put(self, person: tuple[int, str], lot: int, code: str, here: int, there: int) -> None:
        self._move(lot, "move", 0, here, there, person[0])
        self._event(person, "lots.move", "lots", lot, code, f'{{"location":{here}}}', f'{{"location":{there}}}')

    def _lot(self, campaign: Campaign) -> tuple[int, str]:
        lot, code = self._next("lots"), self._code("L")
        campaign.idents.append(lot)
        campaign.codes.append(code)
        return lot, code

    def _person(self) -> tuple[int, str]:
        return self.chance.choice(self.setting.people)


def _state(word: str) -> str:
    return f'{{"state":"{word}"}}'


def _shown(millionths: int) -> str:
    """A quantity as events tell it."""
    whole, rest = divmod(millionths, ONE)
    return f"{whole}.{rest:06}".rstrip("0") if rest else str(whole)


def days_between(first: date, last: date) -> Iterator[date]:
    """The working days: no Sundays."""
    for nth in range((last - first).days + 1):
        day = first + timedelta(days=nth)
        if day.isoweekday() < 7:
            yield day
