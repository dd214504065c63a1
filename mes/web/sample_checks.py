"""How people of a sample factory inspect: they open an inspection, measure every piece it asks for, and close it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select

from mes.core.work import Work
from mes.gauges.models import Gauge
from mes.inspection.models import Characteristic, Inspection, InspectionKind, Nature
from mes.inspection.open_queries import standard_with_choices, wanted_of
from mes.inspection.service import open_inspection, take_column, take_reading, take_rest
from mes.inspection.standard_queries import standard_of
from mes.inspection.tablet_rules import needs
from mes.items.models import Item
from mes.lots.queries import get_lot
from mes.orders.queries import get_job
from mes.spc.closing import close_inspection
from mes.spc.service import record_inspection
from mes.web.sample_courses import Courses, middling
from mes.web.sample_stage import Stage

#: Bad pieces by the name of what is looked at.
Bad = Mapping[str, int]
NONE_BAD: Bad = {}
#: Kinds that always look at several pieces here.
SEVERAL = frozenset({InspectionKind.SELF, InspectionKind.OUTGOING})


class Checks(Stage):
    """Everybody who measures something."""

    courses: Courses = {}

    def inspect(
        self, who: str, kind: InspectionKind, *, job: str | None = None, lot: str | None = None, bad: Bad = NONE_BAD,
        fails: bool = False, at: str | None = None,
    ) -> Inspection:  # fmt: skip
        """Inspect a lot, or pieces of a job. ``bad``: bad pieces of what is decided by looking; ``fails``: every
        measured value lies outside its limits."""

        def deed(work: Work) -> Inspection:
            values = None if kind in SEVERAL else self._once(work, kind, job, lot, fails=fails)
            if values is not None:
                return record_inspection(work, kind=kind, lot_code=lot, job_code=job, readings=values).inspection
            opened = open_inspection(work, kind=kind, lot_code=lot, job_code=job)
            self._measure(work, opened, bad, fails=fails)
            return close_inspection(work, opened.code).inspection

        return self.do(who, deed, at=at)

    def _once(
        self, work: Work, kind: InspectionKind, job: str | None, lot: str | None, *, fails: bool
    ) -> dict[int, Decimal] | None:
        """The readings by characteristic, where one piece of each is asked for."""
        at_job = get_job(work.session, job) if job else None
        of_lot = get_lot(work.session, lot) if lot else None
        standard = standard_of(work.session, kind, of_lot, at_job)
        wanted = wanted_of(work.session, standard, of_lot) if standard else []
        if any(need.pieces > 1 for need in wanted):
            return None
        item = of_lot.item.code if of_lot else at_job.order.item.code if at_job else ""
        return {need.characteristic.id: self._of_one(item, need.characteristic, fails=fails) for need in wanted}

    def _of_one(self, item: str, one: Characteristic, *, fails: bool) -> Decimal:
        return Decimal(0) if one.nature is Nature.ATTRIBUTE else Decimal(self.measured(item, one, outside=fails))

    def _measure(self, work: Work, opened: Inspection, bad: Bad, *, fails: bool) -> None:
        """Every reading that is asked for."""
        code, usable = opened.code, _usable_gauges(work)
        for one, pieces in _wanted(work, opened):
            if one.nature is Nature.VARIABLE:
                item = work.session.get_one(Item, opened.item_id).code
                charted = opened.kind is InspectionKind.SELF
                values = [self.measured(item, one, outside=fails, charted=charted) for _piece in range(pieces)]
                gauge = _gauge_for(usable, one)
                take_column(work, code, characteristic=one.id, text="\n".join(values), gauge=gauge)
                continue
            wrong = [choice.id for choice in one.choices if not choice.good]
            right = next(choice.id for choice in one.choices if choice.good)
            for place in range(bad.get(one.name, 0)):
                choice = wrong[place % len(wrong)]
                take_reading(work, code, characteristic=one.id, piece=1 + place * 2, choice=choice)
            take_rest(work, code, characteristic=one.id, choice=right)

    def measured(self, item: str, one: Characteristic, *, outside: bool = False, charted: bool = False) -> str:
        """A value as it is typed: by the characteristic's course, else a believable one."""
        course = self.courses.get((item, one.name))
        if course is None or outside:
            return str(middling(one, self.chance, outside=outside))
        return str(course.value(self.here, one.decimals or 0, charted=charted))

    def inspect_lots(self, who: str, codes: Sequence[str], *, fails: bool = False, bad: Bad = NONE_BAD) -> None:
        """The incoming inspection of lots that arrived."""
        for code in codes:
            self.inspect(who, InspectionKind.INCOMING, lot=code, fails=fails, bad=bad)

    def first_piece(self, who: str, job: str) -> None:
        """Inspect the first piece of a job."""
        self.inspect(who, InspectionKind.FIRST, job=job)

    def owes_first_piece(self, job: str) -> bool:
        """Whether nothing may be reported before the first piece has passed."""
        with self.database.read() as read:
            found = get_job(read, job)
            return found.inspected and not found.first_piece_passed


def _wanted(work: Work, opened: Inspection) -> list[tuple[Characteristic, int]]:
    standard = standard_with_choices(work.session, opened.standard_id)
    return [(need.characteristic, need.pieces) for need in needs(opened, standard.characteristics)]


def _gauge_for(usable: Sequence[Gauge], one: Characteristic) -> str | None:
    """The gauge for what is measured: of its kind and unit, with a range in which the value lies."""
    value = one.nominal if one.nominal is not None else one.lower if one.lower is not None else one.upper
    for gauge in usable:
        if value is None or gauge.lower is None or gauge.upper is None or not gauge.unit:
            continue
        fits = gauge.kind == one.gauge_type and (one.unit or "").startswith(gauge.unit)
        if fits and gauge.lower <= value <= gauge.upper:
            return gauge.code
    return None


def _usable_gauges(work: Work) -> Sequence[Gauge]:
    return work.session.scalars(select(Gauge).where(Gauge.due_on >= work.today).order_by(Gauge.code)).all()
