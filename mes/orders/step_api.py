"""Work steps of jobs for programs: what is to be done, and that it was."""

from datetime import datetime
from decimal import Decimal

import msgspec

from mes.core.access import EVERYONE
from mes.core.api import Listing, LongText, listing
from mes.core.work import Reader, Work
from mes.items.models import StepKind
from mes.orders.api import api
from mes.orders.queries import get_job
from mes.orders.step_gate import JobStep, steps_of_job
from mes.orders.steps import record_step


class StepOut(msgspec.Struct):
    """One work step of a job with what was recorded of it last."""

    position: int
    name: str
    kind: StepKind
    unit: str | None
    lower: Decimal | None
    upper: Decimal | None
    required: bool
    every_start: bool
    done: bool
    number: Decimal | None
    text: str | None
    reason: str | None
    at: datetime | None
    person: str | None


class StepDone(msgspec.Struct, forbid_unknown_fields=True):
    """A tick, or the value that the step asks for; ``done`` false takes a tick back. ``confirmed`` records a number
    outside its limits (409)."""

    done: bool = True
    number: Decimal | None = None
    text: LongText | None = None
    confirmed: bool = False


def _out(one: JobStep) -> StepOut:
    step, last = one.step, one.last
    return StepOut(
        position=step.position,
        name=step.name,
        kind=step.kind,
        unit=step.unit,
        lower=step.lower,
        upper=step.upper,
        required=step.required,
        every_start=step.every_start,
        done=one.done,
        number=last.number if last else None,
        text=last.text if last else None,
        reason=last.reason if last else None,
        at=last.at if last else None,
        person=last.person if last else None,
    )


@api.read("/jobs/<code>/steps", who=EVERYONE, gives=Listing[StepOut])
def list_steps(read: Reader, code: str) -> Listing[StepOut]:
    """The work steps of a job in their order."""
    return listing([_out(one) for one in steps_of_job(read, get_job(read, code))], None)


@api.write("/jobs/<code>/steps/<int:position>", who=EVERYONE, takes=StepDone, gives=StepOut)
def do_step(work: Work, body: StepDone, code: str, position: int) -> StepOut:
    """Tick a work step of a started job, or tell its value."""
    record_step(
        work, code, position, done=body.done, number=body.number, text=body.text, confirmed=body.confirmed
    )  # fmt: skip
    work.session.flush()
    found = steps_of_job(work.session, get_job(work.session, code))
    return next(_out(one) for one in found if one.step.position == position)
