"""Sheets of the shop floor as A4 documents: blank to fill in by hand, or filled from what is recorded."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from mes.certificates import content as contents
from mes.certificates.models import FourMChange, Language, Meaning, Signature
from mes.certificates.paper import VERDICTS, limits, readings_grid, remarks
from mes.certificates.queries import Told, affected_codes, standing
from mes.certificates.rules import CHANGE_NAMES, FOUR_M, SIGNED_AS, Content, content_of_change
from mes.certificates.tongue import Tongue
from mes.core.i18n import N_, _, clock, day, language, number, own_name, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.inspection.models import Characteristic, Inspection, InspectionKind, Nature, Reading, Verdict
from mes.inspection.rules import KIND_NAMES
from mes.orders.models import Job
from mes.people.signature_rules import fingerprint

#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))
PIECES = (InspectionKind.FIRST, InspectionKind.MIDDLE, InspectionKind.LAST)
TITLES = {
    InspectionKind.INCOMING: N_("Incoming inspection report"),
    InspectionKind.FINAL: N_("Final inspection report"),
    InspectionKind.OUTGOING: N_("Outgoing inspection report"),
}
#: Times of a shift on a blank check sheet, and lines for characteristics where none are laid down.
TIMES, BLANK_LINES = 6, 10
#: Room to write by hand, in mm.
ROW = 9
BOX = {True: "■", False: "□"}


def _head(title: str, number_: str, code: str, company: str, now: datetime, signed: Sequence[str] = ()) -> Head:
    foot = _("%(company)s · printed %(when)s", company=company, when=stamp(now))
    approval = [_(name) for name in APPROVAL]
    return Head(company=company, title=title, number=number_, code=code, approval=approval, foot=foot, signed=signed)


def _tongue() -> Tongue:
    return Tongue(Language.KOREAN if language() == "ko" else Language.ENGLISH)


def inspection_pdf(
    told: Told, said: Content, lot_facts: Sequence[tuple[str, str]], company: str, now: datetime
) -> bytes:
    """One inspection as a report: 수입검사 성적서, 출하검사 성적서. ``said``: what certificates would say of it."""
    one, tongue = told.inspection, _tongue()
    title = _(TITLES.get(one.kind, N_("Inspection report")))
    story: list[Part] = [
        Facts(
            [
                *lot_facts,
                (_("Inspection"), _(KIND_NAMES[one.kind])),
                (_("Inspected"), f"{stamp(one.at)} {one.person}"),
                (_("Verdict"), _(VERDICTS[said["verdict"]])),
                (_("Note"), one.note or "-"),
            ]
        ),
        Heading(_("Readings")),
        readings_grid(said["readings"], contents.DEFAULT, tongue),
        *remarks(said, tongue),
    ]
    return render([Sheet(_head(title, one.code, one.code, company, now), story)], one.code)


def job_facts(job: Job) -> list[tuple[str, str]]:
    """What is made at a job."""
    item = job.order.item
    return [
        (_("Item"), own_name(item)),
        (_("Item code"), item.code),
        (_("Work order"), job.order.code),
        (_("Operation"), f"{job.sequence} {own_name(job)}"),
        (_("Work centre"), own_name(job.work_centre)),
        (_("Machine"), own_name(job.machine) if job.machine else "-"),
        (_("Quantity"), f"{number(job.order.quantity)} {item.unit}"),
        (_("Spec"), item.spec or "-"),
    ]


def pieces_pdf(
    job: Job, asked: Mapping[InspectionKind, Sequence[Characteristic]], told: Sequence[Told], company: str,
    now: datetime, *, blank: bool,
) -> bytes:  # fmt: skip
    """초·중·종물 검사 시트: first, middle and last piece beside each other."""
    found = {} if blank else {one.inspection.kind: one for one in told}
    # what was inspected had the limits of its own standard, whatever is asked for now
    lines = _lines({kind: found[kind].characteristics if kind in found else asked.get(kind, ()) for kind in PIECES})
    columns = [Column(_("No."), 6, number=True), Column(_("Characteristic"), 28), Column(_("Limits"), 24)]
    columns += [Column(_(KIND_NAMES[kind]), 18) for kind in PIECES]
    rows = [
        [str(place), name, bounds, *(_piece(found.get(kind), name) for kind in PIECES)]
        for place, (name, bounds) in enumerate(lines, 1)
    ]
    rows += [["", "", "", "", "", ""]] * (BLANK_LINES - len(rows) if blank or not lines else 0)
    told_by = [["", _("Verdict"), "", *(_verdict(found.get(kind)) for kind in PIECES)]]
    told_by.append(["", _("Inspected"), "", *(_inspected(found.get(kind)) for kind in PIECES)])
    title = _("First, middle and last piece sheet")
    grid = Grid(columns, rows + told_by, ROW if blank else None)
    return render(
        [Sheet(_head(title, job.code, job.code, company, now), [Facts(job_facts(job)), Heading(_("Readings")), grid])],
        job.code,
    )


def _lines(groups: Mapping[InspectionKind, Sequence[Characteristic]]) -> list[tuple[str, str]]:
    """Name and limits of each characteristic, once; where the limits are not the same for all pieces, those of each."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind, group in groups.items():
        for one in group:
            found.setdefault(own_name(one), {}).setdefault(_bounds(one), []).append(_(KIND_NAMES[kind]))
    return [(name, _differing(bounds)) for name, bounds in found.items()]


def _differing(bounds: Mapping[str, Sequence[str]]) -> str:
    if len(bounds) == 1:
        return next(iter(bounds))
    return "\n".join(f"{', '.join(kinds)}: {limits_}" for limits_, kinds in bounds.items())


def _bounds(one: Characteristic) -> str:
    looked = one.nature is Nature.ATTRIBUTE
    places = one.decimals or 0
    said = {"looked": looked, "lower": contents.plain(one.lower, places), "upper": contents.plain(one.upper, places)}
    return f"{limits(said, _tongue())} {one.unit or ''}".strip()


def _piece(told: Told | None, name: str) -> str:
    if told is None:
        return ""
    names = {one.id: own_name(one) for one in told.characteristics}
    found = [one for one in standing(told.inspection) if names.get(one.characteristic_id, one.name) == name]
    if not found:
        return _("not measured")
    mark = " NG" if any(one.verdict is Verdict.FAIL for one in found) else ""
    places = {one.id: one.decimals or 0 for one in told.characteristics}
    return _said(found, places.get(found[0].characteristic_id, 0)) + mark


def _said(found: Sequence[Reading], places: int) -> str:
    """The values one after another; a choice that all pieces share stands once."""
    words = [own_name(one.choice) if one.choice else str(contents.plain(one.value, places)) for one in found]
    if len(words) > 1 and found[0].choice and len(set(words)) == 1:
        return f"{words[0]} ×{len(words)}"
    return ", ".join(words)


def _verdict(told: Told | None) -> str:
    verdict = told.inspection.verdict if told else None
    return _(VERDICTS[verdict.value]) if verdict else ""


def _inspected(told: Told | None) -> str:
    return f"{stamp(told.inspection.at)}\n{told.inspection.person}" if told else ""


def self_check_pdf(
    job: Job, asked: Sequence[Characteristic], inspections: Sequence[Inspection], company: str, now: datetime,
    *, blank: bool,
) -> bytes:  # fmt: skip
    """자주검사 체크시트: characteristics down, times across; on more sheets where there were more checks."""
    taken = [] if blank else list(inspections)
    groups = [taken[begin : begin + TIMES] for begin in range(0, len(taken), TIMES)] or [[]]
    title = _("Self-inspection check sheet")
    story: list[Part] = [Facts(job_facts(job))]
    for group in groups:
        story.append(Heading(_("Checks")))
        story.append(_checks(asked, group))
    story.append(Words(_("Out of limits: stop, mark the pieces, call the line leader.")))
    return render([Sheet(_head(title, job.code, job.code, company, now), story)], job.code)


def _checks(asked: Sequence[Characteristic], group: Sequence[Inspection]) -> Grid:
    columns = [Column(_("No."), 6, number=True), Column(_("Characteristic"), 26), Column(_("Limits"), 22)]
    columns += [Column(f"{day(one.day)[5:10]} {clock(one.at)}", 12) for one in group]
    columns += [Column(_("Time"), 12)] * (TIMES - len(group))
    # each check had the limits of its own standard; what is asked for now is for the times that are left
    wanted = [row for one in group for row in one.standard.characteristics]
    wanted += asked if len(group) < TIMES else ()
    bounds: dict[str, dict[str, None]] = {}
    for row in wanted:
        bounds.setdefault(row.name, {})[_bounds(row)] = None
    names, places = {row.name: own_name(row) for row in wanted}, {row.name: row.decimals or 0 for row in wanted}
    lines = [(names[name], "\n".join(several), name) for name, several in bounds.items()]
    lines += [("", "", "")] * (BLANK_LINES - len(lines) if not group else 0)
    rows = [
        [str(place) if name else "", name, bounds, *(_checked(one, stored, places.get(stored, 0)) for one in group)]
        + [""] * (TIMES - len(group))
        for place, (name, bounds, stored) in enumerate(lines, 1)
    ]
    who = ["", _("Who"), "", *(one.person for one in group), *[""] * (TIMES - len(group))]
    return Grid(columns, [*rows, who], ROW)


def _checked(one: Inspection, name: str, places: int) -> str:
    found = [reading for reading in standing(one) if reading.name == name]
    if not found:
        return "-"
    mark = " NG" if any(reading.verdict is Verdict.FAIL for reading in found) else ""
    return _said(found, places) + mark


def change_pdf(change: FourMChange, signatures: Sequence[Signature], company: str, now: datetime) -> bytes:
    """4M 변경 신청서."""
    signed = [_signed(signatures, meaning) for meaning in Meaning]
    head = _head(_("4M change request"), change.code, change.code, company, now, signed)
    return render([Sheet(head, list(_change(change, signatures)))], change.code)


def _signed(signatures: Sequence[Signature], meaning: Meaning) -> str:
    found = next((one for one in reversed(signatures) if one.meaning is meaning), None)
    return f"{found.person}\n{stamp(found.at)}" if found else ""


def _change(change: FourMChange, signatures: Sequence[Signature]) -> Iterator[Part]:
    ticked = "   ".join(f"{BOX[name in change.kinds]} {_(word)}" for name, word in FOUR_M.items())
    yield Facts(
        [
            (_("What changes"), ticked),
            (_("Status"), _(CHANGE_NAMES[change.state])),
            (_("Title"), change.title),
            (_("Asked for by"), f"{change.person} {day(change.day)}"),
            (_("From"), day(change.planned_on)),
            (_("Until"), day(change.until) if change.until else "-"),
            (_("Customer told"), _("Yes") if change.customer_told else _("No")),
        ]
    )
    for title, text in (
        (_("Before"), change.before_change),
        (_("After"), change.after_change),
        (_("Why"), change.reason),
        (_("What is checked in addition"), change.extra_checks),
        (_("Answer"), change.answer),
    ):
        yield Heading(title)
        yield Words(text or "-")
    yield Heading(_("Items and lots it touches"))
    columns = [Column(_("Code"), 30), Column(_("Name"), 60), Column(_("Kind"), 20)]
    rows = [[one.code, one.name, _("Lot") if one.lot_id else _("Item")] for one in change.affected]
    yield Grid(columns, rows or [["-", "-", "-"]])
    yield Heading(_("Signatures"))
    places = [Column(_("Meaning"), 22), Column(_("Name"), 30), Column(_("Time"), 30)]
    yield Grid(places, [[_(SIGNED_AS[one.meaning]), one.person, stamp(one.at)] for one in signatures] or [["", "", ""]])
    yield Words(f"SHA-256 {fingerprint(content_of_change(change, affected_codes(change)))}")
