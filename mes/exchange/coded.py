"""Lists of things that have a code: items, work centres, machines, people, partners, codes and places.

New rows are entered together, with one event for the file; a row that changes what is recorded has an event of its
own with before and after. A blank cell changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mes.core.chunks import chunks
from mes.core.coded import SimilarCode, folded
from mes.core.db import Base
from mes.core.i18n import _
from mes.core.numbering import running_codes
from mes.core.work import Work
from mes.exchange import queries
from mes.exchange.bulk import insert_many
from mes.exchange.columns import Column, RowStopped, Sheet, read_columns, recording
from mes.exchange.headings import Mapping as Headings
from mes.exchange.models import Verdict
from mes.exchange.plans import Options, Plan
from mes.exchange.reading import Table
from mes.exchange.rules import Change, CodesTooSimilar, Judged, NoLongerUsed, NotKnown, RowTwice

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Coded:
    """How a list of coded things is imported.

    ``refers``: fields that hold the code of another thing. ``attributes``: where an attribute is not called like its
    field. ``defaults``: what a new thing gets where the row says nothing. ``tag``: prefix of the code for its label.
    """

    model: type[Base]
    columns: tuple[Column, ...]
    verb: str
    refers: Mapping[str, tuple[type[Base], str]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    defaults: Values = field(default_factory=dict)
    tag: str | None = None
    #: Adds what another table holds to the recorded things; judges rows further.
    enrich: Callable[[Session, list[Values]], None] | None = None
    check: Callable[[Session, Sheet, "Matched"], None] | None = None
    #: Enters and changes things one by one through their own service, where there is more to it than columns.
    add: Callable[[Work, Values], object] | None = None
    change: Callable[[Work, str, Values], object] | None = None
    #: Fields that are compared but are no columns of the model.
    apart: tuple[str, ...] = ()

    def read(self, table: Table, mapping: Headings, options: Options) -> Sheet:
        """Read the file's cells; needs no database."""
        return read_columns(self.columns, table.rows, mapping)

    def judge(self, session: Session, sheet: Sheet, options: Options) -> Plan:
        """Compare the rows with what is recorded."""
        return _judge(self, session, sheet)

    def attribute(self, name: str) -> str:
        """The attribute in which a field is kept."""
        return self.attributes.get(name, name)


@dataclass
class Matched:
    """Which rows are new, and which change what of a recorded thing."""

    new: dict[int, Values] = field(default_factory=dict)
    changed: dict[int, tuple[Values, Values]] = field(default_factory=dict)
    #: Of attributes that refer to other things: their codes by id.
    codes: dict[str, dict[Any, str]] = field(default_factory=dict)

    def change(self, name: str, attribute: str, before: Any, after: Any) -> Change:
        """A change as a person reads it: other things by their codes."""
        codes = self.codes.get(attribute)
        return Change(name, codes.get(before), codes.get(after)) if codes is not None else Change(name, before, after)


def _judge(spec: Coded, session: Session, sheet: Sheet) -> Plan:
    matched = Matched()
    for name, (model, what) in spec.refers.items():
        if name in sheet.values:
            matched.codes[spec.attribute(name)] = _look_up(session, sheet, name, model, _(what))
    codes: list[str | None] = sheet.values["code"]
    told = [column.field for column in spec.columns if column.field in sheet.values]
    attributes = [spec.attribute(name) for name in told if name not in ("code", *spec.apart)]
    known = queries.recorded(session, spec.model, {code for code in codes if code}, attributes)
    if spec.enrich:
        spec.enrich(session, known)
    _refuse_similar(sheet, codes, known)
    _match(spec, sheet, {values["code"]: values for values in known}, matched)
    if spec.check:
        spec.check(session, sheet, matched)
    return Plan(_verdicts(spec, sheet, matched), lambda work: _record(spec, work, sheet, matched))


def _look_up(session: Session, sheet: Sheet, name: str, model: type[Base], what: str) -> dict[Any, str]:
    """Put ids in the place of codes."""
    known, found = queries.known_codes(session, model), []
    for row, code in enumerate(sheet.values[name]):
        one = known.get(code) if code else None
        if code and one is None:
            sheet.refuse(row, name, NotKnown(what=what, value=code))
        elif one and not one.active:
            sheet.refuse(row, name, NoLongerUsed(what=what, value=code))
        found.append(one.id if one else None)
    sheet.values[name] = found
    return {one.id: code for code, one in known.items()}


def _refuse_similar(sheet: Sheet, codes: list[str | None], known: list[Values]) -> None:
    there = {folded(values["code"]): values["code"] for values in known}
    exact = {values["code"] for values in known}
    first: dict[str, int] = {}
    for row, code in enumerate(codes):
        if not code:
            continue
        key = code.casefold() if code.isascii() else folded(code)
        before = first.setdefault(key, row)
        if before != row:
            number, other = str(sheet.rows[before][0]), codes[before]
            sheet.refuse(
                row, "code",
                RowTwice(value=code, code=code, first=number) if other == code
                else CodesTooSimilar(value=code, code=code, other=other, first=number),
            )  # fmt: skip
        elif key in there and code not in exact:
            sheet.refuse(row, "code", SimilarCode(code=code, other=there[key]))


def _match(spec: Coded, sheet: Sheet, recorded: dict[str, Values], matched: Matched) -> None:
    fields = [(spec.attribute(name), values) for name, values in sheet.values.items()]
    for row, code in enumerate(sheet.values["code"]):
        if row in sheet.faults or not code:
            continue
        given = {name: values[row] for name, values in fields if values[row] is not None}
        old = recorded.get(code)
        if old is None:
            matched.new[row] = {**spec.defaults, **given}
        else:
            after = {name: value for name, value in given.items() if old[name] != value}
            if after:
                matched.changed[row] = (old, after)


def _verdicts(spec: Coded, sheet: Sheet, matched: Matched) -> list[Judged]:
    names = sheet.values.get("name", [None] * len(sheet.rows))
    fields = {spec.attribute(column.field): column.field for column in spec.columns}
    rows: list[Judged] = []
    for row, (code, name) in enumerate(zip(sheet.values["code"], names, strict=True)):
        if row in matched.changed:
            old, after = matched.changed[row]
            changes = [matched.change(fields[a], a, old[a], value) for a, value in after.items()]
            rows.append(sheet.judged(row, code, name or "", Verdict.CHANGED, changes))
        else:
            verdict = Verdict.NEW if row in matched.new else Verdict.SAME
            rows.append(sheet.judged(row, code or "", name or "", verdict))
    return rows


def _record(spec: Coded, work: Work, sheet: Sheet, matched: Matched) -> None:
    if spec.add:
        for row, values in matched.new.items():
            with recording(row):
                spec.add(work, values)
    else:
        _enter(spec, work, list(matched.new.values()))
    if spec.change:
        for row, (old, after) in matched.changed.items():
            with recording(row):
                spec.change(work, old["code"], after)
    else:
        _change(spec, work, sheet, matched)


def _enter(spec: Coded, work: Work, fresh: list[Values]) -> None:
    """Insert new things, each with the tag for its label where the kind has one."""
    if not fresh:
        return
    if spec.tag:
        for values, tag in zip(fresh, running_codes(work.session, spec.tag, len(fresh)), strict=True):
            values["tag"] = tag
    insert_many(work.session, spec.model.__table__, fresh)  # type: ignore[arg-type]  # a mapped class's table


def _change(spec: Coded, work: Work, sheet: Sheet, matched: Matched) -> None:
    """Change things once all of them are locked and found in order again: others may have worked with them since."""
    changes = {old["id"]: after for old, after in matched.changed.values()}
    identity = getattr(spec.model, "id")
    locked: list[Base] = []
    for part in chunks(sorted(changes)):
        query = select(spec.model).where(identity.in_(part)).order_by(identity).with_for_update()
        locked += work.session.scalars(query.execution_options(populate_existing=True))
    if spec.check:
        spec.check(work.session, sheet, matched)
        for row, (reason, cell) in sheet.faults.items():
            raise RowStopped(row, reason, cell)
    for thing in locked:
        with work.change(thing, spec.verb):
            for name, value in changes[getattr(thing, "id")].items():
                setattr(thing, name, value)
    work.session.flush()
