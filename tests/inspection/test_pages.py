"""The pages of inspection at a desk."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.i18n import speaking
from mes.inspection.models import InspectionKind
from mes.inspection.typed import read_measurement
from mes.lots.models import LotStatus
from mes.lots.service import split_lot
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_inspection
from tests.quality.workshop import Workshop

D = Decimal


@pytest.fixture
def quality(app: Flask, workshop: Workshop) -> Desk:
    """Somebody of quality at a desk."""
    return Desk(app, workshop.shop, Role.QUALITY)


def reading_fields(page: str) -> list[str]:
    return re.findall(r'name="(reading_\d+)"', page)


def enter(desk: Desk, address: str, *typed: str, status: int = 303) -> str:
    """Type the readings one after the other and save."""
    values: dict[str, Any] = dict(zip(reading_fields(desk.see(address)), typed, strict=True))
    return desk.press(address, status, **values)


def failed_sheets(workshop: Workshop) -> tuple[str, str]:
    """Sheets whose incoming inspection failed: their lot and the inspection."""
    lot = workshop.receive_sheets()
    failed = workshop.shop.do(lambda work: make_inspection(work, lot.code, "99.6"), actor=workshop.inspector)
    return lot.code, failed.code


def test_an_inspection_is_entered_one_reading_per_field(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert lot.code in quality.see("/quality/inspect")
    assert "Incoming inspection" in quality.see(f"/quality/inspect?code={lot.code.lower()}")
    place = enter(quality, f"/quality/inspect/incoming/{lot.code}", "2.05", "99.5")
    assert "Pass" in quality.see(place)
    assert "Pass" in quality.see(f"{place}/print")
    assert workshop.see_lot(lot).status is LotStatus.AVAILABLE


def test_an_empty_reading_is_missing_and_said_at_its_field(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    shown = enter(quality, f"/quality/inspect/incoming/{lot.code}", "2.01", " ", status=409)
    assert "No reading was given for: 폭." in shown
    assert 'value="2.01"' in shown
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION


@pytest.mark.parametrize("typed", ["1,95", "1,234", "2..0", "two", "2.0mm", "NaN", "1e999"])
def test_a_reading_that_could_mean_two_things_is_refused(quality: Desk, workshop: Workshop, typed: str) -> None:
    lot = workshop.receive_sheets()
    shown = enter(quality, f"/quality/inspect/incoming/{lot.code}", typed, "100", status=422)
    assert typed in shown
    assert workshop.see_lot(lot).status is LotStatus.INSPECTION


def test_a_typed_number_is_read_exactly_or_not_at_all() -> None:
    with speaking("en"):
        for typed, value in (
            ("2.050", "2.05"),
            ("-0.05", "-0.05"),
            ("1,234.5", "1234.5"),
            ("１２", "12"),
            ("−3", "-3"),
        ):
            assert read_measurement(typed) == D(value)
        assert read_measurement("1,234,567") == 1234567
        for typed in ("1,5", "1,234", "12,34.5", "1.234,5", "1.0000001"):
            with pytest.raises(ValueError, match=r"read in two ways|not a number|decimal places"):
                read_measurement(typed)


def test_a_failed_lot_is_rejected_or_accepted_by_quality(quality: Desk, workshop: Workshop) -> None:
    for answer, status in (("no", LotStatus.REJECTED), ("yes", LotStatus.AVAILABLE)):
        lot = workshop.receive_sheets()
        code = workshop.shop.do(lambda work, lot=lot: make_inspection(work, lot.code, "3").code)  # type: ignore[misc]
        address = f"/quality/lots/{lot.code}/decide"
        assert address in quality.see(f"/quality/inspections/{code}")
        quality.press(address, 422, accept=answer)
        quality.press(address, accept=answer, reason="고객 승인")
        assert workshop.see_lot(lot).status is status
        assert address not in quality.see(f"/quality/inspections/{code}")
    assert "is not waiting" in quality.press(address, 409, accept="no", reason="또")


def test_a_first_piece_is_inspected_at_its_job(app: Flask, shop: Shop) -> None:
    workshop = Workshop(shop, first_piece=True)
    job, desk = workshop.pressing(), Desk(app, shop, Role.LEADER)
    assert f"/quality/inspect/first/{job.code}" in desk.see("/quality/inspect")
    place = enter(desk, f"/quality/inspect/first/{job.code}", "10")
    assert job.code in desk.see(place)
    assert workshop.see_job(job).first_piece_passed


def test_an_item_without_a_standard_says_what_to_do(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    assert "Nothing to measure on this item" in quality.see(f"/quality/inspect/outgoing/{lot.code}")
    quality.press(f"/quality/inspect/outgoing/{lot.code}", 409)
    quality.see(f"/quality/inspect/nonsense/{lot.code}", 404)
    quality.see("/quality/inspect?code=NOPE", 404)
    quality.see("/quality/inspections/NOPE", 404)
    quality.see("/quality/defects/999999999", 404)


def test_inspections_are_filtered_by_the_address(quality: Desk, workshop: Workshop) -> None:
    lot = workshop.receive_sheets()
    code = workshop.shop.do(lambda work: make_inspection(work, lot.code, "3").code)
    assert code in quality.see(
        f"/quality/inspections?verdict=fail&kind={InspectionKind.INCOMING}&lot={lot.code}&item=SH"
    )
    for address in ("verdict=pass", "kind=final", "lot=L1", "item=PL", "until=2020-01-01"):
        assert code not in quality.see(f"/quality/inspections?{address}")


def test_the_page_of_a_failed_lot_says_why_in_every_state(quality: Desk, workshop: Workshop) -> None:
    lot, failed = failed_sheets(workshop)
    page = quality.see(f"/lots/{lot}")
    for text in (
        "Incoming inspection: Fail",
        failed,
        "두께 99.6 mm (1.95 ~ 2.05)",
        "박품질",
        f"/quality/lots/{lot}/decide",
    ):
        assert text in page
    [hold] = re.findall(r'name="hold" type="hidden" value="(\d+)"', page)
    quality.press(f"/lots/{lot}/lift", hold=hold, reason="재측정 예정")
    assert failed in quality.see(f"/lots/{lot}"), "lifting the hold decides nothing"
    quality.press(f"/quality/lots/{lot}/decide", accept="no", reason="두께 초과")
    page = quality.see(f"/lots/{lot}")
    assert failed in page
    assert "두께 초과" in page
    assert f"/quality/lots/{lot}/decide" not in page


def test_a_part_of_a_failed_lot_says_why_too(quality: Desk, workshop: Workshop) -> None:
    lot, failed = failed_sheets(workshop)
    part = workshop.shop.do(lambda work: split_lot(work, lot, D(5)))
    assert failed in quality.see(f"/lots/{part.code}")


def test_an_unknown_code_leaves_the_inspector_at_the_scan_page(quality: Desk, workshop: Workshop) -> None:
    page = quality.see("/quality/inspect?code=NOPE", status=404)
    assert "There is no lot or job NOPE." in page
    assert 'value="NOPE"' in page
    assert "First pieces that wait" in page


def test_a_scanned_work_order_leads_to_the_inspections_of_its_jobs(quality: Desk, workshop: Workshop) -> None:
    order = workshop.order()
    page = quality.see(f"/quality/inspect?code={order.code.lower()}")
    for job in order.jobs:
        assert f"/quality/inspect?code={job.code}" in page
