"""Work orders at a desk: list, board, one order and its life, its paper."""

from datetime import date

from flask import make_response, request

from mes.core.access import LEADERS, OFFICE, PLANNERS
from mes.core.errors import NotFound
from mes.core.forms import ReasonForm
from mes.core.i18n import N_, _, stamp
from mes.core.pages import Page, Room, confirmed, go, mes, page, this_day, this_plant
from mes.core.plant import day_began
from mes.core.templates import in_words
from mes.core.work import Reader, Work
from mes.items.queries import item_meant
from mes.orders import document, overview, queries, service, undo
from mes.orders.crew import labour_of
from mes.orders.forms import CopyForm, OrderChangeForm, OrderForm
from mes.orders.history import LOT_RULES, deeds
from mes.orders.rules import NothingChosen
from mes.orders.wishes import check_usual, priority_name
from mes.partners.models import Partner
from mes.partners.queries import get_partner

room = Room("orders", __name__, url_prefix="/orders")
room.entry("orders.index", N_("Work orders"), "clipboard-list", "order", OFFICE)
room.entry("orders.board", N_("Order board"), "layout-dashboard", "order", OFFICE)


room.add_app_template_filter(in_words(priority_name), "priority_name")


@room.context_processor
def words() -> dict[str, object]:
    """What the pages of this room ask for."""
    now = this_day()
    return {
        "LOT_RULES": LOT_RULES,
        "is_late": lambda order: overview.is_late(order, now),
        "standard_time": document.standard_time,
        "way_of": document.way_of,
    }


@room.read("", who=OFFICE)
def index(read: Reader) -> Page:
    """Open orders by due date; what narrows them down is kept in the address."""
    asked = request.args
    found = overview.page_of(
        read,
        state=asked.get("state", ""),
        text=asked.get("q", "").strip(),
        late="late" in asked,
        today=this_day(),
        after=asked.get("after"),
    )
    return page("orders/index.html", found=found, counts=overview.count_orders(read, this_day()))


@room.read("/board", who=OFFICE)
def board(read: Reader) -> Page:
    """Where every order stands."""
    columns = overview.board(read, day_began(this_plant(), mes().clock()))
    return page("orders/board.html", columns=columns)


@room.form("/new", who=PLANNERS, form=OrderForm, show="orders/new.html")
def new(work: Work, form: OrderForm) -> Page:
    """Write a work order."""
    item = item_meant(work.session, str(form.item.data))
    if item is None:
        raise NotFound(field="item", what=_("item"), code=form.item.data)
    _ask(form, item.unit, None)
    order = service.create_order(work, item=item, customer=_customer(work, form), **form.values)
    return go("orders.show", code=order.code, said=_("Work order %(code)s is written.", code=order.code))


def _ask(form: OrderChangeForm | CopyForm, unit: str, due_before: date | None) -> None:
    """Ask about what is likelier a slip than a wish, once for all of it."""
    if not confirmed():
        due = form.due_on.data
        check_usual(form.quantity.data, unit, due if due != due_before else None, this_day())


def _customer(work: Work, form: OrderChangeForm) -> Partner | None:
    return get_partner(work.session, str(form.customer.data)) if form.customer.data else None


def show_edit(read: Reader, form: OrderChangeForm, code: str) -> Page:
    """The form of a draft, with what is recorded beside it after a stale save."""
    return page("orders/edit.html", form=form, order=queries.get_order(read, code))


@room.form("/<path:code>/edit", who=PLANNERS, form=OrderChangeForm, show=show_edit)
def edit(work: Work, form: OrderChangeForm, code: str) -> Page:
    """Change a draft."""
    before = queries.get_order(work.session, code)
    _ask(form, before.item.unit, before.due_on)
    order = service.change_order(work, code, customer=_customer(work, form), version=form.row_version, **form.values)
    return go("orders.show", code=order.code, said=_("Saved."))


def show_copy(read: Reader, form: CopyForm, code: str) -> Page:
    """The order that is copied, and the form."""
    return page("orders/copy.html", form=form, order=queries.get_order(read, code))


@room.form("/<path:code>/copy", who=PLANNERS, form=CopyForm, show=show_copy)
def copy(work: Work, form: CopyForm, code: str) -> Page:
    """Write the same order again."""
    _ask(form, queries.get_order(work.session, code).item.unit, None)
    order = service.copy_order(work, code, **form.values)
    return go("orders.show", code=order.code, said=_("Work order %(code)s is written.", code=order.code))


@room.read("/<path:code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """Everything about one order."""
    whole = overview.whole_order(read, code, this_day())
    return page(
        "orders/show.html",
        whole=whole,
        order=whole.order,
        deeds=deeds(whole.history, whole.order.jobs),
        labour=labour_of(read, [job.id for job in whole.order.jobs], mes().clock()),
    )


@room.write("/<path:code>/release", who=PLANNERS, show=show)
def release(work: Work, code: str) -> Page:
    """Give an order to the floor."""
    service.release_order(work, code, confirmed=confirmed())
    return go("orders.show", code=code, said=_("Released. The stations show it now."))


@room.write("/<path:code>/hold", who=LEADERS, show=show)
def hold(work: Work, code: str) -> Page:
    """Stop an order for a reason."""
    service.hold_order(work, code, request.form.get("reason", ""))
    return go("orders.show", code=code, said=_("On hold. The stations take no entries for it."))


@room.write("/<path:code>/resume", who=LEADERS, show=show)
def resume(work: Work, code: str) -> Page:
    """Let a held order go on."""
    service.resume_order(work, code, request.form.get("reason") or None)
    return go("orders.show", code=code, said=_("It goes on."))


@room.write("/<path:code>/close", who=PLANNERS, show=show)
def close(work: Work, code: str) -> Page:
    """Close a completed order."""
    service.close_order(work, code)
    return go("orders.show", code=code, said=_("Closed."))


@room.write("/<path:code>/cancel", who=PLANNERS, show=show)
def cancel(work: Work, code: str) -> Page:
    """Cancel an order of which nothing is booked."""
    service.cancel_order(work, code, request.form.get("reason", ""))
    return go("orders.show", code=code, said=_("Cancelled."))


def show_return(read: Reader, form: ReasonForm, code: str, ident: int) -> Page:
    """What was taken, and why it goes back."""
    whole = overview.whole_order(read, code, this_day())
    row = next((row for row in whole.taken if row.movement.id == ident), None)
    if row is None:
        raise NotFound(what=_("consumption"), code=str(ident))
    return page("orders/return.html", form=form, order=whole.order, row=row)


@room.form("/<path:code>/taken/<int:ident>/return", who=LEADERS, form=ReasonForm, show=show_return)
def take_back(work: Work, form: ReasonForm, code: str, ident: int) -> Page:
    """Put material back that was scanned and not used."""
    undo.return_material(work, ident, form.reason.data, of=code)
    return go("orders.show", code=code, said=_("The material is back in its lot."))


def chosen_orders() -> list[str]:
    """Codes of the ticked orders. Raises NothingChosen."""
    codes = request.form.getlist("code")
    if not codes:
        raise NothingChosen
    return codes


def show_chosen(read: Reader) -> Page:
    """The ticked orders, with the question or refusal about them."""
    return page("orders/chosen.html", papers=overview.papers(read, request.form.getlist("code")))


@room.write("/release", who=PLANNERS, show=show_chosen)
def release_chosen(work: Work) -> Page:
    """Give several orders to the floor, all or none."""
    released = service.release_orders(work, chosen_orders(), confirmed=confirmed())
    return go("orders.index", **request.args, said=_("%(count)s work orders are released.", count=len(released)))


@room.write("/print", who=OFFICE, show=show_chosen)
def print_chosen(work: Work) -> Page:
    """The papers of several orders in one file."""
    return go("orders.papers", code=chosen_orders())


@room.read("/orders.pdf", who=OFFICE)
def papers(read: Reader) -> Page:
    """Several work orders on paper."""
    return _pdf(read, request.args.getlist("code"))


@room.read("/<path:code>/order.pdf", who=OFFICE)
def order_pdf(read: Reader, code: str) -> Page:
    """A work order on paper."""
    return _pdf(read, [code])


def _pdf(read: Reader, codes: list[str]) -> Page:
    if not codes:
        raise NothingChosen
    found = overview.papers(read, codes)
    response = make_response(document.orders_pdf(found, this_plant().name or "MES", mes().clock()))
    response.content_type = "application/pdf"
    response.headers["Content-Disposition"] = "inline"
    return response


@room.read("/<path:code>/print", who=OFFICE)
def print_order(read: Reader, code: str) -> Page:
    """A work order to print from the browser."""
    [paper] = overview.papers(read, [code])
    return page(
        "orders/print.html", paper=paper, order=paper.order, number=document.number_of(paper),
        facts=document.order_facts(paper.order), printed_at=stamp(mes().clock()),
    )  # fmt: skip
