"""What may be labelled, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from mes.core.access import EVERYONE, LEADERS, OFFICE, Actor, Role, Who
from mes.core.errors import Refused
from mes.core.i18n import N_


@dataclass(frozen=True)
class Subject:
    """A kind of thing that carries a label: its page, who may print it, and on which layout unless somebody chose
    another."""

    name: str
    address: str
    word: str
    icon: str
    who: Who
    layout: str

    @property
    def page(self) -> str:
        """The endpoint of its page."""
        return f"printing.{self.name}"


SUBJECTS = {
    one.name: one
    for one in (
        Subject("lot", "lots", N_("Lot labels"), "boxes", EVERYONE, "lot-60x40"),
        Subject("order", "orders", N_("Order labels"), "clipboard-list", OFFICE, "order-100x60"),
        Subject("location", "locations", N_("Place labels"), "map-pin", OFFICE, "location-60x40"),
        Subject("machine", "machines", N_("Machine labels"), "cog", OFFICE, "machine-60x40"),
        Subject("tool", "tools", N_("Mould and tool labels"), "wrench", OFFICE, "tool-60x40"),
        Subject("gauge", "gauges", N_("Gauge labels"), "gauge", OFFICE, "gauge-40x20"),
        Subject("badge", "badges", N_("Badges"), "id-card", LEADERS, "badge-60x40"),
        Subject("move", "move-tickets", N_("Move tickets"), "move", EVERYONE, "move-100x60"),
        Subject("unit", "units", N_("Box and pallet labels"), "package-open", EVERYONE, "unit-100x150"),
        Subject("customer", "customers", N_("Customers' labels"), "truck", EVERYONE, "customer-100x60"),
        Subject("food", "food", N_("Food labels"), "tag", EVERYONE, "food-100x70"),
        Subject("udi", "udi", N_("Medical labels (UDI)"), "barcode", EVERYONE, "udi-60x40"),
        Subject("commands", "command-card", N_("Command card"), "scan-line", EVERYONE, "commands-a4"),
        Subject("defects", "defect-card", N_("Defect code card"), "list-checks", EVERYONE, "defects-a4"),
    )
}
#: All of them are about lots, each for another reader.
OF_LOTS = ("lot", "move", "customer", "food", "udi")
#: Codes that an address holds.
_MOST_IN_ADDRESS = 50


def labels_of_lots(subject: str, count: int) -> list[Subject]:
    """The kinds of label that so many lots may have, when this is one of them."""
    return [SUBJECTS[name] for name in OF_LOTS] if subject in OF_LOTS and count <= _MOST_IN_ADDRESS else []


class NoLabelChosen(Refused):
    """A print without labels."""

    message = N_("No label is chosen.")
    hint = N_("Enter or scan at least one code, or go on from the thing's own page.")
    status = 422


class BadgeOfAnother(Refused):
    """A badge opens what its owner may do, so nobody prints himself one that opens more than his own."""

    message = N_("The badge of %(name)s may do more than you may; you cannot print it.")
    hint = N_("Ask the administrator to print it.")
    status = 403


class DifferentThings(Refused):
    """One roll of labels holds one kind."""

    message = N_("%(code)s and %(other)s need different labels.")
    hint = N_("Print them one kind at a time.")


def check_badges(actor: Actor, owners: Iterable[tuple[str, frozenset[Role]]]) -> None:
    """An administrator prints every badge, a leader those that open no more than his own. Raises BadgeOfAnother."""
    for name, roles in owners:
        if not may_print_badge(actor, roles):
            raise BadgeOfAnother(name=name)


def may_print_badge(actor: Actor, roles: frozenset[Role]) -> bool:
    """Whether a badge with these roles may be printed by this person."""
    return Role.ADMIN in actor.roles or roles <= actor.roles | {Role.OPERATOR}
