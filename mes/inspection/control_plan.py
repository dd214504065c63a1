"""The control plan (관리계획서) of an item: everything that is inspected on it, in the order of its operations."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from mes.core.i18n import N_, _, day, ngettext, number, own_name, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.inspection import standard_queries
from mes.inspection.models import Characteristic, InspectionKind, InspectionStandard, Nature, SampleRule
from mes.inspection.rules import kind_name
from mes.inspection.standard_rules import RULE_NAMES, TRIGGER_NAMES, wanted
from mes.items.models import Item, Operation, Revision
from mes.items.queries import released_routing

#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))
#: Inspections of the whole item stand where they are made: arriving goods before, finished ones after everything.
_PLACES = {InspectionKind.INCOMING: -1}


class Line(NamedTuple):
    """One characteristic of the control plan."""

    standard: InspectionStandard
    characteristic: Characteristic


class Process(NamedTuple):
    """One step of the plan: an operation of the routing, or the inspection of a whole lot."""

    number: str
    name: str
    lines: list[Line]


class ControlPlan(NamedTuple):
    """An item with everything that is inspected on it now."""

    item: Item
    processes: list[Process]
    #: When its newest standard was approved: that is the plan's own revision.
    approved_at: datetime | None

    @property
    def lines(self) -> int:
        """How many characteristics it has."""
        return sum(len(one.lines) for one in self.processes)


def control_plan(session: Session, item: Item) -> ControlPlan:
    """The standards of an item that are in force, by operation; what is not narrowed stands before or behind them."""
    standards = [one for one in standard_queries.standards_of(session, item.id) if one.state is Revision.RELEASED]
    routing = released_routing(session, item.id)
    operations = {one.sequence: one for one in routing.operations} if routing else {}
    order = list(InspectionKind)
    standards.sort(key=lambda one: (_place(one), order.index(one.kind), one.partner_id or 0))
    processes: list[Process] = []
    for standard in standards:
        step, name = _process(standard, operations)
        if not processes or (processes[-1].number, processes[-1].name) != (step, name):
            processes.append(Process(step, name, []))
        processes[-1].lines.extend(Line(standard, one) for one in standard.characteristics)
    approved = [one.approved_at for one in standards if one.approved_at]
    return ControlPlan(item, processes, max(approved, default=None))


def _place(standard: InspectionStandard) -> int:
    if standard.operation is not None:
        return standard.operation
    return _PLACES.get(standard.kind, 10**9)


def _process(standard: InspectionStandard, operations: dict[int, Operation]) -> tuple[str, str]:
    if standard.operation is None:
        return "-", kind_name(standard.kind)
    found = operations.get(standard.operation)
    return str(standard.operation), own_name(found) if found else kind_name(standard.kind)


# Words


def sampling_words(standard: InspectionStandard, one: Characteristic | None = None) -> str:
    """How many pieces, and when, in one line; a characteristic may have its own number and frequency."""
    pieces = (one.sample_size if one is not None else None) or standard.sample_size
    if one is not None and one.frequency:
        return f"{_pieces(pieces)} · {one.frequency}"
    rule = standard.sample_rule
    if rule is SampleRule.AQL:
        plan = _("double plan") if standard.double_plan else _("single plan")
        said = _("AQL %(aql)s, level %(level)s, %(plan)s", aql=standard.aql, level=standard.level, plan=plan)
    elif rule is SampleRule.EVERY_PIECES:
        said = _("%(pieces)s after every %(every)s pieces", pieces=_pieces(pieces), every=str(standard.every))
    elif rule is SampleRule.EVERY_MINUTES:
        said = _("%(pieces)s every %(every)s minutes", pieces=_pieces(pieces), every=str(standard.every))
    elif rule is SampleRule.FIXED:
        said = _pieces(pieces)
    elif rule is SampleRule.FIRST_MIDDLE_LAST:
        said = f"{_(RULE_NAMES[rule])}, {_pieces(pieces)}"
    else:
        said = _(RULE_NAMES[rule])
    due = [_(name) for trigger, name in TRIGGER_NAMES.items() if trigger.value in standard.triggers]
    return " · ".join([said, *due])


def own_sampling(one: Characteristic) -> str:
    """What a characteristic says of its own about pieces and frequency; empty where the standard's counts."""
    return " · ".join([*([_pieces(one.sample_size)] if one.sample_size else []), *([one.frequency or ""])]).strip(" ·")


def _pieces(count: int) -> str:
    return ngettext("%(n)s piece", "%(n)s pieces", count)


def narrowed(standard: InspectionStandard) -> str:
    """What a standard is narrowed to: operation and partner; empty for the general one."""
    parts = [_("Operation %(number)s", number=str(standard.operation))] if standard.operation is not None else []
    return " · ".join([*parts, *([own_name(standard.partner)] if standard.partner else [])])


def wanted_words(one: Characteristic) -> str:
    """Which readings are good, with the nominal value before them."""
    nominal = f"{number(one.nominal)} ({wanted(one)})" if one.nominal is not None else wanted(one)
    return nominal if one.nature is Nature.VARIABLE else wanted(one)


def means(standard: InspectionStandard, one: Characteristic) -> str:
    """Gauge and method."""
    looked = _("By eye") if one.nature is Nature.ATTRIBUTE else None
    return "\n".join(part for part in (one.gauge_type or looked, one.method or standard.method) if part)


def reaction(standard: InspectionStandard, one: Characteristic) -> str:
    """What is done when it fails, and who does it."""
    return "\n".join(part for part in (one.reaction or standard.reaction, standard.act_by) if part)


# Paper


def plan_pdf(plan: ControlPlan, company: str, now: datetime) -> bytes:
    """The control plan as an A4 document with its approval box."""
    as_of = _("as of %(day)s", day=day(plan.approved_at or now))
    head = Head(
        company=company,
        title=_("Control plan"),
        number=f"{plan.item.code} · {as_of}",
        code=plan.item.code,
        approval=[_(name) for name in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    facts = [
        (_("Item"), own_name(plan.item)),
        (_("Item code"), plan.item.code),
        (_("Spec"), plan.item.spec or "-"),
        (_("Newest approval"), day(plan.approved_at) if plan.approved_at else "-"),
    ]
    story: list[Heading | Words | Facts | Grid] = [Facts(facts)]
    for process in plan.processes:
        before = "" if process.number == "-" else f"{process.number} "
        story += [Heading(f"{before}{process.name}"), _grid(process.lines)]
    if not plan.processes:
        story.append(Words(_("No standard of this item is in force yet.")))
    return render([Sheet(head, story)], f"{_('Control plan')} {plan.item.code}")


def _grid(lines: Sequence[Line]) -> Grid:
    columns = [
        Column(_("No."), 5, number=True),
        Column(_("Characteristic"), 18),
        Column(_("Specification"), 18),
        Column(_("Gauge, method"), 16),
        Column(_("Sample, frequency"), 16),
        Column(_("PFMEA"), 11),
        Column(_("Reaction"), 16),
    ]
    rows = [
        [str(place), named(line), wanted_words(line.characteristic), means(*line), sampling_words(*line),
         line.characteristic.pfmea or "", reaction(*line)]
        for place, line in enumerate(lines, 1)
    ]  # fmt: skip
    return Grid(columns, rows)


def named(line: Line) -> str:
    """A characteristic with its mark, its kind of inspection, and what it is narrowed to."""
    one, standard = line.characteristic, line.standard
    mark = f"{one.special} " if one.special else ""
    process = _("Process setting") if one.of_process else ""
    partner = own_name(standard.partner) if standard.partner else ""
    return "\n".join(part for part in (mark + own_name(one), process, kind_name(standard.kind), partner) if part)
