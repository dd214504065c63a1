"""The report of a nonconformance (부적합 보고서) and the 8D report, as A4 documents with the code that leads back."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from mes.core.i18n import N_, _, day, number, own_name, shown, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.nonconformance.models import Nonconformance, Step
from mes.nonconformance.queries import Concerned, Whole
from mes.nonconformance.rules import ROOT_CAUSE
from mes.nonconformance.wording import (
    ACTION_NAMES,
    COST_NAMES,
    DECISION_NAMES,
    ORIGIN_NAMES,
    ROLE_NAMES,
    SEVERITY_NAMES,
    STEP_NAMES,
)
from mes.people.signature_rules import told_of
from mes.quality.models import Defect

Part = Heading | Words | Facts | Grid
#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))


def pdf_of(whole: Whole, company: str, now: datetime, *, eight: bool) -> bytes:
    """The document as one PDF, in the reader's language: the report, or with ``eight`` the 8D report."""
    return render([sheet_of(whole, company, now, eight=eight)], whole.nonconformance.code)


def sheet_of(whole: Whole, company: str, now: datetime, *, eight: bool) -> Sheet:
    """What the document says, for paper and for the page that looks like it."""
    found = whole.nonconformance
    head = Head(
        company=company,
        title=_("8D report") if eight else _("Nonconformance report"),
        number=f"{found.code} · {state_of(found)}",
        code=found.code,
        approval=[_(name) for name in APPROVAL],
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )
    story: list[Part] = [Facts(facts_of(whole))]
    story += _steps(whole) if eight else [Heading(_("What is wrong")), Words(found.what), *_lots(whole), *_short(whole)]
    story += [*_actions(whole), *_checks(whole), *_costs(whole), *_signatures(whole)]
    return Sheet(head, story)


def state_of(found: Nonconformance) -> str:
    """Whether it is open, and since when not."""
    return _("Still open") if found.closed_at is None else _("closed %(day)s", day=day(found.closed_at))


def money(amount: object) -> str:
    """An amount in the plant's currency."""
    return f"{shown(amount)} {_('KRW')}"


def facts_of(whole: Whole) -> list[tuple[str, str]]:
    """What it is about, where from, and who found it."""
    found = whole.nonconformance
    quantity = "-" if found.quantity is None else f"{number(found.quantity)} {found.item.unit}"
    source = [_(ORIGIN_NAMES[found.origin])]
    if found.inspection:
        source.append(found.inspection.code)
    source += [f"{name} {number(much)} {found.item.unit}" for name, much in by_type(whole.defects).items()]
    pairs = [
        (_("Item"), own_name(found.item)),
        (_("Item code"), found.item.code),
        (_("Quantity concerned"), quantity),
        (_("Severity"), _(SEVERITY_NAMES[found.severity])),
        (_("Origin"), " · ".join(source)),
        (_("Where it was found"), found.place or "-"),
        (_("Found"), f"{day(found.found_on)} · {found.found_by}"),
        (_("Opened"), f"{stamp(found.at)} · {found.person}"),
    ]
    if found.partner:
        shipment = found.shipment.code if found.shipment else "-"
        pairs += [(_("Customer"), own_name(found.partner)), (_("Shipment"), shipment)]
    if found.reference:
        pairs.append((_("Customer's number"), found.reference))
    return pairs


def by_type(defects: Iterable[Defect]) -> dict[str, Decimal]:
    """How many of each type were found, in the order in which they were first found."""
    sums: dict[str, Decimal] = {}
    for one in defects:
        sums[own_name(one.type)] = sums.get(own_name(one.type), Decimal(0)) + one.quantity
    return sums


def where(one: Concerned) -> str:
    """Where a lot is now: in stock at a place, or shipped to whom."""
    places = []
    if one.lot.on_hand:
        place = own_name(one.lot.location) if one.lot.location else _("in stock")
        places.append(f"{place} {number(one.lot.on_hand)} {one.lot.item.unit}")
    places += [f"{gone.customer} {number(gone.quantity)} {one.lot.item.unit} ({gone.shipment})" for gone in one.shipped]
    return "\n".join(places) or _("used up")


def decided(one: Concerned) -> str:
    """What was decided about a lot."""
    if one.decision is None:
        return _("On hold") if one.held else "-"
    words = _(DECISION_NAMES[one.decision.decision])
    if one.waits:
        return f"{words} ({_('waits for approval')})"
    if one.held:
        return f"{words} · {_('On hold')}"
    return f"{words} · {one.decision.approved_by}" if one.decision.approved_by else words


def _lots(whole: Whole) -> list[Part]:
    if not whole.lots:
        return []
    columns = [
        Column(_("Lot"), 20),
        Column(_("Role"), 12),
        Column(_("In common"), 24),
        Column(_("Where it is now"), 26),
        Column(_("Decision"), 18),
    ]
    rows = [[one.lot.code, _(ROLE_NAMES[one.role]), one.why or "-", where(one), decided(one)] for one in whole.lots]
    return [Heading(_("Lots")), Grid(columns, rows)]


def _short(whole: Whole) -> list[Part]:
    """Of the eight steps those that belong into the report: root cause and prevention."""
    story: list[Part] = []
    for number_of in (ROOT_CAUSE, 5, 7):
        if number_of in whole.steps:
            story += [Heading(_(STEP_NAMES[number_of])), *_words_of(whole.steps[number_of])]
    return story


def _steps(whole: Whole) -> list[Part]:
    story: list[Part] = []
    for place, name in STEP_NAMES.items():
        story.append(Heading(f"D{place} {_(name)}"))
        written = whole.steps.get(place)
        if place == 2 and written is None:
            story.append(Words(whole.nonconformance.what))
        else:
            story += _words_of(written) if written else [Words("-")]
        if place == 3 and whole.lots:
            story.append(_lots(whole)[1])
    return story


def _words_of(step: Step) -> list[Part]:
    story: list[Part] = [Words(step.text)]
    if step.cause:
        story.append(Words(f"{_('Cause code')}: {own_name(step.cause)} ({step.cause.code})"))
    story.append(Words(f"{step.person} · {stamp(step.at)}"))
    if step.answers:
        columns = [Column(_("Why?"), 12), Column(_("Because"), 88)]
        story.append(Grid(columns, [[f"{place}", answer] for place, answer in enumerate(step.answers, 1)]))
    return story


def _signatures(whole: Whole) -> list[Part]:
    """Who signed what, and what was changed since."""
    if not whole.signatures:
        return []
    columns = [
        Column(_("Meaning"), 16),
        Column(_("Lot"), 18),
        Column(_("Name"), 14),
        Column(_("Time"), 16),
        Column(_("Reason"), 18),
        Column(_("Content"), 18),
    ]
    lots = {one.id: one.lot.code for one in whole.decisions}
    rows = [
        [one.meaning, lots[ident], one.signature.person, stamp(one.signature.at), one.signature.reason, told_of(one)]
        for ident, standings in whole.signatures.items()
        for one in standings
    ]
    return [Heading(_("Signatures")), Grid(columns, rows)]


def _actions(whole: Whole) -> list[Part]:
    if not whole.actions:
        return []
    columns = [
        Column(_("Kind"), 12),
        Column(_("Action"), 34),
        Column(_("Owner"), 12),
        Column(_("Due date"), 14),
        Column(_("Done"), 28),
    ]
    rows = [
        [
            _(ACTION_NAMES[one.kind]),
            one.what,
            own_name(one.owner),
            day(one.due_on),
            f"{stamp(one.done_at)} · {one.done_by}\n{one.result}" if one.done_at else "-",
        ]
        for one in whole.actions
    ]
    return [Heading(_("Actions")), Grid(columns, rows)]


def _checks(whole: Whole) -> list[Part]:
    if not whole.checks:
        return []
    columns = [
        Column(_("Checked on"), 16),
        Column(_("Outcome"), 16),
        Column(_("How it was checked"), 50),
        Column(_("Checked by"), 18),
    ]
    rows = [
        [day(one.day), _("The actions helped") if one.passed else _("No effect"), one.result, one.person]
        for one in whole.checks
    ]
    return [Heading(_("Effect check")), Grid(columns, rows)]


def _costs(whole: Whole) -> list[Part]:
    if not whole.costs:
        return []
    columns = [
        Column(_("Kind"), 14),
        Column(_("What for"), 34),
        Column(_("Quantity"), 16, number=True),
        Column(_("Cost of one unit"), 18, number=True),
        Column(_("Amount"), 18, number=True),
    ]
    rows = [
        [
            _(COST_NAMES[line.kind]),
            line.what or "-",
            f"{number(line.quantity)} {line.unit}",
            money(line.unit_cost),
            money(line.amount),
        ]
        for line in whole.costs
    ]
    rows.append([_("Sum"), "", "", "", money(whole.cost)])
    return [Heading(_("Cost of poor quality")), Grid(columns, rows)]
