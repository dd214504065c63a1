"""``mes check`` proves that no verdict was typed against its readings."""

import pytest
from sqlalchemy import text

from mes.inspection.models import Inspection, InspectionKind, SampleRule, Verdict
from mes.web.check import check
from tests.inspection.test_tablet import Bench
from tests.quality.workshop import Workshop


@pytest.fixture
def bench(workshop: Workshop) -> Bench:
    """Sheets of 500 arrive; by AQL 4.0 of level S-1 one bad piece is too many, by 6.5 and level II some may be bad."""
    return Bench(workshop, InspectionKind.INCOMING, sample_rule=SampleRule.AQL, aql="6.5", level="S-3")


def inspected(bench: Bench, *values: str, good: bool = True) -> Inspection:
    """A lot is inspected piece by piece."""
    begun = bench.begin(lot=bench.workshop.receive_sheets())
    bench.measure(begun, *values, good=good)
    return bench.close(begun)


def told(bench: Bench) -> list[str]:
    """What is said about verdicts."""
    return [one.sentence for one in check(bench.shop.database).faults if one.rule == "verdicts"]


def forge(bench: Bench, statement: str) -> None:
    """Somebody with the database's password and bad intentions."""
    bench.shop.do(lambda work: work.session.execute(text(statement)))


def test_inspections_that_passed_failed_and_were_accepted_with_a_bad_piece_are_in_order(bench: Bench) -> None:
    accepted = inspected(bench, "99")
    assert accepted.verdict is Verdict.PASS
    assert accepted.found == 1
    assert inspected(bench).verdict is Verdict.PASS
    assert inspected(bench, *["99"] * 9).verdict is Verdict.FAIL
    begun = bench.begin(lot=bench.workshop.receive_sheets())
    bench.measure(begun, "99")
    assert told(bench) == []


def test_a_verdict_against_its_readings_is_told(bench: Bench) -> None:
    good, bad = inspected(bench), inspected(bench, *["99"] * 9)
    forge(bench, f"UPDATE inspections SET verdict = 'fail' WHERE id = {good.id}")
    assert told(bench) == [f"Inspection {good.code} is recorded as failed, but none of its readings failed."]
    forge(bench, f"UPDATE inspections SET verdict = 'pass' WHERE id IN ({good.id}, {bad.id})")
    assert told(bench) == [f"Inspection {bad.code} is recorded as passed, but more of its readings failed than may."]


def test_a_reading_that_is_judged_against_its_limits_is_told(bench: Bench) -> None:
    good = inspected(bench)
    forge(bench, f"UPDATE readings SET value = 99000000 WHERE inspection_id = {good.id} AND piece = 1 AND lower > 0")
    [said] = told(bench)
    assert said.startswith(f"In inspection {good.code}, 99 of ")
    assert said.endswith(" is not judged as its limits say.")
