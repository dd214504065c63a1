"""Gauges for programs: the list, and whether one may be used."""

from datetime import date
from decimal import Decimal

import msgspec

from mes.core.access import EVERYONE, QUALITY_ONLY
from mes.core.api import Api, CodeText, Listing, NameText, Paged, ShortText, UnitText, listing
from mes.core.pages import this_day
from mes.core.work import Reader, Work
from mes.gauges import queries, rules, service
from mes.gauges.models import Gauge, GaugeState, Result, Standing

api = Api("gauges", __name__)


class GaugeOut(msgspec.Struct):
    """One gauge, and whether it may be used today."""

    code: str
    tag: str
    name: str
    name_en: str | None
    kind: str | None
    maker: str | None
    serial: str | None
    lower: Decimal | None
    upper: Decimal | None
    resolution: Decimal | None
    unit: str | None
    work_centre: str | None
    place: str | None
    interval_months: int | None
    due_on: date | None
    result: Result | None
    state: GaugeState
    standing: Standing
    usable: bool


class NewGauge(msgspec.Struct, forbid_unknown_fields=True):
    """What a new gauge needs; without a code it gets that of its label."""

    name: NameText
    code: CodeText | None = None
    name_en: NameText | None = None
    kind: ShortText | None = None
    maker: ShortText | None = None
    serial: ShortText | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    resolution: Decimal | None = None
    unit: UnitText | None = None
    place: ShortText | None = None
    interval_months: int | None = None


class GaugeQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which gauges: ``search`` is part of a code, name, type or serial number."""

    search: str = ""
    standing: Standing | None = None


@api.read("/gauges", who=EVERYONE, gives=Listing[GaugeOut], query=GaugeQuery)
def gauges(read: Reader, query: GaugeQuery) -> Listing[GaugeOut]:
    """Gauges in the order in which they are due."""
    chosen = queries.GaugeFilter(search=query.search, standing=query.standing)
    found = queries.page_of_gauges(read, chosen, this_day(), query.after, query.size)
    return listing([_out(one) for one in found.rows], found.next)


@api.read("/gauges/<path:code>", who=EVERYONE, gives=GaugeOut)
def gauge(read: Reader, code: str) -> GaugeOut:
    """One gauge, by its code or the tag on its label."""
    return _out(queries.get_gauge(read, code))


@api.write("/gauges", who=QUALITY_ONLY, takes=NewGauge, gives=GaugeOut)
def add_gauge(work: Work, body: NewGauge) -> GaugeOut:
    """Enter a gauge."""
    given = msgspec.structs.asdict(body)
    made = service.add_gauge(work, code=given.pop("code") or "", **given)
    return _out(queries.get_gauge(work.session, made.code))


def _out(gauge: Gauge) -> GaugeOut:
    standing = rules.standing_of(gauge, this_day())
    return GaugeOut(
        code=gauge.code, tag=gauge.tag, name=gauge.name, name_en=gauge.name_en, kind=gauge.kind, maker=gauge.maker,
        serial=gauge.serial, lower=gauge.lower, upper=gauge.upper, resolution=gauge.resolution, unit=gauge.unit,
        work_centre=gauge.work_centre.code if gauge.work_centre else None, place=gauge.place,
        interval_months=gauge.interval_months, due_on=gauge.due_on, result=gauge.result, state=gauge.state,
        standing=standing, usable=standing in (Standing.GOOD, Standing.SOON),
    )  # fmt: skip
