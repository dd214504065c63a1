"""Where a trace or a recall begins: the code of anything, or a rule (everything made with this, by that, between two
times)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.chunks import among
from mes.core.errors import Refused
from mes.core.i18n import N_, _, own_name, stamp
from mes.equipment.queries import find_machine, get_machine
from mes.equipment.tools import find_tool, get_tool
from mes.gauges.queries import find_gauge, get_gauge
from mes.items.queries import get_item, item_meant
from mes.lots.models import Lot
from mes.orders.doings import MACHINE, PERSON, TOOL
from mes.partners.queries import find_partner, get_partner
from mes.people.queries import find_by_badge, get_person
from mes.quality.catalogue import find_defect_code, get_defect_code
from mes.trace import made_with as made
from mes.trace.handles import ALL, KIND_NAMES, Handle, chosen, find_handles, one_of


class How(StrEnum):
    """How a beginning is found."""

    CODES = "codes"
    MACHINE = "machine"
    TOOL = "tool"
    PERSON = "person"
    MATERIAL = "material"
    ITEM = "item"
    CUSTOMER = "customer"
    GAUGE = "gauge"
    DEFECT = "defect"
    LABELS = "labels"


HOW_NAMES = {
    How.CODES: N_("Lots, serials, supplier lots, receipts, orders, shipments, boxes or pallets"),
    How.MACHINE: N_("Everything made on a machine"),
    How.TOOL: N_("Everything made with a mould or tool"),
    How.PERSON: N_("Everything a person made"),
    How.MATERIAL: N_("Everything made with an item"),
    How.ITEM: N_("Everything received or made of an item"),
    How.CUSTOMER: N_("Everything a customer got"),
    How.GAUGE: N_("Everything inspected with a gauge"),
    How.DEFECT: N_("Everything on which a defect was found"),
    How.LABELS: N_("Everything labelled by a print job"),
}
#: So many codes at most are named at once, and so many characters have room for them.
MOST_CODES = 200
LONGEST = 20000


class NothingBehind(Refused):
    """No lot is behind what was chosen."""

    message = N_("There is no lot behind that choice: %(what)s.")
    hint = N_("Check the code and the times, or choose in another way.")


class TimesNeeded(Refused):
    """A rule without its two times, or with the end before the beginning."""

    message = N_("Say from when until when.")
    hint = N_("Give both times, the earlier one first.")
    status = 422


class CodeNeeded(Refused):
    """Nothing was named."""

    message = N_("Name at least one code, and at most %(most)s.")
    hint = N_("Scan or type it; write several one in a line.")
    status = 422


@dataclass(frozen=True)
class Choice:
    """What is chosen. ``only``: which of several deliveries with one number (or "all"); of several numbers, one in a
    line. ``item``: of what a rule gives, only lots of this item."""

    how: How
    of: str
    since: datetime | None = None
    until: datetime | None = None
    only: str | None = None
    item: str | None = None


@dataclass(frozen=True)
class Beginning:
    """The lots that were chosen, and in words how."""

    lots: tuple[int, ...]
    words: str


class Rule(NamedTuple):
    """Who finds the thing that a rule names, and the questions that give its lots. Without ``timed`` it asks for no
    times."""

    look_up: Callable[[Session, str], Any]
    questions: Sequence[made.Question]
    timed: bool = True


#: Rooms above this one bring rules of their own (labels).
RULES: dict[How, Rule] = {
    How.MACHINE: Rule(get_machine, [made.made_with(MACHINE)]),
    How.TOOL: Rule(get_tool, [made.made_with(TOOL)]),
    How.PERSON: Rule(get_person, [made.made_with(PERSON)]),
    How.MATERIAL: Rule(get_item, [made.of_material]),
    How.ITEM: Rule(get_item, [made.of_item]),
    How.CUSTOMER: Rule(get_partner, [made.shipped_to]),
    How.GAUGE: Rule(get_gauge, [made.measured, made.of_measured_jobs]),
    How.DEFECT: Rule(get_defect_code, [made.found_on, made.reported_with, made.found_at_jobs]),
}
#: What every beginning is called.
BEGINNING_NAMES: dict[str, str] = {**KIND_NAMES, **{how.value: word for how, word in HOW_NAMES.items()}}
_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 2999))


def beginning_of(session: Session, choice: Choice) -> Beginning:
    """The lots behind a choice, in a fixed number of statements for each code. Raises NothingBehind, TimesNeeded,
    CodeNeeded, NotFound, NothingToTrace, WhichOne."""
    found = _by_code(session, choice) if choice.how is How.CODES else _by_rule(session, choice)
    if not found.lots:
        raise NothingBehind(field="of", what=found.words)
    return found


def begin_trace(session: Session, choice: Choice) -> Handle:
    """The same as the beginning of a trace. Raises what ``beginning_of`` raises."""
    found = beginning_of(session, choice)
    code = " ".join(choice.of.split())[:60]
    return Handle(choice.how.value, code, ALL if choice.how is How.CODES else "", found.words, "", found.lots)


def _by_code(session: Session, choice: Choice) -> Beginning:
    texts = list(dict.fromkeys(text.strip() for text in re.split(r"[,;\n]", choice.of) if text.strip()))
    if not 0 < len(texts) <= MOST_CODES:
        raise CodeNeeded(field="of", most=MOST_CODES)
    only = (choice.only or "").split("\n")
    handles = [_the_one(text, find_handles(session, text), only) for text in texts]
    words = [f"{_(KIND_NAMES[one.kind])} {one.code}" + (f" ({one.name})" if one.name else "") for one in handles]
    lots = dict.fromkeys(lot for handle in handles for lot in handle.lot_ids)
    return Beginning(tuple(sorted(lots)), ", ".join(words))


def _the_one(text: str, handles: Sequence[Handle], only: Sequence[str]) -> Handle:
    """The delivery that is meant by a number which several have: as far as it was chosen among these."""
    key = next((key for key in only if key == ALL or any(one.key == key for one in handles)), None)
    return one_of(text, chosen(handles, key))


def _by_rule(session: Session, choice: Choice) -> Beginning:
    code, rule = choice.of.strip(), RULES[choice.how]
    if not code:
        raise CodeNeeded(field="of", most=1)
    since, until = choice.since or _EARLIEST, choice.until or _LATEST
    if rule.timed and (choice.since is None or choice.until is None or until < since):
        raise TimesNeeded(field="since")
    thing = rule.look_up(session, code)
    lots = {lot for question in rule.questions for lot in session.scalars(question(thing, since, until))}
    words = f"{_(HOW_NAMES[choice.how])}: {thing.code} {own_name(thing)}".rstrip()
    if choice.item and lots:
        item = get_item(session, choice.item)
        of_it = select(Lot.id).where(among(session, Lot.id, sorted(lots)), Lot.item_id == item.id)
        lots = set(session.scalars(of_it))
        words += f", {own_name(item)}"
    if rule.timed:
        words += f", {stamp(since)} – {stamp(until)}"
    return Beginning(tuple(sorted(lots)), words)


def rules_for(session: Session, text: str) -> list[tuple[How, str]]:
    """What else a scanned or typed text may mean than a lot: a machine, a mould, a gauge, a badge, a customer.

    Each with the code by which a rule asks for it.
    """
    text = text.strip()
    looks: list[tuple[How, Callable[[Session, str], Any]]] = [
        (How.MACHINE, find_machine),
        (How.TOOL, find_tool),
        (How.GAUGE, find_gauge),
        (How.PERSON, find_by_badge),
        (How.CUSTOMER, find_partner),
        (How.DEFECT, find_defect_code),
        (How.ITEM, item_meant),
    ]
    found = [(how, look(session, text)) for how, look in looks] if text else []
    return [(how, thing.code) for how, thing in found if thing is not None]
