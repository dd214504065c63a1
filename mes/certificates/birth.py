"""The birth certificate of a machine with a serial number, or of a lot (제품 이력서): what is in it, who made it where,
how it was inspected. One or two A4 pages from what is recorded, in Korean, English or both."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from mes.certificates.content import told_now
from mes.certificates.models import Language
from mes.certificates.paper import SUSPECT, VERDICTS
from mes.certificates.queries import told_of
from mes.certificates.rules import Content
from mes.certificates.tongue import Tongue
from mes.certificates.traced import certificates_of
from mes.core.i18n import N_, number, say, speaking, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.inspection.models import InspectionKind
from mes.inspection.rules import KIND_NAMES as INSPECTIONS
from mes.lots.dismantle_queries import dismantlings_of, parts_of
from mes.lots.dismantle_rules import OUTCOME_NAMES
from mes.lots.models import Lot
from mes.trace.exactness import Sure
from mes.trace.facts import Done
from mes.trace.handles import LOT, Handle
from mes.trace.queries import Direction
from mes.trace.story import DEEPEST, Branch, Story, tell_of

#: So many parts and lines of each other kind stand on paper; the trace has all of them.
MOST_PARTS, MOST_LINES = 24, 10
#: So many characteristics of an inspection.
MOST_VALUES = 8
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))


def birth_pdf(session: Session, lot: Lot, language: Language, company: str, now: datetime) -> bytes:
    """The birth certificate of a lot or serial number, with its number as QR."""
    tongue = Tongue(language)
    with speaking(tongue.codes[0]):
        handle = Handle(LOT, lot.code, "", "", "", (lot.id,))
        story = tell_of(session, handle, Direction.UP)
        gone = tell_of(session, handle, Direction.DOWN).shipped
        head = Head(
            company=company,
            title=tongue.say(N_("Birth certificate")),
            number=lot.code,
            code=lot.code,
            approval=[Tongue(tongue.first).say(word) for word in APPROVAL],
            foot=say(N_("%(company)s · printed %(when)s"), {"company": company, "when": stamp(now)}),
        )
        parts: list[Part] = [Facts(_facts(story, lot, tongue)), *_apart(session, lot, tongue)]
        for found in (_parts(story, tongue), _work(story, lot, tongue), _conditions(story, lot, tongue)):
            parts += found
        parts += [*_inspections(session, lot, tongue), *_certificates(session, story, tongue)]
        parts += _flaws(story, lot, tongue)
        if gone:
            parts.append(Heading(tongue.say(N_("Customers"))))
            lines = [f"{one.customer} · {one.shipment} · {stamp(one.at)}" for one in gone]
            parts += [Words("\n".join(lines[:MOST_LINES])), *_more(lines, MOST_LINES, lot.code, tongue)]
    return render([Sheet(head, parts)], lot.code)


def _more(found: Sequence[object], most: int, code: str, tongue: Tongue) -> Iterator[Part]:
    """That there is more of it than stands on paper."""
    if len(found) > most:
        said = N_("And %(count)s more: the trace of %(code)s has all of them.")
        yield Words(tongue.say(said, "\n", count=len(found) - most, code=code))


def _facts(story: Story, lot: Lot, tongue: Tongue) -> list[tuple[str, str]]:
    item, fact = lot.item, story.fact(lot.id)
    made = story.makings(lot.id)
    pairs = [
        (N_("Item"), tongue.name({"name": item.name, "name_en": item.name_en})),
        (N_("Item code"), item.code),
        (N_("Spec"), item.spec),
        (N_("Serial or lot number"), lot.code),
        (N_("Formerly"), lot.formerly),
        (N_("Quantity"), f"{number(story.made(lot.id))} {item.unit}"),
        (N_("Made"), stamp(made[0].at) if made else None),
        (N_("Work order"), fact.order),
        (N_("Use by"), lot.expires_on.isoformat() if lot.expires_on else None),
        (N_("Licence number"), item.licence),
        (N_("Trace number of food"), lot.trace_number),
    ]
    return [(tongue.say(name), str(value)) for name, value in pairs if value]


def _apart(session: Session, lot: Lot, tongue: Tongue) -> Iterator[Part]:
    """That it exists no longer, and what became of its parts."""
    for one in dismantlings_of(session, lot.id):
        if one.undone_at is not None:
            continue
        yield Heading(tongue.say(N_("Taken apart")))
        lines = [f"{one.code} · {stamp(one.at)} · {one.person} · {one.reason}"]
        parts = parts_of(session, one.id)
        for part in parts[:MOST_PARTS]:
            became = f" → {part.lot.code}" if part.lot else ""
            outcome = tongue.say(OUTCOME_NAMES[part.outcome])
            lines.append(f"{part.source.code} {number(part.quantity)} {part.source.item.unit}{became} · {outcome}")
        yield Words("\n".join(lines))
        yield from _more(parts, MOST_PARTS, lot.code, tongue)


def _parts(story: Story, tongue: Tongue) -> Iterator[Part]:
    """Everything that is in it, from the nearest on, parts of parts below their part."""
    roots, _whole = story.tree(Direction.UP)
    everything = list(_below(roots[0], 0)) if roots else []
    deepest = max((far for far in range(DEEPEST) if _within(everything, far) <= MOST_PARTS), default=0)
    listed = [(branch, level) for branch, level in everything if level <= deepest][:MOST_PARTS]
    yield Heading(tongue.say(N_("What is in it")))
    if not listed:
        yield Words(tongue.say(N_("Nothing is recorded of it")))
        return
    yield Words(tongue.say(N_("What went into a part stands below it, with a dot before it.")))
    columns = [
        Column(tongue.say(N_("Part"), "\n"), 27), Column(tongue.say(N_("Serial or lot number"), "\n"), 21),
        Column(tongue.say(N_("Quantity"), "\n"), 12, number=True), Column(tongue.say(N_("Supplier"), "\n"), 20),
        Column(tongue.say(N_("Supplier lot"), "\n"), 12), Column(tongue.say(N_("Inspected"), "\n"), 10),
    ]  # fmt: skip
    yield Grid(columns, [_part(story, branch, level, tongue) for branch, level in listed])
    yield from _more(everything, len(listed), story.handle.code, tongue)


def _below(branch: Branch, level: int) -> Iterator[tuple[Branch, int]]:
    for one in branch.children:
        if one.sure is Sure.WAS_IN:  # the machine it came out of is not in it
            continue
        yield one, level
        yield from _below(one, level + 1)


def _within(everything: Sequence[tuple[Branch, int]], deepest: int) -> int:
    return sum(level <= deepest for _branch, level in everything)


def _part(story: Story, branch: Branch, level: int, tongue: Tongue) -> list[str]:
    item, fact = story.item(branch.lot_id), story.fact(branch.lot_id)
    checks = story.inspected(branch.lot_id)
    verdict = tongue.say(VERDICTS[checks[-1].verdict.value], " ") if checks else "-"
    name = tongue.name({"name": item.name, "name_en": item.name_en})
    code = fact.code
    if fact.formerly:
        code += f"\n({tongue.say(N_('formerly %(codes)s'), codes=fact.formerly)})"
    return [
        f"{'· ' * level}{name}", code, f"{number(branch.quantity)} {branch.unit}", fact.supplier or "-",
        fact.supplier_lot or "-", verdict,
    ]  # fmt: skip


def _work(story: Story, lot: Lot, tongue: Tongue) -> Iterator[Part]:
    """One line for each operation: when, who, on what."""
    mine: dict[str, list[Done]] = {}
    for one in story.details.done:
        if one.order_id == lot.order_id:
            mine.setdefault(one.operation, []).append(one)
    if not mine:
        return
    yield Heading(tongue.say(N_("Who made it, when and where")))
    columns = [
        Column(tongue.say(N_("Operation")), 26), Column(tongue.say(N_("Time")), 30), Column(tongue.say(N_("Who")), 20),
        Column(tongue.say(N_("Machine, tool")), 24),
    ]  # fmt: skip
    yield Grid(columns, [_operation(name, found) for name, found in mine.items()][:MOST_LINES])
    yield from _more([*mine], MOST_LINES, lot.code, tongue)


def _operation(name: str, found: Sequence[Done]) -> list[str]:
    first, last = stamp(found[0].at), stamp(found[-1].at)
    used = dict.fromkeys(text for one in found for text in (one.machine, one.tool) if text)
    when = first if first == last else f"{first} – {last}"
    return [name, when, ", ".join(dict.fromkeys(one.who for one in found)), ", ".join(used) or "-"]


def _conditions(story: Story, lot: Lot, tongue: Tongue) -> Iterator[Part]:
    newest = {(one.operation, one.step): one for one in story.details.conditions if one.order_id == lot.order_id}
    told = [one for one in newest.values() if one.number is not None or one.text]
    if not told:
        return
    yield Heading(tongue.say(N_("Recorded while it was made")))
    columns = [
        Column(tongue.say(N_("Operation")), 24), Column(tongue.say(N_("Step")), 36),
        Column(tongue.say(N_("Value")), 20, number=True), Column(tongue.say(N_("Who")), 20),
    ]  # fmt: skip
    yield Grid(
        columns,
        [
            [
                one.operation, one.step,
                one.text or "-" if one.number is None else f"{number(one.number)} {one.unit or ''}".rstrip(),
                f"{one.who}\n{stamp(one.at)}",
            ]
            for one in told[:MOST_LINES]
        ],
    )  # fmt: skip
    yield from _more(told, MOST_LINES, lot.code, tongue)


def _inspections(session: Session, lot: Lot, tongue: Tongue) -> Iterator[Part]:
    yield Heading(tongue.say(N_("Inspections")))
    rows, doubted = [], False
    for told in told_of(session, lot):
        one = told_now(session, told)
        doubted = doubted or any(row["suspect"] for row in one["readings"])
        where = tongue.name(one["operation"]) if one["operation"] else ""
        kind = tongue.say(INSPECTIONS[InspectionKind(one["kind"])])
        values = "; ".join(_values(row, tongue) for row in one["readings"][:MOST_VALUES])
        if len(one["readings"]) > MOST_VALUES:
            values += f"; {tongue.say(N_('and %(count)s more'), count=len(one['readings']) - MOST_VALUES)}"
        rows.append([
            f"{kind}\n{where}".strip(), f"{one['code']}\n{one['day']} {one['person']}", values or "-",
            tongue.say(VERDICTS[one["verdict"]]),
        ])  # fmt: skip
    if not rows:
        yield Words(tongue.say(N_("No inspection is recorded of it.")))
        return
    columns = [
        Column(tongue.say(N_("Inspection")), 20), Column(tongue.say(N_("Number")), 22),
        Column(tongue.say(N_("Values")), 44), Column(tongue.say(N_("Verdict")), 14),
    ]  # fmt: skip
    yield Grid(columns, rows[:MOST_LINES])
    yield from _more(rows, MOST_LINES, lot.code, tongue)
    if doubted:
        yield Words(tongue.say(SUSPECT))


def _values(row: Content, tongue: Tongue) -> str:
    """A characteristic with its value, or with the least and the greatest of several."""
    mark = "*" if row["suspect"] else ""
    if row["looked"]:
        return f"{row['name']}: {tongue.say(VERDICTS[row['verdict']])}{mark}"
    least, greatest = row["least"], row["greatest"]
    shown = least if least == greatest else f"{least} – {greatest}"
    return f"{row['name']} {shown} {row['unit'] or ''}".rstrip() + mark


def _certificates(session: Session, story: Story, tongue: Tongue) -> Iterator[Part]:
    found = [f"{one.kind} {one.code} ({one.of})" for one in certificates_of(session, sorted(story.lots))]
    if found:
        yield Heading(tongue.say(N_("Certificates")))
        yield Words("\n".join(found[:MOST_LINES]))
        yield from _more(found, MOST_LINES, story.handle.code, tongue)


def _flaws(story: Story, lot: Lot, tongue: Tongue) -> Iterator[Part]:
    found = [one for one in story.details.flaws if one.lot_id == lot.id]
    if found:
        yield Heading(tongue.say(N_("Defects")))
        yield Words("\n".join(f"{one.name} {number(one.quantity)} · {stamp(one.at)} {one.who}" for one in found))
