"""Use cases: teach a supplier's barcode from one example, and correct what was taught."""

from typing import Any

from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.scanning import read_scan
from mes.core.strangers import NotOurAddress
from mes.core.work import Work, check_version
from mes.scan.models import SupplierBarcode
from mes.scan.patterns import PIECE_NAMES, Cut, Pattern, could_both_fit, our_codes, overlap
from mes.scan.supplier_queries import barcodes, get_barcode

#: No label holds more in one code.
LONGEST_EXAMPLE = 300
#: What nobody said about a new one.
NEW: dict[str, Any] = {"delimiter": "", "prefix": "", "places": 0, "day_form": "YYMMDD", "active": True}


class NothingMarked(Refused):
    """A form that would find nothing."""

    message = N_("Neither the item nor the lot is marked in the example.")
    hint = N_("Mark the characters of the lot number, or say where the item stands.")
    status = 422


class PiecesOverlap(Refused):
    """One character of the code in two pieces."""

    message = N_("%(one)s and %(other)s share characters of the example.")
    hint = N_("Mark other characters for one of them.")
    status = 422


class OtherBeginning(Refused):
    """A beginning that the example has not."""

    message = N_("The example does not begin with “%(prefix)s”.")
    hint = N_("Write the first characters that are the same in every such code.")
    status = 422


class OwnLabel(Refused):
    """The example is a label of the plant."""

    message = N_("%(code)s is a code of this plant, so there is nothing to teach.")
    hint = N_("Scan the supplier's code, not the label that was printed here.")
    status = 422


class SelfExplaining(Refused):
    """A GS1 code says by itself what its pieces are."""

    message = N_("This is a GS1 code: it is understood without being taught.")
    hint = N_("Enter the GTIN %(gtin)s at its item; then every such code finds item, lot and use-by date.")
    status = 422


class WouldSwallow(Refused):
    """A form so loose that the plant's own labels fit it."""

    message = N_("This form would also fit labels of this plant, such as %(code)s.")
    hint = N_("Say how every such code begins, or mark more of it.")


class SameForm(Refused):
    """Two forms that nobody could tell apart."""

    message = N_("This form cannot be told from %(name)s of %(supplier)s.")
    hint = N_("Say how every such code begins, or change the other one.")


def teach(work: Work, **columns: Any) -> SupplierBarcode:
    """Learn a supplier's barcode. Raises what ``check`` refuses."""
    learned = SupplierBarcode(**{**NEW, **columns})
    check(work.session, learned)
    return work.add(learned, "scan.teach")


def correct(work: Work, ident: int, version: int | None, **columns: Any) -> SupplierBarcode:
    """Change what was taught, or take it out of use. Raises NotFound, StaleEdit and what ``check`` refuses."""
    learned = work.lock(SupplierBarcode, get_barcode(work.session, ident).id)
    check_version(work, learned, version)
    with work.change(learned, "scan.correct"):
        for name, value in columns.items():
            setattr(learned, name, value)
        if learned.active:
            with work.session.no_autoflush:
                check(work.session, learned)
        work.session.flush()
    return learned


def check(session: Session, learned: SupplierBarcode) -> Cut:
    """The example in its pieces. Raises NothingMarked, OtherBeginning, OwnLabel, SelfExplaining, PieceOutside,
    PieceUnreadable, PiecesOverlap, WouldSwallow, SameForm."""
    pattern = learned.pattern
    if not (learned.lot_at or learned.item_at):
        raise NothingMarked(field="lot_at")
    if not pattern.example.upper().startswith(pattern.prefix.upper()):
        raise OtherBeginning(field="prefix", prefix=pattern.prefix)
    _check_example(pattern.example)
    cut = pattern.cut_hard(pattern.example)
    shared = overlap(pattern)
    if shared:
        one, other = shared
        raise PiecesOverlap(field=f"{other}_at", one=_(PIECE_NAMES[one]), other=_(PIECE_NAMES[other]))
    swallowed = next((code for code in our_codes() if pattern.cut(code)), None)
    if swallowed:
        raise WouldSwallow(field="prefix", code=swallowed)
    _check_others(session, learned, pattern)
    return cut


def _check_example(example: str) -> None:
    try:
        scan = read_scan(example)
    except NotOurAddress as refused:
        refused.field = "example"
        raise
    if scan.is_ours or scan.command:
        raise OwnLabel(field="example", code=scan.code)
    if scan.first.gtin and (scan.first.lot or scan.first.serial):
        raise SelfExplaining(field="example", gtin=scan.first.gtin)


def _check_others(session: Session, learned: SupplierBarcode, pattern: Pattern) -> None:
    with session.no_autoflush:
        others = [one for one in barcodes(session) if one is not learned and one.id != learned.id]
    for other in others:
        if could_both_fit(pattern, other.pattern):
            raise SameForm(field="prefix", name=other.name, supplier=other.supplier.name)
