"""Bills of material at the desk: revisions, draft lines, release, comparison, explosion."""

from decimal import Decimal

from flask import request, url_for

from mes.core.access import OFFICE, PLANNERS
from mes.core.forms import read_quantity, row_number
from mes.core.i18n import _, own_name
from mes.core.pages import Page, Room, go, page
from mes.core.work import Reader, Work
from mes.items import boms, queries
from mes.items.by_products import by_products_of, compare_by_products
from mes.items.explosion import Branch, take_apart
from mes.items.forms import BomHeadForm, BomLineForm, ByProductForm
from mes.items.models import Bom, Revision
from mes.items.rules import CONSUMPTION_NAMES, REVISION_NAMES, compare_lines, missing_operations

room = Room("boms", __name__, part_of="items")


@room.read("/items/<path:code>/bom/<int:revision>", who=OFFICE)
def show(read: Reader, code: str, revision: int) -> Page:
    """One revision of an item's bill of material."""
    return _bom_page(read, code, revision)


def _bom_page(
    read: Reader,
    code: str,
    revision: int,
    form: BomLineForm | None = None,
    head: BomHeadForm | None = None,
    also: ByProductForm | None = None,
) -> Page:
    bom = _get(read, code, revision)
    head = head or BomHeadForm(formdata=None)
    head.show_values({"valid_from": bom.valid_from, "note": bom.note, "version": bom.version})
    routing = queries.released_routing(read, bom.item_id)
    return page(
        "items/bom.html",
        bom=bom,
        item=bom.item,
        form=form or BomLineForm(formdata=None),
        head=head,
        also=also or ByProductForm(formdata=None),
        by_products=by_products_of(read, bom.id),
        revisions=queries.list_boms(read, bom.item_id),
        routing=routing,
        missing=missing_operations(bom, routing),
        editing=bom.state is Revision.DRAFT,
        revision_names=REVISION_NAMES,
        consumption_names=CONSUMPTION_NAMES,
    )


def _get(read: Reader, code: str, revision: int) -> Bom:
    return queries.get_bom(read, queries.get_item(read, code).id, revision)


@room.write("/items/<path:code>/bom/draft", who=PLANNERS)
def draft(work: Work, code: str) -> Page:
    """A draft to work on: a copy of what is in force, or an empty one."""
    bom = boms.copy_bom(work, queries.get_item(work.session, code))
    return go("boms.show", code=code, revision=bom.revision)


@room.form(
    "/items/<path:code>/bom/<int:revision>/head",
    who=PLANNERS,
    form=BomHeadForm,
    show=lambda read, form, code, revision: _bom_page(read, code, revision, head=form),
)
def change_head(work: Work, form: BomHeadForm, code: str, revision: int) -> Page:
    """Say what a draft is for and from when it is meant."""
    ident = _get(work.session, code, revision).id
    note, day = form.note.data or None, form.valid_from.data
    boms.change_bom_head(work, ident, note=note, valid_from=day, version=form.row_version)
    return go("boms.show", code=code, revision=revision, said=_("The draft is saved."))


@room.form(
    "/items/<path:code>/bom/<int:revision>/add",
    who=PLANNERS,
    form=BomLineForm,
    show=lambda read, form, code, revision: _bom_page(read, code, revision, form),
)
def add_line(work: Work, form: BomLineForm, code: str, revision: int) -> Page:
    """One more component."""
    ident = _get(work.session, code, revision).id
    boms.add_bom_line(work, ident, form.line(work.session))
    return go("boms.show", code=code, revision=revision, said=_("The component was added."))


def _line_page(read: Reader, form: BomLineForm, code: str, revision: int, position: int) -> Page:
    bom = _get(read, code, revision)
    line = boms.line_at(bom, position)
    form.show_line(line)
    if not form.version.data:
        form.version.data = str(bom.version)
    return page("items/bom_line.html", form=form, bom=bom, item=bom.item, line=line)


@room.form(
    "/items/<path:code>/bom/<int:revision>/lines/<int:position>",
    who=PLANNERS,
    form=BomLineForm,
    show=_line_page,
)
def change_line(work: Work, form: BomLineForm, code: str, revision: int, position: int) -> Page:
    """Change a component of a draft."""
    ident = _get(work.session, code, revision).id
    boms.change_bom_line(work, ident, position, form.line(work.session), form.row_version)
    return go("boms.show", code=code, revision=revision, said=_("The component was saved."))


def _shown_again(read: Reader, code: str, revision: int, position: int = 0) -> Page:
    return show(read, code, revision)


@room.write("/items/<path:code>/bom/<int:revision>/remove/<int:position>", who=PLANNERS, show=_shown_again)
def remove_line(work: Work, code: str, revision: int, position: int) -> Page:
    """Take a component out of a draft."""
    boms.remove_bom_line(work, _get(work.session, code, revision).id, position)
    return go("boms.show", code=code, revision=revision, said=_("The component was taken out."))


@room.form(
    "/items/<path:code>/bom/<int:revision>/also",
    who=PLANNERS,
    form=ByProductForm,
    show=lambda read, form, code, revision: _bom_page(read, code, revision, also=form),
)
def add_by_product(work: Work, form: ByProductForm, code: str, revision: int) -> Page:
    """One more thing that also comes out."""
    boms.add_by_product(work, _get(work.session, code, revision).id, form.row(work.session))
    return go("boms.show", code=code, revision=revision, said=_("The by-product was added."))


@room.write("/items/<path:code>/bom/<int:revision>/also/remove", who=PLANNERS, show=_shown_again)
def remove_by_product(work: Work, code: str, revision: int) -> Page:
    """Take a by-product out of a draft."""
    boms.remove_by_product(work, _get(work.session, code, revision).id, request.form.get("item", ""))
    return go("boms.show", code=code, revision=revision, said=_("The by-product was taken out."))


@room.write("/items/<path:code>/bom/<int:revision>/release", who=PLANNERS, show=_shown_again)
def release(work: Work, code: str, revision: int) -> Page:
    """Put a draft in force."""
    boms.release_bom(work, _get(work.session, code, revision).id)
    return go("boms.show", code=code, revision=revision, said=_("Revision %(n)s is in force.", n=revision))


@room.write("/items/<path:code>/bom/<int:revision>/discard", who=PLANNERS, show=_shown_again)
def discard(work: Work, code: str, revision: int) -> Page:
    """Give up a draft."""
    boms.discard_bom(work, _get(work.session, code, revision).id)
    return go("items.show", code=code, said=_("The draft is given up."))


@room.read("/items/<path:code>/bom/compare", who=OFFICE)
def compare(read: Reader, code: str) -> Page:
    """Two revisions side by side."""
    item = queries.get_item(read, code)
    revisions = queries.list_boms(read, item.id)
    numbers = [bom.revision for bom in revisions]
    new = _chosen("new", numbers, numbers[0] if numbers else 0)
    old = _chosen("old", numbers, next((n for n in numbers if n < new), new))
    if not numbers:
        return go("items.show", code=code)
    before, after = queries.get_bom(read, item.id, old), queries.get_bom(read, item.id, new)
    return page(
        "items/compare.html",
        item=item,
        revisions=revisions,
        old=before,
        new=after,
        differences=compare_lines(before.lines, after.lines),
        also=compare_by_products(by_products_of(read, before.id), by_products_of(read, after.id)),
        consumption_names=CONSUMPTION_NAMES,
        revision_names=REVISION_NAMES,
    )


def _chosen(name: str, known: list[int], otherwise: int) -> int:
    text = request.args.get(name, "")
    number = row_number(text)
    return number if number is not None and number in known else otherwise


@room.read("/items/<path:code>/explosion", who=OFFICE)
def explosion(read: Reader, code: str) -> Page:
    """What goes into a quantity: the tree, and the totals over all levels."""
    item = queries.get_item(read, code)
    typed, wrong = request.args.get("quantity", "1").strip(), ""
    try:
        quantity = read_quantity(typed)
    except ValueError as error:
        quantity, wrong = Decimal(1), str(error)
    if quantity <= 0:
        quantity, wrong = Decimal(1), _("More than %(least)s is needed here.", least=0)
    found = take_apart(item, quantity, queries.lines_below(read, [item.id]))
    nodes = [_node(branch) for branch in found.root.children]
    return page("items/explosion.html", item=item, found=found, amount=quantity, typed=typed, wrong=wrong, nodes=nodes)


def _node(branch: Branch) -> dict[str, object]:
    """A branch as the tree macro shows it."""
    return {
        "label": branch.item.code,
        "href": url_for("items.show", code=branch.item.code),
        "note": own_name(branch.item),
        "quantity": branch.quantity,
        "unit": branch.item.unit,
        "children": [_node(child) for child in branch.children],
    }
