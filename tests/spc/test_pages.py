"""The pages of control charts at a desk, and their addresses for programs."""

import csv
import io
import json
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.i18n import speaking
from mes.equipment.service import add_machine
from mes.inspection.models import InspectionKind
from mes.orders.service import pause_job, start_job
from mes.people.plant import add_token
from mes.spc import queries, readings, service
from mes.spc.models import ChartKind
from mes.spc.readings import Chosen
from mes.spc.study import capability_of, shown_of
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.quality.workshop import Workshop
from tests.spc.rings import Rings
from tests.spc.test_watching import STABLE, frozen_rings
from tests.statements import statements
from tests.statistics.published import PISTON_RINGS


@pytest.fixture
def quality(app: Flask, rings: Rings) -> Desk:
    """Somebody of quality at a desk."""
    return Desk(app, rings.shop, Role.QUALITY)


def test_a_chart_is_set_up_and_its_empty_page_says_what_is_missing(quality: Desk, rings: Rings) -> None:
    assert "No characteristic is watched yet" in quality.see("/charts")
    assert "Inside diameter" in quality.see("/charts/new")
    settings: dict[str, Any] = {"characteristic": rings.diameter.id, "kind": "xbar-r", "size": "5", "acts": "leader"}
    numbers: dict[str, Any] = {"weight": "0.2", "width": "3", "step": "0.5", "decision": "5"}
    assert "No rule is chosen" in quality.press("/charts/new", 422, **settings, **numbers)
    where = quality.press("/charts/new", rules=["nelson", "run-8"], **settings, **numbers)
    assert "Too little data" in quality.see(where)
    assert quality.client.get(f"{where}/chart.pdf").data.startswith(b"%PDF")
    assert quality.client.get(f"{where}/chart.pdf?machine=nowhere").status_code == 200
    assert "Inside diameter" in quality.see("/charts")
    page = quality.see(f"{where}/settings")
    assert 'value="nelson"' in page
    quality.press(
        f"{where}/settings", **settings, **numbers, rules=["limits"], reaction="반장 호출", active="y", version=1
    )
    assert "반장 호출" in quality.see(f"{where}/settings")


def test_the_page_of_a_characteristic_shows_limits_phases_capability_and_alarms(quality: Desk, rings: Rings) -> None:
    chart = frozen_rings(rings)
    assert "1.66" in quality.see(f"/charts/{chart.id}")
    rings.measure(74.1, 74.1, 74.12, 74.1, 74.1)
    page = quality.see(f"/charts/{chart.id}")
    for words in (
        "Alarm",
        "is beyond a control limit",
        "Cpk",
        "LSL 73.95",
        "공정 안정",
        "<polyline",
        "Histogram",
        "p = ",
    ):
        assert words in page, words
    assert "Cause and action" in page


def test_the_capability_of_the_piston_rings_is_the_published_one(rings: Rings) -> None:
    chart = rings.chart()
    rings.measure_all(PISTON_RINGS[:25])
    with rings.shop.read() as read:
        found = capability_of(queries.study(read, chart.id, Chosen(), 300))
    assert found is not None
    assert found.cp.value == pytest.approx(1.703, abs=5e-4)
    assert found.cpk.value == pytest.approx(1.663, abs=5e-4)
    assert found.cpk.low is not None
    assert found.warnings == ()


def test_limits_are_frozen_on_the_page_and_a_reversed_range_is_said_at_the_form(quality: Desk, rings: Rings) -> None:
    chart = rings.chart()
    first, *_rest, last = rings.measure_all(PISTON_RINGS[:25])
    address = f"/charts/{chart.id}/freeze"
    assert f'value="{first.code}"' in quality.see(address)
    assert "was recorded before" in quality.press(address, 422, first=last.code, last=first.code, reason="x")
    quality.press(address, first=first.code, last=last.code, reason="공정 안정")
    assert "In control" in quality.see(f"/charts/{chart.id}")


def test_an_alarm_is_closed_on_its_page(quality: Desk, rings: Rings) -> None:
    frozen_rings(rings, holds=True)
    [alarm, *_more] = rings.measure(74.1, 74.1, 74.1, 74.1, 74.1).alarms
    address = f"/charts/alarms/{alarm.id}"
    assert "Close the alarm" in quality.see(address)
    quality.press(address, 422, cause="공구 마모")
    quality.press(address, cause="공구 마모", action="공구 교체", let_go="y")
    assert "공구 교체" in quality.see(address)
    quality.see("/charts/alarms/999999999", 404)
    quality.see("/charts/999999999", 404)


def test_an_inspection_at_the_desk_is_watched_and_an_alarm_is_said_at_once(quality: Desk, rings: Rings) -> None:
    chart = rings.chart(ChartKind.I_MR)
    samples = [rings.measure(74 + 0.001 * (place % 5)).inspection for place in range(20)]
    rings.freeze(chart, samples[0], samples[-1])
    address = f"/quality/inspect/{InspectionKind.INCOMING}/{rings.lot.code}"
    typed: dict[str, Any] = {f"reading_{rings.diameter.id}": "74.02", f"reading_{rings.scratches.id}": "1"}
    page = quality.see(quality.press(address, **typed))
    assert "is beyond a control limit. Line leader must act." in page


def test_the_points_come_as_data_as_a_list_and_on_paper(quality: Desk, rings: Rings) -> None:
    chart = frozen_rings(rings)
    code = rings.measure(74.1, 74.1, 74.12, 74.1, 74.1).inspection.code
    data = json.loads(quality.see(f"/charts/{chart.id}/data"))
    assert (data["points"], len(data["labels"]), len(data["tracks"][0]["values"])) == (26, 26, 26)
    assert data["tracks"][0]["steps"][0]["phase"] == 1
    assert {"track": 0, "point": 25, "rule": "beyond-limits"}.items() <= data["marks"][0].items()
    rows = list(csv.reader(io.StringIO(quality.see(f"/charts/{chart.id}/chart.csv").removeprefix("\ufeff"))))
    assert (len(rows), rows[26][0]) == (27, code)
    assert "74.1 74.1 74.12 74.1 74.1" in rows[26]
    answer = quality.client.get(f"/charts/{chart.id}/chart.pdf")
    assert answer.data.startswith(b"%PDF")


def test_a_period_or_a_machine_without_readings_is_an_empty_chart_and_nonsense_chooses_nothing(
    quality: Desk, rings: Rings
) -> None:
    chart = frozen_rings(rings)
    assert "Too little data" in quality.see(f"/charts/{chart.id}?since=2027-01-01")
    assert "Too little data" in quality.see(f"/charts/{chart.id}?machine=NOPE")
    assert "Cpk" in quality.see(f"/charts/{chart.id}?since=2026-01-01&until=2026-01-31")
    assert "Cpk" in quality.see(f"/charts/{chart.id}?last=-5&since=yesterday&from=abc")


def test_a_long_stretch_is_thinned_without_losing_its_extremes(rings: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = frozen_rings(rings)
    rings.measure(74.1, 74.1, 74.12, 74.1, 74.1)
    for _ in range(10):
        rings.measure(*STABLE)
    monkeypatch.setattr(queries, "MOST_JUDGED", 5)
    with rings.shop.read() as read:
        shown = shown_of(queries.study(read, chart.id, Chosen(), 6))
    assert (shown.thinned, shown.points, len(shown.tracks[0].values)) == (True, 36, 12)
    assert max(value or 0 for value in shown.tracks[0].values) == pytest.approx(74.104)
    beyond = [mark.point for mark in shown.marks if mark.track == 0 and mark.rule == "beyond-limits"]
    assert {round(shown.tracks[0].values[point] or 0, 4) for point in beyond} == {74.104}
    assert shown.tracks[1].name == "range"


def test_a_long_stretch_marks_no_alarm_from_before_it(rings: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = frozen_rings(rings)
    alarmed = rings.measure(74.1, 74.1, 74.12, 74.1, 74.1)
    assert alarmed.alarms
    calm = [rings.measure(*STABLE).inspection for _ in range(12)]
    monkeypatch.setattr(queries, "MOST_JUDGED", 5)
    for first, marked in ((alarmed.inspection, True), (calm[0], False)):
        with rings.shop.read() as read:
            found = queries.study(read, chart.id, Chosen(first_id=first.id), 6)
            found = found._replace(alarms=[one for one in found.alarms if one.inspection_id == alarmed.inspection.id])
        shown = shown_of(found)
        assert shown.thinned
        assert bool(shown.marks) == marked


def test_the_page_asks_a_fixed_number_of_statements(quality: Desk, rings: Rings) -> None:
    chart = frozen_rings(rings)
    quality.see(f"/charts/{chart.id}")
    counted = []
    for _ in range(2):
        with statements(rings.shop.database) as sent:
            quality.see(f"/charts/{chart.id}")
        counted.append(len(sent))
        for _ in range(5):
            rings.measure(74.1, 74.1, 74.12, 74.1, 74.1)
    assert counted[0] == counted[1]


def test_programs_read_charts_and_close_alarms(app: Flask, rings: Rings) -> None:
    frozen_rings(rings)
    [alarm, *_more] = rings.measure(74.1, 74.1, 74.1, 74.1, 74.1).alarms
    token = rings.shop.do(lambda work: add_token(work, "bench", Role.QUALITY))
    client, head = app.test_client(), {"Authorization": f"Bearer {token}"}
    [row] = client.get("/api/v1/charts", headers=head).get_json()["rows"]
    assert (row["state"], row["item"], row["rules"]) == ("alarm", "RING", ["western-electric"])
    chart = client.get(f"/api/v1/charts/{row['id']}?last=10", headers=head).get_json()
    assert (chart["points"], chart["tracks"][0]["steps"][0]["phase"]) == (10, 1)
    told = client.get(f"/api/v1/charts/{row['id']}/alarms", headers=head).get_json()["rows"]
    assert told[-1]["sentence"] == f"mean: {alarm.last} is beyond a control limit."
    answer = client.post(
        f"/api/v1/chart-alarms/{alarm.id}/answer",
        headers={**head, "Idempotency-Key": "alarm-0001"},
        json={"cause": "공구 마모", "action": "교체"},
    )
    assert answer.status_code == 201
    assert answer.get_json()["action"] == "교체"


def test_the_pages_speak_korean(quality: Desk, rings: Rings) -> None:
    chart = frozen_rings(rings)
    rings.measure(74.1, 74.1, 74.1, 74.1, 74.1)
    with quality.client.session_transaction() as kept:
        kept["language"] = "ko"
    with speaking("ko", "Asia/Seoul"):
        page = quality.see(f"/charts/{chart.id}")
    for words in ("관리도", "공정능력", "이상", "내경"):
        assert words in page, words


def test_a_chart_of_counts_has_a_page_without_capability(quality: Desk, rings: Rings) -> None:
    chart = rings.chart(ChartKind.C, rings.scratches, size=1)
    for found in (4, 2, 5):
        rings.measure(found, of=rings.scratches)
    page = quality.see(f"/charts/{chart.id}")
    assert "c chart" in page
    assert "Cpk" not in page
    rings.shop.do(lambda work: service.change_chart(work, chart.id, active=False))
    assert "Not in use" in quality.see("/charts")


def test_an_open_alarm_stands_on_the_first_page_until_it_is_closed(quality: Desk, rings: Rings) -> None:
    frozen_rings(rings)
    assert "Control chart alarms" not in quality.see("/")
    alarms = rings.measure(74.1, 74.1, 74.1, 74.1, 74.1).alarms
    page = quality.see("/")
    assert "is beyond a control limit" in page
    assert f"/charts/alarms/{alarms[0].id}" in page
    for alarm in rings.alarms():
        quality.press(f"/charts/alarms/{alarm.id}", cause="공구 마모", action="공구 교체")
    assert "Control chart alarms" not in quality.see("/")


def test_a_subgroup_has_no_half_pieces(quality: Desk, rings: Rings) -> None:
    settings: dict[str, Any] = {"characteristic": rings.diameter.id, "kind": "xbar-r", "acts": "leader"}
    numbers: dict[str, Any] = {"weight": "0.2", "width": "3", "step": "0.5", "decision": "5"}
    page = quality.press("/charts/new", 422, rules=["nelson"], size="2.5", **settings, **numbers)
    assert "2.5 is not a whole number" in page


def test_points_of_a_machine_are_those_measured_at_it_although_the_job_went_on_elsewhere(shop: Shop) -> None:
    workshop = Workshop(shop)
    shop.do(lambda work: add_machine(work, code="PR-2", name="프레스 2호기", work_centre_id=workshop.press.id))
    job, pitch = workshop.pressing(), workshop.pitch

    def measure() -> str:
        recorded = shop.do(
            lambda work: service.record_inspection(
                work, kind=InspectionKind.PATROL, job_code=job.code, readings={pitch.id: D(50)}
            )
        )
        return recorded.inspection.code

    made = [measure()]
    shop.do(lambda work: pause_job(work, job.code))
    shop.do(lambda work: start_job(work, job.code, "PR-2"))
    made.append(measure())
    with shop.read() as read:
        for place, machine in enumerate(("PR-1", "PR-2")):
            found = readings.newest(read, [pitch.id], Chosen(machine=machine), 100)
            assert [one.code for one in found] == [made[place]]
        assert [one.code for one in readings.machines_of(read, pitch.id)] == ["PR-1", "PR-2"]


def test_a_program_says_the_zone_of_its_moments(app: Flask, rings: Rings) -> None:
    chart, program = rings.chart(), Program(app, rings.shop)
    assert program.get(f"/charts/{chart.id}", since="2026-01-01T00:00:00Z").status_code == 200
    assert program.get(f"/charts/{chart.id}", since="2026-01-01T00:00:00").status_code == 422
