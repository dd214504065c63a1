"""The scan box of every page, and the addresses printed on labels."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask import make_response, redirect, request, url_for

from mes.core.access import EVERYONE
from mes.core.i18n import _
from mes.core.pages import Page, Room, page
from mes.core.work import Reader
from mes.scan.models import KIND_NAMES, Kind, Meaning
from mes.scan.rules import Resolution, known_kinds
from mes.scan.service import resolve

room = Room("scan", __name__)

#: Where each kind of thing has its page.
PAGES: dict[Kind, Callable[[Meaning], str]] = {
    Kind.LOT: lambda found: url_for("lots.show", code=found.code),
    Kind.SERIAL: lambda found: url_for("lots.show", code=found.code),
    Kind.RECEIPT: lambda found: url_for("lots.receipt", code=found.code),
    Kind.SHIPMENT: lambda found: url_for("lots.shipment", code=found.code),
}
ICONS = {
    Kind.LOT: "boxes",
    Kind.SERIAL: "barcode",
    Kind.ORDER: "clipboard-list",
    Kind.JOB: "list-checks",
    Kind.BADGE: "id-card",
    Kind.MACHINE: "cog",
    Kind.LOCATION: "map-pin",
    Kind.WORK_CENTRE: "factory",
    Kind.SUPPLIER_LOT: "truck",
    Kind.ITEM: "package",
    Kind.RECEIPT: "package-plus",
    Kind.SHIPMENT: "truck",
    Kind.INSPECTION: "shield-check",
    Kind.DEFECT_CODE: "triangle-alert",
    Kind.COMMAND: "play",
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
    if not found.meanings:
        return make_response(page("scan/unknown.html", found=found, kinds=known_kinds()), 404)
    address = PAGES.get(found.meanings[0].kind)
    if len(found.meanings) == 1 and address:
        return redirect(address(found.meanings[0]))
    return page("scan/choose.html", found=found, choices=choices(found))


def choices(found: Resolution) -> list[Choice]:
    """What a scan may stand for, each with the page it leads to."""
    return [
        Choice(m, _(KIND_NAMES[m.kind]), ICONS[m.kind], PAGES[m.kind](m) if m.kind in PAGES else None)
        for m in found.meanings
    ]
