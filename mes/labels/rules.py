"""What may be labelled, by whom, and when a label is printed again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mes.core.access import EVERYONE, LEADERS, OFFICE, Actor, Role, Who
from mes.core.errors import Refused
from mes.core.i18n import N_

#: Labels in one job: more is a slip of the finger, and the office printer's whole morning.
MOST_LABELS = 5000
MOST_COPIES = 100
#: A recorded print can be opened so long; afterwards it is printed again, so that it is recorded again.
OPEN_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Subject:
    """A kind of thing that carries a label: who may print it, and on which layout unless somebody chose another."""

    name: str
    word: str
    icon: str
    who: Who
    layout: str


SUBJECTS = {
    one.name: one
    for one in (
        Subject("lot", N_("Lot labels"), "boxes", EVERYONE, "lot-60x40"),
        Subject("order", N_("Order labels"), "clipboard-list", OFFICE, "order-100x60"),
        Subject("location", N_("Place labels"), "map-pin", OFFICE, "location-60x40"),
        Subject("machine", N_("Machine labels"), "cog", OFFICE, "machine-60x40"),
        Subject("tool", N_("Mould and tool labels"), "wrench", OFFICE, "tool-60x40"),
        Subject("gauge", N_("Gauge labels"), "gauge", OFFICE, "gauge-40x20"),
        Subject("badge", N_("Badges"), "id-card", LEADERS, "badge-60x40"),
    )
}
#: Why a label is printed again; kept in English, shown in the reader's language.
REASONS = (
    N_("Label damaged"),
    N_("Label lost"),
    N_("Printer fault"),
    N_("Quantity changed"),
    N_("Another label needed"),
)


class NoLabelChosen(Refused):
    """A print without labels."""

    message = N_("No label is chosen.")
    hint = N_("Enter or scan at least one code, or go on from the thing's own page.")
    status = 422


class ReprintNeedsReason(Refused):
    """Two labels of one lot on two boxes are how lots get mixed up."""

    message = N_("The label of %(code)s was printed before, by %(who)s at %(when)s.")
    hint = N_("Say why it is printed again.")


class TooManyLabels(Refused):
    """A job of more labels than anybody means."""

    message = N_("These are %(count)s labels at once; at most %(most)s are printed in one go.")
    hint = N_("Print them in several parts.")
    status = 422


class LayoutOfAnotherThing(Refused):
    """A lot on a badge."""

    message = N_("The layout %(name)s is not made for this kind of label.")
    hint = N_("Choose another layout.")
    status = 422


class BadgeOfAnother(Refused):
    """A badge opens what its owner may do, so nobody prints himself one that opens more than his own."""

    message = N_("The badge of %(name)s may do more than you may; you cannot print it.")
    hint = N_("Ask the administrator to print it.")
    status = 403


class PrintIsOver(Refused):
    """A print that was recorded once is not printed again unrecorded."""

    message = N_("This print is over.")
    hint = N_("Print the label again from its page, so that it is recorded.")
    status = 410


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


def check_count(labels: int) -> None:
    """Refuse a job that nobody means. Raises TooManyLabels."""
    if labels > MOST_LABELS:
        raise TooManyLabels(count=labels, most=MOST_LABELS)


def is_open(at: datetime, now: datetime) -> bool:
    """Whether a recorded print may still be opened."""
    return now - at <= OPEN_FOR
