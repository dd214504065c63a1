"""Inspections that were given up: their readings are no points of a chart, and nothing that they raised is gone."""

from decimal import Decimal

from mes.inspection.models import Characteristic, Reading
from mes.inspection.service import give_up_inspection
from mes.lots.queries import open_holds
from mes.spc import queries, service
from mes.spc.models import ControlChart
from mes.spc.readings import Chosen
from mes.spc.study import capability_of
from tests.spc.rings import INSPECTOR, Rings
from tests.spc.test_taking import begin, charted, take, width

D = Decimal
__all__ = ["width"]


def given_up(rings: Rings, code: str) -> None:
    rings.shop.do(lambda work: give_up_inspection(work, code, "다른 품목을 측정함"), actor=INSPECTOR)


def points(rings: Rings, chart: ControlChart) -> list[str]:
    with rings.shop.read() as read:
        phases = queries.phases_of(read, [chart.id])[chart.id]
        plot = queries.closely(read, queries.get_chart(read, chart.id), phases, Chosen())
    assert plot is not None
    return [one.code for one in plot.samples]


def test_readings_of_an_inspection_that_was_given_up_are_no_points(rings: Rings, width: Characteristic) -> None:
    chart = charted(rings, width)
    before = points(rings, chart)
    begun = begin(rings)
    for piece in (1, 2):
        take(rings, begun, width, piece, "10.05")
    assert points(rings, chart) == [*before, begun]
    given_up(rings, begun)
    assert points(rings, chart) == before
    with rings.shop.read() as read:
        assert read.query(Reading).filter(Reading.value == D("10.05")).count() == 2
        [listed] = queries.list_charts(read)
        assert listed.points == len(before)
        [*_rest, last] = queries.widely(read, queries.get_chart(read, chart.id), Chosen(), 10)
        assert last.high < 10.05
        found = capability_of(queries.study(read, chart.id, Chosen(), 300))
    assert found is not None
    assert found.readings == 12


def test_an_alarm_and_what_it_holds_stay_when_the_inspection_is_given_up(rings: Rings, width: Characteristic) -> None:
    chart = charted(rings, width)
    rings.shop.do(lambda work: service.change_chart(work, chart.id, holds=True), actor=INSPECTOR)
    begun = begin(rings)
    raised = [take(rings, begun, width, piece, "10.09") for piece in (1, 2, 3)][-1]
    assert raised
    given_up(rings, begun)
    assert {alarm.id for alarm in rings.alarms()} == {alarm.id for alarm in raised}
    with rings.shop.read() as read:
        assert open_holds(read, [rings.lot.id])
    later = begin(rings)
    assert [take(rings, later, width, piece, "10.00") for piece in (1, 2, 3)] == [[], [], []]
