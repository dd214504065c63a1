"""The plant's own words as a list: every name on record, and what it is called in other languages."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, literal, null, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from mes.core.i18n import N_, _
from mes.core.own_words import LONGEST, OwnWord
from mes.core.paging import Slice, keyset
from mes.core.work import Work
from mes.equipment.models import Location, Machine, StopReason, Tool, WorkCentre
from mes.exchange.columns import Column, Sheet, read_columns, recording
from mes.exchange.headings import Mapping
from mes.exchange.models import Verdict
from mes.exchange.parsing import parse_text
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, RowTwice
from mes.gauges.models import Gauge
from mes.inspection.models import Characteristic, Choice
from mes.items.models import Item, Operation, OperationStep
from mes.people.own_words import set_own_words
from mes.quality.models import DefectCause, DefectCode
from mes.shifts.check_models import CheckItem, CheckSheet
from mes.shifts.models import Shift

#: Columns of the list and the languages that they hold.
TONGUES = {
    "korean": "ko", "english": "en", "vietnamese": "vi", "chinese": "zh", "nepali": "ne", "khmer": "km",
    "indonesian": "id", "thai": "th", "burmese": "my", "uzbek": "uz",
}  # fmt: skip
WORD_FIELDS = ("text", *TONGUES)
#: What has a name of the plant's own that an operator reads, in the order in which it is worth to be translated.
NAMED: dict[str, tuple[str, InstrumentedAttribute[Any]]] = {
    "defect_codes": (N_("Defect codes"), DefectCode.name),
    "stop_reasons": (N_("Stop reasons"), StopReason.name),
    "stop_groups": (N_("Groups of stop reasons"), StopReason.group),
    "operations": (N_("Operations"), Operation.name),
    "steps": (N_("Work steps"), OperationStep.name),
    "items": (N_("Items"), Item.name),
    "work_centres": (N_("Work centres"), WorkCentre.name),
    "machines": (N_("Machines"), Machine.name),
    "tools": (N_("Moulds and tools"), Tool.name),
    "locations": (N_("Places"), Location.name),
    "causes": (N_("Causes of defects"), DefectCause.name),
    "characteristics": (N_("What is measured"), Characteristic.name),
    "choices": (N_("Answers"), Choice.name),
    "check_sheets": (N_("Check sheets"), CheckSheet.name),
    "check_lines": (N_("Lines of check sheets"), CheckItem.name),
    "shifts": (N_("Shifts"), Shift.name),
    "gauges": (N_("Gauges"), Gauge.name),
    "gauge_kinds": (N_("Kinds of gauges"), Gauge.kind),
    "skills": (N_("Skills"), WorkCentre.skill),
}


def list_names(session: Session, kind: str, language: str, *, missing: bool, after: str | None) -> Slice[Any]:
    """One page of the names of a kind: the name, its own column in that language if it has one, and the own word."""
    name = NAMED[kind][1]
    column = getattr(name.class_, f"{name.key}_{language}", None)
    own = func.max(column) if column is not None else null()
    said = select(OwnWord.said).where(OwnWord.text == name, OwnWord.language == language).scalar_subquery()
    query = select(name, own, said).where(func.length(name) <= LONGEST).group_by(name)
    if missing:
        query = query.where(said.is_(None))
        query = query.where(func.coalesce(column, "") == "") if column is not None else query
    return keyset(session, query, name, after=after, whole_rows=True)


def _text(text: str) -> str:
    return parse_text(text, LONGEST)


COLUMNS = (Column("text", _text, needed=True), *(Column(name, _text) for name in TONGUES))


def read_word_file(table: Table, mapping: Mapping, options: Options) -> Sheet:
    """Read a list of own words; needs no database."""
    return read_columns(COLUMNS, table.rows, mapping)


def judge_words(session: Session, sheet: Sheet, options: Options) -> Plan:
    """A row says one text in some languages; a blank cell changes nothing. A text that nothing is called is doubted."""
    texts = [sheet.value(row, "text") or "" for row in range(len(sheet.rows))]
    recorded = {(text, language): said for text, language, said in session.execute(_all_words())}
    named = set(session.scalars(union(*_all_names())))
    first: dict[str, int] = {}
    verdicts = []
    said: dict[int, dict[tuple[str, str], str]] = {}
    for row, text in enumerate(texts):
        if text and first.setdefault(text, row) != row:
            number = str(sheet.rows[first[text]][0])
            sheet.refuse(row, "text", RowTwice(value=text[:40], code=text[:40], first=number))
        if text and text not in named:
            sheet.doubts[row] = _("Nothing here is called “%(text)s” yet.", text=text[:80])
        changes = _changes(sheet, row, text, recorded)
        if changes and row not in sheet.faults:
            said[row] = {(text, TONGUES[one.field]): str(one.after) for one in changes}
        new = changes and all(one.before is None for one in changes)
        verdict = Verdict.NEW if new else Verdict.CHANGED if changes else Verdict.SAME
        verdicts.append(sheet.judged(row, text[:80], _shown(sheet, row), verdict, () if new else changes))

    def record(work: Work) -> None:
        for row, words in said.items():
            with recording(row):
                set_own_words(work, words)

    return Plan(verdicts, record)


def _changes(sheet: Sheet, row: int, text: str, recorded: dict[tuple[str, str], str]) -> Sequence[Change]:
    told = [(name, recorded.get((text, language)), sheet.value(row, name)) for name, language in TONGUES.items()]
    return [Change(name, before, after) for name, before, after in told if after is not None and before != after]


def _shown(sheet: Sheet, row: int) -> str:
    return next((str(word)[:80] for name in TONGUES if (word := sheet.value(row, name))), "")


def _all_words() -> Select[str, str, str]:
    return select(OwnWord.text, OwnWord.language, OwnWord.said)


def _all_names() -> list[Any]:
    return [select(name).where(func.length(name) <= LONGEST) for _label, name in NAMED.values()]


def listed_words() -> Select[*tuple[Any, ...]]:
    """Every name on record and every text that has a word already, each once."""
    names = union(*_all_names(), select(OwnWord.text)).subquery()
    return select(names.c[0], literal("")).order_by(names.c[0])


def with_words(session: Session, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The names with what they are called in each language."""
    said = {(text, language): word for text, language, word in session.execute(_all_words())}
    return [(text, *(said.get((text, language)) for language in TONGUES.values())) for text, _blank in rows]
