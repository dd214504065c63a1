"""What a standard must say before anybody may inspect by it."""

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from mes.core.errors import Refused
from mes.core.i18n import N_, _, number
from mes.inspection.models import (
    Characteristic,
    InspectionKind,
    InspectionStandard,
    Nature,
    SampleRule,
    Trigger,
)
from mes.inspection.rules import OF_LOTS, check_limits, kind_name
from mes.items.models import Revision
from mes.items.rules import REVISION_NAMES, NotDraft
from mes.partners.models import Partner, PartnerKind
from mes.statistics.sampling import find_plan

if TYPE_CHECKING:
    from mes.inspection.standard_data import CharacteristicData, StandardData

RULE_NAMES = {
    SampleRule.FIXED: N_("A fixed number of pieces"),
    SampleRule.ALL: N_("Every piece"),
    SampleRule.EVERY_PIECES: N_("Every so many pieces"),
    SampleRule.EVERY_MINUTES: N_("Every so many minutes"),
    SampleRule.FIRST_MIDDLE_LAST: N_("First, middle and last piece"),
    SampleRule.AQL: N_("By AQL (ISO 2859-1)"),
}
TRIGGER_NAMES = {
    Trigger.START: N_("Start of the job"),
    Trigger.SHIFT: N_("Change of shift"),
    Trigger.MATERIAL: N_("Change of material"),
    Trigger.MOULD: N_("Change of mould"),
    Trigger.END: N_("End of the job"),
}
NATURE_NAMES = {Nature.VARIABLE: N_("Measured"), Nature.ATTRIBUTE: N_("By eye")}
#: Inspections of whole lots, from which a sample can be drawn by AQL.
OF_WHOLE_LOTS = OF_LOTS | {InspectionKind.FINAL}
#: Readings are kept with this many places after the point.
MOST_DECIMALS = 6


class StandardDraftExists(Refused):
    """Two drafts of one standard would overwrite each other."""

    message = N_("There is already a draft of this standard of %(code)s.")
    hint = N_("Go on with that draft, or give it up first.")


class OperationUnknown(Refused):
    """An operation that the released routing does not have."""

    message = N_("%(code)s has no operation %(operation)s in its released routing.")
    hint = N_("Choose one of its operations, or leave the field empty for the whole item.")


class OperationOfALot(Refused):
    """Goods that stand there as a lot are at no operation."""

    message = N_("%(kind)s: this is made on a lot, so it has no operation.")
    hint = N_("Leave the operation empty.")


class PartnerOfAnotherKind(Refused):
    """Incoming goods come from suppliers, everything else goes to customers."""

    message = N_("%(kind)s: %(partner)s cannot be its partner.")
    hint = N_("Incoming inspection takes a supplier or subcontractor, all other kinds a customer.")


class EveryMissing(Refused):
    """Every so many - of how many?"""

    message = N_("The sampling rule needs a number: after how many pieces or minutes?")
    hint = N_("Enter the number of pieces or minutes between two inspections.")


class AqlMissing(Refused):
    """A sampling plan follows from AQL and level."""

    message = N_("Sampling by AQL needs an AQL and an inspection level.")
    hint = N_("Choose both; usual are AQL 0.65 or 1.0 and level II.")


class AqlNeedsLots(Refused):
    """Nobody knows the lot size while pieces are still being made."""

    message = N_("%(kind)s: sampling by AQL needs a lot of known size.")
    hint = N_("Use it for incoming, final and outgoing inspection; here, choose another sampling rule.")


class GateNeedsFirstPiece(Refused):
    """Only the first piece can be waited for."""

    message = N_("%(kind)s: only the first-piece inspection can block reporting.")
    hint = N_("Take the tick away, or enter it in the standard of the first-piece inspection.")


class CharacteristicTwice(Refused):
    """Two of one name could not be told apart on a chart."""

    message = N_("%(name)s is already in this standard.")
    hint = N_("Give it another name, for example with the place where it is measured.")


class NoGoodChoice(Refused):
    """Without a good answer no piece could ever pass."""

    message = N_("%(name)s has no choice that is good, so nothing could ever pass.")
    hint = N_("Mark at least one choice as good.")


class NoBadChoice(Refused):
    """Without a bad answer no piece could ever fail."""

    message = N_("%(name)s has no choice that is bad, so nothing could ever fail.")
    hint = N_("Add at least one choice that is bad.")


class ChoiceTwice(Refused):
    """One answer that is good and bad."""

    message = N_("%(name)s has the choice %(choice)s twice.")
    hint = N_("Give each choice its own name.")


class LimitTooFine(Refused):
    """A limit that no reading with so few places could meet exactly."""

    message = N_("%(name)s is read with %(decimals)s decimal places, but %(limit)s has more.")
    hint = N_("Round the limit, or allow more decimal places.")


class EmptyStandard(Refused):
    """A standard without characteristics would let everything pass."""

    message = N_("Revision %(revision)s of %(code)s has nothing to inspect yet, so there is nothing to approve.")
    hint = N_("Add at least one characteristic first.")


class NothingChanged(Refused):
    """A new revision says something new."""

    message = N_("Revision %(new)s of %(code)s is the same as revision %(old)s, which is in force.")
    hint = N_("Change something first, or give up the draft.")


class ApprovedByItsAuthor(Refused):
    """Four eyes: two people see a standard before it is in force, when the plant says so."""

    message = N_("Revision %(revision)s of %(code)s was written by %(who)s, so somebody else approves it.")
    hint = N_("Ask another person of quality or the manager. The plant's settings say whether this is wanted.")
    status = 403


class ReplacesStandard(Refused):
    """Approving is a question: what is in force ends."""

    message = N_("Revision %(new)s of %(code)s takes the place of revision %(old)s from now on.")
    hint = N_("It is never edited again; open inspections keep the revision they began with.")
    asks = True


class NotInForce(Refused):
    """Only what is in force can be taken out of force."""

    message = N_("Revision %(revision)s of %(code)s is not in force.")
    hint = N_("Open the item's standards to see which revision is.")


def check_draft(standard: InspectionStandard, code: str) -> None:
    """Only a draft is edited or approved. Raises NotDraft."""
    if standard.state is not Revision.DRAFT:
        raise NotDraft(code=code, revision=str(standard.revision), state=_(REVISION_NAMES[standard.state]))


def check_operation(kind: InspectionKind) -> None:
    """Incoming and outgoing goods are at no operation. Raises OperationOfALot."""
    if kind in OF_LOTS:
        raise OperationOfALot(field="operation", kind=kind_name(kind))


def check_partner(kind: InspectionKind, partner: Partner | None) -> None:
    """A supplier of incoming goods, a customer of what is made. Raises PartnerOfAnotherKind."""
    if partner is None:
        return
    incoming = kind is InspectionKind.INCOMING
    wanted = {PartnerKind.SUPPLIER, PartnerKind.SUBCONTRACTOR} if incoming else {PartnerKind.CUSTOMER}
    if not wanted & set(partner.kinds):
        raise PartnerOfAnotherKind(field="partner", kind=kind_name(kind), partner=partner.name)


def check_sampling(kind: InspectionKind, data: "StandardData") -> None:
    """How many, and when. Raises EveryMissing, AqlMissing, AqlNeedsLots, GateNeedsFirstPiece, NoSuchSampling."""
    if data.sample_rule in (SampleRule.EVERY_PIECES, SampleRule.EVERY_MINUTES) and not data.every:
        raise EveryMissing(field="every")
    if data.sample_rule is SampleRule.AQL:
        if kind not in OF_WHOLE_LOTS:
            raise AqlNeedsLots(field="sample_rule", kind=kind_name(kind))
        if not data.aql or not data.level:
            raise AqlMissing(field="level" if data.aql else "aql")
        find_plan(2, data.aql, level=data.level)
    if data.gate and kind is not InspectionKind.FIRST:
        raise GateNeedsFirstPiece(field="gate", kind=kind_name(kind))


def check_characteristic(data: "CharacteristicData") -> None:
    """Limits, or choices, by which a piece can pass and can fail.

    Raises NoLimit, LimitsReversed, NominalOutside, LimitTooFine, NoGoodChoice, NoBadChoice, ChoiceTwice.
    """
    if data.nature is Nature.VARIABLE:
        check_limits(data.name, data.nominal, data.lower, data.upper)
        _check_decimals(data)
        return
    names = [choice.name.casefold() for choice in data.choices]
    twice = next((choice.name for choice in data.choices if names.count(choice.name.casefold()) > 1), None)
    if twice:
        raise ChoiceTwice(field="bad_choices", name=data.name, choice=twice)
    if not any(choice.good for choice in data.choices):
        raise NoGoodChoice(field="good_choices", name=data.name)
    if all(choice.good for choice in data.choices):
        raise NoBadChoice(field="bad_choices", name=data.name)


def _check_decimals(data: "CharacteristicData") -> None:
    if data.decimals is None:
        return
    for name in ("nominal", "lower", "upper"):
        limit: Decimal | None = getattr(data, name)
        if limit is not None and round(limit, data.decimals) != limit:
            raise LimitTooFine(field=name, name=data.name, decimals=str(data.decimals), limit=limit)


def check_complete(draft: InspectionStandard) -> None:
    """Something to inspect. Raises EmptyStandard."""
    if not draft.characteristics:
        raise EmptyStandard(code=draft.item.code, revision=str(draft.revision))


def check_four_eyes(draft: InspectionStandard, code: str, writers: Collection[str | None], person: str) -> None:
    """Nobody approves what he wrote. Raises ApprovedByItsAuthor."""
    if person in writers:
        raise ApprovedByItsAuthor(code=code, revision=str(draft.revision), who=person)


def check_changed(draft: InspectionStandard, old: InspectionStandard) -> None:
    """A revision differs from the one it replaces. Raises NothingChanged."""
    if said(draft) == said(old):
        raise NothingChanged(code=draft.item.code, new=str(draft.revision), old=str(old.revision))


HEAD = (
    "sample_rule", "sample_size", "every", "triggers", "aql", "level", "double_plan", "gate", "hold_back", "act_by",
    "method", "reaction",
)  # fmt: skip
ROW = (
    "stem_id", "name", "name_en", "nature", "unit", "decimals", "nominal", "lower", "upper", "of_process",
    "sample_size", "gauge_type", "method", "frequency", "reaction", "special", "pfmea", "limit_sample",
    "good_photo_id", "bad_photo_id",
)  # fmt: skip


def said(standard: InspectionStandard) -> tuple[object, ...]:
    """Everything a standard says, without its revision, dates and names."""
    rows = [
        (*(getattr(row, name) for name in ROW), *((one.name, one.name_en, one.good) for one in row.choices))
        for row in standard.characteristics
    ]
    return (*(getattr(standard, name) for name in HEAD), *rows)


def wanted(one: Characteristic) -> str:
    """Which readings are good, in one line: ``9.95 ~ 10.05 mm``, ``≥ 23``, ``OK / 양호``."""
    if one.nature is Nature.ATTRIBUTE:
        return " / ".join(choice.name for choice in one.choices if choice.good)
    unit = f" {one.unit}" if one.unit else ""
    if one.lower is None or one.upper is None:
        return (f"≥ {number(one.lower)}" if one.lower is not None else f"≤ {number(one.upper or Decimal(0))}") + unit
    return f"{number(one.lower)} ~ {number(one.upper)}{unit}"
