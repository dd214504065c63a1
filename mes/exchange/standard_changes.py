"""What differs between an inspection standard in force and the rows of a file."""

from mes.exchange.models import Verdict
from mes.exchange.rules import Change
from mes.inspection.models import InspectionStandard
from mes.inspection.service import CharacteristicData, StandardData
from mes.inspection.written import choices_as_text

#: How a standard is carried out; each row of it may say so.
HEAD = ("sample_rule", "sample_size", "every", "aql", "level", "double_plan", "gate", "hold_back", "act_by")
#: Attribute of a characteristic -> field of the file.
ROW = {
    "name": "characteristic", "name_en": "name_en", "unit": "unit", "decimals": "decimals", "lower": "lower",
    "nominal": "nominal", "upper": "upper", "gauge_type": "gauge_type", "sample_size": "own_sample_size",
    "frequency": "frequency", "method": "method", "reaction": "reaction", "special": "special", "pfmea": "pfmea",
    "limit_sample": "limit_sample", "of_process": "of_process",
}  # fmt: skip


def compare(
    old: InspectionStandard | None, head: StandardData, before: dict[str, CharacteristicData],
    rows: list[CharacteristicData],
) -> list[tuple[Verdict, list[Change]]]:  # fmt: skip
    """The verdict on each row; the head is told with the first one, what is gone with the last one."""
    said: list[tuple[Verdict, list[Change]]] = []
    for row in rows:
        there = before.get(row.name)
        changes = _changes(there, row)
        verdict = Verdict.NEW if there is None else Verdict.CHANGED if changes else Verdict.SAME
        said.append((verdict, changes))
    of_head = [
        Change(name, getattr(old, name), getattr(head, name))
        for name in HEAD
        if old is not None and getattr(old, name) != getattr(head, name)
    ]
    gone = sorted(set(before) - {row.name for row in rows})
    leave = [Change("characteristic", ", ".join(gone), None)] if gone else []
    for place, more in ((0, of_head), (-1, leave)):
        if more:
            verdict, changes = said[place]
            said[place] = (verdict if verdict is Verdict.NEW else Verdict.CHANGED), [*changes, *more]
    return said


def _changes(old: CharacteristicData | None, new: CharacteristicData) -> list[Change]:
    if old is None:
        return []
    changes = [
        Change(column, getattr(old, name), getattr(new, name))
        for name, column in ROW.items()
        if old.columns[name] != new.columns[name]
    ]
    for good, column in ((True, "good_choices"), (False, "bad_choices")):
        texts = [choices_as_text(one.choices, good=good, between=" / ") for one in (old, new)]
        if texts[0] != texts[1]:
            changes.append(Change(column, *texts))
    return changes
