"""Control charts over the readings of inspections: frozen limits, alarms, answers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mes.core.access import Actor, Role
from mes.core.errors import ImpossibleValue, NotFound, ReasonNeeded, StaleEdit
from mes.core.i18n import LANGUAGES
from mes.core.work import Work
from mes.inspection import standard_queries, standards
from mes.inspection.models import Characteristic, Inspection, Nature, Reading, Verdict
from mes.inspection.standard_data import ChoiceData, data_of
from mes.lots.models import Lot
from mes.lots.queries import open_holds
from mes.lots.service import receive_lots
from mes.spc import queries, rules, service
from mes.spc.models import ChartAlarm, ChartKind, ControlChart
from mes.spc.readings import Chosen
from mes.spc.small import small_charts
from mes.statistics.errors import UnknownRule
from tests import words
from tests.spc.rings import INSPECTOR, Rings, measured
from tests.statements import statements
from tests.statistics.published import PISTON_RINGS

D = Decimal
STABLE = [74.000, 74.004, 73.996, 74.002, 73.998]


def seen(rings: Rings, chart: ControlChart, chosen: Chosen | None = None):  # type: ignore[no-untyped-def]
    """The chart as its page shows it."""
    with rings.shop.read() as read:
        one = queries.get_chart(read, chart.id)
        phases = queries.phases_of(read, [chart.id])[chart.id]
        return queries.closely(read, one, phases, chosen or Chosen())


def frozen_rings(rings: Rings, **settings: object) -> ControlChart:
    """A chart with the limits of the first 25 samples."""
    chart = rings.chart(**settings)  # type: ignore[arg-type]
    first, *_rest, last = rings.measure_all(PISTON_RINGS[:25])
    rings.freeze(chart, first, last)
    return chart


def test_the_piston_rings_have_the_published_limits(rings: Rings) -> None:
    chart = frozen_rings(rings)
    plot = seen(rings, chart)
    means, ranges = plot.tracks
    assert round(means.points[0].centre, 5) == 74.00118
    assert round(means.points[0].lower or 0, 5) == 73.98805
    assert round(means.points[0].upper or 0, 5) == 74.01430
    assert round(ranges.points[0].centre, 5) == 0.02276
    assert (len(means.points), plot.met) == (25, ())


def test_without_frozen_limits_a_chart_draws_trial_limits_and_raises_no_alarm(rings: Rings) -> None:
    chart = rings.chart()
    rings.measure_all(PISTON_RINGS[:25])
    assert rings.measure(74.1, 74.1, 74.12, 74.1, 74.08).alarms == []
    plot = seen(rings, chart)
    assert plot.frozen == (None,)
    assert next((met.rule, met.at) for met in plot.met if met.at == 25) == ("beyond-limits", 25)


def test_a_sample_beyond_the_limits_raises_an_alarm_that_says_so_in_one_sentence(rings: Rings) -> None:
    frozen_rings(rings)
    recorded = rings.measure(74.02, 74.021, 74.019, 74.02, 74.02)
    [alarm] = recorded.alarms
    assert rules.sentence_of(alarm) == f"mean: {recorded.inspection.code} is beyond a control limit."
    assert rules.who_acts(alarm) == "Line leader"
    assert (alarm.value > (alarm.upper or 0), alarm.held) == (True, False)
    assert [one.id for one in rings.alarms()] == [alarm.id]


def test_a_sample_within_the_limits_raises_none(rings: Rings) -> None:
    frozen_rings(rings)
    assert rings.measure(*STABLE).alarms == []


def test_a_run_raises_one_alarm_and_not_one_more_with_each_point_until_it_is_answered(rings: Rings) -> None:
    chart = frozen_rings(rings, rules_by_name=["run-8"])
    raised = [shifted(rings) for _ in range(10)]
    assert [len(one) for one in raised] == [0] * 7 + [1, 0, 0]
    [alarm] = raised[7]
    assert "8 in a row on one side" in rules.sentence_of(alarm)
    answer(rings, alarm)
    [again] = shifted(rings)
    assert (again.rule, again.chart_id) == ("run-8", chart.id)


def shifted(rings: Rings) -> list[ChartAlarm]:
    """A sample above the centre line; alarms of the means."""
    recorded = rings.measure(*(value + 0.003 for value in STABLE))
    return [alarm for alarm in recorded.alarms if alarm.track == "mean"]


def test_a_new_phase_begins_the_run_anew_and_the_old_phase_stays_visible(rings: Rings) -> None:
    chart = frozen_rings(rings, rules_by_name=["run-8"])
    shifted = [rings.measure(*(value + 0.01 for value in STABLE)).inspection for _ in range(7)]
    rings.freeze(chart, shifted[0], shifted[-1], reason="새 금형")
    assert rings.measure(*(value + 0.01 for value in STABLE)).alarms == []
    plot = seen(rings, chart)
    assert [phase.number for phase in plot.frozen] == [1, 2]
    assert [point.stage for point in plot.tracks[0].points] == [0] * 25 + [1] * 8
    assert round(plot.tracks[0].points[0].centre, 5) == 74.00118
    with rings.shop.read() as read:
        [one, two] = queries.phases_with_ends(read, chart.id)
        assert (one.points, two.points, two.reason, two.person) == (25, 7, "새 금형", "박품질")
        assert (two.first.code, two.last.code) == (shifted[0].code, shifted[-1].code)


def answer(rings: Rings, alarm: ChartAlarm, *, actor: Actor = INSPECTOR, let_go: bool = False) -> None:
    rings.shop.do(
        lambda work: service.answer_alarm(work, alarm.id, cause="공구 마모", action="공구 교체", let_go=let_go),
        actor=actor,
    )


def test_the_first_page_names_a_chart_once_with_its_first_alarm(rings: Rings) -> None:
    frozen_rings(rings, rules_by_name=["beyond-limits", "run-8"])
    for _sample in range(8):
        shifted(rings)
    rings.measure(74.02, 74.021, 74.019, 74.02, 74.02)
    with rings.shop.read() as read:
        alarms = queries.open_alarms(read)
        [one] = queries.charts_in_alarm(read)
    assert len(alarms) > 1
    assert (one.alarm.id, one.more) == (alarms[-1].id, len(alarms) - 1)


def test_an_alarm_is_closed_with_cause_and_action_by_a_person_and_only_once(rings: Rings) -> None:
    frozen_rings(rings)
    [alarm] = rings.measure(74.1, 74.1, 74.1, 74.1, 74.1).alarms[:1]
    with pytest.raises(rules.AnswerIncomplete):
        rings.shop.do(lambda work: service.answer_alarm(work, alarm.id, cause="공구 마모", action=" "))
    answer(rings, alarm)
    with rings.shop.read() as read:
        closed = queries.get_alarm(read, alarm.id)
        assert closed.answer is not None
        assert (closed.answer.cause, closed.answer.action, closed.answer.person) == ("공구 마모", "공구 교체", "박품질")
        assert not closed.is_open
    with pytest.raises(rules.AnsweredAlready, match="박품질"):
        answer(rings, alarm)
    with pytest.raises(NotFound):
        rings.shop.do(lambda work: service.answer_alarm(work, 999999999, cause="a", action="b"))


def test_an_alarm_holds_the_lot_and_lets_it_go_when_it_is_answered_so(rings: Rings) -> None:
    frozen_rings(rings, holds=True)
    [alarm, *_more] = rings.measure(74.1, 74.1, 74.1, 74.1, 74.1).alarms
    assert alarm.held
    with rings.shop.read() as read:
        [hold] = open_holds(read, [rings.lot.id])
        assert hold.source == "spc"
        assert "is beyond a control limit" in hold.reason
    operator = Actor("김작업", frozenset({Role.OPERATOR}))
    with pytest.raises(rules.NotYoursToLift):
        answer(rings, alarm, actor=operator, let_go=True)
    answer(rings, alarm, let_go=True)
    with rings.shop.read() as read:
        assert open_holds(read, [rings.lot.id]) == []


def test_letting_go_what_an_alarm_holds_leaves_what_another_one_holds(rings: Rings) -> None:
    frozen_rings(rings, holds=True, rules_by_name=["beyond-limits"])
    [first, *_more] = rings.measure(74.1, 74.1, 74.1, 74.1, 74.1).alarms
    second = rings.measure(74.2, 74.2, 74.2, 74.2, 74.2)
    assert second.alarms
    answer(rings, first, let_go=True)
    with rings.shop.read() as read:
        [hold] = open_holds(read, [rings.lot.id])
    assert second.inspection.code in hold.reason
    answer(rings, second.alarms[0], let_go=True)
    with rings.shop.read() as read:
        assert open_holds(read, [rings.lot.id]) == []


def erase(rings: Rings, statement: str) -> None:
    rings.shop.do(lambda work: work.session.execute(text(statement)))


def test_alarms_and_frozen_limits_are_never_changed_or_erased(rings: Rings) -> None:
    frozen_rings(rings)
    rings.measure(74.1, 74.1, 74.1, 74.1, 74.1)
    for statement in (
        "UPDATE chart_alarms SET rule = 'run-8'", "DELETE FROM chart_alarms",
        "UPDATE chart_phases SET centre = 0", "DELETE FROM chart_phases",
    ):  # fmt: skip
        with pytest.raises((ImpossibleValue, IntegrityError)):
            erase(rings, statement)


def test_a_corrected_mistake_of_measuring_is_not_needed_for_the_next_check_to_read_few_rows(rings: Rings) -> None:
    frozen_rings(rings)
    with statements(rings.shop.database) as sent:
        rings.measure(*STABLE)
    count, window = [one for one in sent if "readings" in one and one.startswith("SELECT")]
    assert "readings.inspection_id >=" in count
    assert "LIMIT" in window


def save(rings: Rings, lot: Lot, value: str) -> None:
    rings.shop.do(lambda work: measured(work, rings.diameter, lot, [D(value)] * 5))


def test_ten_stations_that_save_at_once_lose_nothing(rings: Rings) -> None:
    chart = frozen_rings(rings)
    lots = rings.shop.do(lambda work: receive_lots(work, item=rings.ring, quantities=[D(100)] * 10))

    def station(lot: Lot) -> int:
        for value in ("74.001", "74.002", "74.003"):
            save(rings, lot, value)
        return 3

    with ThreadPoolExecutor(10) as stations:
        assert sum(stations.map(station, lots)) == 30
    assert len(seen(rings, chart).samples) == 55


def test_two_stations_that_save_at_once_see_each_others_points(rings: Rings) -> None:
    frozen_rings(rings, rules_by_name=["run-8"])
    for _ in range(6):
        rings.measure(*(value + 0.003 for value in STABLE))

    def station(_number: int) -> int:
        values = [D(str(round(value + 0.003, 3))) for value in STABLE]
        raised = rings.shop.do(lambda work: measured(work, rings.diameter, rings.lot, values)).alarms
        return sum(1 for alarm in raised if alarm.track == "mean")

    with ThreadPoolExecutor(2) as stations:
        assert sum(stations.map(station, range(2))) == 1


# Charts of every kind


def test_single_readings_are_watched_one_by_one_also_when_several_pieces_are_measured_at_once(rings: Rings) -> None:
    chart = rings.chart(ChartKind.I_MR)
    samples = [rings.measure(74 + 0.001 * (place % 5)).inspection for place in range(20)]
    rings.freeze(chart, samples[0], samples[-1])
    recorded = rings.measure(74.001, 74.5)
    assert {alarm.last for alarm in recorded.alarms} == {f"{recorded.inspection.code}-2"}
    assert {alarm.track for alarm in recorded.alarms} == {"value", "moving range"}


def test_equal_values_have_limits_of_no_width_and_the_first_other_value_is_an_alarm(rings: Rings) -> None:
    chart = rings.chart(ChartKind.I_MR)
    samples = [rings.measure(74).inspection for _ in range(5)]
    rings.freeze(chart, samples[0], samples[-1])
    assert rings.measure(74).alarms == []
    assert rings.measure(74.001).alarms


def test_a_count_of_faults_is_watched_by_a_c_chart(rings: Rings) -> None:
    chart = rings.chart(ChartKind.C, rings.scratches, size=1, rules_by_name=["limits"])
    samples = [rings.measure(found, of=rings.scratches).inspection for found in (4, 2, 5, 3, 4, 6, 1, 3, 4, 3)]
    rings.freeze(chart, samples[0], samples[-1])
    assert rings.measure(9, of=rings.scratches).alarms == []
    assert rings.measure(10, of=rings.scratches).alarms


def test_a_share_counts_faulty_pieces_of_those_looked_at_and_more_than_those_cannot_be(rings: Rings) -> None:
    chart = rings.chart(ChartKind.P, rings.scratches, size=50)
    samples = [rings.measure(found, of=rings.scratches).inspection for found in (4, 2, 5, 3, 4, 60, 1, 3, 4, 3)]
    rings.freeze(chart, samples[0], samples[-1])
    points = seen(rings, chart).tracks[0].points
    assert [point.value for point in points[:3]] == [0.08, 0.04, 0.1]
    assert points[5].value is None
    assert points[0].centre == pytest.approx(29 / 450)


@pytest.mark.parametrize("kind", [ChartKind.EWMA, ChartKind.CUSUM])
def test_a_small_shift_is_found_by_sums_and_weighted_means(rings: Rings, kind: ChartKind) -> None:
    chart = rings.chart(kind, size=1)
    samples = [rings.measure(74 + 0.002 * (place % 4 - 1.5)).inspection for place in range(24)]
    rings.freeze(chart, samples[0], samples[-1])
    raised = [bool(rings.measure(74.004 + 0.002 * (place % 4 - 1.5)).alarms) for place in range(12)]
    assert any(raised)
    assert not raised[0]
    # what is shown of the end is the same as what is shown of all: sums remember what came before
    whole, end = seen(rings, chart), seen(rings, chart, Chosen(points=5))
    assert [point.value for point in end.tracks[0].points] == pytest.approx(
        [point.value for point in whole.tracks[0].points[-5:]]
    )


def test_x_bar_s_and_u_charts_are_drawn(rings: Rings) -> None:
    deviation = frozen_rings(rings, kind=ChartKind.XBAR_S)
    assert round(seen(rings, deviation).tracks[1].points[0].centre, 4) == 0.0092
    chart = rings.chart(ChartKind.U, rings.scratches, size=10)
    for found in (3, 5, 2):
        rings.measure(found, of=rings.scratches)
    assert [point.value for point in seen(rings, chart).tracks[0].points] == [0.3, 0.5, 0.2]
    number = queries_np(rings, chart)
    assert [point.value for point in number.tracks[0].points] == [3, 5, 2]


def queries_np(rings: Rings, chart: ControlChart):  # type: ignore[no-untyped-def]
    rings.shop.do(lambda work: service.change_chart(work, chart.id, kind=ChartKind.NP), actor=INSPECTOR)
    return seen(rings, chart)


# What is refused


def test_settings_that_mean_nothing_are_refused(rings: Rings) -> None:
    for kind, size in ((ChartKind.XBAR_R, 1), (ChartKind.XBAR_R, 26), (ChartKind.I_MR, 5), (ChartKind.P, 0)):
        with pytest.raises(rules.SizeUnfit):
            rings.chart(kind, size=size)
    with pytest.raises(rules.RulesMissing):
        rings.chart(rules_by_name=[])
    with pytest.raises(UnknownRule):
        rings.chart(rules_by_name=["murphy"])
    for numbers in ({"weight": D(0)}, {"width": D(0)}, {"decision": D(-1)}, {"step": D(-1)}):
        with pytest.raises(rules.WeightImpossible):
            rings.chart(ChartKind.EWMA, None, **numbers)


def test_a_characteristic_has_one_chart_and_two_people_do_not_change_it_over_each_other(rings: Rings) -> None:
    chart = rings.chart()
    with pytest.raises(rules.ChartedAlready):
        rings.chart()
    rings.shop.do(lambda work: service.change_chart(work, chart.id, version=chart.version, holds=True))
    with pytest.raises(StaleEdit):
        rings.shop.do(lambda work: service.change_chart(work, chart.id, version=chart.version, holds=False))
    with pytest.raises(NotFound):
        rings.shop.do(lambda work: service.change_chart(work, 999999999, holds=False))


def test_limits_are_frozen_from_a_range_of_points_with_a_reason(rings: Rings) -> None:
    chart = rings.chart()
    samples = rings.measure_all(PISTON_RINGS[:6])
    elsewhere = rings.measure(1, of=rings.scratches).inspection
    with pytest.raises(ReasonNeeded):
        rings.freeze(chart, samples[0], samples[5], reason=" ")
    with pytest.raises(rules.RangeReversed):
        rings.freeze(chart, samples[5], samples[0])
    with pytest.raises(rules.NotOnThisChart):
        rings.freeze(chart, samples[0], elsewhere)
    with pytest.raises(rules.TooFewToFreeze):
        rings.freeze(chart, samples[0], samples[0])
    rings.freeze(chart, samples[2], samples[5])
    with pytest.raises(rules.PhaseBefore):
        rings.freeze(chart, samples[0], samples[5])


def test_charts_are_listed_with_what_needs_attention_first(rings: Rings) -> None:
    quiet = rings.chart(ChartKind.C, rings.scratches, size=1)
    loud = frozen_rings(rings)
    rings.measure(74.1, 74.1, 74.1, 74.1, 74.1)
    with statements(rings.shop.database) as sent, rings.shop.read() as read:
        rows = queries.list_charts(read)
    assert [(row.chart.id, row.state) for row in rows] == [
        (loud.id, rules.State.ALARM),
        (quiet.id, rules.State.EMPTY),
    ]
    assert len(rows[0].values) == 26
    assert len(sent) <= 7


def test_letting_go_leaves_what_another_alarm_holds_though_its_sentence_names_the_first_inspection(
    rings: Rings,
) -> None:
    """2 of 3 beyond 2 sigma: the hold of the second inspection tells both codes, and is none of the first one's."""
    frozen_rings(rings, holds=True, rules_by_name=["beyond-limits", "2-of-3-beyond-2-sigma"])
    [first] = [one for one in rings.measure(74.02, 74.021, 74.019, 74.02, 74.02).alarms if one.track == "mean"]
    second = rings.measure(74.011, 74.012, 74.010, 74.011, 74.011)
    assert [one.rule for one in second.alarms] == ["2-of-3-beyond-2-sigma"]
    answer(rings, first, let_go=True)
    with rings.shop.read() as read:
        [hold] = open_holds(read, [rings.lot.id])
    assert second.inspection.code in hold.reason


def test_an_alarm_that_a_late_reading_brings_holds_the_lot_at_whose_inspection_it_is(rings: Rings) -> None:
    """An inspection stood open while another lot was measured: its reading completes the run that ends at that one."""
    frozen_rings(rings, holds=True, rules_by_name=["run-8"])
    for _sample in range(6):
        shifted(rings)
    one = rings.diameter
    early = rings.shop.do(lambda work: measured(work, one, rings.lot, [])).inspection
    other = rings.shop.do(lambda work: receive_lots(work, item=rings.ring, quantities=[D(500)])[0])
    last = rings.measure(74.006, 74.007, 74.005, 74.006, 74.006, lot=other)
    assert last.alarms == []

    def take(work: Work) -> list[ChartAlarm]:
        charts = queries.charts_of(work.session, [one.id], lock=True)
        for piece in range(1, 6):
            work.session.add(
                Reading(
                    inspection_id=early.id, characteristic_id=one.id, position=1, name=one.name, unit=one.unit,
                    value=D("74.006"), verdict=Verdict.PASS, piece=piece,
                )
            )  # fmt: skip
        work.session.flush()
        return service.watch(work, work.session.get_one(Inspection, early.id), charts)

    [alarm, *_of_ranges] = rings.shop.do(take, actor=INSPECTOR)
    assert alarm.inspection_id == last.inspection.id
    with rings.shop.read() as read:
        [hold] = open_holds(read, [rings.lot.id, other.id])
    assert (hold.lot_id, last.inspection.code in hold.reason) == (other.id, True)
    answer(rings, alarm, let_go=True)
    with rings.shop.read() as read:
        assert open_holds(read, [rings.lot.id, other.id]) == []


def test_every_language_names_the_inspection_of_an_alarm_before_those_of_the_rule() -> None:
    sentence = "Control chart alarm at %(code)s: %(what)s"
    said = [str(one.string) for tag in LANGUAGES if tag != "en" and (one := words.read(tag).get(sentence)) is not None]
    assert said
    for there in (sentence, *filter(None, said)):
        told = there % {"code": "I260105-0002A", "what": "평균: I260105-0001K ~ I260105-0002A"}
        assert rules.held_at(told) == "I260105-0002A"
    assert rules.held_at("젖었음") is None


def revised(rings: Rings, **changes: object) -> Characteristic:
    """Quality approves another revision in which the diameter is measured otherwise."""

    def revise(work: Work) -> int:
        draft = standards.revise_standard(work, rings.diameter.standard_id)
        one = standard_queries.get_standard(work.session, draft.id).characteristics[0]
        data = replace(data_of(one), **changes)  # type: ignore[arg-type]
        standards.change_characteristic(work, one.id, data)
        return draft.id

    draft = rings.shop.do(revise)
    rings.shop.do(lambda work: standards.approve_standard(work, draft, confirmed=True))
    with rings.shop.read() as read:
        return standard_queries.get_standard(read, draft).characteristics[0]


def test_readings_in_another_unit_do_not_come_onto_the_chart_of_the_old_one(rings: Rings) -> None:
    chart = frozen_rings(rings, holds=True)
    fine = revised(rings, unit="㎛", decimals=0, nominal=D(74000), lower=D(73950), upper=D(74050))
    assert fine.stem_id != rings.diameter.stem_id
    recorded = rings.measure(*(1000 * value for value in STABLE), of=fine)
    assert recorded.alarms == []
    assert len(seen(rings, chart).samples) == 25
    with rings.shop.read() as read:
        assert open_holds(read, [rings.lot.id]) == []
        assert fine.id in {one.id for one in queries.without_chart(read)}


def test_a_unit_that_is_only_written_otherwise_stays_on_the_chart(rings: Rings) -> None:
    chart = frozen_rings(rings)
    for unit in ("㎜", "MM", None, "mm"):
        same = revised(rings, unit=unit)
        assert same.stem_id == rings.diameter.stem_id
    rings.measure(*STABLE, of=same)
    assert len(seen(rings, chart).samples) == 26


def test_a_unit_that_is_put_right_again_before_it_is_approved_goes_on_with_its_chart(rings: Rings) -> None:
    def revise(work: Work) -> int:
        draft = standards.revise_standard(work, rings.diameter.standard_id)
        one = standard_queries.get_standard(work.session, draft.id).characteristics[0]
        for unit in ("μm", "mm"):
            standards.change_characteristic(work, one.id, replace(data_of(one), unit=unit))
        return draft.id

    draft = rings.shop.do(revise)
    with rings.shop.read() as read:
        assert standard_queries.get_standard(read, draft).characteristics[0].stem_id == rings.diameter.stem_id


def test_what_was_measured_and_is_decided_by_looking_now_is_another_characteristic(rings: Rings) -> None:
    chart = frozen_rings(rings)
    answers = (ChoiceData(name="양호", good=True), ChoiceData(name="불량", good=False))
    looked = revised(rings, nature=Nature.ATTRIBUTE, choices=answers)
    assert looked.stem_id != rings.diameter.stem_id
    rings.measure(0, 0, 1, of=looked)
    assert len(seen(rings, chart).samples) == 25


def test_runs_are_found_where_more_pieces_are_measured_than_the_chart_says(rings: Rings) -> None:
    """A plan by AQL draws as many pieces as the lot wants: the chart of two takes whatever was measured."""
    frozen_rings(rings, size=2, rules_by_name=["run-8"])
    raised = [shifted(rings) for _ in range(8)]
    assert [len(alarms) for alarms in raised] == [0] * 7 + [1]


def test_a_chart_of_larger_samples_than_it_says_shows_as_many_points(rings: Rings) -> None:
    chart = rings.chart(size=2)
    rings.measure_all(PISTON_RINGS[:25])
    assert len(seen(rings, chart, Chosen(points=20)).samples) == 20
    with rings.shop.read() as read:
        [row] = queries.list_charts(read)
        assert (row.points, row.state) == (25, rules.State.LEARNING)
        assert len(queries.newest_codes(read, chart.id, 25)) == 25
        [small] = small_charts(read, [rings.diameter.id]).values()
        assert small.drawing is not None
