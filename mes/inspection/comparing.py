"""What a revision of a standard changed against another one."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from mes.core.i18n import N_, _, number, own_name
from mes.inspection.models import Characteristic, InspectionStandard
from mes.inspection.standard_rules import HEAD, NATURE_NAMES, ROW, RULE_NAMES, TRIGGER_NAMES

FIELD_NAMES = {
    "sample_rule": N_("Which pieces"),
    "sample_size": N_("Pieces each time"),
    "every": N_("After every"),
    "triggers": N_("Also due at"),
    "aql": N_("AQL"),
    "level": N_("Inspection level"),
    "double_plan": N_("Double sampling plan"),
    "gate": N_("Nothing is reported before it has passed"),
    "hold_back": N_("A failure also holds all lots since the last good check"),
    "act_by": N_("Who must act on a failure"),
    "method": N_("Inspection method"),
    "reaction": N_("Reaction plan"),
    "name": N_("Characteristic"),
    "name_en": N_("Name in English"),
    "nature": N_("How it is decided"),
    "unit": N_("Unit"),
    "decimals": N_("Decimal places"),
    "nominal": N_("Nominal"),
    "lower": N_("Lower limit"),
    "upper": N_("Upper limit"),
    "of_process": N_("Process setting"),
    "gauge_type": N_("Kind of gauge"),
    "frequency": N_("Frequency"),
    "special": N_("Special mark"),
    "pfmea": N_("PFMEA line"),
    "limit_sample": N_("Limit sample"),
    "good_photo_id": N_("Photo of a good piece"),
    "bad_photo_id": N_("Photo of a bad piece"),
}
_WORDS: dict[str, str] = {
    **{str(rule): name for rule, name in RULE_NAMES.items()},
    **{str(nature): name for nature, name in NATURE_NAMES.items()},
}


class Difference(NamedTuple):
    """One thing that is not the same: of which characteristic (none: of the standard), what, before and after."""

    of: str | None
    what: str
    before: str
    after: str
    #: new, gone or changed
    kind: str


def differences(old: InspectionStandard, new: InspectionStandard) -> list[Difference]:
    """What changed from one revision to another; characteristics are the same by their stem, whatever their name."""
    found = [*_fields(None, old, new, HEAD)]
    before = {one.stem_id: one for one in old.characteristics}
    after = {one.stem_id: one for one in new.characteristics}
    for stem, one in after.items():
        if stem not in before:
            found.append(Difference(own_name(one), _("Characteristic"), "", own_name(one), "new"))
            continue
        found += _fields(own_name(one), before[stem], one, [name for name in ROW if name != "stem_id"])
        found += _choices(before[stem], one)
    gone = [one for stem, one in before.items() if stem not in after]
    found += [Difference(own_name(one), _("Characteristic"), own_name(one), "", "gone") for one in gone]
    return found


def _fields(of: str | None, old: object, new: object, names: Iterable[str]) -> list[Difference]:
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in names]
    return [
        Difference(of, _(FIELD_NAMES[name]), _said(name, before), _said(name, after), "changed")
        for name, before, after in pairs
        if before != after
    ]


def _choices(old: Characteristic, new: Characteristic) -> list[Difference]:
    before, after = ([(one.name, one.good) for one in side.choices] for side in (old, new))
    if before == after:
        return []
    return [Difference(own_name(new), _("Answers"), _answers(before), _answers(after), "changed")]


def _answers(choices: Iterable[tuple[str, bool]]) -> str:
    words = {True: _("good"), False: _("bad")}
    return ", ".join(f"{name} ({words[good]})" for name, good in choices) or "-"


def _said(name: str, value: object) -> str:
    if value is None or value == "":
        return "-"
    if name.endswith("photo_id"):
        return _("another photo")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, frozenset):
        return ", ".join(_(word) for trigger, word in TRIGGER_NAMES.items() if trigger.value in value) or "-"
    return _(_WORDS[value]) if isinstance(value, StrEnum) and value in _WORDS else str(value)
