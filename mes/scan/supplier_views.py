"""Suppliers' own barcodes: taught from one example at a desk, and read when goods arrive."""

from typing import Any

from flask import jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from mes.core.access import MATERIALS, OFFICE
from mes.core.errors import Refused
from mes.core.i18n import N_, _, number, shown
from mes.core.pages import Page, Room, go, page, this_day
from mes.core.types import plain
from mes.core.work import Reader, Work
from mes.scan import supplier_queries, teaching
from mes.scan.deliveries import Delivery, read_delivery
from mes.scan.forms import SupplierBarcodeForm
from mes.scan.patterns import DAY_FORMS, PIECE_NAMES, Cut, Pattern, Piece, marked
from mes.scan.teaching import LONGEST_EXAMPLE

room = Room("supplier_codes", __name__)
room.entry("supplier_codes.index", N_("Suppliers' barcodes"), "barcode", "settings", OFFICE)


@room.read("/supplier-barcodes", who=OFFICE)
def index(read: Reader) -> Page:
    """What was taught."""
    found = supplier_queries.barcodes(read, active=request.args.get("in_use") != "no")
    return page(
        "scan/suppliers.html",
        found=found,
        pieces=PIECE_NAMES,
        says={one.id: _told(one.pattern.cut(one.example)) for one in found},
    )


def show(read: Reader, form: SupplierBarcodeForm, ident: int | None = None) -> Page:
    """The form with its preview."""
    return page("scan/supplier.html", form=form, ident=ident, pieces=PIECE_NAMES, **_preview(form.data))


@room.form("/supplier-barcodes/new", who=MATERIALS, form=SupplierBarcodeForm, show=show)
def new(work: Work, form: SupplierBarcodeForm) -> Page:
    """Teach a barcode."""
    learned = teaching.teach(work, **form.columns(work.session))
    return go("supplier_codes.index", said=_("%(name)s is understood from now on.", name=learned.name))


@room.form("/supplier-barcodes/<int:ident>", who=MATERIALS, form=SupplierBarcodeForm, show=show)
def edit(work: Work, form: SupplierBarcodeForm, ident: int) -> Page:
    """Correct what was taught, or take it out of use."""
    values = form.columns(work.session) | {"active": bool(form.active.data)}
    learned = teaching.correct(work, ident, form.row_version, **values)
    return go("supplier_codes.index", said=_("%(name)s was saved.", name=learned.name))


@room.read("/supplier-barcodes/preview", who=MATERIALS)
def preview(read: Reader) -> Page:
    """How the example is cut by what is typed just now."""
    return page("scan/_cut.html", pieces=PIECE_NAMES, **_preview(request.args))


def _preview(typed: MultiDict[str, str] | dict[str, Any]) -> dict[str, Any]:
    """The marked letters, and what they say or what is wrong with them."""
    at = {piece: str(where).strip() for piece in Piece if (where := typed.get(f"{piece}_at"))}
    day_form = str(typed.get("day_form") or "")
    places = str(typed.get("places") or "0")
    pattern = Pattern(
        str(typed.get("example") or "").strip(" \t\r\n")[:LONGEST_EXAMPLE],
        str(typed.get("delimiter") or ""),
        at={piece: where[:20] for piece, where in at.items()},
        places=int(places) if places in {"0", "1", "2", "3", "4"} else 0,
        day_form=day_form if day_form in DAY_FORMS else "YYMMDD",
    )
    parts = [number for number, (a, b) in enumerate(pattern.parts(pattern.example), 1) for _letter in range(a, b + 1)]
    try:
        told, wrong = _told(pattern.cut_hard(pattern.example)), None
    except Refused as refused:
        told, wrong = [], refused
    letters = [
        (letter, piece, part) for (letter, piece), part in zip(marked(pattern, pattern.example), parts, strict=False)
    ]
    return {"letters": letters, "told": told, "wrong": wrong, "by_part": bool(pattern.delimiter)}


def _told(cut: Cut | None) -> list[tuple[Piece, str]]:
    """The pieces in words."""
    return [(piece, shown(value)) for piece in Piece if cut and (value := getattr(cut, piece.value)) is not None]


@room.read("/lots/receive/scanned", who=MATERIALS)
def delivered(read: Reader) -> Page:
    """A scan on the page of receiving: what to fill in, or why nothing was."""
    text = request.args.get("text", "")
    try:
        found = read_delivery(read, text, this_day())
    except Refused as refused:
        teach = url_for("supplier_codes.new", example=text[:LONGEST_EXAMPLE]) if refused.status == 404 else None
        answer = {"said": refused.sentence, "advice": refused.advice, "teach": teach, "word": _("Teach this barcode")}
        return jsonify(answer)
    return jsonify(said=_said(found), fill=_fill(found))


def _fill(found: Delivery) -> dict[str, str]:
    """The fields of the form with their values, as a person would type them."""
    values = {
        "item": found.item,
        "supplier": found.supplier,
        "supplier_lot": found.supplier_lot,
        "quantity": f"{plain(found.quantity):f}" if found.quantity is not None else None,
        "expires_on": found.expires_on and found.expires_on.isoformat(),
        "made_on": found.made_on and found.made_on.isoformat(),
        "location": found.location,
    }
    return {name: value for name, value in values.items() if value}


def _said(found: Delivery) -> str:
    words = [found.item_name or found.item, found.supplier_lot, found.location]
    much = number(found.quantity) if found.quantity is not None else None
    days = found.expires_on and _("use by %(day)s", day=found.expires_on)
    return _("Read from the label: %(what)s", what=" · ".join(one for one in (*words, much, days) if one))
