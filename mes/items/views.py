"""Items at the desk: list, item page, units and picture."""

from flask import make_response, request, url_for

from mes.core.access import EVERYONE, OFFICE, PLANNERS
from mes.core.drawings import ENDINGS, PDF
from mes.core.files import NO_FILE
from mes.core.i18n import N_, _, own_name
from mes.core.pages import Page, Room, go, page
from mes.core.pdf_pages import PageNotDrawn, draw_page
from mes.core.sent import sent_file
from mes.core.work import Reader, Work
from mes.items import drawings, queries, service
from mes.items import used as used_in
from mes.items.customer_parts import parts_of_item
from mes.items.forms import SAMPLE_FROM_NAMES, DrawingForm, ItemForm, PictureForm, UnitForm
from mes.items.models import ItemKind, Revision
from mes.items.rules import KIND_NAMES, REVISION_NAMES, TRACKING_NAMES

room = Room("items", __name__)
room.entry("items.index", N_("Items"), "package", "material", OFFICE)
#: What a drawing may do in the browser: look as it looks.
DRAWING_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
#: The newest revisions shown on the item's page.
SHOWN = 5


@room.read("/items", who=OFFICE)
def index(read: Reader) -> Page:
    """Items, found by code, name, spec or GTIN."""
    kind = request.args.get("kind", "")
    found = queries.list_items(
        read,
        search=request.args.get("q", "").strip(),
        kind=ItemKind(kind) if kind in KIND_NAMES else None,
        active=request.args.get("in_use") != "no",
        after=request.args.get("after"),
    )
    return page("items/index.html", found=found, kind_names=KIND_NAMES)


@room.read("/suggest/items", who=OFFICE)
def suggest(read: Reader) -> Page:
    """Items to choose from while somebody types into a field, and the name and unit of the one that is meant."""
    text = next((value for name, value in request.args.items() if name != "named"), "").strip()
    found = queries.item_meant(read, text) if "named" in request.args else None
    return page("items/_suggested.html", items=queries.suggest_items(read, text, most=30), found=found)


@room.form("/new/item", who=PLANNERS, form=ItemForm, show="items/edit.html")
def new(work: Work, form: ItemForm) -> Page:
    """Enter an item."""
    item = service.add_item(work, code=str(form.code.data), **form.values)
    return go("items.show", code=item.code, said=_("%(name)s was added.", name=own_name(item)))


@room.read("/items/<path:code>", who=OFFICE)
def show(read: Reader, code: str) -> Page:
    """One item: what it is, what it is made of, how it is made, where it is used."""
    return _item_page(read, code)


def _item_page(
    read: Reader,
    code: str,
    picture: PictureForm | None = None,
    unit: UnitForm | None = None,
    drawing: DrawingForm | None = None,
) -> Page:
    item = queries.get_item(read, code)
    boms, routings = queries.list_boms(read, item.id), queries.list_routings(read, item.id)
    return page(
        "items/show.html",
        item=item,
        units=queries.list_units(read, item.id),
        parts=parts_of_item(read, item.id),
        boms=boms[:SHOWN],
        routings=routings[:SHOWN],
        bom=queries.released_bom(read, item.id) if any(x.state is Revision.RELEASED for x in boms) else None,
        routing=queries.released_routing(read, item.id) if routings else None,
        used=used_in.count_products(read, item.id),
        drawings=drawings.drawings_of(read, item.id) if item.drawing_id else [],
        picture_form=picture or PictureForm(formdata=None),
        unit_form=unit or UnitForm(formdata=None),
        drawing_form=drawing or DrawingForm(formdata=None),
        kind_names=KIND_NAMES,
        tracking_names=TRACKING_NAMES,
        sample_from_names=SAMPLE_FROM_NAMES,
        revision_names=REVISION_NAMES,
    )


def _edit_page(read: Reader, form: ItemForm, code: str) -> Page:
    return page("items/edit.html", form=form, item=queries.get_item(read, code))


@room.form("/items/<path:code>/edit", who=PLANNERS, form=ItemForm, show=_edit_page)
def edit(work: Work, form: ItemForm, code: str) -> Page:
    """Change an item."""
    values = form.values | {"active": bool(form.active.data)}
    item = service.change_item(work, code, form.row_version, **values)
    return go("items.show", code=code, said=_("%(name)s was saved.", name=own_name(item)))


@room.form(
    "/items/<path:code>/picture",
    who=PLANNERS,
    form=PictureForm,
    show=lambda read, form, code: _item_page(read, code, picture=form),
)
def set_picture(work: Work, form: PictureForm, code: str) -> Page:
    """Give an item its photo."""
    service.set_picture(work, code, *(sent_file(form.photo.data) or NO_FILE))
    return go("items.show", code=code, said=_("The picture is kept."))


@room.form(
    "/items/<path:code>/set-drawing",
    who=PLANNERS,
    form=DrawingForm,
    show=lambda read, form, code: _item_page(read, code, drawing=form),
)
def set_drawing(work: Work, form: DrawingForm, code: str) -> Page:
    """Give an item its drawing."""
    service.set_drawing(work, code, *(sent_file(form.drawing.data) or NO_FILE))
    return go("items.show", code=code, said=_("The drawing is kept; the one before stays in its history."))


@room.read("/items/<path:code>/drawing", who=EVERYONE)
def drawing(read: Reader, code: str) -> Page:
    """An item's drawing, for the browser's own viewer: it can neither run nor fetch anything."""
    kept = drawings.get_drawing(read, code, request.args.get("n", type=row_number))
    response = make_response(kept.content)
    response.content_type = kept.kind
    response.headers["Content-Disposition"] = f"inline; filename=drawing-{kept.id}.{ENDINGS[kept.kind]}"
    response.headers["Content-Security-Policy"] = DRAWING_POLICY
    response.headers["Cache-Control"] = "private, max-age=3600" if "n" in request.args else "private, no-cache"
    return response


@room.read("/items/<path:code>/drawing/page/<int:page>", who=EVERYONE)
def drawing_page(read: Reader, code: str, page: int) -> Page:
    """A page of an item's PDF drawing as a picture, for tablets that only download PDFs."""
    kept = drawings.get_drawing(read, code, request.args.get("n", type=row_number))
    if kept.kind != PDF:
        raise PageNotDrawn(page=page)
    response = make_response(draw_page(kept.content, page))
    response.content_type = "image/webp"
    response.headers["Cache-Control"] = "private, max-age=86400" if "n" in request.args else "private, no-cache"
    return response


def row_number(text: str) -> int:
    """A number that a row can have. Raises ValueError."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError
    return number


@room.read("/items/<path:code>/photo.jpg", who=EVERYONE)
def photo(read: Reader, code: str) -> Page:
    """An item's photo, as it is kept."""
    kept = queries.get_picture(read, code)
    response = make_response(kept.content)
    response.content_type = "image/jpeg"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@room.form(
    "/items/<path:code>/units",
    who=PLANNERS,
    form=UnitForm,
    show=lambda read, form, code: _item_page(read, code, unit=form),
)
def add_unit(work: Work, form: UnitForm, code: str) -> Page:
    """Another unit of an item."""
    service.add_unit(work, code, str(form.unit.data), form.factor.data)
    return go("items.show", code=code, said=_("The unit was added."))


@room.write("/items/<path:code>/units/remove", who=PLANNERS, show=show)
def remove_unit(work: Work, code: str) -> Page:
    """Forget another unit of an item."""
    service.remove_unit(work, code, request.form.get("unit", ""))
    return go("items.show", code=code, said=_("The unit was removed."))


@room.read("/items/<path:code>/used", who=OFFICE)
def used(read: Reader, code: str) -> Page:
    """Where an item is used, up to the finished products."""
    item = queries.get_item(read, code)
    found = used_in.where_used(read, item.id)
    return page(
        "items/used.html",
        item=item,
        found=found,
        nodes=[_node(use, item.unit) for use in found.uses],
        instead=used_in.substituted_in(read, item.id),
    )


def _node(use: used_in.Use, unit: str) -> dict[str, object]:
    """A use as the tree macro shows it: the product, and how much of the item below goes into one of it."""
    return {
        "label": use.product.code,
        "href": url_for("items.show", code=use.product.code),
        "note": own_name(use.product),
        "quantity": use.line.quantity,
        "unit": f"{unit} / {use.product.unit}",
        "children": [_node(further, use.product.unit) for further in use.used_in],
    }
