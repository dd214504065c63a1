"""Pieces from the scales and from the machine's counter: what was read, what it comes to, what it is refused for."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.types import SMALLEST
from mes.core.work import Work
from mes.equipment.models import Tool
from mes.items.counting import decimals_of
from mes.items.models import Item, ItemUnit
from mes.orders.count_models import CountWay, ReportCount
from mes.orders.models import Job, Report
from mes.orders.queries import get_job

#: Units in which scales weigh.
WEIGHTS = ("kg", "g", "t", "lb")


class TareAboveGross(Refused):
    """A container that weighs more than the container with its pieces."""

    message = N_("The empty container (%(tare)s %(unit)s) weighs more than the full one (%(gross)s %(unit)s).")
    hint = N_("Check the two weights.")
    status = 422


class CounterBackwards(Refused):
    """A counter that stands lower at the end than at the beginning."""

    message = N_("The counter stood at %(before)s and now at %(now)s: it cannot run backwards.")
    hint = N_("Read it once more. After a reset the beginning is 0.")
    status = 422


class CounterBelowDefects(Refused):
    """Fewer pieces counted by the machine than are reported as defective."""

    message = N_("The counter made %(counted)s %(unit)s, and %(bad)s are defective.")
    hint = N_("Check the readings and the defects.")
    status = 422


class NotWeighed(Refused):
    """An item of which nobody has said what a piece weighs."""

    message = N_("Nobody has entered what %(item)s weighs.")
    hint = N_("The office adds the unit on the page of the item: how many pieces are 1 kg.")
    status = 422


@dataclass(frozen=True)
class Reading:
    """Two values that were read: gross and tare on the scales, or the counter now and before."""

    way: CountWay
    above: Decimal
    below: Decimal


@dataclass(frozen=True)
class Counted:
    """A reading with what one unit of it comes to, and the pieces."""

    reading: Reading
    factor: Decimal
    unit: str | None
    pieces: Decimal


def scale_of(session: Session, item: Item) -> tuple[str, Decimal] | None:
    """In which unit an item is weighed, and how much of the item one of it is; none when nobody has said."""
    if item.unit.casefold() in WEIGHTS:
        return item.unit, Decimal(1)
    rows = session.execute(select(ItemUnit.unit, ItemUnit.factor).where(ItemUnit.item_id == item.id))
    known = {unit.casefold(): (unit, factor) for unit, factor in rows}
    return next((known[unit] for unit in WEIGHTS if unit in known), None)


def pieces_per_shot(session: Session, job: Job) -> int:
    """How many pieces one stroke of the counter is: the cavities of the mounted mould, else one."""
    tool = session.get(Tool, job.tool_id) if job.tool_id else None
    return tool.cavities if tool else 1


def last_reading(session: Session, machine_id: int | None) -> Decimal | None:
    """Where a machine's counter stood at the last report that stands."""
    if machine_id is None:
        return None
    undone = aliased(Report)
    query = (
        select(ReportCount.above)
        .where(ReportCount.machine_id == machine_id, ReportCount.way == CountWay.COUNTER)
        .where(~select(undone.id).where(undone.reverses_id == ReportCount.report_id).exists())
    )
    return session.scalar(query.order_by(ReportCount.report_id.desc()).limit(1))


def work_out(session: Session, job_code: str, reading: Reading, defective: Decimal) -> Counted:
    """The good pieces of a reading. Scales weigh the good ones; a counter counts the defective ones too.

    Raises TareAboveGross, CounterBackwards, CounterBelowDefects, NotWeighed.
    """
    job = get_job(session, job_code)
    item = job.order.item
    if reading.way is CountWay.COUNTER:
        if reading.above < reading.below:
            raise CounterBackwards(field="now", before=reading.below, now=reading.above)
        factor = Decimal(pieces_per_shot(session, job))
        made = (reading.above - reading.below) * factor
        if made < defective:
            raise CounterBelowDefects(field="now", counted=made, unit=item.unit, bad=defective)
        return Counted(reading, factor, None, made - defective)
    scale = scale_of(session, item)
    if scale is None:
        raise NotWeighed(item=item.name)
    unit, factor = scale
    if reading.above < reading.below:
        raise TareAboveGross(field="gross", tare=reading.below, gross=reading.above, unit=unit)
    net = (reading.above - reading.below) * factor
    places = Decimal(1) if not decimals_of(item) else SMALLEST
    return Counted(reading, factor, unit, net.quantize(places, ROUND_HALF_UP))


def keep_count(work: Work, report: Report, counted: Counted) -> None:
    """Keep with a report how its pieces were counted."""
    reading = counted.reading
    work.session.add(
        ReportCount(
            report_id=report.id,
            way=reading.way,
            above=reading.above,
            below=reading.below,
            unit=counted.unit,
            factor=counted.factor,
            machine_id=report.machine_id,
        )
    )
    work.session.flush()
