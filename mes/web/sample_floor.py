"""What people of a sample factory do again and again, each time through the services: receive, inspect, make, stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from mes.core.work import Work
from mes.equipment.models import Location, Machine, StopReason, WorkCentre
from mes.equipment.service import end_downtime, start_downtime
from mes.inspection.models import InspectionKind
from mes.items.models import Consumption, StepKind, Tracking
from mes.items.queries import get_item
from mes.leader.service import ask_to_undo_result
from mes.lots.models import Lot
from mes.lots.queries import first_out
from mes.lots.service import move_lot, receive_lots
from mes.orders.consuming import consume
from mes.orders.models import Job, JobState, WorkOrder
from mes.orders.planning import assign_job, place_job
from mes.orders.queries import get_job, materials_of, reports_of_job
from mes.orders.service import create_order, finish_job, release_order, start_job
from mes.orders.step_gate import steps_of_job
from mes.orders.steps import record_step
from mes.orders.tools import mount_tool
from mes.partners.models import Partner
from mes.quality.finding import NOTHING_TOLD, Finding
from mes.quality.service import record_defect, report_production
from mes.web.sample_checks import Checks
from mes.web.sample_stage import Story, Wait


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of an operation that is watched: the wait until it is reported, its checks, what was good or not.

    With nothing good it is only checked, and reported together with a later one.
    """

    when: Wait
    good: int
    checks: Sequence[InspectionKind] = (InspectionKind.SELF,)
    flaws: Sequence[tuple[str, int]] = ()
    finding: Finding = NOTHING_TOLD


NO_TOOLS: Mapping[tuple[str, int], str] = {}
NO_RUNS: Mapping[int, Sequence[Part]] = {}


class Floor(Checks):
    """What everybody does again and again. ``tools``: what is mounted for an operation of an item."""

    tools: Mapping[tuple[str, int], str] = NO_TOOLS

    def receive(
        self, who: str, item: str, quantities: Sequence[int], supplier: str, supplier_lot: str, place: str,
        days_old: int = 2,
    ) -> list[str]:  # fmt: skip
        """Material arrives; gives the codes of its lots."""

        def deed(work: Work) -> list[str]:
            lots = receive_lots(
                work, item=get_item(work.session, item), quantities=[Decimal(q) for q in quantities],
                supplier=_coded(work, Partner, supplier), supplier_lot=supplier_lot,
                made_on=work.today - timedelta(days=days_old), location=_coded(work, Location, place),
            )  # fmt: skip
            return [lot.code for lot in lots]

        return self.do(who, deed)

    def bring(self, who: str, item: str, place: str, quantity: int) -> None:
        """Carry material of an item to a work centre's place, the lot to be used first."""

        def deed(work: Work) -> None:
            there = _coded(work, Location, place)
            left = Decimal(quantity)
            for lot in first_out(work.session, [get_item(work.session, item).id], work.today):
                if lot.location_id != there.id and left > 0:
                    amount = min(left, lot.on_hand)
                    move_lot(work, lot.code, there, amount)
                    left -= amount

        self.do(who, deed)

    def stop(self, who: str, centre: str, machine: str | None, reason: str, minutes: int) -> Story:
        """A machine stands still for some minutes."""

        def begin(work: Work) -> int:
            stopped = _coded(work, Machine, machine).id if machine else None
            centre_id, reason_id = _coded(work, WorkCentre, centre).id, _coded(work, StopReason, reason).id
            return start_downtime(work, work_centre_id=centre_id, machine_id=stopped, reason_id=reason_id).id

        ident = self.do(who, begin, at=centre)
        yield minutes
        self.do(who, lambda work: end_downtime(work, ident), at=centre)

    def order(
        self, who: str, item: str, quantity: int, due: int, *, customer: str | None = None, priority: int = 5,
        note: str | None = None,
    ) -> str:  # fmt: skip
        """Write and release an order; gives its number."""

        def deed(work: Work) -> str:
            made = create_order(
                work, item=get_item(work.session, item), quantity=Decimal(quantity), due_on=self.date(due),
                customer=_coded(work, Partner, customer) if customer else None, priority=priority, note=note,
            )  # fmt: skip
            return release_order(work, made.code, confirmed=True).code

        return self.do(who, deed)

    def jobs(self, order: str) -> list[tuple[str, str]]:
        """The jobs of an order: (code, work centre)."""
        query = select(Job.code, WorkCentre.code).join(WorkOrder, WorkOrder.id == Job.order_id)
        query = query.join(WorkCentre, WorkCentre.id == Job.work_centre_id).where(WorkOrder.code == order)
        with self.database.read() as read:
            return [(code, centre) for code, centre in read.execute(query.order_by(Job.sequence))]

    def make(
        self,
        order: str,
        crew: Sequence[str],
        quality: str,
        *,
        minutes: int = 60,
        defects: dict[int, tuple[str, int]] | None = None,
        machines: Sequence[str | None] = (),
        parts: int = 1,
        until: dict[int, tuple[int, int]] | None = None,
        runs: Mapping[int, Sequence[Part]] = NO_RUNS,
    ) -> Story:
        """Work an order off, operation by operation, each in ``parts`` reports.

        ``crew``: who does each; ``defects``: (code, pieces) by operation; ``until``: when an operation is reported
        that takes days; ``runs``: operations that are watched, part by part. Gives the codes of the lots made.
        """
        flow = self.quantity(order)
        for step, (job, centre) in enumerate(self.jobs(order)):
            who = crew[step % len(crew)]
            yield from self._start(job, centre, who, quality, machines[step] if step < len(machines) else None)
            if step in runs:
                yield from self.run(job, centre, who, quality, runs[step])
                flow = Decimal(sum(part.good for part in runs[step]))
                continue
            code, pieces = (defects or {}).get(step, ("", 0))
            good = flow - pieces
            share = (good / parts).quantize(Decimal(1))
            for part in range(1, parts + 1):
                last = part == parts
                yield (until or {}).get(step, max(minutes // parts, 1))
                found = [(code, Decimal(pieces))] if pieces and last else []
                self.report(who, job, centre, good - share * (parts - 1) if last else share, found, last=last)
            flow = good
        with self.database.read() as read:
            made = select(Lot.code).join(WorkOrder, WorkOrder.id == Lot.order_id).where(WorkOrder.code == order)
            return list(read.scalars(made.order_by(Lot.id)))

    def run(self, job: str, centre: str, who: str, quality: str, parts: Sequence[Part]) -> Story:
        """Go on with a job that was started: part by part its checks, then its report."""
        for number, part in enumerate(parts, 1):
            yield part.when
            if number > 1 and self.owes_first_piece(job):
                self.first_piece(quality, job)
            for kind in part.checks:
                if kind is InspectionKind.SELF:
                    self.inspect(who, kind, job=job, at=centre)
                else:
                    self.inspect(quality, kind, job=job)
            if not part.good:
                continue
            flaws = [(code, Decimal(pieces)) for code, pieces in part.flaws]
            self.report(
                who, job, centre, Decimal(part.good), flaws, last=number == len(parts), finding=part.finding
            )  # fmt: skip

    def quantity(self, order: str) -> Decimal:
        """How much an order is to make."""
        with self.database.read() as read:
            return read.scalars(select(WorkOrder.quantity).where(WorkOrder.code == order)).one()

    def _start(self, job: str, centre: str, who: str, quality: str, machine: str | None) -> Story:
        self.start(who, job, centre, machine)
        if self.owes_first_piece(job):
            yield 5
            self.first_piece(quality, job)

    def report(
        self, who: str, job: str, centre: str, good: Decimal, defects: Sequence[tuple[str, Decimal]] = (), *,
        last: bool = False, finding: Finding = NOTHING_TOLD,
    ) -> int:  # fmt: skip
        """Report good pieces and defects, and finish with the last report. Gives the report's number."""

        def deed(work: Work) -> int:
            made = report_production(work, job, good=good, defects=defects, confirmed=True, finding=finding)
            if last:
                finish_job(work, job, confirmed=True)
            return made.id

        return self.do(who, deed, at=centre)

    def ask_to_undo(self, who: str, job: str, centre: str, why: str) -> None:
        """Somebody asks the leader to undo the newest result of a job; nobody has answered yet."""

        def deed(work: Work) -> None:
            report = reports_of_job(work.session, get_job(work.session, job).id, most=1)[0]
            ask_to_undo_result(
                work, station_id=work.actor.station_id or 0, job_code=job, report_id=report.id, why=why
            )  # fmt: skip

        self.do(who, deed, at=centre)

    def put_first(self, leader: str, order: str, who: str) -> Story:
        """The leader puts the first job of an order at the top of its queue, aside for somebody."""
        job, _centre = self.jobs(order)[0]

        def deed(work: Work) -> None:
            found = get_job(work.session, job)
            if found.state is not JobState.WAITING:
                return
            place_job(work, job, 1)
            person = self.people[who].person_id
            assign_job(
                work, job, work_centre_id=found.work_centre_id, machine_id=found.machine_id, person_id=person
            )  # fmt: skip

        self.do(leader, deed)
        yield 1

    def found_later(self, who: str, lot: str, code: str, pieces: int, note: str) -> None:
        """Defective pieces are found in a lot that came and had passed."""
        told = Finding(note=note)
        self.do(
            who, lambda work: record_defect(work, code=code, quantity=Decimal(pieces), lot_code=lot, finding=told)
        )  # fmt: skip

    def start(self, who: str, job: str, centre: str, machine: str | None = None) -> None:
        """Start a job and scan its material."""

        def deed(work: Work) -> None:
            start_job(work, job, machine)
            started = get_job(work.session, job)
            tool = self.tools.get((started.order.item.code, started.sequence))
            if tool is not None:
                mount_tool(work, job, tool)
            self.do_steps(work, started)
            self._feed(work, started)

        self.do(who, deed, at=centre)

    def do_steps(self, work: Work, job: Job) -> None:
        """Tick the work steps that must be done, and read the values in the middle of their limits."""
        for one in steps_of_job(work.session, job):
            step = one.step
            if not one.open:
                continue
            limits = [limit for limit in (step.lower, step.upper) if limit is not None]
            number = sum(limits, Decimal(0)) / len(limits) if limits else None
            record_step(
                work, job.code, step.position, number=number, text="없음" if step.kind is StepKind.TEXT else None
            )

    def _feed(self, work: Work, job: Job) -> None:
        """Scan what the job needs, lot after lot in the order of use."""
        for material in materials_of(work.session, job.order_id, job.sequence):
            if material.consumption is not Consumption.SCAN:
                continue
            left = material.missing
            for lot in first_out(work.session, [material.item_id], work.today):
                if left <= 0:
                    break
                one = Decimal(1) if material.item.tracking is Tracking.SERIAL else min(left, lot.on_hand)
                consume(work, job.code, lot.code, one)
                left -= one


def _coded(work: Work, model: Any, code: str) -> Any:
    return work.session.scalars(select(model).where(model.code == code)).one()
