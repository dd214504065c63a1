"""The delivery note (출하 확인서): what a customer gets with the goods, as an A4 document."""

from collections.abc import Sequence
from datetime import datetime

from mes.core.i18n import N_, _, day, number, own_name, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.lots.code_words import with_former
from mes.lots.models import Shipment
from mes.lots.queries import ShippedLine

#: Words over the places to sign.
APPROVAL = (N_("Issued"), N_("Handed over"), N_("Received by"))


def delivery_facts(shipment: Shipment) -> list[tuple[str, str]]:
    """To whom, when and for which order."""
    customer = shipment.customer
    return [
        (_("Customer"), own_name(customer)),
        (_("Shipped"), stamp(shipment.at)),
        (_("Address"), customer.address or "-"),
        (_("Phone"), customer.phone or "-"),
        *([(_("Location number (GLN)"), customer.gln)] if customer.gln else []),
        (_("Customer's order number"), shipment.reference or "-"),
        (_("Note"), shipment.note or "-"),
    ]


def delivered(lines: Sequence[ShippedLine]) -> list[ShippedLine]:
    """What really left: lines that were taken back are not on the note."""
    return [line for line in lines if not line.undone]


def delivery_pdf(shipment: Shipment, lines: Sequence[ShippedLine], company: str, now: datetime) -> bytes:
    """The note as PDF, in the reader's language."""
    head = Head(
        company=company,
        title=_("Delivery note"),
        number=shipment.code,
        code=shipment.code,
        approval=[_(name) for name in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    sent = delivered(lines)
    lots = _lots(sent) if sent else Words(_("Nothing of it has left the plant"))
    story = [Facts(delivery_facts(shipment)), Heading(_("Lots")), lots]
    return render([Sheet(head, story)], shipment.code)


def _lots(lines: Sequence[ShippedLine]) -> Grid:
    columns = [
        Column(_("No."), 6, number=True),
        Column(_("Item code"), 18),
        Column(_("Item"), 28),
        Column(_("Lot"), 18),
        Column(_("Quantity"), 12, number=True),
        Column(_("Unit"), 7),
        Column(_("Use by"), 15),
    ]
    rows = [
        [
            str(place),
            line.lot.item.code,
            "\n".join(part for part in (own_name(line.lot.item), line.lot.item.spec) if part),
            with_former(line.lot.code, line.lot.formerly),
            number(-line.movement.quantity),
            line.lot.item.unit,
            day(line.lot.expires_on) if line.lot.expires_on else "-",
        ]
        for place, line in enumerate(lines, 1)
    ]
    return Grid(columns, rows)
