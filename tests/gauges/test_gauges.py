"""Gauges as quality keeps them: entered, calibrated, refused, found by scan."""

from datetime import date
from decimal import Decimal as D
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text

from mes.core.access import Role
from mes.core.drawings import NotADrawing
from mes.core.errors import ImpossibleValue, NotFound, ReasonNeeded, StaleEdit
from mes.core.numbering import is_checked
from mes.gauges import queries, rules, service
from mes.gauges.models import GaugeState, Result, Standing
from mes.scan.models import Kind
from mes.scan.service import resolve
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_calibration, make_gauge

TODAY = date(2026, 1, 5)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def test_a_gauge_without_a_number_of_its_own_gets_that_of_its_label(shop: Shop) -> None:
    gauge = shop.do(lambda work: service.add_gauge(work, name="온도계"))
    assert gauge.code == gauge.tag
    assert gauge.tag.startswith("G")
    assert is_checked(gauge.tag)


def test_a_scan_of_the_label_leads_to_the_gauge(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    with shop.read() as read:
        assert (resolve(read, gauge.tag.lower()).only.kind, resolve(read, gauge.tag).only.code) == (
            Kind.GAUGE, gauge.code,
        )  # fmt: skip
        assert queries.get_gauge(read, gauge.tag).id == gauge.id


def test_a_calibration_says_until_when_the_gauge_may_be_used(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    assert (gauge.due_on, gauge.result) == (date(2027, 1, 5), Result.PASS)
    assert shop.do(lambda work: service.usable_gauge(work, gauge.tag)).id == gauge.id
    shop.later(days=400)
    with pytest.raises(rules.GaugeOverdue):
        shop.do(lambda work: service.usable_gauge(work, gauge.code))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.usable_gauge(work, "NOWHERE"))


def test_a_failed_gauge_is_refused_until_it_passes(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    shop.do(lambda work: make_calibration(work, gauge, result=Result.FAIL, error=D("0.05")))
    with pytest.raises(rules.GaugeFailed):
        shop.do(lambda work: service.usable_gauge(work, gauge.code))
    shop.do(lambda work: make_calibration(work, gauge, result=Result.ADJUSTED, error=D("0.05"), error_after=D(0)))
    assert shop.do(lambda work: service.usable_gauge(work, gauge.code)).result is Result.ADJUSTED


def test_a_wrong_calibration_is_taken_back_once_and_the_one_before_holds_again(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    wrong = shop.do(lambda work: make_calibration(work, gauge, result=Result.FAIL, error=D(1)))
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.take_back_calibration(work, gauge.code, wrong.id, " "))
    shop.do(lambda work: service.take_back_calibration(work, gauge.code, wrong.id, "다른 계측기"))
    with shop.read() as read:
        assert queries.get_gauge(read, gauge.code).result is Result.PASS
        assert len(queries.calibrations_of(read, gauge.id)) == 3
    with pytest.raises(rules.CalibrationTakenBack):
        shop.do(lambda work: service.take_back_calibration(work, gauge.code, wrong.id, "다시"))


def test_a_calibration_entered_late_does_not_hide_a_newer_one(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    shop.do(lambda work: make_calibration(work, gauge, done_on=date(2025, 1, 5), result=Result.FAIL, error=D(1)))
    assert shop.do(lambda work: service.usable_gauge(work, gauge.code)).due_on == date(2027, 1, 5)


@pytest.mark.parametrize("act", ["UPDATE calibrations SET lab = 'x'", "DELETE FROM calibrations"])
def test_the_database_itself_refuses_to_change_a_calibration(shop: Shop, act: str) -> None:
    shop.do(make_gauge)
    with pytest.raises(ImpossibleValue):
        shop.do(lambda work: work.session.execute(text(act)))


def test_the_certificate_of_a_calibration_is_kept_and_a_text_is_none(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    kept = shop.do(lambda work: make_calibration(work, gauge, file=("성적서.png", picture())))
    with shop.read() as read:
        found = queries.get_calibration(read, queries.get_gauge(read, gauge.code), kept.id)
        assert found.file is not None
        assert found.file.kind == "image/png"
    with pytest.raises(NotADrawing):
        shop.do(lambda work: make_calibration(work, gauge, file=("a.txt", b"hello")))


def test_a_lost_gauge_is_refused_until_it_is_found(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.set_state(work, gauge.code, GaugeState.LOST, ""))
    shop.do(lambda work: service.set_state(work, gauge.code, GaugeState.LOST, "교대 후 없음"))
    with pytest.raises(rules.GaugeLost):
        shop.do(lambda work: service.usable_gauge(work, gauge.code))
    with pytest.raises(rules.SameState):
        shop.do(lambda work: service.set_state(work, gauge.code, GaugeState.LOST, "다시"))
    shop.do(lambda work: service.set_state(work, gauge.code, GaugeState.IN_USE, "찾음"))
    assert shop.do(lambda work: service.usable_gauge(work, gauge.code)).id == gauge.id


def test_two_people_do_not_overwrite_each_other(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    shop.do(lambda work: service.change_gauge(work, gauge.code, version=gauge.version, place="서랍"))
    with pytest.raises(StaleEdit):
        shop.do(lambda work: service.change_gauge(work, gauge.code, version=gauge.version, place="선반"))
    with pytest.raises(rules.GaugeRangeReversed):
        shop.do(lambda work: service.change_gauge(work, gauge.code, lower=D(2), upper=D(1)))


def test_the_list_and_the_rule_agree_on_every_standing(shop: Shop) -> None:
    def build(work: object) -> None:
        for result, due in ((None, None), (Result.PASS, TODAY), (Result.PASS, date(2026, 1, 4)),
                            (Result.PASS, date(2026, 3, 1)), (Result.FAIL, None)):  # fmt: skip
            gauge = service.add_gauge(work, name="g", interval_months=12)  # type: ignore[arg-type]
            gauge.result, gauge.due_on = result, due
        service.add_gauge(work, name="plug")  # type: ignore[arg-type]
        for state in (GaugeState.LOST, GaugeState.OUT_OF_USE):
            service.add_gauge(work, name="g").state = state  # type: ignore[arg-type]

    shop.do(build)
    with shop.read() as read:
        counts = queries.standings(read, TODAY)
        assert counts == {one: 2 if one is Standing.GOOD else 1 for one in Standing}
        for standing in Standing:
            rows = queries.page_of_gauges(read, queries.GaugeFilter(standing=standing), TODAY).rows
            assert {rules.standing_of(one, TODAY) for one in rows} == {standing}


def test_quality_enters_calibrates_and_looks_at_a_gauge(shop: Shop, app: Flask) -> None:
    quality = Desk(app, shop, Role.QUALITY)
    assert "No gauges here" in quality.see("/gauges")
    where = quality.press(
        "/new/gauge", code="Q-77", name="Caliper", kind="Caliper", lower="0", upper="150", resolution="0.01",
        unit="mm", interval_months="12", work_centre_id="", keeper_id="",
    )  # fmt: skip
    assert where.endswith("/gauges/Q-77")
    assert "Not calibrated yet" in quality.see("/gauges/Q-77")
    late = quality.press("/gauges/Q-77/calibrate", 422, done_on="2026-02-01", lab="KRISS", result="pass")
    assert "yet to come" in late
    quality.press(
        "/gauges/Q-77/calibrate", done_on="2026-01-05", lab="KRISS", result="pass", certificate="K-1",
        file=(BytesIO(picture()), "k.png"),
    )  # fmt: skip
    shown = quality.see("/gauges/Q-77")
    assert "May be used" in shown
    assert "2027-01-05" in shown
    with shop.read() as read:
        [kept] = queries.calibrations_of(read, queries.get_gauge(read, "Q-77").id)
    assert quality.client.get(f"/gauges/Q-77/calibrations/{kept.id}/file").content_type == "image/png"
    quality.press(f"/gauges/Q-77/calibrations/{kept.id}/take-back", reason="wrong gauge")
    quality.press("/gauges/Q-77/state", state="lost", reason="not found")
    assert "Lost" in quality.see("/gauges/Q-77")
    quality.press("/gauges/Q-77/edit", name="Caliper 150", unit="mm", work_centre_id="", keeper_id="",
                  interval_months="6", version="")  # fmt: skip
    for address in ("/gauges?show=lost", "/gauges?q=caliper", "/labels/gauges?code=Q-77", "/gauge-studies"):
        assert quality.see(address)


def test_an_operator_sees_no_gauges_at_a_desk(shop: Shop, app: Flask) -> None:
    gauge = shop.do(make_gauge)
    assert gauge.name not in Desk(app, shop, Role.OPERATOR).see("/gauges", 403)
    assert gauge.name in Desk(app, shop, Role.LEADER).see("/gauges")
    Desk(app, shop, Role.LEADER).see("/new/gauge", 403)


def test_another_interval_moves_the_day_until_which_the_last_calibration_holds(shop: Shop) -> None:
    gauge = shop.do(lambda work: make_gauge(work, interval_months=None))
    done = shop.now.date()

    def due(months: int | None) -> date | None:
        return shop.do(lambda work: service.change_gauge(work, gauge.code, interval_months=months)).due_on

    half, year = rules.add_months(done, 6), rules.add_months(done, 12)
    assert [due(6), due(12), due(None), due(6)] == [half, year, None, half]
    said = rules.add_months(done, 3)
    shop.do(lambda work: make_calibration(work, gauge, next_due_on=said))
    assert due(24) == said, "what the certificate says stays"


def test_a_calibration_after_midnight_is_not_yet_to_come(shop: Shop) -> None:
    gauge = shop.do(make_gauge)
    shop.now = shop.now.replace(hour=17)  # two in the morning of the next day
    day = shop.do(lambda work: work.today)
    assert shop.do(lambda work: make_calibration(work, gauge, done_on=day)).done_on == day > TODAY
