"""Routings at the desk: revisions, draft operations, release."""

from mes.core.access import OFFICE, PLANNERS
from mes.core.i18n import _
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.items import queries, routings
from mes.items.forms import OperationForm
from mes.items.models import Revision, Routing
from mes.items.rules import REVISION_NAMES
from mes.items.steps import steps_of

room = Room("routings", __name__, part_of="items")


@room.read("/items/<path:code>/routing/<int:revision>", who=OFFICE)
def show(read: Reader, code: str, revision: int) -> Page:
    """One revision of how an item is made."""
    form = OperationForm(formdata=None)
    form.fill(read)
    return _routing_page(read, form, code, revision)


def _routing_page(read: Reader, form: OperationForm, code: str, revision: int) -> Page:
    routing = _get(read, code, revision)
    last = max((step.sequence for step in routing.operations), default=0)
    if not form.errors:
        form.show_values({"sequence": min(last // 10 * 10 + 10, 9999)})
    return page(
        "items/routing.html",
        routing=routing,
        item=routing.item,
        steps=steps_of(read, [operation.id for operation in routing.operations]),
        form=form,
        revisions=queries.list_routings(read, routing.item_id),
        editing=routing.state is Revision.DRAFT,
        revision_names=REVISION_NAMES,
    )


def _get(read: Reader, code: str, revision: int) -> Routing:
    return queries.get_routing(read, queries.get_item(read, code).id, revision)


@room.write("/items/<path:code>/routing/draft", who=PLANNERS)
def draft(work: Work, code: str) -> Page:
    """A draft to work on: a copy of what is in force, or an empty one."""
    routing = routings.copy_routing(work, queries.get_item(work.session, code))
    return go("routings.show", code=code, revision=routing.revision)


@room.form("/items/<path:code>/routing/<int:revision>/add", who=PLANNERS, form=OperationForm, show=_routing_page)
def add_operation(work: Work, form: OperationForm, code: str, revision: int) -> Page:
    """One more step."""
    routings.add_operation(work, _get(work.session, code, revision).id, form.step)
    return go("routings.show", code=code, revision=revision, said=_("The operation was added."))


def _operation_page(read: Reader, form: OperationForm, code: str, revision: int, sequence: int) -> Page:
    routing = _get(read, code, revision)
    step = routings.operation_at(routing, sequence)
    form.show_operation(step)
    if not form.version.data:
        form.version.data = str(routing.version)
    return page("items/operation.html", form=form, routing=routing, item=routing.item, step=step)


@room.form(
    "/items/<path:code>/routing/<int:revision>/operations/<int:sequence>",
    who=PLANNERS,
    form=OperationForm,
    show=_operation_page,
)
def change_operation(work: Work, form: OperationForm, code: str, revision: int, sequence: int) -> Page:
    """Change a step of a draft."""
    ident = _get(work.session, code, revision).id
    routings.change_operation(work, ident, sequence, form.step, form.row_version)
    return go("routings.show", code=code, revision=revision, said=_("The operation was saved."))


def _shown_again(read: Reader, code: str, revision: int, sequence: int = 0) -> Page:
    return show(read, code, revision)


@room.write("/items/<path:code>/routing/<int:revision>/remove/<int:sequence>", who=PLANNERS, show=_shown_again)
def remove_operation(work: Work, code: str, revision: int, sequence: int) -> Page:
    """Take a step out of a draft."""
    routings.remove_operation(work, _get(work.session, code, revision).id, sequence)
    return go("routings.show", code=code, revision=revision, said=_("The operation was taken out."))


@room.write("/items/<path:code>/routing/<int:revision>/release", who=PLANNERS, show=_shown_again)
def release(work: Work, code: str, revision: int) -> Page:
    """Put a draft in force."""
    routings.release_routing(work, _get(work.session, code, revision).id)
    return go("routings.show", code=code, revision=revision, said=_("Revision %(n)s is in force.", n=revision))


@room.write("/items/<path:code>/routing/<int:revision>/discard", who=PLANNERS, show=_shown_again)
def discard(work: Work, code: str, revision: int) -> Page:
    """Give up a draft."""
    routings.discard_routing(work, _get(work.session, code, revision).id)
    return go("items.show", code=code, said=_("The draft is given up."))
