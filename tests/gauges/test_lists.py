"""Gauges in and out of the plant: import, export, labels, programs."""

from datetime import date
from decimal import Decimal as D

from flask import Flask

from mes.core.access import Role
from mes.core.numbering import is_checked
from mes.gauges import queries
from mes.inspection.models import InspectionKind
from mes.labels.queries import everything_of, subjects_of, things_of
from mes.people.rules import SAMPLE_PIN
from mes.printing.service import preview_rows
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.importing import bring, refused, why
from tests.factories import (
    make_calibration,
    make_gauge,
    make_inspection,
    make_person,
    make_released_standard,
    make_work_centre,
)
from tests.orders.bakery import Bakery

HEAD = "관리번호|계측기명|종류|측정하한|측정상한|분해능|단위|작업장|교정주기(개월)|차기교정일"


def test_gauges_are_imported_with_their_range_and_due_date(shop: Shop) -> None:
    shop.do(lambda work: make_work_centre(work, code="WC-1"))
    bring(shop, "gauges", HEAD, "Q-1|탐침온도계|온도계|-50|300|0.1|℃|WC-1|6|2026-03-01", "Q-2|한계게이지|||||||| ")
    with shop.read() as read:
        probe, plug = queries.get_gauge(read, "Q-1"), queries.get_gauge(read, "Q-2")
    assert (probe.lower, probe.upper, probe.resolution, probe.unit) == (D(-50), D(300), D("0.1"), "℃")
    assert (probe.interval_months, probe.due_on, probe.work_centre.code if probe.work_centre else "") == (
        6, date(2026, 3, 1), "WC-1",
    )  # fmt: skip
    assert (plug.interval_months, plug.due_on) == (None, None)
    assert is_checked(probe.tag)
    assert probe.tag != plug.tag


def test_a_list_does_not_overwrite_what_a_calibration_worked_out(shop: Shop) -> None:
    gauge = shop.do(lambda work: make_gauge(work, code="Q-1"))
    rows = refused(shop, "gauges", HEAD, f"Q-1|{gauge.name}||||||||2030-01-01", "Q-3|자||5|1|||||", "Q-4|자||||||||")
    assert why(rows) == [("J2", "DueWorkedOut"), ("E3", "GaugeRangeReversed")]
    with shop.read() as read:
        assert queries.get_gauge(read, "Q-1").due_on == date(2027, 1, 5)


def test_an_interval_of_no_months_is_refused(shop: Shop) -> None:
    [(cell, _reason)] = why(refused(shop, "gauges", HEAD, "Q-1|자||||||||", "Q-2|자|||||||0|"))
    assert cell == "I3"


def test_gauges_are_exported_under_the_headings_that_are_imported(shop: Shop, app: Flask) -> None:
    shop.do(lambda work: make_gauge(work, code="Q-1", lower=D(0), upper=D(150)))
    desk = Desk(app, shop, Role.MANAGER)
    text = desk.client.get("/export/gauges.csv").data.decode("utf-8-sig")
    assert "Q-1" in text
    assert "2027-01-05" in text


def test_the_label_of_a_gauge_tells_until_when_it_may_be_used(shop: Shop, app: Flask) -> None:
    gauge = shop.do(lambda work: make_gauge(work, code="외-1", lower=D(0), upper=D(25)))
    with shop.read() as read:
        assert everything_of(read, "gauge") == ["외-1"]
        assert subjects_of(read, [gauge.tag]) == {gauge.tag: "gauge"}
        [row] = preview_rows(read, "gauge", things_of(read, "gauge", [gauge.tag]), "ko", date(2026, 1, 5))
    assert (row["code"], row["due"], row["range"]) == (gauge.tag, "2027-01-05", "0 ~ 25 mm")
    desk = Desk(app, shop, Role.QUALITY)
    paper = desk.press("/labels/gauges", code=gauge.tag, layout="gauge-40x20", language="ko", copies="1", skip="0")
    assert desk.client.get(paper).data.startswith(b"%PDF")
    assert '<svg class="label"' in desk.see("/labels?of=gauge")


def test_programs_enter_calibrate_and_ask_for_gauges(shop: Shop, app: Flask) -> None:
    program = Program(app, shop)
    made = program.post("/gauges", {"code": "Q-9", "name": "Caliper", "unit": "mm", "interval_months": 12})
    assert (made.status_code, made.get_json()["standing"], made.get_json()["usable"]) == (201, "never", False)
    told = program.post("/gauges/Q-9/calibrations", {"done_on": "2026-01-05", "lab": "KRISS", "result": "pass"})
    assert (told.status_code, told.get_json()["next_due_on"]) == (201, "2027-01-05")
    assert program.get("/gauges/Q-9").get_json()["usable"] is True
    wrong = program.post("/gauges/Q-9/calibrations", {"done_on": "2026-01-05", "lab": "KRISS", "result": "fail"})
    assert wrong.get_json()["code"] == "ErrorMissing"
    assert [row["code"] for row in program.get("/gauges", standing="good").get_json()["rows"]] == ["Q-9"]


def test_programs_draft_and_read_certificates(shop: Shop, app: Flask) -> None:
    bakery, program = Bakery(shop), Program(app, shop)
    shop.do(lambda work: make_released_standard(work, bakery.flour, kind=InspectionKind.INCOMING))
    [lot] = bakery.receive(bakery.flour, 80)
    shop.do(lambda work: make_inspection(work, lot.code))
    made = program.post("/certificates", {"of": lot.code, "customer": "MART", "language": "both"})
    assert (made.status_code, made.get_json()["state"]) == (201, "draft")
    code = made.get_json()["code"]
    whole = program.get(f"/certificates/{code}").get_json()
    assert (whole["holds"], whole["content"]["lots"][0]["code"]) == (False, lot.code)
    assert [row["code"] for row in program.get("/certificates", search=lot.code).get_json()["rows"]] == [code]


def test_quality_sees_on_today_which_gauges_are_due(shop: Shop, app: Flask) -> None:
    gauge = shop.do(make_gauge)
    shop.do(lambda work: make_calibration(work, gauge, done_on=date(2025, 12, 1), next_due_on=date(2026, 1, 10)))
    shop.do(lambda work: make_person(work, Role.QUALITY, pin=SAMPLE_PIN))
    assert "show=soon" not in Desk(app, shop, Role.QUALITY).see("/")
    late = shop.do(lambda work: make_gauge(work))
    shop.do(lambda work: make_calibration(work, late, next_due_on=date(2026, 1, 20)))
    assert "/gauges?show=soon" in Desk(app, shop, Role.QUALITY).see("/")
    assert "/gauges?show=soon" not in Desk(app, shop, Role.OPERATOR).see("/")
