"""The scan box of every page, and the addresses printed on labels."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, make_response, redirect, request, url_for

from mes.core.access import EVERYONE, MATERIALS, OFFICE, may
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, actor, page
from mes.core.work import Reader
from mes.lots.models import Lot
from mes.lots.search import find_lots
from mes.scan.models import KIND_NAMES, Kind, Meaning
from mes.scan.rules import Resolution, UnknownScan
from mes.scan.service import resolve
from mes.scan.teaching import LONGEST_EXAMPLE

room = Room("scan", __name__)

#: So many lots are offered where a name or a beginning was typed.
MOST_BY_NAME = 20
#: Where each kind of thing has its page: the first of these that the person may open. "{code}" and "{owner}" are
#: those of the meaning.
PAGES: dict[Kind, tuple[tuple[str, dict[str, str]], ...]] = {
    Kind.LOT: (("lots.show", {"code": "{code}"}),),
    Kind.SERIAL: (("lots.show", {"code": "{code}"}),),
    Kind.UNIT: (("units.show", {"code": "{code}"}),),
    Kind.ORDER: (("orders.show", {"code": "{code}"}),),
    Kind.JOB: (("orders.show", {"code": "{owner}"}),),
    Kind.BADGE: (("people.edit", {"code": "{owner}"}), ("people.index", {"q": "{name}"})),
    Kind.MACHINE: (("equipment.machine", {"code": "{code}"}), ("equipment.machines", {})),
    Kind.TOOL: (("tools.edit", {"code": "{code}"}), ("tools.index", {})),
    Kind.GAUGE: (("gauges.show", {"code": "{code}"}),),
    Kind.LOCATION: (("equipment.location", {"code": "{code}"}), ("equipment.locations", {})),
    Kind.WORK_CENTRE: (("equipment.work_centre", {"code": "{code}"}), ("equipment.work_centres", {})),
    Kind.SUPPLIER_LOT: (("trace.show", {"of": "{code}"}),),
    Kind.ITEM: (("items.show", {"code": "{code}"}),),
    Kind.RECEIPT: (("lots.receipt", {"code": "{code}"}),),
    Kind.SHIPMENT: (("lots.shipment", {"code": "{code}"}),),
    Kind.INSPECTION: (("inspection.inspection", {"code": "{code}"}),),
    Kind.CERTIFICATE: (("certificates.show", {"code": "{code}"}), ("certificates.check", {"code": "{code}"})),
    Kind.STUDY: (("gauges.study", {"code": "{code}"}),),
    Kind.CHANGE: (("sheets.change", {"code": "{code}"}),),
    Kind.NONCONFORMANCE: (("nonconformance.show", {"code": "{code}"}),),
    Kind.DEFECT_CODE: (("quality.defects", {"code": "{code}"}),),
}
ICONS = {
    Kind.LOT: "boxes",
    Kind.SERIAL: "barcode",
    Kind.UNIT: "package",
    Kind.ORDER: "clipboard-list",
    Kind.JOB: "list-checks",
    Kind.BADGE: "id-card",
    Kind.MACHINE: "cog",
    Kind.TOOL: "wrench",
    Kind.GAUGE: "gauge",
    Kind.LOCATION: "map-pin",
    Kind.WORK_CENTRE: "factory",
    Kind.SUPPLIER_LOT: "truck",
    Kind.ITEM: "package",
    Kind.RECEIPT: "package-plus",
    Kind.SHIPMENT: "truck",
    Kind.INSPECTION: "shield-check",
    Kind.CERTIFICATE: "badge-check",
    Kind.CHANGE: "git-branch",
    Kind.STUDY: "flask-conical",
    Kind.NONCONFORMANCE: "octagon-alert",
    Kind.DEFECT_CODE: "triangle-alert",
    Kind.COMMAND: "play",
}
#: What the commonest GS1 identifiers mean, for the page of a code that is unknown.
ELEMENT_NAMES = {
    "00": N_("Box or pallet"),
    "01": N_("GTIN"),
    "02": N_("GTIN"),
    "10": N_("Lot"),
    "11": N_("Made on"),
    "13": N_("Packed on"),
    "15": N_("Use by"),
    "17": N_("Use by"),
    "21": N_("Serial number"),
    "30": N_("Quantity"),
    "37": N_("Quantity"),
    "240": N_("Part number"),
    "241": N_("Customer's part number"),
    "400": N_("Customer's order"),
}


@dataclass(frozen=True)
class Choice:
    """A meaning as the choice page shows it."""

    meaning: Meaning
    word: str
    icon: str
    #: None where it has none, as a command that only a station can follow.
    href: str | None


@room.read("/scan", who=EVERYONE)
def scan(read: Reader) -> Page:
    """Lead to the page of what was scanned."""
    return _lead(read, request.args.get("text", ""))


@room.read("/s/<path:code>", who=EVERYONE)
def printed(read: Reader, code: str) -> Page:
    """The address form of any printed code."""
    return _lead(read, code)


@room.read("/l/<path:code>", who=EVERYONE)
def lot(read: Reader, code: str) -> Page:
    """The short address of a lot."""
    return _lead(read, code, expected=(Kind.LOT, Kind.SERIAL))


def _lead(read: Reader, text: str, expected: Collection[Kind] = ()) -> Page:
    found = resolve(read, text, expected)
    if isinstance(found.refusal, UnknownScan) or (found.near and not found.scan.is_misread):
        lots = find_lots(read, found.scan.text, MOST_BY_NAME + 1)
        if len(lots) > MOST_BY_NAME and may(actor(), OFFICE):
            return redirect(url_for("lots.index", q=found.scan.text, show="all"))
        found = _lots_found(found, lots[:MOST_BY_NAME]) if lots else found
    if not found.meanings:
        return _unknown(found)
    offered = choices(found.meanings)
    if len(offered) == 1 and offered[0].href:
        if found.voided:  # at a desk the page still opens; what was scanned must not be used
            flash(str(found.voided), "warning")
        elif found.anew:
            flash(str(found.anew), "warning")
        return redirect(offered[0].href)
    return page("scan/choose.html", found=found, choices=offered)


def _unknown(found: Resolution) -> Page:
    """Nothing here has it: what was seen, which codes are near, and where it can be taught."""
    teach = None
    if found.scan.text and not found.scan.is_noise and may(actor(), MATERIALS):
        said = found.delivered
        teach = (
            url_for("lots.receive")
            if said
            else url_for("supplier_codes.new", example=found.scan.whole[:LONGEST_EXAMPLE])
        )
    refusal = found.refusal or UnknownScan(code="", kinds="")
    shown = page(
        "scan/unknown.html", found=found, refusal=refusal, near=choices(found.near), teach=teach, names=ELEMENT_NAMES
    )
    return make_response(shown, refusal.status)


def _lots_found(found: Resolution, lots: Iterable[Lot]) -> Resolution:
    """No whole code: lots by the beginning or end of theirs, by a supplier's number or by their item."""
    meant = (Meaning(Kind.LOT, lot.code, lot.id, lot.item.name, lot.item.code) for lot in lots)
    return Resolution(found.scan, tuple(meant))


def choices(meanings: Iterable[Meaning]) -> list[Choice]:
    """What a scan may stand for, each with the page it leads to."""
    return [Choice(m, _(KIND_NAMES[m.kind]), ICONS[m.kind], address(m)) for m in meanings]


def address(meaning: Meaning) -> str | None:
    """Where a thing has its page for this person; None for what has none (a command) or none of theirs."""
    for endpoint, values in PAGES.get(meaning.kind, ()):
        if may(actor(), getattr(current_app.view_functions[endpoint], "who")):
            filled: dict[str, Any] = {name: value.format(**vars(meaning)) for name, value in values.items()}
            return url_for(endpoint, **filled)
    return None
