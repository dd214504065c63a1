"""What may leave together: pure decisions."""

from collections.abc import Sequence
from decimal import Decimal

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.lots.rules import check_quantity


class NothingToShip(Refused):
    """A shipment without a line."""

    message = N_("There is nothing to ship.")
    hint = N_("Scan or type at least one lot.")
    status = 422


class LotTwice(Refused):
    """All of a lot leaves, and then some more of it."""

    message = N_("Lot %(lot)s stands on two lines, and one of them takes all of it.")
    hint = N_("Keep one line, or write the quantity on each.")
    status = 422


def each_lot_once(lines: Sequence[tuple[str, Decimal | None]]) -> dict[str, Decimal | None]:
    """How much of each lot leaves, None for all of it; several quantities are added. Raises NothingToShip, LotTwice."""
    if not lines:
        raise NothingToShip
    wanted: dict[str, Decimal | None] = {}
    for code, quantity in lines:
        lot = code.strip().upper()
        if quantity is not None:
            check_quantity(quantity)
        if lot not in wanted:
            wanted[lot] = quantity
            continue
        before = wanted[lot]
        if before is None or quantity is None:
            raise LotTwice(field="lines", lot=lot)
        wanted[lot] = before + quantity
    return wanted
