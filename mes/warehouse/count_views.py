"""Stock counts at a desk: begin one, see how far it is, explain the differences, approve, print and export."""

from flask import make_response, request

from mes.core.access import LEADERS, MATERIALS, OFFICE
from mes.core.forms import row_number
from mes.core.i18n import N_, _, stamp
from mes.core.pages import Page, Room, actor, confirmed, go, mes, page, this_plant
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.exchange.sheets import CSV, SPREADSHEET, as_csv, as_xlsx
from mes.items.queries import get_named_item
from mes.warehouse import count_paper
from mes.warehouse import count_queries as queries
from mes.warehouse.count_models import CountScope, StockCount
from mes.warehouse.count_rules import COUNT_REASONS, MOST_CHOSEN, BlindCount, is_hidden
from mes.warehouse.counting import begin_count
from mes.warehouse.forms import SCOPES, BeginCountForm
from mes.warehouse.posting import cancel_count, explain, post_count

#: A reason is a sentence, not a letter.
LONGEST_REASON = 500

room = Room("counts", __name__)
room.entry("counts.index", N_("Stock counts"), "list-checks", "material", OFFICE)


@room.read("/counts", who=OFFICE)
def index(read: Reader) -> Page:
    """Counts, newest first, with how far they are."""
    found = queries.page_of_counts(read, after=request.args.get("after"))
    return page("warehouse/counts.html", found=found, scopes=SCOPES)


@room.form("/new/count", who=LEADERS, form=BeginCountForm, show="warehouse/new_count.html")
def new(work: Work, form: BeginCountForm) -> Page:
    """Begin a count: what is expected now is written down."""
    scope = CountScope(str(form.scope.data))
    places = (form.places.data or [])[:MOST_CHOSEN] if scope is CountScope.PLACES else []
    items = form.item_codes()[:MOST_CHOSEN] if scope is CountScope.ITEMS else []
    made = begin_count(
        work,
        name=str(form.name.data),
        scope=scope,
        places=[get_location(work.session, code) for code in places],
        items=[get_named_item(work.session, code) for code in items],
        blind=bool(form.blind.data),
        tolerance=form.tolerance.data,
        note=form.note.data or None,
    )
    return go("counts.show", code=made.code, said=_("The count %(code)s has begun.", code=made.code))


@room.read("/counts/<code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One count: progress, places, and everything that is not as the books say."""
    count = queries.get_count(read, code)
    hidden = is_hidden(count, actor())
    rows = queries.rows_of(read, count)
    return page(
        "warehouse/count.html",
        count=count,
        progress=queries.progress_of(read, [count.id])[count.id],
        places=queries.places_of(read, count.id),
        hidden=hidden,
        rows=[] if hidden else [row for row in rows if row.state not in ("open", "equal")],
        equal=sum(1 for row in rows if row.state == "equal"),
        still_open=sum(1 for row in rows if row.state == "open"),
        reasons=COUNT_REASONS,
        scopes=SCOPES,
        may_post=LEADERS,
        may_count=MATERIALS,
    )


def _whole(read: Reader, code: str) -> StockCount:
    """A count whose expectations may be shown. Raises BlindCount."""
    count = queries.get_count(read, code)
    if is_hidden(count, actor()):
        raise BlindCount(count=count.code)
    return count


@room.write("/counts/<code>/reasons", who=MATERIALS, show=show)
def give_reasons(work: Work, code: str) -> Page:
    """Why lots differ: one reason for each, or one for all that have none."""
    named = {row_number(name[7:]): text for name, text in request.form.items() if name[:7] == "reason-"}
    rest = request.form.get("rest", "")
    reasons = {ident: (text or rest)[:LONGEST_REASON] for ident, text in named.items() if ident is not None}
    explain(work, code, reasons)
    return go("counts.show", code=code, said=_("The reasons are saved."))


@room.write("/counts/<code>/post", who=LEADERS, show=show)
def post(work: Work, code: str) -> Page:
    """Approve the count: its differences go into the ledger."""
    done = post_count(work, code, confirmed=confirmed())
    return go("counts.show", code=code, said=_("The count %(code)s is posted.", code=done.code))


@room.write("/counts/<code>/cancel", who=LEADERS, show=show)
def cancel(work: Work, code: str) -> Page:
    """Give the count up."""
    cancel_count(work, code)
    return go("counts.show", code=code, said=_("The count is cancelled; the stock stays as it is."))


@room.read("/counts/<code>/report", who=OFFICE)
def report(read: Reader, code: str) -> Page:
    """The report of a count, to print."""
    count = _whole(read, code)
    rows = queries.rows_of(read, count)
    progress = queries.progress_of(read, [count.id])[count.id]
    return page(
        "warehouse/count_report.html",
        count=count,
        facts=count_paper.facts_of(count, progress, rows),
        columns=count_paper.columns(),
        rows=[count_paper.cells_of(row) for row in rows],
        names=count_paper.APPROVAL,
        printed_at=stamp(mes().clock()),
    )


@room.read("/counts/<code>/report.pdf", who=OFFICE)
def report_pdf(read: Reader, code: str) -> Page:
    """The report as a file."""
    count = _whole(read, code)
    progress = queries.progress_of(read, [count.id])[count.id]
    company = this_plant().name or "MES"
    made = count_paper.count_pdf(count, progress, queries.rows_of(read, count), company, mes().clock())
    return _file(made, "application/pdf", f"{count.code}.pdf", "inline")


@room.read("/counts/<code>/export.<any(csv,xlsx):kind>", who=OFFICE)
def export(read: Reader, code: str, kind: str) -> Page:
    """All lots of a count as a list."""
    count = _whole(read, code)
    headings, rows = count_paper.list_of(queries.rows_of(read, count))
    if kind == "csv":
        return _file(as_csv(headings, rows), CSV, f"{count.code}.csv")
    return _file(as_xlsx([(count.code, headings, rows)]), SPREADSHEET, f"{count.code}.xlsx")


def _file(data: bytes, kind: str, name: str, how: str = "attachment") -> Page:
    response = make_response(data)
    response.content_type = kind
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
