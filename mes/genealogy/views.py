"""Genealogy health: its page, and the forms by which a gap is mended."""

from datetime import date

from flask import request

from mes.core.access import INSPECTORS, OFFICE
from mes.core.errors import NotFound
from mes.core.forms import day_asked
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, page, this_day, this_plant
from mes.core.work import Reader, Work
from mes.genealogy import queries, service
from mes.genealogy.forms import ConsumptionForm, ReasonForm, ReceiptForm, WorkerForm
from mes.genealogy.models import Gap
from mes.genealogy.rules import GAP_HELP, GAP_NAMES
from mes.genealogy.span import DAYS, span

room = Room("genealogy", __name__, url_prefix="/genealogy")
room.entry("genealogy.health", N_("Genealogy health"), "activity", "quality", OFFICE)


@room.context_processor
def words() -> dict[str, object]:
    """What the pages of this room ask for."""
    return {"GAP_NAMES": GAP_NAMES, "GAP_HELP": GAP_HELP, "INSPECTORS": INSPECTORS}


def _asked() -> tuple[date, int]:
    """The last production day asked for, and how many days up to it."""
    text = request.args.get("days", "")
    days = int(text) if text in {str(known) for known in DAYS} else DAYS[0]
    return day_asked(request.args.get("day", "")) or this_day(), days


@room.read("", who=OFFICE, far=True)
def health(read: Reader) -> Page:
    """The score of a day, week or month, and its gaps."""
    day, days = _asked()
    since, until = span(this_plant(), day, days)
    found = queries.health(read, since, until)
    return page("genealogy/health.html", found=found, day=day, days=days, today=this_day())


def _here() -> dict[str, str]:
    """The day in the address: after mending the list of the same day is shown again."""
    return {name: request.args[name] for name in ("day", "days") if name in request.args}


@room.form("/consumption", who=INSPECTORS, form=ConsumptionForm, show="genealogy/consumption.html")
def consumption(work: Work, form: ConsumptionForm) -> Page:
    """Enter afterwards what was used for an order."""
    line = service.enter_consumption(
        work,
        str(form.order.data),
        str(form.lot.data),
        form.quantity.data,
        happened_at=form.moment,
        reason=str(form.reason.data),
        into=form.into.data or None,
    )
    return go("genealogy.health", **_here(), said=_("Entered afterwards: %(quantity)s.", quantity=-line.quantity))


@room.form("/receipts/<path:code>", who=INSPECTORS, form=ReceiptForm, show="genealogy/receipt.html")
def receipt(work: Work, form: ReceiptForm, code: str) -> Page:
    """Enter afterwards when a lot came."""
    lot = service.enter_receipt(
        work,
        code,
        happened_at=form.moment,
        reason=str(form.reason.data),
        supplier=form.partner,
        supplier_lot=form.supplier_lot.data or None,
    )
    return go("genealogy.health", **_here(), said=_("The receipt of lot %(lot)s was entered afterwards.", lot=lot.code))


@room.form("/workers/<int:report>", who=INSPECTORS, form=WorkerForm, show="genealogy/worker.html")
def worker(work: Work, form: WorkerForm, report: int) -> Page:
    """Name afterwards who worked on a result."""
    service.enter_worker(work, report, form.chosen, str(form.reason.data))
    return go("genealogy.health", **_here(), said=_("%(person)s was named afterwards.", person=form.chosen.name))


@room.form("/explanations/<gap>/<int:thing>", who=INSPECTORS, form=ReasonForm, show="genealogy/explain.html")
def explain(work: Work, form: ReasonForm, gap: str, thing: int) -> Page:
    """Say why a gap is none."""
    if gap not in set(Gap):
        raise NotFound(what=_("gap"), code=gap)
    service.explain(work, Gap(gap), thing, str(form.reason.data))
    return go("genealogy.health", **_here(), said=_("Explained: it is off the list."))
