"""Genealogy health for programs."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from mes.core.access import OFFICE
from mes.core.api import Api
from mes.core.pages import this_day, this_plant
from mes.core.work import Reader
from mes.genealogy import queries
from mes.genealogy.models import Gap
from mes.genealogy.span import DAYS, span

api = Api("genealogy", __name__)


class HealthQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which production days: so many (1, 7 or 30) up to and with ``day``, today when left out."""

    day: date | None = None
    days: int = 1


class GapOut(msgspec.Struct):
    """One gap. ``thing`` is the id of what it is about; order and lots are codes."""

    gap: Gap
    thing: int
    at: datetime
    order: str | None
    lot: str | None
    other: str | None
    item: str | None
    quantity: Decimal | None
    unit: str
    times: int | None


class HealthOut(msgspec.Struct):
    """The genealogy of a period. score = 100 x (1 - gaps / (results + takings + orders)), null when nothing was made.

    ``counts`` are the open gaps of each kind, ``findings`` at most the first 100 of each.
    """

    since: datetime
    until: datetime
    score: Decimal | None
    gaps: int
    results: int
    takings: int
    orders: int
    counts: dict[Gap, int]
    findings: list[GapOut]


@api.read("/genealogy/health", who=OFFICE, gives=HealthOut, query=HealthQuery)
def health(read: Reader, query: HealthQuery) -> HealthOut:
    """The score of a day, week or month, and its gaps."""
    days = query.days if query.days in DAYS else DAYS[0]
    since, until = span(this_plant(), query.day or this_day(), days)
    found = queries.health(read, since, until)
    rows = [GapOut(**one._asdict()) for of_kind in found.findings.values() for one in of_kind]
    return HealthOut(since, until, found.score, found.gaps, *found.entries, counts=dict(found.counts), findings=rows)
