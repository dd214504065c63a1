"""The report of a recall (회수 보고서) and the list to collect and count, as A4 documents."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from mes.core.i18n import N_, _, number, own_name, stamp
from mes.core.paper import Column, Facts, Grid, Head, Heading, Part, Sheet, Words, render
from mes.lots.code_words import with_former
from mes.recall.figures import Figures, Line
from mes.recall.held import lot_words, sent_words
from mes.recall.letter import much
from mes.recall.models import RecallLot
from mes.recall.queries import Whole
from mes.recall.rules import PLACE_NAMES, STATE_NAMES
from mes.recall.sent import Sent
from mes.trace.sharing import Reached

HUNDREDTH, ALL = Decimal("0.01"), Decimal(100)
#: Words over the places to sign.
APPROVAL = (N_("Prepared"), N_("Reviewed"), N_("Approved"))
#: So many lots stand on paper, and of each customer so many of what he got; the page has all of them.
MOST_LOTS, MOST_SENT = 2000, 200


def report_pdf(whole: Whole, lots: Sequence[RecallLot], held: Reached, company: str, now: datetime) -> bytes:
    """The report with its times, as auditors ask for it. ``held``: how much of the suspects is where."""
    recall = whole.recall
    return render(
        [Sheet(_head(whole, _report_title(whole), company, now, signed=True), _report(whole, lots, held))], recall.code
    )


def _report_title(whole: Whole) -> str:
    return _("Mock recall report - DRILL") if whole.recall.drill else _("Recall report")


def _head(whole: Whole, title: str, company: str, now: datetime, *, signed: bool) -> Head:
    return Head(
        company=company,
        title=title,
        number=f"{whole.recall.code} · {_(STATE_NAMES[whole.recall.state])}",
        code=whole.recall.code,
        approval=[_(name) for name in APPROVAL] if signed else (),
        foot=_("%(company)s · printed %(when)s", company=company, when=stamp(now)),
    )


def took(since: datetime, until: datetime | None) -> str:
    """How long after the beginning something was done: hours and minutes."""
    if until is None:
        return "-"
    minutes = max(int((until - since).total_seconds()) // 60, 0)
    return _("%(h)s h %(m)s min", h=minutes // 60, m=minutes % 60)


def times_of(whole: Whole) -> list[tuple[str, datetime | None, str]]:
    """The stopwatch: what happened when, and how long after the beginning."""
    recall = whole.recall
    steps = [
        (_("Recall begun"), recall.began_at),
        (_("Everything in stock found and counted"), whole.found_all),
        (_("All customers told"), whole.told_all),
        (_("Recall ended"), recall.ended_at),
    ]
    return [(name, at, took(recall.began_at, at)) for name, at in steps]


def percent(share: Decimal | None) -> str:
    """A share accounted for, with two decimals at most: of what misses by a grain never all of it."""
    if share is None:
        return "-"
    short = share.quantize(HUNDREDTH, ROUND_FLOOR if share < ALL else ROUND_CEILING)
    return f"{number(short)} %"


def _report(whole: Whole, lots: Sequence[RecallLot], held: Reached) -> list[Part]:
    recall = whole.recall
    facts = [
        (_("What is called back"), recall.title),
        (_("Kind"), _("Drill (mock recall)") if recall.drill else _("Recall")),
        (_("Suspects"), recall.chosen),
        (_("Begun by"), recall.began_by),
        (_("Lots reached"), number(whole.counts.lots)),
        (_("Lots counted"), f"{whole.counts.collected} / {whole.counts.to_collect}"),
        (_("Customers told"), f"{len(whole.notices) - whole.untold} / {len(whole.notices)}"),
        (_("Accounted for"), percent(whole.figures.share)),
    ]
    story: list[Part] = [Facts(facts), Heading(_("Reason")), Words(recall.reason), Heading(_("Times"))]
    columns = [Column(_("Step"), 46), Column(_("Time"), 30), Column(_("After the beginning"), 24)]
    story.append(Grid(columns, [[name, stamp(at) if at else "-", long] for name, at, long in times_of(whole)]))
    story += [*_balance(whole.figures), *_customers(whole, held), *_lots(lots, held)]
    story += map(Words, _further(whole.counts.lots - len(lots)))
    if recall.conclusion:
        story += [Heading(_("Conclusion")), Words(f"{recall.conclusion}\n{recall.ended_by} · {stamp(recall.ended_at)}")]
    return story


def lines_of(figures: Figures) -> list[Line]:
    """The lines to show: every suspect, and the sum of an item where it has several."""
    several = {one.code for one in figures.suspects if sum(other.code == one.code for other in figures.suspects) > 1}
    alone = {one.code for one in figures.suspects}
    return [*figures.suspects, *(one for one in figures.items if one.code in several or one.code not in alone)]


def _balance(figures: Figures) -> list[Part]:
    names = ["received", *PLACE_NAMES]
    story: list[Part] = [Heading(_("Mass balance"))]
    columns = [Column("", 34)]
    lines = lines_of(figures)
    for start in range(0, len(lines), 4):
        part = lines[start : start + 4]
        columns = [
            Column("", 28),
            *(Column(f"{one.lot or _('Sum')}\n{own_name(one)}", 18, number=True) for one in part),
        ]
        rows = [
            [_("Received") if name == "received" else _(PLACE_NAMES[name]), *(_figure(one, name) for one in part)]
            for name in names
        ]
        rows.append([_("Accounted for"), *(percent(one.share) for one in part)])
        story.append(Grid(columns, rows))
    if figures.gaps:
        columns = [Column(_("Lot"), 22), Column(_("Time"), 22), Column(_("Counted away"), 20, number=True)]
        columns += [Column(_("Who"), 14), Column(_("Reason"), 22)]
        story.append(Heading(_("What does not add up")))
        story.append(
            Grid(
                columns,
                [
                    [one.lot, stamp(one.at), f"{number(one.part)} {one.unit}", one.who or "-", one.reason or "-"]
                    for one in figures.gaps
                ],
            )
        )
    return story


def _figure(line: Line, name: str) -> str:
    return f"{number(line.figures[name])} {line.unit}"


def _customers(whole: Whole, held: Reached) -> list[Part]:
    if not whole.notices:
        return [Heading(_("Customers")), Words(_("Nothing of it has left the plant"))]
    columns = [
        Column(_("Customer"), 18),
        Column(_("What it got"), 38),
        Column(_("Told, how"), 20),
        Column(_("Its answer"), 24),
    ]
    rows = []
    for one in whole.notices:
        sent = whole.sent.get(one.partner_id, [])
        got = "\n".join([*(_got(each, held) for each in sent[:MOST_SENT]), *_further(len(sent) - MOST_SENT)])
        told = f"{stamp(one.told_at)}\n{one.told_by} · {one.told_how}" if one.told_at else "-"
        answer = (
            f"{one.answer}\n{stamp(one.answered_at)}" + (f"\n{one.returned}" if one.returned else "")
            if one.answered_at
            else "-"
        )
        rows.append([own_name(one.partner), got, told, answer])
    return [Heading(_("Customers")), Grid(columns, rows)]


def _further(count: int) -> list[str]:
    """That there is more of it than stands on paper."""
    return [_("and %(count)s more", count=count)] if count > 0 else []


def _got(one: Sent, held: Reached) -> str:
    words = sent_words(held, one)
    return _("%(lot)s %(much)s (of the suspects: %(held)s)", lot=one.on_labels, much=much(one), held=words)


def _lots(lots: Sequence[RecallLot], held: Reached) -> list[Part]:
    columns = [
        Column(_("Lot"), 20), Column(_("Item"), 20), Column(_("Level"), 8, number=True),
        Column(_("In stock when found"), 12, number=True), Column(_("Shipped"), 12, number=True),
        Column(_("Counted"), 12, number=True), Column(_("Of the suspects in it"), 18, number=True),
    ]  # fmt: skip
    rows = [
        [
            with_former(one.lot.code, one.lot.formerly), own_name(one.lot.item),
            _("suspect") if one.suspect else str(one.steps),
            _much(one, one.on_hand), _much(one, one.shipped),
            "-" if one.collected is None else _much(one, one.collected), lot_words(held, one),
        ]
        for one in lots
    ]  # fmt: skip
    return [Heading(_("Lots reached")), Grid(columns, rows)]


def _much(one: RecallLot, quantity: Decimal) -> str:
    """A quantity of a lot: what of the suspects is in it has another unit."""
    return f"{number(quantity)} {one.lot.item.unit}"


def _recorded(one: RecallLot) -> Decimal:
    """What is in stock on paper, or was when it was counted."""
    return one.lot.on_hand if one.recorded is None else one.recorded


def list_pdf(whole: Whole, lots: Sequence[RecallLot], company: str, now: datetime) -> bytes:
    """The list to collect and count, place by place, to be filled in by hand."""
    columns = [
        Column(_("Place"), 20), Column(_("Lot"), 22), Column(_("Item"), 26),
        Column(_("Recorded"), 12, number=True), Column(_("Counted"), 20, number=True),
    ]  # fmt: skip
    rows = [
        [
            own_name(one.lot.location) if one.lot.location else "-",
            with_former(one.lot.code, one.lot.formerly), own_name(one.lot.item),
            _much(one, _recorded(one)), "" if one.collected is None else _much(one, one.collected),
        ]
        for one in lots
    ]  # fmt: skip
    title = _("Collect and count - DRILL") if whole.recall.drill else _("Collect and count")
    story: list[Part] = [Words(whole.recall.title), Grid(columns, rows, row_height=9)]
    story += map(Words, _further(whole.counts.to_collect - len(lots)))
    return render([Sheet(_head(whole, title, company, now, signed=False), story)], whole.recall.code)
