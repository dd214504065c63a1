"""Recalls for programs: list, read, begin."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from mes.core.access import INSPECTORS, OFFICE
from mes.core.api import Api, Listing, LongText, Moment, NameText, Paged, listing
from mes.core.work import Reader, Work
from mes.recall import lists, queries, service
from mes.recall.figures import Line
from mes.recall.models import Recall, RecallState
from mes.recall.sent import back_by_lot
from mes.trace.beginnings import LONGEST, Choice, How

api = Api("recall", __name__)


class RecallRow(msgspec.Struct):
    """A recall or a drill."""

    code: str
    title: str
    drill: bool
    state: RecallState
    began_at: datetime
    ended_at: datetime | None


class BalanceOut(msgspec.Struct):
    """What was received of one suspect (or, without ``lot``, of all of an item) and where it is, in ``unit``.

    received = the sum of ``figures`` but ``worst_stock``, ``worst_shipped`` and ``came_back`` (what customers brought
    back, wherever it is now); ``share`` in percent.
    """

    lot: str | None
    item: str
    unit: str
    figures: dict[str, Decimal]
    share: Decimal | None


class RecallCustomer(msgspec.Struct):
    """A customer who got some of it."""

    customer: str
    told_at: datetime | None
    told_how: str | None
    answered_at: datetime | None
    answer: str | None
    returned: str | None
    lots: list[str]
    #: By lot how much of it came back since it was shipped.
    came_back: dict[str, Decimal]


class RecallOut(RecallRow):
    """A recall with its balance and customers."""

    reason: str
    chosen: str
    conclusion: str | None
    lots: int
    suspects: int
    to_collect: int
    collected: int
    held: int
    balance: list[BalanceOut]
    customers: list[RecallCustomer]
    everything_found_at: datetime | None
    customers_told_at: datetime | None


class NewRecall(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is suspected: ``codes`` (one in a line), or a rule with its thing and two times."""

    how: How = How.CODES
    of: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    since: Moment | None = None
    until: Moment | None = None
    #: Which of several deliveries with one number ("all" or the key that the refusal names); of several, one in a line.
    only: str | None = None
    #: Of what a rule gives, only lots of this item.
    item: str | None = None
    title: NameText
    reason: LongText
    drill: bool = False


def _row(one: Recall) -> RecallRow:
    return RecallRow(one.code, one.title, one.drill, one.state, one.began_at, one.ended_at)


def _balance(line: Line) -> BalanceOut:
    return BalanceOut(line.lot, line.code, line.unit, line.figures, line.share)


def _out(whole: queries.Whole) -> RecallOut:
    one, counts = whole.recall, whole.counts
    return RecallOut(
        code=one.code, title=one.title, drill=one.drill, state=one.state, began_at=one.began_at, ended_at=one.ended_at,
        reason=one.reason, chosen=one.chosen, conclusion=one.conclusion,
        **counts._asdict(),
        balance=[_balance(line) for line in (*whole.figures.suspects, *whole.figures.items)],
        customers=[
            RecallCustomer(
                row.partner.code, row.told_at, row.told_how, row.answered_at, row.answer, row.returned,
                [sent.lot for sent in whole.sent.get(row.partner_id, [])],
                back_by_lot(whole.sent.get(row.partner_id, [])),
            )
            for row in whole.notices
        ],
        everything_found_at=whole.found_all, customers_told_at=whole.told_all,
    )  # fmt: skip


@api.read("/recalls", who=OFFICE, query=Paged, gives=Listing[RecallRow])
def list_recalls(read: Reader, query: Paged) -> Listing[RecallRow]:
    """Recalls and drills, newest first."""
    found = lists.page_of_recalls(read, query.after, query.size)
    return listing([_row(one) for one in found.rows], found.next)


@api.read("/recalls/<code>", who=OFFICE, gives=RecallOut)
def get_recall(read: Reader, code: str) -> RecallOut:
    """One recall with its mass balance and its customers."""
    return _out(queries.whole(read, code))


@api.write("/recalls", who=INSPECTORS, takes=NewRecall, gives=RecallOut)
def begin_recall(work: Work, body: NewRecall) -> RecallOut:
    """Begin a recall, or a drill: everything reachable is noted and held in one act."""
    choice = Choice(body.how, body.of, body.since, body.until, body.only, body.item)
    made = service.begin_recall(work, choice, title=body.title, reason=body.reason, drill=body.drill)
    return _out(queries.whole(work.session, made.code))
