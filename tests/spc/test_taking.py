"""Readings taken piece by piece: the subgroup is judged once it is whole, a corrected reading corrects its point."""

from decimal import Decimal

import pytest
from flask import Flask

from mes.core.access import Role
from mes.inspection.models import Characteristic, InspectionKind, Nature
from mes.inspection.open_queries import sheet
from mes.inspection.service import open_inspection
from mes.inspection.standard_data import CharacteristicData, ChoiceData, StandardData
from mes.inspection.standard_queries import get_standard
from mes.inspection.standards import (
    approve_standard,
    change_characteristic,
    discard_standard,
    make_standard,
    revise_standard,
)
from mes.lots.service import receive_lots
from mes.spc import queries, rules, service, taking
from mes.spc.closing import close_inspection
from mes.spc.models import ChartAlarm, ChartKind, ControlChart
from mes.spc.readings import Chosen
from mes.spc.small import Small, small_charts
from mes.spc.study import capability_of
from tests.desk import Desk
from tests.spc.rings import INSPECTOR, Rings
from tests.statements import statements

D = Decimal
SAMPLES = [("9.98", "10.00", "10.03"), ("10.01", "9.99", "10.02"), ("9.97", "10.00", "10.01"), ("10.02", "9.98", "10")]


@pytest.fixture
def width(rings: Rings) -> Characteristic:
    """The width of outgoing rings, three pieces at a time."""
    one = CharacteristicData(name="폭", name_en="Width", unit="mm", decimals=2, lower=D("9.9"), upper=D("10.1"))
    draft = rings.shop.do(
        lambda work: make_standard(
            work, item=rings.ring, kind=InspectionKind.OUTGOING, data=StandardData(sample_size=3), characteristics=[one]
        )
    )
    rings.shop.do(lambda work: approve_standard(work, draft.id, confirmed=True))
    with rings.shop.read() as read:
        return get_standard(read, draft.id).characteristics[0]


def begin(rings: Rings) -> str:
    rings.shop.later(minutes=5)
    return rings.shop.do(
        lambda work: open_inspection(work, kind=InspectionKind.OUTGOING, lot_code=rings.lot.code), actor=INSPECTOR
    ).code


def take(rings: Rings, code: str, one: Characteristic, piece: int, text: str) -> list[ChartAlarm]:
    return rings.shop.do(
        lambda work: taking.take_reading(work, code, characteristic=one.id, piece=piece, text=text), actor=INSPECTOR
    ).alarms


def charted(rings: Rings, one: Characteristic, size: int = 3) -> ControlChart:
    """Four samples, piece by piece; limits frozen from them."""
    chart = rings.chart(ChartKind.XBAR_R, one, size=size)
    codes = []
    for sample in SAMPLES:
        codes.append(begin(rings))
        for piece, text in enumerate(sample, 1):
            assert take(rings, codes[-1], one, piece, text) == []
        rings.shop.do(lambda work: close_inspection(work, codes[-1]), actor=INSPECTOR)
    rings.shop.do(
        lambda work: service.freeze_limits(work, chart.id, first=codes[0], last=codes[-1], reason="안정"),
        actor=INSPECTOR,
    )
    return chart


def behind_the_pad(rings: Rings, one: Characteristic) -> Small:
    with rings.shop.read() as read:
        return small_charts(read, [one.id])[one.id]


def test_an_alarm_comes_with_the_last_piece_of_a_subgroup_and_closing_does_not_raise_it_again(
    rings: Rings, width: Characteristic
) -> None:
    charted(rings, width)
    code = begin(rings)
    assert [len(take(rings, code, width, piece, "10.09")) for piece in (1, 2)] == [0, 0]
    raised = take(rings, code, width, 3, "10.08")
    assert {alarm.rule for alarm in raised} >= {"beyond-limits"}
    closed = rings.shop.do(lambda work: close_inspection(work, code), actor=INSPECTOR)
    assert closed.alarms == []


@pytest.mark.parametrize("size", [2, 5])
def test_a_subgroup_is_whole_by_what_the_inspection_wants_not_by_what_the_chart_says(
    rings: Rings, width: Characteristic, size: int
) -> None:
    charted(rings, width, size)
    code = begin(rings)
    assert [len(take(rings, code, width, piece, "10.06")) for piece in (1, 2)] == [0, 0]
    assert take(rings, code, width, 3, "9.97") == []
    rings.shop.do(lambda work: close_inspection(work, code), actor=INSPECTOR)
    code = begin(rings)
    assert [len(take(rings, code, width, piece, "10.09")) for piece in (1, 2)] == [0, 0]
    assert {alarm.rule for alarm in take(rings, code, width, 3, "10.08")} >= {"beyond-limits"}


def test_a_subgroup_that_somebody_else_is_still_measuring_is_not_judged(rings: Rings, width: Characteristic) -> None:
    charted(rings, width)
    first = begin(rings)
    for piece in (1, 2):
        take(rings, first, width, piece, "10.00")
    other = rings.shop.do(lambda work: receive_lots(work, item=rings.ring, quantities=[D(500)])[0])
    second = rings.shop.do(
        lambda work: open_inspection(work, kind=InspectionKind.OUTGOING, lot_code=other.code), actor=INSPECTOR
    ).code
    assert take(rings, second, width, 1, "10.20") == []
    assert take(rings, first, width, 3, "10.01") == []
    assert take(rings, second, width, 2, "10.20") == []
    assert {alarm.last for alarm in take(rings, second, width, 3, "10.20")} == {second}


def test_a_corrected_reading_corrects_its_point_and_the_wrong_one_is_not_counted(
    rings: Rings, width: Characteristic
) -> None:
    chart = charted(rings, width)
    code = begin(rings)
    for piece, text in enumerate(("10.00", "10.01", "99"), 1):
        take(rings, code, width, piece, text)
    with rings.shop.read() as read:
        [wrong] = [one for one in sheet(read, code).readings if one.value == 99]
    taken = rings.shop.do(
        lambda work: taking.correct_reading(work, code, wrong.id, text="9.99", reason="오타"), actor=INSPECTOR
    )
    assert taken.alarms == []
    with rings.shop.read() as read:
        one = queries.get_chart(read, chart.id)
        plot = queries.closely(read, one, queries.phases_of(read, [chart.id])[chart.id], Chosen())
    assert plot is not None
    assert plot.samples[-1].values == (D("10"), D("10.01"), D("9.99"))
    assert [met for met in plot.met if met.at == len(plot.samples) - 1] == []


def test_a_pasted_column_is_watched_as_a_whole(rings: Rings, width: Characteristic) -> None:
    charted(rings, width)
    code = begin(rings)
    taken = rings.shop.do(
        lambda work: taking.take_column(work, code, characteristic=width.id, text="10.09\n10.08\n10.09"),
        actor=INSPECTOR,
    )
    assert (len(taken.readings), bool(taken.alarms)) == (3, True)


def test_a_share_of_bad_pieces_comes_from_what_is_decided_by_looking(rings: Rings) -> None:
    looks = CharacteristicData(
        name="외관",
        nature=Nature.ATTRIBUTE,
        choices=[ChoiceData(name="양호", good=True), ChoiceData(name="긁힘", good=False)],
    )
    draft = rings.shop.do(
        lambda work: make_standard(
            work,
            item=rings.ring,
            kind=InspectionKind.OUTGOING,
            data=StandardData(sample_size=4),
            characteristics=[looks],
        )
    )
    rings.shop.do(lambda work: approve_standard(work, draft.id, confirmed=True))
    with rings.shop.read() as read:
        [one] = get_standard(read, draft.id).characteristics
        good, bad = one.choices
    chart = rings.chart(ChartKind.P, one, size=4)
    code = begin(rings)
    rings.shop.do(lambda work: taking.take_reading(work, code, characteristic=one.id, piece=1, choice=bad.id))
    rings.shop.do(lambda work: taking.take_rest(work, code, characteristic=one.id, choice=good.id))
    with rings.shop.read() as read:
        plot = queries.closely(read, queries.get_chart(read, chart.id), [], Chosen())
    assert plot is not None
    assert [point.value for point in plot.tracks[0].points] == [0.25]


def test_behind_the_pad_stand_the_newest_points_and_the_open_alarms(rings: Rings, width: Characteristic) -> None:
    chart = charted(rings, width)
    quiet = behind_the_pad(rings, width)
    assert (quiet.chart_id, quiet.frozen, quiet.alarms) == (chart.id, True, [])
    code = begin(rings)
    for piece in (1, 2, 3):
        take(rings, code, width, piece, "10.09")
    with statements(rings.shop.database) as sent:
        loud = behind_the_pad(rings, width)
    assert loud.drawing is not None
    assert "is beyond a control limit" in rules.sentence_of(loud.alarms[-1])
    assert len(sent) <= 7
    with rings.shop.read() as read:
        assert small_charts(read, [rings.scratches.id]) == {}


def test_a_new_revision_goes_on_with_the_same_chart_and_other_limits_are_said(
    app: Flask, rings: Rings, width: Characteristic
) -> None:
    chart = charted(rings, width)
    draft = rings.shop.do(lambda work: revise_standard(work, width.standard_id))
    with rings.shop.read() as read:
        [copy] = get_standard(read, draft.id).characteristics
    narrower = CharacteristicData(name="폭", name_en="Width", unit="mm", decimals=2, lower=D("9.95"), upper=D("10.05"))
    rings.shop.do(lambda work: change_characteristic(work, copy.id, narrower))
    with pytest.raises(rules.ChartedAlready):
        rings.chart(ChartKind.XBAR_R, copy, size=3)
    rings.shop.do(lambda work: approve_standard(work, draft.id, confirmed=True))
    code = begin(rings)
    for piece in (1, 2, 3):
        take(rings, code, copy, piece, "10")
    with rings.shop.read() as read:
        found = queries.study(read, chart.id, Chosen(), 100)
    assert (found.limits_changed, len(found.samples), found.measured.upper) == (True, 5, D("10.05"))
    capable = capability_of(found)
    assert capable is not None
    assert capable.specification.upper == 10.05
    page = Desk(app, rings.shop, Role.QUALITY).see(f"/charts/{chart.id}")
    assert "Earlier revisions of the standard had other limits" in page


def test_a_draft_cannot_be_charted(rings: Rings) -> None:
    one = CharacteristicData(name="두께", upper=D(5))
    draft = rings.shop.do(
        lambda work: make_standard(work, item=rings.ring, kind=InspectionKind.OUTGOING, characteristics=[one])
    )
    with rings.shop.read() as read:
        [thickness] = get_standard(read, draft.id).characteristics
    with pytest.raises(rules.NotApprovedYet):
        rings.chart(ChartKind.I_MR, thickness)


def test_a_one_sided_limit_has_a_capability_of_its_side_only(rings: Rings) -> None:
    chart = rings.chart(ChartKind.I_MR, rings.scratches)
    for found in (4, 2, 5, 3, 4, 6, 1, 3, 4, 3):
        rings.measure(found, of=rings.scratches)
    with rings.shop.read() as read:
        capable = capability_of(queries.study(read, chart.id, Chosen(), 100))
    assert capable is not None
    assert capable.cp.value is None
    assert capable.cpk.value == capable.cpu.value
    assert capable.warnings


def test_every_value_of_a_pasted_column_is_judged_not_only_the_last_ones(rings: Rings) -> None:
    one = CharacteristicData(name="폭", name_en="Width", unit="mm", lower=D("9.9"), upper=D("10.1"))
    ten = StandardData(sample_size=10)
    draft = rings.shop.do(
        lambda work: make_standard(work, item=rings.ring, kind=InspectionKind.OUTGOING, data=ten, characteristics=[one])
    )
    rings.shop.do(lambda work: approve_standard(work, draft.id, confirmed=True))
    with rings.shop.read() as read:
        [width] = get_standard(read, draft.id).characteristics
    chart = rings.chart(ChartKind.I_MR, width)

    def paste(values: list[str]) -> tuple[str, list[ChartAlarm]]:
        code, text = begin(rings), "\n".join(values)
        taken = rings.shop.do(
            lambda work: taking.take_column(work, code, characteristic=width.id, text=text), actor=INSPECTOR
        )
        rings.shop.do(lambda work: close_inspection(work, code), actor=INSPECTOR)
        return code, taken.alarms

    calm = ["10.00", "10.01", "9.99", "10.00", "10.02", "9.98", "10.00", "9.99", "10.01", "10.00"]
    codes = [paste(calm)[0], paste(calm)[0]]
    rings.shop.do(
        lambda work: service.freeze_limits(work, chart.id, first=codes[0], last=codes[1], reason="안정"),
        actor=INSPECTOR,
    )
    code, raised = paste(["10.09", *calm[1:]])
    assert (f"{code}-1", "beyond-limits") in {(alarm.last, alarm.rule) for alarm in raised}


def test_an_inspection_that_was_open_for_long_is_judged_although_many_were_made_meanwhile(
    rings: Rings, width: Characteristic
) -> None:
    charted(rings, width)
    other = rings.shop.do(lambda work: receive_lots(work, item=rings.ring, quantities=[D(10)]))[0]
    early = begin(rings)
    for _time in range(5):
        later = rings.shop.do(
            lambda work: open_inspection(work, kind=InspectionKind.OUTGOING, lot_code=other.code), actor=INSPECTOR
        ).code
        for piece, text in enumerate(SAMPLES[0], 1):
            take(rings, later, width, piece, text)
        rings.shop.do(lambda work, later=later: close_inspection(work, later), actor=INSPECTOR)  # type: ignore[misc]
    raised = [alarm for piece in (1, 2, 3) for alarm in take(rings, early, width, piece, "10.09")]
    assert (early, "beyond-limits") in {(alarm.last, alarm.rule) for alarm in raised}


def test_an_old_inspection_raises_no_alarm_for_what_was_measured_long_after_it(
    rings: Rings, width: Characteristic
) -> None:
    other = rings.shop.do(lambda work: receive_lots(work, item=rings.ring, quantities=[D(10)]))[0]
    early = rings.shop.do(
        lambda work: open_inspection(work, kind=InspectionKind.OUTGOING, lot_code=other.code), actor=INSPECTOR
    ).code
    chart, codes = rings.chart(ChartKind.XBAR_R, width, size=3), []
    for sample in (*SAMPLES, ("10.09", "10.08", "10.09"), *SAMPLES):
        codes.append(begin(rings))
        for piece, text in enumerate(sample, 1):
            take(rings, codes[-1], width, piece, text)
        rings.shop.do(lambda work: close_inspection(work, codes[-1]), actor=INSPECTOR)
    rings.shop.do(
        lambda work: service.freeze_limits(work, chart.id, first=codes[0], last=codes[3], reason="안정"),
        actor=INSPECTOR,
    )
    for piece, text in enumerate(SAMPLES[0], 1):
        assert take(rings, early, width, piece, text) == []


def test_limits_of_a_draft_that_was_given_up_are_nobodys_limits(rings: Rings, width: Characteristic) -> None:
    chart = charted(rings, width)
    draft = rings.shop.do(lambda work: revise_standard(work, width.standard_id))
    with rings.shop.read() as read:
        [copy] = get_standard(read, draft.id).characteristics
    narrower = CharacteristicData(name="폭", unit="mm", lower=D("9.99"), upper=D("10.01"))
    rings.shop.do(lambda work: change_characteristic(work, copy.id, narrower))
    rings.shop.do(lambda work: discard_standard(work, draft.id))
    with rings.shop.read() as read:
        found = queries.study(read, chart.id, Chosen(), 100)
        assert (found.measured.upper, found.limits_changed) == (D("10.1"), False)
        free = [one.stem_id for one in queries.without_chart(read)]
    assert rings.diameter.id in free
    other = rings.shop.do(lambda work: revise_standard(work, rings.diameter.standard_id))
    rings.shop.do(lambda work: discard_standard(work, other.id))
    with rings.shop.read() as read:
        assert rings.diameter.id in [one.stem_id for one in queries.without_chart(read)]
