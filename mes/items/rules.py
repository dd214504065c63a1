"""What items, bills of material and routings must be: pure decisions, and the words of their fixed lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stdnum import ean

from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.types import LARGEST
from mes.items.models import Bom, BomLine, Consumption, ItemKind, Operation, Revision, Routing, Tracking

KIND_NAMES = {
    ItemKind.RAW: N_("Raw material"),
    ItemKind.SUB: N_("Sub-material"),
    ItemKind.SEMI: N_("Semi-finished"),
    ItemKind.FINISHED: N_("Finished product"),
    ItemKind.PACKAGING: N_("Packaging"),
    ItemKind.CUSTOMER_OWNED: N_("Customer-owned"),
}
TRACKING_NAMES = {
    Tracking.LOT: N_("By lot"),
    Tracking.SERIAL: N_("By serial number"),
    Tracking.NONE: N_("Not kept in stock"),
}
REVISION_NAMES = {
    Revision.DRAFT: N_("Draft"),
    Revision.RELEASED: N_("Released"),
    Revision.OBSOLETE: N_("Obsolete"),
}
CONSUMPTION_NAMES = {Consumption.SCAN: N_("By scan"), Consumption.BACKFLUSH: N_("Back-flush")}


#: Operations are numbered from 1 to this.
LAST_OPERATION = 9999


class UnitMissing(Refused):
    """A quantity without a unit says nothing."""

    message = N_("A unit is needed.")
    hint = N_("Write the unit in which it is counted, such as EA, kg or m.")
    status = 422


class BadGtin(Refused):
    """A GTIN whose check digit does not fit."""

    message = N_("%(gtin)s is not a valid GTIN (bar code number).")
    hint = N_("Copy the 8, 12, 13 or 14 digits from the package, or leave it empty.")
    status = 422


class BelowOne(Refused):
    """A number that only makes sense above zero."""

    message = N_("%(value)s cannot be recorded here: more than 0 is needed.")
    hint = N_("Enter a number above 0, or leave the field empty.")
    status = 422


class UnitInUse(Refused):
    """Unit and tracking give the recorded quantities their meaning."""

    message = N_("Unit and tracking of %(code)s cannot be changed any more: it is already in use.")
    hint = N_("Make a new item with the other unit or tracking, and take this one out of use.")


class SameUnit(Refused):
    """A conversion into the item's own unit."""

    message = N_("%(unit)s is already a unit of %(code)s.")
    hint = N_("Remove the existing conversion first if its factor is wrong.")


class QuantityMissing(Refused):
    """A line without a quantity above zero."""

    message = N_("The quantity of %(component)s must be more than 0.")
    hint = N_("Enter how much goes into one piece of the product.")
    status = 422


class ScrapImpossible(Refused):
    """An expected loss outside of 0 to 100 percent."""

    message = N_("An expected loss of %(percent)s %% is impossible.")
    hint = N_("Enter a percentage from 0 up to 100.")
    status = 422


class OwnComponent(Refused):
    """An item in its own bill of material."""

    message = N_("%(code)s cannot be a component of itself.")
    hint = N_("Choose the material that goes into it.")


class SubstituteIsComponent(Refused):
    """A substitute that replaces nothing."""

    message = N_("%(code)s cannot be its own substitute, nor the product itself.")
    hint = N_("Name other items that may be used instead.")


class MaterialTwice(Refused):
    """The same component on two lines for one operation."""

    message = N_("%(component)s is already taken at the same operation.")
    hint = N_("Add the quantities up in the line that is there, or name another operation.")


class NotDraft(Refused):
    """A released revision is never edited."""

    message = N_("Revision %(revision)s of %(code)s is %(state)s and cannot be edited.")
    hint = N_("Make a new draft from it; release the draft to replace it.")


class EmptyBom(Refused):
    """A bill of material without lines."""

    message = N_("Revision %(revision)s of %(code)s has no components.")
    hint = N_("Add at least one component, then release it.")


class EmptyRouting(Refused):
    """A routing without operations."""

    message = N_("Revision %(revision)s of %(code)s has no operations.")
    hint = N_("Add at least one operation, then release it.")


class NotYetValid(Refused):
    """A revision whose first day lies ahead."""

    message = N_("Revision %(revision)s of %(code)s is meant for %(day)s and later.")
    hint = N_("Release it on that day, or change the day.")


class SequenceTaken(Refused):
    """Two operations at one place of the order."""

    message = N_("There is already an operation %(sequence)s.")
    hint = N_("Give it another number; steps of ten leave room in between.")


class SequenceImpossible(Refused):
    """An operation number that is none."""

    message = N_("%(sequence)s is no operation number.")
    hint = N_("Number operations 10, 20, 30 and so on.")
    status = 422


class SubcontractorMissing(Refused):
    """Work given out of the house to nobody."""

    message = N_("Operation %(sequence)s is outsourced, but no subcontractor is named.")
    hint = N_("Choose the subcontractor, or untick outsourced.")


class ItemNotKnown(Refused):
    """A text typed or scanned for one item that leads to none, or to several of one name."""

    message = N_("No item, or more than one, goes by %(text)s.")
    hint = N_("Type a part of its code or name and choose it from the list, or scan its label.")
    status = 422


class CodeNotKnown(Refused):
    """A code typed into a list of codes that leads to no item."""

    message = N_("There is no item with the code %(code)s.")
    hint = N_("Check the code; several codes are separated by commas.")
    status = 422


def check_unit(unit: str) -> str:
    """The unit as it is kept. Raises UnitMissing."""
    if not unit.strip():
        raise UnitMissing(field="unit")
    return unit.strip()


def check_gtin(gtin: str | None) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits with its check digit, or nothing. Raises BadGtin."""
    if not gtin:
        return None
    if not ean.is_valid(gtin) and not (
        len(gtin) == 14 and gtin.isdecimal() and ean.calc_check_digit(gtin[:-1]) == gtin[-1]
    ):
        raise BadGtin(field="gtin", gtin=gtin[:20])
    return gtin


def check_above_zero(field: str, value: Decimal | int | None) -> None:
    """Refuse zero and less; nothing is fine. Raises BelowOne."""
    if value is not None and value <= 0:
        raise BelowOne(field=field, value=value)


def check_line(
    product: str, component: str, quantity: Decimal, scrap_percent: Decimal, substitutes: Iterable[str]
) -> None:
    """What one BOM line must be. Raises QuantityMissing, ScrapImpossible, OwnComponent, SubstituteIsComponent."""
    if not 0 < quantity < LARGEST:
        raise QuantityMissing(field="quantity", component=component)
    if not 0 <= scrap_percent <= 100:
        raise ScrapImpossible(field="scrap_percent", percent=scrap_percent)
    if component == product:
        raise OwnComponent(field="component", code=product)
    for code in substitutes:
        if code in (product, component):
            raise SubstituteIsComponent(field="substitutes", code=code)


def check_draft(revision: Bom | Routing, code: str, state_name: str) -> None:
    """Only a draft is edited or released. Raises NotDraft."""
    if revision.state is not Revision.DRAFT:
        raise NotDraft(code=code, revision=str(revision.revision), state=state_name)


def check_bom_complete(bom: Bom, code: str, today: date) -> None:
    """What a BOM needs to be released. Raises EmptyBom, NotYetValid."""
    if not bom.lines:
        raise EmptyBom(code=code, revision=str(bom.revision))
    if bom.valid_from and bom.valid_from > today:
        raise NotYetValid(code=code, revision=str(bom.revision), day=bom.valid_from)


def check_routing_complete(routing: Routing, code: str) -> None:
    """What a routing needs to be released. Raises EmptyRouting, SubcontractorMissing."""
    if not routing.operations:
        raise EmptyRouting(code=code, revision=str(routing.revision))
    for operation in routing.operations:
        if operation.outsourced and operation.subcontractor_id is None:
            raise SubcontractorMissing(sequence=str(operation.sequence))


def check_sequence(sequence: int, taken: Iterable[int]) -> None:
    """Operations are numbered from 1 to 9999, each number once. Raises SequenceImpossible, SequenceTaken."""
    if not 1 <= sequence <= LAST_OPERATION:
        raise SequenceImpossible(field="sequence", sequence=str(sequence))
    if sequence in set(taken):
        raise SequenceTaken(field="sequence", sequence=str(sequence))


def missing_operations(bom: Bom, routing: Routing | None) -> list[int]:
    """Operations that BOM lines name but the released routing does not have."""
    known = {operation.sequence for operation in routing.operations} if routing else set()
    named = {line.operation for line in bom.lines if line.operation is not None}
    return sorted(named - known) if routing else []


@dataclass(frozen=True)
class Difference:
    """One component of two revisions side by side; None where a revision does not have it."""

    old: BomLine | None
    new: BomLine | None
    #: Names of the columns that differ when both have it.
    changed: frozenset[str] = frozenset()

    @property
    def line(self) -> BomLine:
        """Either of the two, for naming the component."""
        line = self.new or self.old
        assert line is not None
        return line


COMPARED = ("quantity", "scrap_percent", "operation", "consumption", "phantom", "reference")


def compare_lines(old: Sequence[BomLine], new: Sequence[BomLine]) -> list[Difference]:
    """What differs from one revision to the other, by component; the same component twice is paired in order."""
    found: list[Difference] = []
    waiting = list(old)
    for line in new:
        twin = next((o for o in waiting if o.component_id == line.component_id), None)
        if twin:
            waiting.remove(twin)
            changed = {name for name in COMPARED if getattr(twin, name) != getattr(line, name)}
            if {s.item_id for s in twin.substitutes} != {s.item_id for s in line.substitutes}:
                changed.add("substitutes")
            if changed:
                found.append(Difference(twin, line, frozenset(changed)))
        else:
            found.append(Difference(None, line))
    return found + [Difference(line, None) for line in waiting]


def operation_numbers(operations: Iterable[Operation]) -> list[int]:
    """The numbers that are taken."""
    return [operation.sequence for operation in operations]
