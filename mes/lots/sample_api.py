"""Retained samples, for programs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from mes.core.access import EVERYONE, INSPECTORS, OFFICE, QUALITY_ONLY
from mes.core.api import Api, CodeText, Listing, NameText, Paged, ShortText, listing
from mes.core.pages import this_day
from mes.core.work import Reader, Work
from mes.equipment.queries import get_location
from mes.lots import sample_queries, service
from mes.lots.sample_models import RetainedSample

api = Api("samples", __name__)


class TestOut(msgspec.Struct):
    """So much was taken for a test; its ``result`` may be sent later under its ``id``."""

    id: int
    quantity: Decimal
    at: datetime
    person: str
    reason: str
    result: str | None


class SampleOut(msgspec.Struct):
    """One retained sample: ``lot`` is its own code, ``source`` the lot that it is of (itself for a serial number)."""

    lot: str
    source: str
    item: str
    quantity: Decimal
    on_hand: Decimal
    unit: str
    location: str | None
    keep_until: date
    at: datetime
    person: str
    note: str | None
    disposed_at: datetime | None
    dispose_reason: str | None


class SampleWithTests(SampleOut):
    """The same, with what was taken of it."""

    tests: list[TestOut]


class SampleQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    """Which samples: kept, due for disposal, gone, or all."""

    show: Literal["kept", "due", "gone", "all"] = "kept"
    search: str = ""


class NewSample(msgspec.Struct, forbid_unknown_fields=True):
    """How much is put aside, none for a piece with a serial number; until when, if not by the item's rule."""

    quantity: Decimal | None = None
    keep_until: date | None = None
    location: CodeText | None = None
    note: ShortText | None = None


class UseSample(msgspec.Struct, forbid_unknown_fields=True):
    """How much is taken for a test, why, and what it gave."""

    quantity: Decimal
    reason: NameText
    result: NameText | None = None


class TestResult(msgspec.Struct, forbid_unknown_fields=True):
    """What a test gave."""

    result: NameText


class DisposeSample(msgspec.Struct, forbid_unknown_fields=True):
    """Why; needed before its time is over."""

    reason: NameText | None = None


class KeepSample(msgspec.Struct, forbid_unknown_fields=True):
    """Until which other day, and why."""

    keep_until: date
    reason: NameText


def _told(one: RetainedSample) -> dict[str, object]:
    lot = one.lot
    place = lot.location.code if lot.location else None
    names = ("quantity", "keep_until", "at", "person", "note", "disposed_at", "dispose_reason")
    told = {name: getattr(one, name) for name in names}
    return told | {
        "lot": lot.code, "source": one.source.code, "item": lot.item.code, "on_hand": lot.on_hand,
        "unit": lot.item.unit, "location": place,
    }  # fmt: skip


def _out(read: Reader, code: str) -> SampleWithTests:
    one = sample_queries.get_sample(read, code)
    tests = [
        TestOut(test.id, test.quantity, test.at, test.person, test.reason, test.result)
        for test in sample_queries.tests_of(read, one.id)
    ]
    return msgspec.convert({**_told(one), "tests": tests}, SampleWithTests, from_attributes=True)


def _fresh(work: Work, code: str) -> SampleWithTests:
    work.session.flush()
    work.session.expire_all()
    return _out(work.session, code)


@api.read("/samples", who=OFFICE, query=SampleQuery, gives=Listing[SampleOut])
def list_samples(read: Reader, query: SampleQuery) -> Listing[SampleOut]:
    """Retained samples by the day until which they are kept."""
    found = sample_queries.page_of_samples(
        read, this_day(), show=query.show, text=query.search, after=query.after, size=query.size
    )
    return listing([msgspec.convert(_told(one), SampleOut) for one in found.rows], found.next)


@api.read("/samples/<code>", who=EVERYONE, gives=SampleWithTests)
def get_sample(read: Reader, code: str) -> SampleWithTests:
    """One retained sample."""
    return _out(read, code)


@api.write("/lots/<code>/samples", who=OFFICE, takes=NewSample, gives=SampleWithTests)
def retain(work: Work, body: NewSample, code: str) -> SampleWithTests:
    """Put a sample of a lot aside."""
    place = get_location(work.session, body.location) if body.location else None
    made = service.retain_sample(work, code, body.quantity, keep_until=body.keep_until, location=place, note=body.note)
    return _fresh(work, sample_queries.lot_of(work.session, made).code)


@api.write("/samples/<code>/tests", who=INSPECTORS, takes=UseSample, gives=SampleWithTests)
def use(work: Work, body: UseSample, code: str) -> SampleWithTests:
    """Take some of a sample for a test."""
    service.use_sample(work, code, body.quantity, body.reason, body.result)
    return _fresh(work, code)


@api.write("/samples/<code>/tests/<int:ident>/result", who=INSPECTORS, takes=TestResult, gives=SampleWithTests)
def result(work: Work, body: TestResult, code: str, ident: int) -> SampleWithTests:
    """Write down what a test of a sample gave, when it is known."""
    service.record_result(work, code, ident, body.result)
    return _fresh(work, code)


@api.write("/samples/<code>/keep", who=QUALITY_ONLY, takes=KeepSample, gives=SampleWithTests)
def keep(work: Work, body: KeepSample, code: str) -> SampleWithTests:
    """Keep a sample until another day."""
    service.keep_sample(work, code, body.keep_until, body.reason)
    return _fresh(work, code)


@api.write("/samples/<code>/dispose", who=INSPECTORS, takes=DisposeSample, gives=SampleWithTests)
def dispose(work: Work, body: DisposeSample, code: str) -> SampleWithTests:
    """Throw a sample away."""
    service.dispose_sample(work, code, body.reason)
    return _fresh(work, code)
