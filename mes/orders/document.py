"""The printed work order (작업지시서): what it says, as an A4 document with codes to scan."""

from collections.abc import Sequence
from datetime import datetime

from mes.core.i18n import N_, _, day, number, own_name, stamp
from mes.core.paper import Code, Column, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.items.models import Consumption
from mes.orders.history import LOT_RULES
from mes.orders.models import Job, OrderMaterial, WorkOrder
from mes.orders.overview import Paper
from mes.orders.wishes import priority_name

#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))
#: Room to write by hand, in mm.
ROW = 20


def orders_pdf(papers: Sequence[Paper], company: str, now: datetime) -> bytes:
    """Work orders as one PDF, each on pages of its own, in the reader's language."""
    title = papers[0].order.code if len(papers) == 1 else _("Work orders")
    return render([_sheet(paper, company, now) for paper in papers], title)


def number_of(paper: Paper) -> str:
    """Number and revisions, as they stand under the title."""
    if paper.bom is None:
        return _("%(code)s · not released yet", code=paper.order.code)
    return _("%(code)s · BOM rev. %(bom)s · Routing rev. %(routing)s", code=paper.order.code, bom=str(paper.bom),
             routing=str(paper.routing))  # fmt: skip


def order_facts(order: WorkOrder) -> list[tuple[str, str]]:
    """What is to be made, how much of it, and until when."""
    return [
        (_("Item"), own_name(order.item)),
        (_("Item code"), order.item.code),
        (_("Quantity"), f"{number(order.quantity)} {order.item.unit}"),
        (_("Due date"), day(order.due_on)),
        (_("Spec"), order.item.spec or "-"),
        (_("Priority"), priority_name(order.priority)),
        (_("Customer"), own_name(order.customer) if order.customer else "-"),
        (_("New lot"), _(LOT_RULES[order.lot_rule])),
    ]


def standard_time(job: Job) -> str:
    """Set-up minutes and seconds per piece, as far as they are known."""
    times = []
    if job.setup_minutes is not None:
        times.append(_("set-up %(minutes)s min", minutes=job.setup_minutes))
    if job.cycle_seconds is not None:
        times.append(_("%(seconds)s s each", seconds=job.cycle_seconds))
    return ", ".join(times)


def way_of(material: OrderMaterial) -> str:
    """How the material is taken."""
    return _("scan") if material.consumption is Consumption.SCAN else _("by itself")


def _sheet(paper: Paper, company: str, now: datetime) -> Sheet:
    order = paper.order
    head = Head(
        company=company,
        title=_("Work order sheet"),
        number=number_of(paper),
        code=order.code,
        approval=[_(name) for name in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    story: list[Heading | Words | Facts | Grid] = [Facts(order_facts(order))]
    if order.note:
        story += [Heading(_("Note")), Words(order.note)]
    if order.jobs:
        story += [Heading(_("Steps")), _steps(order)]
    if order.materials:
        story += [Heading(_("Materials")), _materials(order)]
    for job in order.jobs:
        if job.instruction:
            story += [Heading(f"{job.sequence} {own_name(job)}"), Words(job.instruction)]
    if not order.jobs:
        story.append(Words(_("Steps and materials are fixed when the order is released.")))
    return Sheet(head, story)


def _steps(order: WorkOrder) -> Grid:
    columns = [
        Column(_("No."), 5, number=True),
        Column(_("Step"), 27),
        Column(_("Work centre"), 17),
        Column(_("Good"), 11),
        Column(_("Defects"), 11),
        Column(_("Worker, date"), 17),
        Column(_("Scan to start"), 12),
    ]
    rows: list[list[str | Code]] = [
        [str(job.sequence), _step(job), _place(job), "", "", "", Code(job.code)] for job in order.jobs
    ]
    return Grid(columns, rows, ROW)


def _step(job: Job) -> str:
    extras = [_("outsourced")] if job.outsourced else []
    extras += [_("first piece inspected")] if job.inspected else []
    return "\n".join(part for part in (own_name(job), job.code, standard_time(job), ", ".join(extras)) if part)


def _place(job: Job) -> str:
    return "\n".join([own_name(job.work_centre), *(own_name(one) for one in (job.machine, job.tool) if one)])


def _materials(order: WorkOrder) -> Grid:
    columns = [
        Column(_("Code"), 16),
        Column(_("Material"), 30),
        Column(_("Step"), 7, number=True),
        Column(_("Required"), 13, number=True),
        Column(_("Unit"), 7),
        Column(_("Taken"), 9),
        Column(_("Lot used, quantity"), 20),
    ]
    rows = [
        [
            material.item.code,
            own_name(material.item),
            str(material.operation),
            number(material.required),
            material.item.unit,
            way_of(material),
            "",
        ]
        for material in order.materials
    ]
    return Grid(columns, rows)
