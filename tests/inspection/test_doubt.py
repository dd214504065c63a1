"""A gauge that is found wrong: refused from then on; what was measured since its last good calibration is in doubt."""

import json
from decimal import Decimal as D

import pytest

from mes.core.access import Actor, Role
from mes.core.events import Event
from mes.gauges.models import Result
from mes.gauges.queries import get_gauge
from mes.gauges.rules import GaugeFailed
from mes.gauges.service import add_gauge
from mes.inspection import gauge_check, queries, service
from mes.inspection.models import Inspection, InspectionKind, Nature
from tests.inspection.test_tablet import Bench
from tests.quality.workshop import Workshop


@pytest.fixture
def bench(workshop: Workshop) -> Bench:
    """A bench with a calibrated calliper."""
    made = Bench(workshop, InspectionKind.INCOMING)
    made.shop.do(lambda work: add_gauge(work, code="G-1", name="버니어", interval_months=12))
    calibrated(made, Result.PASS)
    return made


def calibrated(bench: Bench, result: Result) -> None:
    error = None if result is Result.PASS else D("0.05")
    day = bench.shop.do(lambda work: work.today)
    bench.shop.do(
        lambda work: gauge_check.calibrate(work, "G-1", done_on=day, lab="교정기관", result=result, error=error)
    )


def measured(bench: Bench, text: str) -> Inspection:
    bench.shop.later(days=1)
    begun = bench.begin(lot=bench.workshop.receive_sheets())
    one = bench.slots(begun)[0].characteristic
    bench.shop.do(
        lambda work: service.take_reading(work, begun.code, characteristic=one.id, piece=1, text=text, gauge="G-1")
    )
    return begun


def test_readings_since_the_last_good_calibration_are_in_doubt_and_the_gauge_is_refused(bench: Bench) -> None:
    measured(bench, "9.91")
    bench.shop.later(days=1)
    calibrated(bench, Result.PASS)
    measured(bench, "9.92")
    measured(bench, "9.93")
    bench.shop.later(days=1)
    calibrated(bench, Result.FAIL)
    with bench.shop.read() as read:
        doubtful = gauge_check.readings_of_gauge_in_doubt(read, get_gauge(read, "G-1"))
        [told] = read.query(Event).filter(Event.verb == "gauges.readings_in_doubt").all()
    assert [one.value for one in doubtful] == [D("9.93"), D("9.92")]
    assert json.loads(told.after or "")["readings"] == 2
    with pytest.raises(GaugeFailed):
        measured(bench, "9.94")


def test_all_readings_in_doubt_are_counted_however_few_are_listed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauge_check, "MOST", 1)
    measured(bench, "9.92")
    measured(bench, "9.93")
    calibrated(bench, Result.FAIL)
    with bench.shop.read() as read:
        assert len(gauge_check.readings_of_gauge_in_doubt(read, get_gauge(read, "G-1"))) == 1
        [told] = read.query(Event).filter(Event.verb == "gauges.readings_in_doubt").all()
    assert json.loads(told.after or "")["readings"] == 2


def test_readings_of_an_inspection_that_was_given_up_decided_nothing_and_are_not_counted(bench: Bench) -> None:
    given_up = measured(bench, "9.92")
    bench.shop.do(lambda work: service.give_up_inspection(work, given_up.code, "잘못 시작"))
    calibrated(bench, Result.FAIL)
    with bench.shop.read() as read:
        assert gauge_check.readings_of_gauge_in_doubt(read, get_gauge(read, "G-1")) == []


def test_a_reading_counts_to_the_day_on_which_it_was_taken_not_to_that_on_which_its_inspection_began(
    bench: Bench,
) -> None:
    """A large sample is measured over days; the gauge is calibrated in between, and found wrong afterwards."""
    begun = measured(bench, "9.91")
    first, slot = (one for one in bench.slots(begun)[:4] if one.characteristic.nature is Nature.VARIABLE)
    assert first.reading is not None
    bench.shop.later(days=1)
    calibrated(bench, Result.PASS)
    bench.shop.later(days=1)
    later = bench.shop.do(
        lambda work: service.take_reading(
            work, begun.code, characteristic=slot.characteristic.id, piece=slot.piece, text="9.92", gauge="G-1"
        )
    )
    bench.shop.later(days=1)
    calibrated(bench, Result.FAIL)
    with bench.shop.read() as read:
        doubtful = gauge_check.readings_of_gauge_in_doubt(read, get_gauge(read, "G-1"))
        inspection = queries.get_inspection(read, begun.code).inspection
        assert [one.value for one in doubtful] == [D("9.92")]
        assert gauge_check.doubtful_ids(read, [inspection]) == {later.id}
        [told] = read.query(Event).filter(Event.verb == "gauges.readings_in_doubt").all()
    assert json.loads(told.after or "")["readings"] == 1


def test_a_corrected_reading_stays_in_doubt_with_the_piece_that_was_measured(bench: Bench) -> None:
    """What is put right later is mostly a slip of the finger: the gauge was the same."""
    begun = measured(bench, "9.91")
    bench.shop.later(days=1)
    calibrated(bench, Result.ADJUSTED)
    wrong = bench.slots(begun)[0].reading
    assert wrong is not None
    bench.shop.do(
        lambda work: service.correct_reading(work, begun.code, wrong.id, text="9.90", reason="오타"),
        actor=Actor("박품질", frozenset({Role.QUALITY})),
    )
    with bench.shop.read() as read:
        doubtful = gauge_check.readings_of_gauge_in_doubt(read, get_gauge(read, "G-1"))
    assert [one.value for one in doubtful] == [D("9.9")]
