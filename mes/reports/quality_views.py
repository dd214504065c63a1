"""Pages of quality's figures: defect rate with its limits, first-pass yield, suppliers, what is held and overdue."""

from datetime import date, timedelta

from flask import request

from mes.core.access import OFFICE
from mes.core.forms import day_asked
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, page, this_day, this_plant
from mes.core.plant import day_span
from mes.core.work import Reader
from mes.partners.queries import get_partner
from mes.quality.forms import word
from mes.quality.showing import ranges
from mes.reports import suppliers
from mes.reports.quality_figures import ChartKind, ReportFilter, reports_behind, trend, yields
from mes.reports.queries import holds
from mes.reports.watch import watch

room = Room("figures", __name__, url_prefix="/quality/figures")
room.entry("figures.rate", N_("Quality figures"), "chart-line", "quality", OFFICE)
#: Longer periods are cut: nobody reads a trend of ten years, and it costs a statement per year of rows.
LONGEST = timedelta(days=731)


@room.context_processor
def words() -> dict[str, object]:
    """The usual periods, and the pages of this room."""
    pages = (
        ("figures.rate", _("Defect rate")),
        ("figures.first_pass", _("First-pass yield")),
        ("figures.scores", _("Suppliers")),
        ("nonconformance.costs", _("Cost of poor quality")),
        ("figures.waiting", _("Held and overdue")),
    )
    return {"days": ranges(this_day()), "FIGURES": pages}


def _period() -> tuple[date, date]:
    """The days in the address: 30 days until today where it says nothing else."""
    until = day_asked(request.args.get("until", "")) or this_day()
    since = day_asked(request.args.get("since", "")) or until - timedelta(days=29)
    return max(min(since, until), until - LONGEST), until


@room.read("", who=OFFICE, far=True)
def rate(read: Reader) -> Page:
    """The defect rate day by day, with control limits of each day's own number made."""
    since, until = _period()
    kind = word(ChartKind, request.args.get("chart")) or ChartKind.P
    found = trend(read, since, until, kind=kind, unit=request.args.get("unit"))
    return page("reports/rate.html", found=found, since=since, until=until)


@room.read("/yield", who=OFFICE, far=True)
def first_pass(read: Reader) -> Page:
    """First-pass yield by operation, the lowest first."""
    since, until = _period()
    return page("reports/yields.html", rows=yields(read, since, until), since=since, until=until)


@room.read("/reports", who=OFFICE, far=True)
def rows(read: Reader) -> Page:
    """The production reports behind a figure."""
    asked = request.args
    operation = asked.get("operation", "")
    chosen = ReportFilter(
        since=day_asked(asked.get("since", "")),
        until=day_asked(asked.get("until", "")),
        item=asked.get("item") or None,
        operation=int(operation) if operation.isascii() and operation.isdigit() and len(operation) < 6 else None,
        unit=asked.get("unit") or None,
    )
    found = reports_behind(read, chosen, asked.get("after"))
    return page("reports/rows.html", found=found, chosen=chosen)


@room.read("/suppliers", who=OFFICE, far=True)
def scores(read: Reader) -> Page:
    """How suppliers do, the worst first."""
    since, until = _period()
    began, ends = day_span(this_plant(), since)[0], day_span(this_plant(), until)[1]
    return page("reports/scores.html", rows=suppliers.scorecard(read, began, ends), since=since, until=until)


@room.read("/suppliers/<path:code>", who=OFFICE, far=True)
def deliveries(read: Reader, code: str) -> Page:
    """The lots behind a supplier's line."""
    since, until = _period()
    began, ends = day_span(this_plant(), since)[0], day_span(this_plant(), until)[1]
    partner = get_partner(read, code)
    found = suppliers.deliveries(read, began, ends, partner.code, request.args.get("unit"))
    return page("reports/deliveries.html", partner=partner, rows=found, since=since, until=until)


@room.read("/waiting", who=OFFICE)
def waiting(read: Reader) -> Page:
    """What is held now, and which checks and actions are past their day."""
    return page("reports/waiting.html", found=watch(read, this_day()), counts=holds(read), today=this_day())
